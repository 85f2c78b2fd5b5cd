internal import RealModule

/// How to transform lines of one length: made once, then used by any number of tasks.
///
/// Lengths whose prime factors are at most 31 are taken apart factor by factor (Stockham's algorithm, which needs no reordering); others
/// become a convolution whose length is a power of two (Bluestein's). FFTW serves where it can be loaded.
final class FFTPlan<Part: ComplexPart & LinearScalar>: @unchecked Sendable {
    let count: Int
    private let isInverse: Bool
    private let stages: [Stage]
    private let convolution: Convolution?
    private let library: FFTWPlan?

    private struct Stage {
        let radix: Int
        /// Real and imaginary parts of w^(p·k), for each p the radix - 1 values of k from 1.
        let twiddles: [Part]
        /// Real and imaginary parts of the radix's own roots of unity.
        let roots: [Part]
    }

    private struct Convolution {
        let forward: FFTPlan
        let inverse: FFTPlan
        /// exp(∓iπk²/n), as many as the transform has elements.
        let chirp: [Part]
        /// The transform of the chirp's conjugate, divided by the convolution's length.
        let spectrum: [Part]
    }

    init(_ count: Int, isInverse: Bool, allowsLibrary: Bool = true) {
        self.count = count
        self.isInverse = isInverse
        let factors = Self.factors(count)
        library = allowsLibrary && count > 1 ? FFTWPlan(count, isInverse: isInverse, part: Part.scalarType) : nil
        if library != nil || count <= 1 {
            stages = []
            convolution = nil
        } else if let factors {
            var rest = count
            stages = factors.map { radix in
                let length = rest, lanes = rest / radix
                rest = lanes
                var twiddles: [Part] = []
                twiddles.reserveCapacity(lanes * (radix - 1) * 2)
                for p in 0..<lanes { for k in 1..<radix { Self.appendRoot(p * k, length, isInverse, to: &twiddles) } }
                var roots: [Part] = []
                for k in 0..<radix { Self.appendRoot(k, radix, isInverse, to: &roots) }
                return Stage(radix: radix, twiddles: twiddles, roots: roots)
            }
            convolution = nil
        } else {
            stages = []
            convolution = Self.makeConvolution(count, isInverse)
        }
    }

    /// Factors of at most 31, fours first, or `nil` if a larger prime is left.
    private static func factors(_ count: Int) -> [Int]? {
        var rest = count, factors: [Int] = []
        for radix in [4, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31] {
            while rest > 1, rest % radix == 0 {
                factors.append(radix)
                rest /= radix
            }
        }
        return rest <= 1 ? factors : nil
    }

    /// exp(∓2πik/n), from an angle of at most an eighth of the circle, so that it is right to the last place.
    private static func appendRoot(_ k: Int, _ n: Int, _ isInverse: Bool, to list: inout [Part]) {
        var eighths = 8 * (k % n)
        var isNegative = false, isMirrored = false, isSwapped = false
        if eighths > 4 * n { (eighths, isNegative) = (8 * n - eighths, true) }
        if eighths > 2 * n { (eighths, isMirrored) = (4 * n - eighths, true) }
        if eighths > n { (eighths, isSwapped) = (2 * n - eighths, true) }
        let angle = Double.pi / 4 * Double(eighths) / Double(n)
        var cosine = Double.cos(angle), sine = Double.sin(angle)
        if isSwapped { swap(&cosine, &sine) }
        if isMirrored { cosine.negate() }
        if isNegative { sine.negate() }
        list.append(Part(cosine))
        list.append(Part(isInverse ? sine : -sine))
    }

    private static func makeConvolution(_ count: Int, _ isInverse: Bool) -> Convolution {
        var length = 1
        while length < 2 * count - 1 { length *= 2 }
        let forward = FFTPlan(length, isInverse: false, allowsLibrary: false),
            inverse = FFTPlan(length, isInverse: true, allowsLibrary: false)
        var chirp: [Part] = []
        // k² modulo 2n keeps the angle small.
        for k in 0..<count { appendRoot(k * k % (2 * count), 2 * count, isInverse, to: &chirp) }
        var kernel = [Part](repeating: 0, count: 2 * length)
        for k in 0..<count {
            for place in [k, (length - k) % length] {
                kernel[2 * place] = chirp[2 * k] / Part(length)
                kernel[2 * place + 1] = -chirp[2 * k + 1] / Part(length)
            }
        }
        var work = [Part](repeating: 0, count: 2 * length)
        kernel.withUnsafeMutableBufferPointer { line in
            work.withUnsafeMutableBufferPointer { work in
                if let line = line.baseAddress, let work = work.baseAddress { forward.transform(line, work) }
            }
        }
        return Convolution(forward: forward, inverse: inverse, chirp: chirp, spectrum: kernel)
    }

    /// Complex numbers that ``transform(_:_:)`` needs to work with.
    var workCount: Int { convolution.map { 2 * $0.forward.count } ?? count }

    /// Transforms a line of complex numbers, as pairs of parts, in place; not normalised.
    ///
    /// - Parameter work: room for ``workCount`` complex numbers.
    @_specialize(where Part == Double)
    @_specialize(where Part == Float)
    func transform(_ line: UnsafeMutablePointer<Part>, _ work: UnsafeMutablePointer<Part>) {
        if count <= 1 { return }
        if let library { return library.transform(line) }
        if let convolution { return convolve(convolution, line, work) }
        var source = line, target = work, length = count, stride = 1
        for stage in stages {
            let lanes = length / stage.radix
            stage.twiddles.withUnsafeBufferPointer { twiddles in
                stage.roots.withUnsafeBufferPointer { roots in
                    guard let twiddles = twiddles.baseAddress, let roots = roots.baseAddress else { return }
                    for p in 0..<lanes {
                        let own = twiddles + 2 * p * (stage.radix - 1)
                        let from = source + 2 * stride * p, to = target + 2 * stride * stage.radix * p
                        switch stage.radix {
                        case 2: Self.two(from, to, own, stride, lanes)
                        case 3: Self.three(from, to, own, roots, stride, lanes)
                        case 4: Self.four(from, to, own, roots, stride, lanes)
                        default: Self.any(stage.radix, from, to, own, roots, stride, lanes)
                        }
                    }
                }
            }
            swap(&source, &target)
            length = lanes
            stride *= stage.radix
        }
        if source != line { line.update(from: source, count: 2 * count) }
    }

    @inline(__always)
    private func convolve(_ convolution: Convolution, _ line: UnsafeMutablePointer<Part>, _ work: UnsafeMutablePointer<Part>) {
        let length = convolution.forward.count, padded = work, more = work + 2 * length
        convolution.chirp.withUnsafeBufferPointer { chirp in
            for k in 0..<count {
                let re = line[2 * k], im = line[2 * k + 1], c = chirp[2 * k], s = chirp[2 * k + 1]
                padded[2 * k] = re * c - im * s
                padded[2 * k + 1] = re * s + im * c
            }
        }
        for k in (2 * count)..<(2 * length) { padded[k] = 0 }
        convolution.forward.transform(padded, more)
        convolution.spectrum.withUnsafeBufferPointer { spectrum in
            for k in 0..<length {
                let re = padded[2 * k], im = padded[2 * k + 1], c = spectrum[2 * k], s = spectrum[2 * k + 1]
                padded[2 * k] = re * c - im * s
                padded[2 * k + 1] = re * s + im * c
            }
        }
        convolution.inverse.transform(padded, more)
        convolution.chirp.withUnsafeBufferPointer { chirp in
            for k in 0..<count {
                let re = padded[2 * k], im = padded[2 * k + 1], c = chirp[2 * k], s = chirp[2 * k + 1]
                line[2 * k] = re * c - im * s
                line[2 * k + 1] = re * s + im * c
            }
        }
    }

    // MARK: Butterflies: y[k] = w^(p·k) · Σ x[j]·root^(j·k), for `stride` neighbours at a time

    @inline(__always)
    private static func two(
        _ x: UnsafePointer<Part>, _ y: UnsafeMutablePointer<Part>, _ w: UnsafePointer<Part>, _ stride: Int, _ lanes: Int
    ) {
        let c = w[0], s = w[1], second = 2 * stride * lanes, out = 2 * stride
        for q in 0..<stride {
            let i = 2 * q
            let a = (x[i], x[i + 1]), b = (x[i + second], x[i + second + 1])
            y[i] = a.0 + b.0
            y[i + 1] = a.1 + b.1
            let re = a.0 - b.0, im = a.1 - b.1
            y[i + out] = re * c - im * s
            y[i + out + 1] = re * s + im * c
        }
    }

    @inline(__always)
    private static func three(
        _ x: UnsafePointer<Part>, _ y: UnsafeMutablePointer<Part>, _ w: UnsafePointer<Part>, _ roots: UnsafePointer<Part>, _ stride: Int,
        _ lanes: Int
    ) {
        let step = 2 * stride * lanes, out = 2 * stride, half = roots[2], height = roots[3]
        let w1 = (w[0], w[1]), w2 = (w[2], w[3])
        for q in 0..<stride {
            let i = 2 * q
            let a = (x[i], x[i + 1]), b = (x[i + step], x[i + step + 1]), c = (x[i + 2 * step], x[i + 2 * step + 1])
            let sum = (b.0 + c.0, b.1 + c.1), difference = (height * (b.0 - c.0), height * (b.1 - c.1))
            let middle = (a.0 + half * sum.0, a.1 + half * sum.1)
            y[i] = a.0 + sum.0
            y[i + 1] = a.1 + sum.1
            let one = (middle.0 - difference.1, middle.1 + difference.0), two = (middle.0 + difference.1, middle.1 - difference.0)
            y[i + out] = one.0 * w1.0 - one.1 * w1.1
            y[i + out + 1] = one.0 * w1.1 + one.1 * w1.0
            y[i + 2 * out] = two.0 * w2.0 - two.1 * w2.1
            y[i + 2 * out + 1] = two.0 * w2.1 + two.1 * w2.0
        }
    }

    @inline(__always)
    private static func four(
        _ x: UnsafePointer<Part>, _ y: UnsafeMutablePointer<Part>, _ w: UnsafePointer<Part>, _ roots: UnsafePointer<Part>, _ stride: Int,
        _ lanes: Int
    ) {
        // The quarter turn: -1 forwards, 1 backwards.
        let step = 2 * stride * lanes, out = 2 * stride, turn = roots[3]
        let w1 = (w[0], w[1]), w2 = (w[2], w[3]), w3 = (w[4], w[5])
        for q in 0..<stride {
            let i = 2 * q
            let a = (x[i], x[i + 1]), b = (x[i + step], x[i + step + 1])
            let c = (x[i + 2 * step], x[i + 2 * step + 1]), d = (x[i + 3 * step], x[i + 3 * step + 1])
            let ac = (a.0 + c.0, a.1 + c.1), bd = (b.0 + d.0, b.1 + d.1)
            let am = (a.0 - c.0, a.1 - c.1), bm = (turn * (d.1 - b.1), turn * (b.0 - d.0))
            y[i] = ac.0 + bd.0
            y[i + 1] = ac.1 + bd.1
            let one = (am.0 + bm.0, am.1 + bm.1), two = (ac.0 - bd.0, ac.1 - bd.1), three = (am.0 - bm.0, am.1 - bm.1)
            y[i + out] = one.0 * w1.0 - one.1 * w1.1
            y[i + out + 1] = one.0 * w1.1 + one.1 * w1.0
            y[i + 2 * out] = two.0 * w2.0 - two.1 * w2.1
            y[i + 2 * out + 1] = two.0 * w2.1 + two.1 * w2.0
            y[i + 3 * out] = three.0 * w3.0 - three.1 * w3.1
            y[i + 3 * out + 1] = three.0 * w3.1 + three.1 * w3.0
        }
    }

    @inline(__always)
    private static func any(
        _ radix: Int, _ x: UnsafePointer<Part>, _ y: UnsafeMutablePointer<Part>, _ w: UnsafePointer<Part>, _ roots: UnsafePointer<Part>,
        _ stride: Int, _ lanes: Int
    ) {
        let step = 2 * stride * lanes, out = 2 * stride
        for q in 0..<stride {
            let i = 2 * q
            for k in 0..<radix {
                var re = x[i], im = x[i + 1], root = 0
                for j in 1..<radix {
                    root += k
                    if root >= radix { root -= radix }
                    let a = x[i + j * step], b = x[i + j * step + 1], c = roots[2 * root], s = roots[2 * root + 1]
                    re += a * c - b * s
                    im += a * s + b * c
                }
                let c: Part = k == 0 ? 1 : w[2 * (k - 1)], s: Part = k == 0 ? 0 : w[2 * (k - 1) + 1]
                y[i + k * out] = re * c - im * s
                y[i + k * out + 1] = re * s + im * c
            }
        }
    }
}

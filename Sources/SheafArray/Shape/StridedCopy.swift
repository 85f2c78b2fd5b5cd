/// Copies a box of elements from one strided place to another.
///
/// Axes that are one run in both places are joined; where the source's closest elements lie along another axis than the target's, as in
/// a transposed copy, small blocks are copied at a time, so that each cache line is fetched once.
struct StridedCopy {
    private var shape: [Int] = []
    private var source: [Int] = []
    private var target: [Int] = []
    private var isEmpty = false

    /// - Parameters:
    ///   - source: strides, in elements.
    ///   - target: likewise.
    init(_ shape: [Int], source: [Int], target: [Int]) {
        isEmpty = shape.contains(0)
        for axis in shape.indices where shape[axis] != 1 {
            if let last = self.shape.indices.last, self.source[last] == source[axis] * shape[axis],
                self.target[last] == target[axis] * shape[axis]
            {
                self.shape[last] *= shape[axis]
                self.source[last] = source[axis]
                self.target[last] = target[axis]
            } else {
                self.shape.append(shape[axis])
                self.source.append(source[axis])
                self.target.append(target[axis])
            }
        }
        if self.shape.isEmpty { (self.shape, self.source, self.target) = ([1], [1], [1]) }
    }

    func run<T>(_ from: UnsafePointer<T>, _ to: UnsafeMutablePointer<T>) {
        run(UnsafeRawPointer(from), UnsafeMutableRawPointer(to), elementBytes: MemoryLayout<T>.stride)
    }

    /// Elements are copied as words of their size, so that there is one loop for all types of a size.
    func run(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, elementBytes: Int) {
        if isEmpty { return }
        switch elementBytes {
        case 1: copy(from, to, as: UInt8.self)
        case 2: copy(from, to, as: UInt16.self)
        case 4: copy(from, to, as: UInt32.self)
        case 8: copy(from, to, as: UInt64.self)
        case 16: copy(from, to, as: TwoWords.self)
        default:
            var walk = Odometer(shape, source, target)
            repeat {
                (to + walk.target * elementBytes).copyMemory(from: from + walk.source * elementBytes, byteCount: elementBytes)
            } while walk.advance()
        }
    }

    /// Elements along each side of a block of a transposed copy.
    private static let block = 16

    @inline(__always)
    private func copy<T>(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, as: T.Type) {
        let from = from.assumingMemoryBound(to: T.self), to = to.assumingMemoryBound(to: T.self)
        let last = shape.count - 1
        let near = source[last].magnitude == 1 ? nil : (0..<last).last { source[$0].magnitude == 1 }
        if let near {
            var walk = Odometer(shape, source, target, skipping: [near, last])
            repeat {
                transpose(from + walk.source, to + walk.target, near, last)
            } while walk.advance()
            return
        }
        let count = shape[last], sourceStep = source[last], targetStep = target[last]
        var walk = Odometer(shape, source, target, skipping: [last])
        if sourceStep == 1 && targetStep == 1 {
            repeat { (to + walk.target).update(from: from + walk.source, count: count) } while walk.advance()
        } else {
            repeat {
                let from = from + walk.source, to = to + walk.target
                if targetStep == 1 {
                    for index in 0..<count { to[index] = from[index &* sourceStep] }
                } else {
                    for index in 0..<count { to[index &* targetStep] = from[index &* sourceStep] }
                }
            } while walk.advance()
        }
    }

    @inline(__always)
    private func transpose<T>(_ from: UnsafePointer<T>, _ to: UnsafeMutablePointer<T>, _ a: Int, _ b: Int) {
        let block = Self.block
        let (sourceA, sourceB, targetA, targetB) = (source[a], source[b], target[a], target[b])
        if shape[b] < block {
            // Along the longer axis.
            for j in 0..<shape[b] {
                let from = from + j &* sourceB, to = to + j &* targetB
                for i in 0..<shape[a] { to[i &* targetA] = from[i &* sourceA] }
            }
            return
        }
        for startA in stride(from: 0, to: shape[a], by: block) {
            let endA = min(startA + block, shape[a])
            for startB in stride(from: 0, to: shape[b], by: block) {
                let endB = min(startB + block, shape[b])
                for i in startA..<endA {
                    let from = from + i &* sourceA, to = to + i &* targetA
                    for j in startB..<endB { to[j &* targetB] = from[j &* sourceB] }
                }
            }
        }
    }
}

/// Walks over some axes in C order, keeping the place in two strided arrays.
struct Odometer {
    private var shape: [Int] = []
    private var sourceSteps: [Int] = []
    private var targetSteps: [Int] = []
    private var coordinates: [Int] = []
    private(set) var source = 0
    private(set) var target = 0

    /// - Precondition: no length is 0.
    init(_ shape: [Int], _ source: [Int], _ target: [Int], skipping: [Int] = []) {
        for axis in shape.indices where !skipping.contains(axis) {
            self.shape.append(shape[axis])
            sourceSteps.append(source[axis])
            targetSteps.append(target[axis])
            coordinates.append(0)
        }
    }

    /// - Returns: `false` after the last place.
    mutating func advance() -> Bool {
        var axis = shape.count - 1
        while axis >= 0 {
            coordinates[axis] += 1
            source += sourceSteps[axis]
            target += targetSteps[axis]
            if coordinates[axis] < shape[axis] { return true }
            source -= sourceSteps[axis] * shape[axis]
            target -= targetSteps[axis] * shape[axis]
            coordinates[axis] = 0
            axis -= 1
        }
        return false
    }
}

extension DenseArray {
    /// Copies the elements of an array of the same shape into this one's memory.
    ///
    /// - Precondition: nobody else sees this array yet.
    func assign(_ source: DenseArray) {
        assert(source.shape == shape)
        StridedCopy(shape, source: source.strides, target: strides).run(source.base, base)
    }
}

/// An element of 16 bytes that need not lie at a multiple of 16.
struct TwoWords {
    var first: UInt64
    var second: UInt64
}

/// Sets elements that lie one after the other to one value.
func fill<T>(_ buffer: UnsafeMutableBufferPointer<T>, with value: T) {
    guard let base = buffer.baseAddress else { return }
    withUnsafePointer(to: value) { value in
        StridedCopy([buffer.count], source: [0], target: [1]).run(value, base)
    }
}

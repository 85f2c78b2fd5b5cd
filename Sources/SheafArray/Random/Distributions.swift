internal import CSheafKernels
internal import SheafCore

extension RandomSource {
    /// Uniform numbers from `range.lowerBound` up to, but not including, `range.upperBound` (which rounding may reach where the range is
    /// far from 0, as in NumPy). Multiples of 2⁻⁵³ of the range, of 2⁻²⁴ for `Float`.
    ///
    /// - Parameters:
    ///   - shape: elements along each axis.
    ///   - chunks: sizes along each axis; they do not change the numbers.
    ///   - seed: the numbers are a function of this and of the place.
    public func uniform<Scalar: ArrayFloat>(
        _ type: Scalar.Type, in range: Range<Scalar> = 0..<1, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let low = range.lowerBound, width = range.upperBound - range.lowerBound, stream = Stream.uniform.rawValue
        let problem = width.isFinite ? nil : ("uniform numbers need a finite range, not \(range)", nil as String?)
        return generating("uniform", shape, chunks, fileID, line, problem: problem) { first, out, count in
            if Scalar.scalarType == .float64 {
                out.withMemoryRebound(to: Double.self, capacity: count) {
                    sheaf_random_uniform_f64(seed, stream, first, low.doubleValue, width.doubleValue, $0, count)
                }
            } else {
                out.withMemoryRebound(to: Float.self, capacity: count) {
                    sheaf_random_uniform_f32(seed, stream, first, Float(low.doubleValue), Float(width.doubleValue), $0, count)
                }
            }
        }
    }

    /// Normal numbers, by the transform of Box and Muller. They reach 8.6 standard deviations.
    public func normal<Scalar: ArrayFloat>(
        _ type: Scalar.Type, mean: Scalar = 0, standardDeviation: Scalar = 1, shape: [Int], chunks: ChunkSizes = .automatic,
        seed: UInt64, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let centre = mean.doubleValue, deviation = standardDeviation.doubleValue, stream = Stream.normal.rawValue
        let problem =
            deviation >= 0 && deviation.isFinite && centre.isFinite
            ? nil : ("normal numbers cannot have the mean \(mean) and the standard deviation \(standardDeviation)", nil as String?)
        return generating("normal", shape, chunks, fileID, line, problem: problem) { first, out, count in
            if Scalar.scalarType == .float64 {
                out.withMemoryRebound(to: Double.self, capacity: count) {
                    sheaf_random_normal_f64(seed, stream, first, centre, deviation, $0, count)
                }
            } else {
                out.withMemoryRebound(to: Float.self, capacity: count) {
                    sheaf_random_normal_f32(seed, stream, first, centre, deviation, $0, count)
                }
            }
        }
    }

    /// Exponential numbers of the mean `scale`, by inversion.
    public func exponential<Scalar: ArrayFloat>(
        _ type: Scalar.Type, scale: Scalar = 1, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let factor = scale.doubleValue, stream = Stream.exponential.rawValue
        let problem = factor >= 0 && factor.isFinite ? nil : ("exponential numbers cannot have the mean \(scale)", nil as String?)
        return generating("exponential", shape, chunks, fileID, line, problem: problem) { first, out, count in
            if Scalar.scalarType == .float64 {
                out.withMemoryRebound(to: Double.self, capacity: count) {
                    sheaf_random_exponential_f64(seed, stream, first, factor, $0, count)
                }
            } else {
                out.withMemoryRebound(to: Float.self, capacity: count) {
                    sheaf_random_exponential_f32(seed, stream, first, factor, $0, count)
                }
            }
        }
    }

    /// Integers from a range, all equally likely (without the bias that remainders have).
    public func integers<Scalar: ArrayInteger>(
        in range: Range<Scalar>, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Scalar> {
        if range.isEmpty {
            return generating("integers", shape, chunks, fileID, line, problem: ("there are no integers in \(range)", nil)) { _, _, _ in }
        }
        return integers(range.lowerBound, range.upperBound &- 1, shape, chunks, seed, fileID, line)
    }

    /// Integers from a range that includes its upper bound.
    public func integers<Scalar: ArrayInteger>(
        in range: ClosedRange<Scalar>, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Scalar> {
        integers(range.lowerBound, range.upperBound, shape, chunks, seed, fileID, line)
    }

    private func integers<Scalar: ArrayInteger>(
        _ low: Scalar, _ high: Scalar, _ shape: [Int], _ chunks: ChunkSizes, _ seed: UInt64, _ fileID: StaticString, _ line: UInt
    ) -> NDArray<Scalar> {
        let words = RandomWords(seed: seed, stream: .integers)
        let span = UInt64(truncatingIfNeeded: high) &- UInt64(truncatingIfNeeded: low) &+ 1
        let index = RandomIndex(words, below: span)
        return generating("integers", shape, chunks, fileID, line) { first, out, count in
            words.forEachBlock(first, count) { done, block, length in
                for i in 0..<length {
                    out[done + i] = low &+ Scalar(truncatingIfNeeded: index.number(block[i], at: first + UInt64(done + i)))
                }
            }
        }
    }

    /// `true` with a probability, to within 2⁻⁵³.
    public func bernoulli(
        probability: Double = 0.5, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Bool> {
        let isValid = probability >= 0 && probability <= 1
        let limit = isValid ? UInt64((probability * 0x1p53).rounded()) : 0, stream = Stream.bernoulli.rawValue
        return generating(
            "bernoulli", shape, chunks, fileID, line, problem: isValid ? nil : ("\(probability) is not a probability", "from 0 to 1")
        ) { first, out, count in sheaf_random_below(seed, stream, first, limit, out, count) }
    }

    /// Elements drawn from a small collection, with replacement: all equally likely, or with the probabilities given.
    ///
    /// - Parameter probabilities: one for each element, none negative; they are divided by their sum.
    /// - Complexity: per number O(1), with probabilities O(log elements).
    public func choice<Scalar: ArrayScalar>(
        from elements: [Scalar], probabilities: [Double]? = nil, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let words = RandomWords(seed: seed, stream: .choice)
        func refused(_ problem: String) -> NDArray<Scalar> {
            generating("choice", shape, chunks, fileID, line, problem: (problem, nil)) { _, _, _ in }
        }
        guard !elements.isEmpty else { return refused("there is nothing to choose from") }
        guard let probabilities else {
            let index = RandomIndex(words, below: UInt64(elements.count))
            return generating("choice", shape, chunks, fileID, line) { first, out, count in
                elements.withUnsafeBufferPointer { elements in
                    words.forEachBlock(first, count) { done, block, length in
                        for i in 0..<length { out[done + i] = elements[Int(index.number(block[i], at: first + UInt64(done + i)))] }
                    }
                }
            }
        }
        guard probabilities.count == elements.count else {
            return refused("\(elements.count) elements have \(probabilities.count) probabilities")
        }
        let total = probabilities.reduce(0, +)
        guard probabilities.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite,
            let last = probabilities.lastIndex(where: { $0 > 0 })
        else { return refused("\(probabilities) are not probabilities") }
        var sum = 0.0
        var ends = probabilities.map { probability in
            sum += probability
            return sum / total
        }
        // Rounding must not leave a number without an element.
        for index in last..<ends.count { ends[index] = .infinity }
        let bounds = ends
        return generating("choice", shape, chunks, fileID, line) { first, out, count in
            words.forEachBlock(first, count) { done, block, length in
                for i in 0..<length {
                    let number = Double(block[i] >> 11) * 0x1p-53
                    var low = 0, high = last
                    while low < high {
                        let middle = (low + high) / 2
                        if bounds[middle] > number { high = middle } else { low = middle + 1 }
                    }
                    out[done + i] = elements[low]
                }
            }
        }
    }
}

// The same for `Double`, which then need not be named.
extension RandomSource {
    /// Uniform `Double` numbers from a range, as ``uniform(_:in:shape:chunks:seed:fileID:line:)``.
    public func uniform(
        in range: Range<Double> = 0..<1, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Double> {
        uniform(Double.self, in: range, shape: shape, chunks: chunks, seed: seed, fileID: fileID, line: line)
    }

    /// Normal `Double` numbers, as ``normal(_:mean:standardDeviation:shape:chunks:seed:fileID:line:)``.
    public func normal(
        mean: Double = 0, standardDeviation: Double = 1, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        normal(
            Double.self, mean: mean, standardDeviation: standardDeviation, shape: shape, chunks: chunks, seed: seed, fileID: fileID,
            line: line)
    }

    /// Exponential `Double` numbers, as ``exponential(_:scale:shape:chunks:seed:fileID:line:)``.
    public func exponential(
        scale: Double = 1, shape: [Int], chunks: ChunkSizes = .automatic, seed: UInt64, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        exponential(Double.self, scale: scale, shape: shape, chunks: chunks, seed: seed, fileID: fileID, line: line)
    }
}

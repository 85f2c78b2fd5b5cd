internal import RealModule
internal import SheafCore

/// The norms of a matrix, as NumPy's `linalg.norm` names them.
public enum MatrixNorm: Sendable, Hashable {
    /// The root of the sum of the squared absolute values.
    case frobenius
    /// The sum of the singular values.
    case nuclear
    /// The largest sum of absolute values in a column: NumPy's 1.
    case largestColumn
    /// The least sum of absolute values in a column: NumPy's -1.
    case leastColumn
    /// The largest sum of absolute values in a row: NumPy's `inf`.
    case largestRow
    /// The least sum of absolute values in a row: NumPy's `-inf`.
    case leastRow
    /// The largest singular value: NumPy's 2.
    case spectral
    /// The least singular value: NumPy's -2.
    case leastSingularValue
}

extension NDArray where Scalar: LinearScalar {
    /// A norm of a matrix, an array without axes.
    ///
    /// - Throws: when it runs, for the norms that need singular values, as ``svd(fileID:line:)``.
    /// - Note: ``PlanError`` (`.shapeMismatch`) unless the array has two axes, (`.invalidArgument`) for the least or largest of no
    ///   elements, are kept in the plan.
    public func matrixNorm(
        _ norm: MatrixNorm = .frobenius, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar.Magnitude> {
        typealias Real = Scalar.Magnitude
        let location = SourceLocation(fileID: fileID, line: line)
        let problem =
            matrixProblem("matrixNorm", location)
            ?? (count == 0 && norm != .frobenius && norm != .nuclear
                ? PlanError(.invalidArgument, "“matrixNorm” of no elements: the shape is \(shape)", node: "matrixNorm", location: location)
                : nil)
        if let problem { return NDArray(session, failedNode("matrixNorm", problem, location)).modulus() }
        switch norm {
        case .frobenius: return scaledSumOfSquares(location)
        case .nuclear: return singularValues(fileID: fileID, line: line).sum(fileID: fileID, line: line)
        case .largestColumn, .leastColumn:
            return modulus().sum(axes: [0], fileID: fileID, line: line).extreme(largest: norm == .largestColumn, location)
        case .largestRow, .leastRow:
            return modulus().sum(axes: [1], fileID: fileID, line: line).extreme(largest: norm == .largestRow, location)
        case .spectral: return singularValues(fileID: fileID, line: line).extreme(largest: true, location)
        case .leastSingularValue: return singularValues(fileID: fileID, line: line).extreme(largest: false, location)
        }
    }

    /// The condition number of a matrix: its largest singular value over its least; infinite for a singular matrix.
    ///
    /// - Throws: when it runs, as ``svd(fileID:line:)``.
    public func conditionNumber(fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Scalar.Magnitude> {
        matrixNorm(.spectral, fileID: fileID, line: line) / matrixNorm(.leastSingularValue, fileID: fileID, line: line)
    }

    private func scaledSumOfSquares(_ location: SourceLocation) -> NDArray<Scalar.Magnitude> {
        // Elements whose squares overflow or vanish are rare enough to be scaled only when they occur: chunk by chunk.
        let node = node
        return NDArray<Scalar.Magnitude>(
            session,
            TaskNode<Scalar.Magnitude>(Operation("norm"), grid: ChunkGrid(whole: []), after: [node], location: location) { lowering in
                let parts = try lowering.consume(node, [Operation("norm")], location: location) { _, reader in
                    var sum = ScaledSum<Scalar.Magnitude>()
                    try reader.forEachTile { _, elements, count in
                        sum.add(elements.assumingMemoryBound(to: Scalar.self), count)
                    }
                    return TypedValue(sum)
                }
                var level = parts
                while level.count > 1 {
                    level = stride(from: 0, to: level.count, by: 16).map { start in
                        lowering.add(Operation("combine"), Array(level[start..<Swift.min(start + 16, level.count)]), location: location) {
                            scope in
                            TypedValue(
                                (1..<Swift.max(scope.argumentCount, 1)).reduce(scope.argument(0, as: ScaledSum<Scalar.Magnitude>.self)) {
                                    $0.adding(scope.argument($1, as: ScaledSum<Scalar.Magnitude>.self))
                                })
                        }
                    }
                }
                return [
                    lowering.add(Operation("root"), level, location: location) { scope in
                        TypedValue(DenseArray(repeating: scope.argument(0, as: ScaledSum<Scalar.Magnitude>.self).root, shape: []))
                    }
                ]
            })
    }

    /// The largest or least element. NaN where there is one.
    fileprivate func extreme(largest: Bool, _ location: SourceLocation) -> NDArray where Scalar: ArrayReal {
        let node = node
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("extreme"), grid: ChunkGrid(whole: []), after: [node], location: location) { lowering in
                [
                    lowering.add(Operation("extreme"), try lowering.chunks(of: node), location: location) { scope in
                        let all = (0..<scope.argumentCount).flatMap { scope.argument($0, as: DenseArray<Scalar>.self).elements }
                        let found = all.withUnsafeBufferPointer { elements in
                            elements.baseAddress.map { largest ? Scalar.greatest($0, all.count) : Scalar.least($0, all.count) }
                        }
                        return TypedValue(DenseArray(repeating: found ?? Scalar.zeroValue, shape: []))
                    }
                ]
            })
    }
}

/// scale² × sum is a sum of squares that neither overflows nor vanishes.
private struct ScaledSum<Real: ComplexPart & LinearScalar>: Sendable {
    var scale: Real = 1
    var sum: Real = 0
    var root: Real { scale * Real.sqrt(sum) }

    mutating func add<S: LinearScalar>(_ elements: UnsafePointer<S>, _ count: Int) where S.Magnitude == Real {
        var largest: Real = 0, isOdd = false
        for index in 0..<count {
            let size = elements[index].modulus
            if size > largest { largest = size }
            if size.isNaN { isOdd = true }
        }
        if isOdd || largest.isInfinite {
            self = adding(ScaledSum(scale: 1, sum: isOdd ? .nan : .infinity))
            return
        }
        if largest == 0 { return }
        let limit = Real.greatestFiniteMagnitude.squareRoot() / 65_536, isPlain = largest < limit && largest > 1 / limit
        let unit: Real = isPlain ? 1 : largest
        var part: Real = 0
        for index in 0..<count {
            let size = elements[index].modulus / unit
            part += size * size
        }
        self = adding(ScaledSum(scale: unit, sum: part))
    }

    func adding(_ other: ScaledSum) -> ScaledSum {
        if sum == 0 { return other }
        if other.sum == 0 { return self }
        if scale == other.scale { return ScaledSum(scale: scale, sum: sum + other.sum) }
        let (large, small) = scale > other.scale ? (self, other) : (other, self)
        let ratio = small.scale / large.scale
        return ScaledSum(scale: large.scale, sum: large.sum + small.sum * ratio * ratio)
    }
}

internal import SheafCore

/// Which norm ``NDArray/norm(_:axes:keepingDimensions:fileID:line:)`` computes, of the elements as one vector.
public enum NormOrder: Sendable, Hashable {
    /// The sum of magnitudes.
    case l1
    /// The square root of the sum of squares; of a matrix the Frobenius norm.
    case l2
    /// The greatest magnitude.
    case infinity
    /// The least magnitude.
    case negativeInfinity
    /// How many elements are not zero.
    case nonZero
    /// The p-th root of the sum of p-th powers of magnitudes.
    case p(Double)

    /// The square root of the sum of squares of a matrix.
    public static var frobenius: NormOrder { .l2 }
}

extension NDArray where Scalar: ArrayFloat {
    /// Norms of the elements along `axes` (by default all), taken as vectors; in one pass. NumPy's `linalg.norm` for vectors, and its
    /// Frobenius norm for matrices.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - keepingDimensions: whether the axes stay, with length 1.
    /// - Note: Squares are not scaled, as they are not by NumPy: they overflow for magnitudes above the square root of the largest number.
    ///   The infinity norms of no elements are a ``PlanError`` (`.invalidArgument`) when run.
    public func norm(
        _ order: NormOrder = .l2, axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray {
        func total(_ terms: NDArray) -> NDArray {
            terms.sum(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray
        }
        switch order {
        case .l1: return total(abs(fileID: fileID, line: line))
        case .l2: return total(square(fileID: fileID, line: line)).squareRoot(fileID: fileID, line: line)
        case .infinity:
            return abs(fileID: fileID, line: line).max(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
        case .negativeInfinity:
            return abs(fileID: fileID, line: line).min(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
        case .nonZero:
            return countNonZero(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
                .cast(to: Scalar.self, fileID: fileID, line: line)
        case .p(let exponent):
            return total(abs(fileID: fileID, line: line).power(Scalar(doubleValue: exponent), fileID: fileID, line: line))
                .power(Scalar(doubleValue: 1 / exponent), fileID: fileID, line: line)
        }
    }

    /// Central moments along `axes` (by default all): the means of powers of the differences from the mean.
    ///
    /// The second one is the variance, in one pass; higher ones take a pass for the mean and one for the powers.
    ///
    /// - Parameter order: at least 0; the moments of order 0 and 1 are 1 and 0.
    /// - Note: A negative order is a ``PlanError`` (`.invalidArgument`) when run.
    public func moment(
        _ order: Int, axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        if order == 2 { return variance(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) }
        let centred =
            order < 2
            ? mapping("moment", to: Scalar.self, fileID: fileID, line: line) { _, out, count in
                out.update(repeating: order == 0 ? 1 : 0, count: count)
            }
            : (self - mean(axes: axes, keepingDimensions: true, fileID: fileID, line: line) as NDArray)
                .power(order, fileID: fileID, line: line)
        let problem =
            order < 0
            ? PlanError(
                .invalidArgument, "a moment of order \(order)", node: "moment", location: SourceLocation(fileID: fileID, line: line),
                hint: "orders count from 0") : nil
        return centred.failing(problem)
            .mean(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray
    }

    /// Means along `axes` (by default all) in which each element counts as much as its weight: Σ weight × element / Σ weight.
    ///
    /// - Parameter weights: of a shape that broadcasts to this array's; or of one axis, and as long as the only one of `axes`.
    /// - Note: Weights that add up to zero give NaN or an infinity, where NumPy throws.
    public func average(
        weights: NDArray, axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        var weights = weights
        if let axes, axes.count == 1, weights.rank == 1, rank > 1 {
            let selected = Axes(axes, rank: rank, operation: "average", location: location)
            if let axis = selected.list.first { weights = weights.placed(along: axis, of: rank, location: location) }
        }
        let weighted = combining("*", weights, to: Scalar.self, location: location, Scalar.multiplyLoop)
        // The weights as often as they are used.
        let used = combining("weights", weights, to: Scalar.self, location: location) { _, weights, out, count in
            out.update(from: weights, count: count)
        }
        let sum = weighted.sum(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray
        return sum / (used.sum(axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line) as NDArray)
    }
}

extension NDArray {
    /// The same array, whose plan has a problem.
    func failing(_ problem: PlanError?) -> NDArray {
        guard let problem else { return self }
        return NDArray(
            session,
            ElementNode<Scalar>(
                node.operation, grid: node.grid, operands: [node], kernel: .unary { _, _, _ in }, location: node.location, problem: problem)
        )
    }

    /// An array of one axis as one of several, all but one of which have length 1.
    func placed(along axis: Int, of rank: Int, location: SourceLocation) -> NDArray {
        let node = node, after = rank - 1 - axis
        let grid = ChunkGrid(Array(repeating: [1], count: axis) + node.grid.chunks + Array(repeating: [1], count: after))
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("reshape"), grid: grid, after: [node], location: location) { lowering in
                let place = lowering.function(Operation("reshape")) { scope in
                    let chunk = scope.argument(0, as: DenseArray<Scalar>.self)
                    return TypedValue(
                        chunk.reshaped(Array(repeating: 1, count: axis) + chunk.shape + Array(repeating: 1, count: after)))
                }
                return try lowering.chunks(of: node).map { lowering.add(place, [$0], location: location) }
            })
    }
}

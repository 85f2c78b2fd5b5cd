internal import SheafCore

extension NDArray where Scalar: ArrayNumber {
    /// The matrix product with another array, as NumPy's `matmul` and `@`.
    ///
    /// Of arrays of two axes the product of matrices: (m, k) by (k, n) is (m, n). An array of one axis is a row on the left and a column on
    /// the right, and the axis of length 1 is left out of the result. Of more axes the last two are matrices, and those before broadcast.
    /// Products of integers wrap around on overflow.
    ///
    /// One task computes one chunk of the result, adding up the products of chunks in place with BLAS; where the result is small beside the
    /// arrays, each pair of chunks is a task, and their products are added up in a tree. A transposed array is not copied.
    ///
    /// - Note: Problems of the plan are kept: ``PlanError`` (`.shapeMismatch`) when the inner lengths differ or the leading axes do not
    ///   broadcast, (`.invalidArgument`) for an array without axes.
    public func matmul(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let problem = Self.matmulProblem(shape, other.shape, location)
        guard problem == nil else { return NDArray(session, failedNode("matmul", problem, location)) }
        // Labels: the contracted axis is -1, rows -2, columns -3, and leading axes count from the last.
        let inner = -1, row = -2, column = -3
        let leading = Swift.max(rank, other.rank) - 2
        func labels(_ shape: [Int], _ other: [Int], _ last: [Int]) -> [Int?] {
            let own = shape.count - last.count
            let batch = (0..<Swift.max(own, 0)).map { axis -> Int? in
                let label = own - 1 - axis, place = other.count - 2 - 1 - label
                // One that repeats is left out, unless both have length 1.
                let isRepeated = shape[axis] == 1 && (place >= 0 ? other[place] != 1 : false)
                return isRepeated ? nil : label
            }
            return batch + last.map { $0 }
        }
        let left = labels(shape, other.shape, rank == 1 ? [inner] : [row, inner])
        let right = labels(other.shape, shape, other.rank == 1 ? [inner] : [inner, column])
        let result =
            (0..<Swift.max(leading, 0)).reversed().map { $0 } + (rank == 1 ? [] : [row]) + (other.rank == 1 ? [] : [column])
        let plan = ContractionPlan(left: left, right: right, result: result)
        return NDArray(session, plan.node("matmul", node, other.node, as: Scalar.self, location: location))
    }

    private static func matmulProblem(_ a: [Int], _ b: [Int], _ location: SourceLocation) -> PlanError? {
        if a.isEmpty || b.isEmpty {
            return PlanError(
                .invalidArgument, "“matmul” of the shapes \(a) and \(b): an array without axes is no matrix", node: "matmul",
                location: location, hint: "multiply by a number with *")
        }
        let inner = (a[a.count - 1], b[Swift.max(b.count - 2, 0)])
        if inner.0 != inner.1 {
            return PlanError(
                .shapeMismatch, "“matmul” of the shapes \(a) and \(b): the inner lengths \(inner.0) and \(inner.1) differ", node: "matmul",
                location: location, hint: "the last axis of the first array meets the second last (or only) axis of the second")
        }
        for (x, y) in zip(a.dropLast(2).reversed(), b.dropLast(2).reversed()) where x != y && x != 1 && y != 1 {
            return PlanError(
                .shapeMismatch, "“matmul” cannot broadcast the leading axes of the shapes \(a) and \(b): \(x) and \(y)", node: "matmul",
                location: location, hint: "an axis broadcasts when its lengths are equal or one of them is 1")
        }
        return nil
    }

    /// The product as NumPy's `dot`: of two arrays of one axis the sum of the products of their elements (without conjugation), else the
    /// sum over the last axis of this array and the second last (or only) axis of the other.
    ///
    /// Of two arrays of one axis it is fused with the element-wise operations before it, and compensated as
    /// ``sum(axes:keepingDimensions:)``.
    ///
    /// - Note: As ``matmul(_:)`` for shapes that do not fit. An array without axes multiplies every element.
    public func dot(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if rank == 0 || other.rank == 0 { return combining("dot", other, to: Scalar.self, location: location, Scalar.multiplyLoop) }
        guard rank == 1, other.rank == 1, shape == other.shape else {
            return tensorDot(other, axes: ([rank - 1], [Swift.max(other.rank - 2, 0)]), fileID: fileID, line: line)
        }
        let products = combining("*", other, to: Scalar.self, location: location, Scalar.multiplyLoop)
        // A sum of integers is wider than they are; back to their type it wraps around.
        return products.sum(fileID: fileID, line: line).cast(to: Scalar.self)
    }

    /// The product of each element of this array with each of the other, both seen as having one axis: (count, other's count).
    public func outer(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let rows = (0..<rank).map { $0 }, columns = (0..<other.rank).map { $0 + rank }
        let plan = ContractionPlan(left: rows, right: columns, result: rows + columns)
        let product = plan.node("outer", node, other.node, as: Scalar.self, location: location)
        if rank == 1, other.rank == 1 { return NDArray(session, product) }
        return NDArray(session, joiningAxes(product, [node.grid.elementCount, other.node.grid.elementCount], split: rank, location))
    }

    /// The product summed over pairs of axes, as NumPy's `tensordot`; the other axes of this array come first in the result.
    ///
    /// - Parameter axes: how many of the last axes of this array meet the first ones of the other.
    public func tensorDot(_ other: NDArray, axes: Int = 2, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        guard axes >= 0, axes <= rank, axes <= other.rank else {
            let location = SourceLocation(fileID: fileID, line: line)
            let problem = PlanError(
                .invalidArgument, "“tensorDot” over \(axes) axes of arrays of the shapes \(shape) and \(other.shape)", node: "tensorDot",
                location: location)
            return NDArray(session, failedNode("tensorDot", problem, location))
        }
        return tensorDot(other, axes: (Array((rank - axes)..<rank), Array(0..<axes)), fileID: fileID, line: line)
    }

    /// The product summed over pairs of axes, as NumPy's `tensordot`; the other axes of this array come first in the result.
    ///
    /// - Parameter axes: the axes of this array, and those of the other that they meet; negative ones count from the last.
    /// - Note: ``PlanError`` (`.shapeMismatch`) when the lengths of a pair differ, (`.invalidArgument`) for axes that do not exist.
    public func tensorDot(
        _ other: NDArray, axes: ([Int], [Int]), fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        let own = Axes(axes.0, rank: rank, operation: "tensorDot", location: location)
        let others = Axes(axes.1, rank: other.rank, operation: "tensorDot", location: location)
        var problem = own.problem ?? others.problem
        if problem == nil, own.list.count != others.list.count {
            problem = PlanError(
                .invalidArgument, "“tensorDot” over \(own.list.count) and \(others.list.count) axes", node: "tensorDot", location: location)
        }
        if problem == nil, zip(own.list, others.list).contains(where: { shape[$0] != other.shape[$1] }) {
            problem = PlanError(
                .shapeMismatch,
                "“tensorDot” of the shapes \(shape) and \(other.shape) over the axes \(own.list) and \(others.list): "
                    + "their lengths differ", node: "tensorDot", location: location)
        }
        guard problem == nil else { return NDArray(session, failedNode("tensorDot", problem, location)) }
        let left = (0..<rank).map { $0 }
        var right = (0..<other.rank).map { $0 + rank }
        for (mine, theirs) in zip(own.list, others.list) { right[theirs] = mine }
        let result = left.filter { !own.list.contains($0) } + right.filter { $0 >= rank }
        let plan = ContractionPlan(left: left, right: right, result: result)
        return NDArray(session, plan.node("tensorDot", node, other.node, as: Scalar.self, location: location))
    }

    /// A node that stands for a plan that is wrong.
    func failedNode(_ name: String, _ problem: PlanError?, _ location: SourceLocation) -> TaskNode<Scalar> {
        TaskNode<Scalar>(Operation(name), grid: node.grid, after: [node], location: location, problem: node.problem ?? problem) { _ in [] }
    }
}

extension NDArray where Scalar: LinearScalar {
    /// The sum of the products of this array's conjugated elements with the other's, both seen as having one axis; NumPy's `vdot`.
    ///
    /// - Note: ``PlanError`` (`.shapeMismatch`) when the shapes differ.
    public func vdot(_ other: NDArray, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard shape == other.shape else {
            let problem = PlanError(
                .shapeMismatch, "“vdot” of the shapes \(shape) and \(other.shape)", node: "vdot", location: location,
                hint: "give both the same shape")
            return NDArray(session, failedNode("vdot", problem, location))
        }
        let products = conjugated().combining("*", other, to: Scalar.self, location: location, Scalar.multiplyLoop)
        return products.sum(fileID: fileID, line: line)
    }

    /// The complex conjugate of each element; the array itself where elements are real.
    func conjugated() -> NDArray {
        guard Scalar.isComplex else { return self }
        return mapping("conjugate", to: Scalar.self) { a, out, count in for index in 0..<count { out[index] = a[index].conjugated } }
    }
}

/// An array of which the axes before `split`, and those from it on, are made into one each.
private func joiningAxes<Scalar: ArrayScalar>(
    _ source: TaskNode<Scalar>, _ shape: [Int], split: Int, _ location: SourceLocation
) -> TaskNode<Scalar> {
    // All chunks that lie in the same rows of the result; what lies in them is whole along the inner axes.
    var chunks = source.grid.chunks
    for range in [0..<split, split..<source.grid.rank] {
        // Whole along all axes but the first, so that a chunk is a range of the flattened axis.
        for axis in range.dropFirst() { chunks[axis] = [source.grid.shape[axis]] }
    }
    let grid = ChunkGrid(chunks), cut = source.rechunked(to: grid, location: location)
    func sizes(_ range: Range<Int>) -> [Int] {
        guard let first = range.first else { return [1] }
        let inner = range.dropFirst().reduce(1) { $0 * grid.shape[$1] }
        return grid.chunks[first].map { $0 * inner }
    }
    let result = ChunkGrid([sizes(0..<split), sizes(split..<grid.rank)])
    return TaskNode<Scalar>(Operation("outer"), grid: result, after: [cut], location: location) { lowering in
        let parts = try lowering.chunks(of: cut)
        let function = lowering.function(Operation("reshape")) { scope in
            TypedValue(scope.argument(0, as: DenseArray<Scalar>.self).reshaped(scope.argument(1, as: [Int].self)))
        }
        return parts.indices.map { index in
            lowering.add(function, [parts[index], lowering.constant(result.region(index).shape)], location: location)
        }
    }
}

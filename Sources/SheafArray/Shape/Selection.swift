internal import SheafCore

extension NDArray {
    /// The positions given along an axis, in their order; negative ones count from the end, and a position may be named several times.
    ///
    /// The result's chunks are as large as this array's largest along the axis.
    ///
    /// Problems: ``PlanError`` (`.indexOutOfRange`) with the position and the shape.
    public func take(_ indices: [Int], axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "take", location)) }
        let length = shape[own]
        if let wrong = indices.first(where: { $0 < -length || $0 >= length }) {
            return refusing(rangeProblem("take", wrong, own, location))
        }
        return gathering(AxisMap(indices.lazy.map { $0 < 0 ? $0 + length : $0 }), axis: own, name: "take", location: location)
    }

    /// The same for positions that are an array of any shape, computed first; the axis is replaced by that shape.
    ///
    /// - Throws: as ``compute()``, for the indices; ``PlanError`` (`.indexOutOfRange`).
    public func take<Index: ArrayInteger>(
        _ indices: NDArray<Index>, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> NDArray {
        try validated()
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { throw axisProblem(axis, rank: rank, "take", location) }
        let positions = try await indices.compute().elements.map { Int(clamping: $0) }
        let taken = try take(positions, axis: own, fileID: fileID, line: line).validated()
        if indices.rank == 1 { return taken }
        return taken.reshaped("take", to: Array(shape[..<own]) + indices.shape + Array(shape[(own + 1)...]), location: location)
    }

    /// The positions along an axis where a mask of one axis is `true`; the mask is computed first. A mask that is too short leaves the
    /// rest out, as NumPy's `compress` does.
    ///
    /// - Throws: as ``compute()``, for the mask; ``PlanError`` (`.shapeMismatch`) for a mask of several axes, or a longer one.
    public func compressed(
        where mask: NDArray<Bool>, axis: Int = 0, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> NDArray {
        try validated()
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { throw axisProblem(axis, rank: rank, "compress", location) }
        guard mask.rank == 1, mask.count <= shape[own] else {
            throw PlanError(
                .shapeMismatch, "“compress” with a mask of shape \(mask.shape) along axis \(axis) of an array of shape \(shape)",
                node: "compress", location: location, hint: "the mask has one axis, no longer than the array's")
        }
        if rank == 1 && mask.count == count { return try await selected(where: mask, fileID: fileID, line: line) }
        let positions = try await mask.compute().withUnsafeBufferPointer { mask in mask.indices.filter { mask[$0] } }
        return gathering(AxisMap(positions), axis: own, name: "compress", location: location)
    }

    /// The elements where a mask of this array's shape is `true`, in C order along one axis: NumPy's `x[mask]`. A mask of fewer axes goes
    /// with the first ones; the others stay.
    ///
    /// How many there are has to be known to plan with the result, so the mask is computed first, and kept in memory (a byte for each
    /// element) as long as the result is in use. The elements themselves are not computed yet.
    ///
    /// - Throws: as ``compute()``, for the mask; ``PlanError`` (`.shapeMismatch`) for a mask of another shape.
    public func selected(
        where mask: NDArray<Bool>, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> NDArray {
        try validated()
        let location = SourceLocation(fileID: fileID, line: line)
        if mask.rank > 0, mask.rank < rank, mask.shape == Array(shape.prefix(mask.rank)) {
            let rows = reshaped("select", to: [mask.count] + shape[mask.rank...], location: location)
            return try await rows.compressed(where: mask.flattened(fileID: fileID, line: line), axis: 0, fileID: fileID, line: line)
        }
        guard mask.shape == shape else {
            throw PlanError(
                .shapeMismatch, "“select” from an array of shape \(shape) with a mask of shape \(mask.shape)", node: "select",
                location: location, hint: "compressed(where:axis:) takes a mask for one axis")
        }
        let elements = reshaped("select", to: [count], location: location)
        let flat = mask.reshaped("select", to: [count], location: location).rechunked(grid: elements.node.grid, location: location)
        let found = try await FoundPositions(flat, location: location)
        return found.array(session, after: [elements.node], location: location) { lowering in
            let sources = try lowering.chunks(of: elements.node)
            let function = lowering.function(Operation("select")) { scope in
                let chunk = scope.argument(0, as: DenseArray<Scalar>.self), mask = scope.argument(1, as: DenseArray<Bool>.self)
                let count = scope.argument(2, as: Int.self)
                return TypedValue(chunk.selecting(mask, count: count))
            }
            return found.chunks.map { index in
                lowering.add(
                    function, [sources[index], lowering.graph.addConstant(found.masks[index]), lowering.constant(found.counts[index])],
                    location: location, cost: Cost(resultBytes: found.counts[index] * MemoryLayout<Scalar>.stride))
            }
        }
    }

    /// Where elements are not zero (or `false`; a NaN is not zero): for each axis, the indices along it, all in C order.
    ///
    /// - Throws: as ``selected(where:fileID:line:)``.
    public func nonzero(fileID: StaticString = #fileID, line: UInt = #line) async throws -> [NDArray<Int>] {
        let location = SourceLocation(fileID: fileID, line: line), shape = shape
        let found = try await foundNonzero(location)
        let strides = contiguousStrides(shape)
        return shape.indices.map { axis in
            let stride = strides[axis], length = Swift.max(shape[axis], 1)
            return found.array(session, after: [], location: location) { lowering in
                found.indices(lowering, location, bytes: 8) { position, out in out[0] = position / stride % length }
            }
        }
    }

    /// The indices of elements that are not zero, a row for each in C order and a column for each axis.
    ///
    /// - Throws: as ``selected(where:fileID:line:)``.
    public func argWhere(fileID: StaticString = #fileID, line: UInt = #line) async throws -> NDArray<Int> {
        let location = SourceLocation(fileID: fileID, line: line), shape = shape
        let found = try await foundNonzero(location)
        return found.array(session, columns: rank, after: [], location: location) { lowering in
            found.indices(lowering, location, columns: shape.count, bytes: 8 * shape.count) { position, out in
                var rest = position
                for axis in shape.indices.reversed() {
                    out[axis] = rest % shape[axis]
                    rest /= shape[axis]
                }
            }
        }
    }

    /// The positions, in C order of the whole array, of elements that are not zero.
    ///
    /// - Throws: as ``selected(where:fileID:line:)``.
    public func flatNonzero(fileID: StaticString = #fileID, line: UInt = #line) async throws -> NDArray<Int> {
        let location = SourceLocation(fileID: fileID, line: line)
        let found = try await foundNonzero(location)
        return found.array(session, after: [], location: location) { lowering in
            found.indices(lowering, location, bytes: 8) { position, out in out[0] = position }
        }
    }

    private func foundNonzero(_ location: SourceLocation) async throws -> FoundPositions {
        let zero = constant(.zeroValue)
        let mask = combining("nonzero", zero, to: Bool.self, location: location) { a, b, out, count in
            Scalar.equalLoop(a, b, out, count)
            for index in 0..<count { out[index] = !out[index] }
        }
        return try await FoundPositions(mask.reshaped("nonzero", to: [count], location: location), location: location)
    }
}

/// A mask along one axis, computed, and how many positions it selects in each chunk.
private struct FoundPositions: Sendable {
    /// A `DenseArray<Bool>` each.
    let masks: [AnyValue]
    let counts: [Int]
    let grid: ChunkGrid
    /// The chunks where something was found.
    var chunks: [Int] { counts.indices.filter { counts[$0] > 0 } }

    init(_ mask: NDArray<Bool>, location: SourceLocation) async throws {
        let lowering = try ArrayLowering(mask.session, roots: [mask.node])
        let sources = try lowering.chunks(of: mask.node).map { argument in
            argument.isNode ? argument : lowering.add(Operation("keep"), [argument], location: location) { $0.reference(0) }
        }
        let count = lowering.function(Operation("count")) { scope in
            let mask = scope.argument(0, as: DenseArray<Bool>.self)
            return TypedValue(mask.withUnsafeBufferPointer(countTrue))
        }
        let counts = sources.map { lowering.add(count, [$0], location: location) }
        let plan = try mask.session.plan(lowering.graph, outputs: (sources + counts).map(\.index))
        let values = try await mask.session.compute(plan, name: "count")
        masks = Array(values.prefix(sources.count))
        self.counts = values.suffix(sources.count).compactMap { ($0 as? TypedValue<Int>)?.value }
        grid = mask.node.grid
    }

    /// An array with a chunk for each of ``chunks``.
    func array<Scalar: ArrayScalar>(
        _ session: Session, columns: Int? = nil, after operands: [ArrayNode], location: SourceLocation,
        _ lower: @escaping @Sendable (ArrayLowering) throws -> [Graph.Argument]
    ) -> NDArray<Scalar> {
        let sizes = chunks.map { counts[$0] }, width = columns.map { [[$0]] } ?? []
        if sizes.isEmpty {
            let shape = [0] + (columns.map { [$0] } ?? [])
            return session.array(DenseArray<Scalar>(shape: shape) { _ in }, chunks: .explicit([[0]] + width))
        }
        return NDArray(
            session,
            TaskNode<Scalar>(Operation("select"), grid: ChunkGrid([sizes] + width), after: operands, location: location, lower: lower))
    }

    /// What is made from each position that was found.
    func indices(
        _ lowering: ArrayLowering, _ location: SourceLocation, columns: Int? = nil, bytes: Int,
        _ write: @escaping @Sendable (Int, UnsafeMutablePointer<Int>) -> Void
    ) -> [Graph.Argument] {
        let function = lowering.function(Operation("nonzero")) { scope in
            let mask = scope.argument(0, as: DenseArray<Bool>.self), start = scope.argument(1, as: Int.self)
            let count = scope.argument(2, as: Int.self), width = columns ?? 1
            return TypedValue(
                DenseArray<Int>(shape: [count] + (columns.map { [$0] } ?? [])) { buffer in
                    guard var out = buffer.baseAddress else { return }
                    mask.withUnsafeBufferPointer { mask in
                        for position in mask.indices where mask[position] {
                            write(start + position, out)
                            out += width
                        }
                    }
                })
        }
        return chunks.map { index in
            lowering.add(
                function,
                [
                    lowering.graph.addConstant(masks[index]), lowering.constant(grid.offsets[0][index]),
                    lowering.constant(counts[index]),
                ], location: location, cost: Cost(resultBytes: counts[index] * bytes))
        }
    }
}

extension DenseArray {
    /// The elements where a mask of the same count, along one axis, is `true`.
    fileprivate func selecting(_ mask: DenseArray<Bool>, count: Int) -> DenseArray {
        DenseArray(shape: [count]) { buffer in
            guard let out = buffer.baseAddress, count > 0 else { return }
            withUnsafeBufferPointer { elements in
                mask.withUnsafeBufferPointer { mask in
                    guard let from = elements.baseAddress else { return }
                    switch MemoryLayout<Element>.stride {
                    case 1: select(from, out, count, mask, as: UInt8.self)
                    case 2: select(from, out, count, mask, as: UInt16.self)
                    case 4: select(from, out, count, mask, as: UInt32.self)
                    case 8: select(from, out, count, mask, as: UInt64.self)
                    case 16: select(from, out, count, mask, as: TwoWords.self)
                    default: select(from, out, count, mask, as: Element.self)
                    }
                }
            }
        }
    }
}

@inline(__always)
private func select<Element, Word>(
    _ from: UnsafePointer<Element>, _ out: UnsafeMutablePointer<Element>, _ count: Int, _ mask: UnsafeBufferPointer<Bool>, as: Word.Type
) {
    let from = UnsafeRawPointer(from).assumingMemoryBound(to: Word.self)
    let out = UnsafeMutableRawPointer(out).assumingMemoryBound(to: Word.self)
    // Without a branch, which random masks would make expensive: the place moves only when the element stays.
    var place = 0, position = 0
    while place < count {
        out[place] = from[position]
        place &+= mask[position] ? 1 : 0
        position &+= 1
    }
}

private func countTrue(_ mask: UnsafeBufferPointer<Bool>) -> Int {
    var count = 0
    for position in 0..<mask.count { count &+= mask[position] ? 1 : 0 }
    return count
}

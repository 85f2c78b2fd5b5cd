public import SheafCore

extension Session {
    /// An array of one element everywhere.
    ///
    /// - Parameter chunks: a size along each axis; by default about 8 MiB a chunk. The same holds for all functions here.
    public func full<Scalar: ArrayScalar>(
        _ value: Scalar, shape: [Int], chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        make(shape, chunks, fileID, line) { grid, location in constantNode(value, grid: grid, name: "full", location: location) }
    }

    /// An array of zeros, or of `false`.
    public func zeros<Scalar: ArrayScalar>(
        _ type: Scalar.Type = Double.self, shape: [Int], chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        full(Scalar.zeroValue, shape: shape, chunks: chunks, fileID: fileID, line: line)
    }

    /// An array of ones, or of `true`.
    public func ones<Scalar: ArrayScalar>(
        _ type: Scalar.Type = Double.self, shape: [Int], chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        full(Scalar.oneValue, shape: shape, chunks: chunks, fileID: fileID, line: line)
    }

    /// An array whose elements a function computes from their indices, one for each axis.
    public func array<Scalar: ArrayScalar>(
        shape: [Int], chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line,
        from element: @escaping @Sendable ([Int]) throws -> Scalar
    ) -> NDArray<Scalar> {
        let closure = SourceLocation(fileID: fileID, line: line)
        return make(shape, chunks, fileID, line) { grid, location in
            ElementNode<Scalar>(
                Operation("from indices", closure: closure), grid: grid, operands: [],
                kernel: .generator { region, start, out, count in
                    let out = out.assumingMemoryBound(to: Scalar.self)
                    var index = ChunkGrid.indices(of: start, in: region)
                    for position in 0..<count {
                        out[position] = try element(index)
                        ChunkGrid.advance(&index, in: region)
                    }
                }, isExpensive: true, location: location)
        }
    }

    /// An array of elements in memory, in C order.
    ///
    /// - Throws: ``PlanError`` (`.shapeMismatch`) when the elements do not fill the shape.
    public func array<Scalar: ArrayScalar>(
        _ elements: [Scalar], shape: [Int]? = nil, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let shape = shape ?? [elements.count]
        guard elements.count == shape.reduce(1, *), shape.allSatisfy({ $0 >= 0 }) else {
            let problem = PlanError(
                .shapeMismatch, "\(elements.count) elements do not fill the shape \(shape)",
                location: SourceLocation(fileID: fileID, line: line))
            return NDArray(
                self,
                ElementNode<Scalar>(
                    Operation("array"), grid: ChunkGrid(whole: [elements.count]), operands: [], kernel: .constant { _, _ in },
                    location: problem.location!, problem: problem))
        }
        return array(DenseArray(elements, shape: shape), chunks: chunks, fileID: fileID, line: line)
    }

    /// An array in memory, cut into chunks that are views of it.
    public func array<Scalar: ArrayScalar>(
        _ dense: DenseArray<Scalar>, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        make(dense.shape, chunks, fileID, line) { grid, location in
            TaskNode<Scalar>(Operation("array"), grid: grid, after: [], location: location) { lowering in
                grid.regions.map { lowering.constant(dense.box($0)) }
            }
        }
    }

    /// The numbers from `start` up to, but not including, `end`, `step` apart.
    public func arange<Scalar: ArrayReal>(
        _ start: Scalar = Scalar.zeroValue, _ end: Scalar, step: Scalar = Scalar.oneValue, chunks: ChunkSizes = .automatic,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let first = start.doubleValue, distance = step.doubleValue
        // As NumPy: the length is the quotient rounded up, and elements are start + index × step.
        let length = distance == 0 ? 0 : ((end.doubleValue - first) / distance).rounded(.up)
        return make([Int(max(length, 0))], chunks, fileID, line) { grid, location in
            ElementNode<Scalar>(
                Operation("arange"), grid: grid, operands: [],
                kernel: .generator { region, position, out, count in
                    Scalar.rampLoop(start, step, region.start[0] + position, out.assumingMemoryBound(to: Scalar.self), count)
                }, location: location,
                problem: distance == 0 ? PlanError(.invalidArgument, "a step of zero leads nowhere", location: location) : nil)
        }
    }

    /// `count` numbers from `start` to `end`, which is one of them unless `endpoint` is `false`.
    public func linspace<Scalar: ArrayFloat>(
        _ start: Scalar, _ end: Scalar, count: Int = 50, endpoint: Bool = true, chunks: ChunkSizes = .automatic,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let parts = endpoint ? max(count - 1, 1) : max(count, 1)
        let step = (end - start) / Scalar(parts)
        return make([count], chunks, fileID, line) { grid, location in
            ElementNode<Scalar>(
                Operation("linspace"), grid: grid, operands: [],
                kernel: .generator { region, position, out, length in
                    let out = out.assumingMemoryBound(to: Scalar.self), first = region.start[0] + position
                    for index in 0..<length { out[index] = Scalar(first + index) * step + start }
                    if endpoint, count > 1, first + length == count { out[length - 1] = end }
                }, location: location)
        }
    }

    /// Ones on a diagonal, zeros elsewhere, as doubles; see ``eye(_:_:columns:diagonal:chunks:fileID:line:)``.
    public func eye(
        _ rows: Int, columns: Int? = nil, diagonal: Int = 0, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Double> {
        eye(Double.self, rows, columns: columns, diagonal: diagonal, chunks: chunks, fileID: fileID, line: line)
    }

    /// Ones on a diagonal, zeros elsewhere.
    ///
    /// - Parameters:
    ///   - columns: by default as many as rows.
    ///   - diagonal: 0 for the main one, positive above it, negative below.
    public func eye<Scalar: ArrayNumber>(
        _ type: Scalar.Type, _ rows: Int, columns: Int? = nil, diagonal: Int = 0, chunks: ChunkSizes = .automatic,
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        make([rows, columns ?? rows], chunks, fileID, line) { grid, location in
            ElementNode<Scalar>(
                Operation("eye"), grid: grid, operands: [],
                kernel: .generator { region, start, out, count in
                    let out = out.assumingMemoryBound(to: Scalar.self)
                    out.update(repeating: Scalar.zeroValue, count: count)
                    let width = region.shape[1]
                    var row = start / width
                    while row * width < start + count {
                        let column = region.start[0] + row + diagonal - region.start[1]
                        let position = row * width + column - start
                        if column >= 0, column < width, position >= 0, position < count { out[position] = Scalar.oneValue }
                        row += 1
                    }
                }, location: location)
        }
    }

    func make<Scalar: ArrayScalar>(
        _ shape: [Int], _ chunks: ChunkSizes, _ fileID: StaticString, _ line: UInt, _ node: (ChunkGrid, SourceLocation) -> ArrayNode
    ) -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        do {
            return NDArray(
                self, node(try chunks.grid(shape: shape, elementBytes: MemoryLayout<Scalar>.stride, location: location), location))
        } catch {
            let grid = ChunkGrid(whole: shape.map { max($0, 0) })
            return NDArray(
                self,
                ElementNode<Scalar>(
                    Operation("array"), grid: grid, operands: [], kernel: .constant { _, _ in }, location: location, problem: error))
        }
    }
}

extension ChunkGrid {
    /// The indices, in the whole array, of an element of a chunk, from its position in the chunk's C order.
    static func indices(of position: Int, in region: Region) -> [Int] {
        var index = region.shape, rest = position
        for axis in region.shape.indices.reversed() {
            let length = max(region.shape[axis], 1)
            index[axis] = region.start[axis] + rest % length
            rest /= length
        }
        return index
    }

    /// Moves to the next element of a chunk in C order.
    static func advance(_ index: inout [Int], in region: Region) {
        var axis = index.count - 1
        while axis >= 0 {
            index[axis] += 1
            if index[axis] < region.start[axis] + region.shape[axis] { return }
            index[axis] = region.start[axis]
            axis -= 1
        }
    }
}

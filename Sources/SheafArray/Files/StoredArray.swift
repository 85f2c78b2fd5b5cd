internal import SheafCore

/// An array's elements in bytes that lie somewhere: a mapped file, or what was decompressed from one.
struct StoredArray: @unchecked Sendable {
    let header: NumPyHeader
    /// The elements, `header.byteCount` bytes; `nil` when there are none.
    let base: UnsafeRawPointer?
    /// Whoever the bytes belong to.
    let owner: AnyObject

    /// - Precondition: the bytes are as many as the header says.
    init(_ header: NumPyHeader, in bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        self.header = header
        self.owner = owner
        base = header.byteCount > 0 ? bytes.baseAddress.map { $0 + header.dataOffset } : nil
    }

    /// Whether the bytes are a Swift array's as they are.
    func isDirect<Element>(_ type: Element.Type) -> Bool {
        guard let base else { return true }
        // A Bool in memory has to be 0 or 1, which a file may say or not.
        return !header.isByteSwapped && header.scalarType != .bool && Int(bitPattern: base) % MemoryLayout<Element>.alignment == 0
    }

    /// The whole array, without copying.
    ///
    /// - Precondition: ``isDirect(_:)``.
    func view<Element>(as type: Element.Type) -> DenseArray<Element> {
        guard let base else { return DenseArray(shape: header.shape) { _ in } }
        let start = UnsafeMutableRawPointer(mutating: base)
        let storage = ChunkStorage(start, byteCount: header.byteCount, owner: owner)
        let elements = start.bindMemory(to: Element.self, capacity: header.byteCount / MemoryLayout<Element>.stride)
        let strides = header.isFortranOrder ? contiguousStrides(header.shape.reversed()).reversed() : contiguousStrides(header.shape)
        return DenseArray(shape: header.shape, strides: strides, base: elements, storage: storage)
    }

    /// A box of the array, in new memory and this machine's byte order; its axes are in the order they have in the file.
    func copy<Element>(_ region: Region, as type: Element.Type) -> DenseArray<Element> {
        let isFortran = header.isFortranOrder, bytes = header.scalarType.byteCount
        let box = isFortran ? Region(start: region.start.reversed(), shape: region.shape.reversed()) : region
        let fileShape = isFortran ? Array(header.shape.reversed()) : header.shape
        let chunk = DenseArray<Element>(shape: box.shape) { buffer in
            guard let base, let out = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
            RegionRuns(box, in: fileShape).forEach(0, box.count) { position, offset, length in
                (out + offset * bytes).copyMemory(from: base + position * bytes, byteCount: length * bytes)
            }
            Self.normalize(out, count: box.count, header.scalarType, isByteSwapped: header.isByteSwapped)
        }
        return isFortran ? chunk.transposed() : chunk
    }

    func copy<Element>(as type: Element.Type) -> DenseArray<Element> {
        copy(Region(start: header.shape.map { _ in 0 }, shape: header.shape), as: type)
    }

    /// Makes elements of a file those of memory: in this machine's byte order, and `Bool`s of nothing but 0 and 1.
    static func normalize(_ elements: UnsafeMutableRawPointer, count: Int, _ type: ScalarType, isByteSwapped: Bool) {
        if type == .bool {
            let bytes = elements.assumingMemoryBound(to: UInt8.self)
            for index in 0..<count { bytes[index] = bytes[index] == 0 ? 0 : 1 }
        }
        guard isByteSwapped else { return }
        func swap<Word: FixedWidthInteger>(_: Word.Type, _ count: Int) {
            let words = elements.assumingMemoryBound(to: Word.self)
            for index in 0..<count { words[index] = words[index].byteSwapped }
        }
        switch type {
        case .bool, .int8, .uint8: break
        case .int16, .uint16: swap(UInt16.self, count)
        case .int32, .uint32, .float32: swap(UInt32.self, count)
        case .int64, .uint64, .float64: swap(UInt64.self, count)
        // A complex number is two numbers.
        case .complex64: swap(UInt32.self, 2 * count)
        case .complex128: swap(UInt64.self, 2 * count)
        }
    }

    /// The array as a node: chunks are views of the bytes where those can be used as they are, else a task copies each.
    func node<Scalar: ArrayScalar>(_ name: String, as type: Scalar.Type, grid: ChunkGrid, location: SourceLocation) -> TaskNode<Scalar> {
        TaskNode<Scalar>(Operation(name), grid: grid, after: [], location: location) { [self] lowering in
            if isDirect(Scalar.self) {
                let whole = view(as: Scalar.self)
                return grid.regions.map { lowering.constant(whole.box($0)) }
            }
            let read = lowering.function(Operation(name)) { scope in
                TypedValue(copy(scope.argument(0, as: Region.self), as: Scalar.self))
            }
            return zip(grid.regions, lowering.regionArguments(grid)).map { region, argument in
                lowering.add(
                    read, [argument], location: location, cost: Cost(resultBytes: region.count * MemoryLayout<Scalar>.stride))
            }
        }
    }
}

extension Session {
    /// The chunks of an array in a file. One without elements is a single chunk unless the caller says otherwise, however long it is.
    func fileGrid(_ shape: [Int], _ chunks: ChunkSizes, elementBytes: Int, location: SourceLocation) throws(PlanError) -> ChunkGrid {
        if chunks == .automatic, shape.contains(0) { return ChunkGrid(whole: shape) }
        return try chunks.grid(shape: shape, elementBytes: elementBytes, location: location)
    }
}

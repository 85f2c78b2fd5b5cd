/// Lays out the columns of one record batch or dictionary: the metadata's numbers, and the buffers of the body in order.
struct BatchWriting {
    private var nodes: [Int64] = []
    private var places: [Int64] = []
    private var viewCounts: [Int64] = []
    private(set) var pieces: [ColumnBuffer] = []
    private(set) var bodyLength = 0

    /// The batch's table.
    func table(rowCount: Int) -> FlatValue {
        .table([
            .int64(Int64(rowCount)), .structs(nodes, count: nodes.count / 2), .structs(places, count: places.count / 2), nil,
            viewCounts.isEmpty ? nil : .structs(viewCounts, count: viewCounts.count),
        ])
    }

    private mutating func add(_ start: UnsafeRawPointer, _ byteCount: Int, owner: AnyObject?) {
        places += [Int64(bodyLength), Int64(byteCount)]
        pieces.append(ColumnBuffer(start, byteCount: byteCount, owner: owner))
        bodyLength += IPCFormat.padded(byteCount)
    }

    private mutating func addBits(_ start: UnsafeRawPointer, offset: Int, count: Int, owner: AnyObject) {
        if offset % 8 == 0 {
            add(start + offset / 8, Bits.byteCount(count), owner: owner)
        } else {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: Bits.byteCount(count) + 1, alignment: 8)
            let memory = ArrowMemory(adopting: UnsafeRawBufferPointer(copy)) { $0.deallocate() }
            guard let target = copy.baseAddress else { return }
            Bits.copy(start, offset: offset, count: count, to: target)
            add(target, Bits.byteCount(count), owner: memory)
        }
    }

    /// Adds a column and its children; of slices only what they show.
    mutating func add(_ column: ArrowColumn) {
        let (storage, offset, count) = (column.storage, column.offset, column.count)
        let nullCount = column.nullCount
        nodes += [Int64(count), Int64(nullCount)]
        if storage.layout == .none { return }
        if nullCount > 0, let validity = storage.validity {
            addBits(validity, offset: offset, count: count, owner: storage)
        } else {
            add(ColumnBuffer.empty.start, 0, owner: nil)
        }
        switch storage.layout {
        case .none: break
        case .bits: addBits(storage.values, offset: offset, count: count, owner: storage)
        case .fixed(let width): add(storage.values + offset * width, count * width, owner: storage)
        case .bytes(let wide):
            let range = addOffsets(storage, offset, count, wide)
            add(storage.data + range.lowerBound, range.count, owner: storage)
        case .views:
            add(storage.values + offset * 16, count * 16, owner: storage)
            viewCounts.append(Int64(storage.buffers.count - 1))
            for buffer in storage.buffers.dropFirst() { add(buffer.start, buffer.byteCount, owner: storage) }
        case .list(let wide): add(storage.children[0][addOffsets(storage, offset, count, wide)])
        case .fixedList(let size): add(storage.children[0][offset * size..<(offset + count) * size])
        case .structure: for child in storage.children { add(child[offset..<offset + count]) }
        }
    }

    /// Adds offsets that begin at 0, and returns the range that the column's own refer to.
    private mutating func addOffsets(_ storage: ColumnStorage, _ offset: Int, _ count: Int, _ wide: Bool) -> Range<Int> {
        let width = wide ? 8 : 4
        let (first, last) = (storage.valueOffset(offset, wide: wide), storage.valueOffset(offset + count, wide: wide))
        if first == 0 {
            add(storage.values + offset * width, (count + 1) * width, owner: storage)
        } else {
            var moved = GrowingBuffer(capacity: (count + 1) * width)
            for index in offset...offset + count {
                let value = storage.valueOffset(index, wide: wide) - first
                if wide { moved.append(Int64(value)) } else { moved.append(Int32(truncatingIfNeeded: value)) }
            }
            let buffer = moved.finish()
            add(buffer.start, buffer.byteCount, owner: buffer.owner)
        }
        return first..<last
    }
}

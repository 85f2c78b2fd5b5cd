/// A buffer of a column and what keeps it alive.
struct ColumnBuffer: @unchecked Sendable {
    let start: UnsafeRawPointer
    let byteCount: Int
    /// An ``ArrowMemory`` or an array of another library; nil for the zeros that stand in for missing buffers.
    let owner: AnyObject?

    init(_ start: UnsafeRawPointer, byteCount: Int, owner: AnyObject?) {
        self.start = start
        self.byteCount = byteCount
        self.owner = owner
    }

    /// 64 bytes of zeros: what an absent buffer is read as, such as the offsets of an empty column.
    static let empty = ColumnBuffer(zeros, byteCount: 0, owner: nil)
    nonisolated(unsafe) private static let zeros: UnsafeRawPointer = {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawPointer(bytes.baseAddress!)
    }()

    /// The same bytes at an address that is a multiple of `alignment`; a copy if these are not.
    func aligned(to alignment: Int) -> ColumnBuffer {
        guard alignment > 1, Int(bitPattern: start) % alignment != 0 else { return self }
        let memory = ArrowMemory(copying: UnsafeRawBufferPointer(start: start, count: byteCount))
        return memory.bytes.baseAddress.map { ColumnBuffer($0, byteCount: byteCount, owner: memory) } ?? .empty
    }
}

/// What columns share that show different ranges of the same slots: the buffers, as the format orders them, and the children.
///
/// Nothing changes after `init`, so that threads may read it together.
@usableFromInline final class ColumnStorage: @unchecked Sendable {
    let type: ArrowType
    @usableFromInline let layout: ArrowLayout
    /// The number of slots.
    let length: Int
    /// One bit a slot, set where there is a value; nil where every slot has one or, in columns of nulls, none.
    @usableFromInline let validity: UnsafePointer<UInt8>?
    let validityBuffer: ColumnBuffer?
    /// Values, bits, offsets or views.
    @usableFromInline let values: UnsafeRawPointer
    /// The bytes that offsets point into.
    @usableFromInline let data: UnsafeRawPointer
    /// The buffers after the validity.
    let buffers: [ColumnBuffer]
    /// The buffers that views point into, by number.
    @usableFromInline let viewData: [UnsafeRawPointer]
    let children: [ArrowColumn]
    @usableFromInline let dictionary: ArrowColumn?

    /// - Parameter buffers: Those after the validity; missing ones are read as empty.
    init(
        type: ArrowType, length: Int, validity: ColumnBuffer? = nil, buffers: [ColumnBuffer] = [], children: [ArrowColumn] = [],
        dictionary: ArrowColumn? = nil
    ) {
        self.type = type
        self.layout = type.layout
        self.length = length
        self.validityBuffer = validity
        self.validity = validity?.start.assumingMemoryBound(to: UInt8.self)
        var buffers = buffers
        if let first = buffers.first { buffers[0] = first.aligned(to: type.alignment) }
        self.buffers = buffers
        self.values = (buffers.first ?? .empty).start
        self.data = (buffers.count > 1 ? buffers[1] : .empty).start
        self.viewData = layout == .views ? buffers.dropFirst().map(\.start) : []
        self.children = children
        self.dictionary = dictionary
    }

    /// Whether the column's type is null.
    @usableFromInline var isAllNull: Bool { layout == .none }

    /// Offset `index` of a column of bytes or lists.
    @inlinable func valueOffset(_ index: Int, wide: Bool) -> Int {
        wide
            ? Int(values.loadUnaligned(fromByteOffset: index &* 8, as: Int64.self))
            : Int(values.loadUnaligned(fromByteOffset: index &* 4, as: Int32.self))
    }

    /// The bytes of slot `index`, counted from the start of the buffers; must not be called for types without bytes or for null slots.
    @inlinable func bytes(ofSlot index: Int) -> UnsafeRawBufferPointer {
        switch layout {
        case .bytes(let wide):
            let start = valueOffset(index, wide: wide)
            return UnsafeRawBufferPointer(start: data + start, count: valueOffset(index &+ 1, wide: wide) &- start)
        case .views:
            let view = values + index &* 16
            let count = Int(view.loadUnaligned(as: Int32.self))
            if count <= 12 { return UnsafeRawBufferPointer(start: view + 4, count: count) }
            let buffer = viewData[Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))]
            return UnsafeRawBufferPointer(start: buffer + Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self)), count: count)
        case .fixed(let width):
            return UnsafeRawBufferPointer(start: values + index &* width, count: width)
        default:
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }
}

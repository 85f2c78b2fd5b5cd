/// Builds columns of text or bytes with offsets or views.
struct BytesBuilder: ~Copyable {
    private let type: ArrowType
    private let isView: Bool
    /// Offsets or views.
    private var slots = GrowingBuffer()
    private var isWide: Bool
    private var data = GrowingBuffer()
    /// Data buffers of views that are full.
    private var fullData: [ColumnBuffer] = []
    private(set) var validity = GrowingValidity()

    init(_ type: ArrowType) {
        self.type = type
        isView = type.layout == .views
        isWide = type.layout == .bytes(wide: true)
        if !isView { appendOffset() }
    }

    var count: Int { validity.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if isView { appendView(bytes) } else { data.append(bytes) }
        if !isView { appendOffset() }
        validity.append(true)
    }

    mutating func appendNull() {
        if isView { slots.fill(to: slots.count + 16) } else { appendOffset() }
        validity.append(false)
    }

    private mutating func appendOffset() {
        if isWide {
            slots.append(Int64(data.count))
        } else if let offset = Int32(exactly: data.count) {
            slots.append(offset)
        } else {
            widen()
            slots.append(Int64(data.count))
        }
    }

    /// More than 2 GiB: from now on, and back to the first value, offsets have 64 bits.
    private mutating func widen() {
        let narrow = slots.count / 4
        var wide = GrowingBuffer(capacity: narrow * 16)
        for index in 0..<narrow { wide.append(Int64(slots.start.load(fromByteOffset: index * 4, as: Int32.self))) }
        slots = wide
        isWide = true
    }

    private mutating func appendView(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= Int(Int32.max), "a view shows at most 2 GiB")
        slots.reserve(16)
        let view = slots.start + slots.count
        slots.count += 16
        view.storeBytes(of: UInt64(bytes.count), as: UInt64.self)
        view.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        if bytes.count <= 12 {
            if let start = bytes.baseAddress { (view + 4).copyMemory(from: start, byteCount: bytes.count) }
            return
        }
        if data.count + bytes.count > Int(Int32.max) {
            fullData.append(data.finish())
            data = GrowingBuffer()
        }
        view.storeBytes(of: bytes.loadUnaligned(as: UInt32.self), toByteOffset: 4, as: UInt32.self)
        view.storeBytes(of: Int32(fullData.count), toByteOffset: 8, as: Int32.self)
        view.storeBytes(of: Int32(data.count), toByteOffset: 12, as: Int32.self)
        data.append(bytes)
    }

    consuming func finish() -> ArrowColumn {
        let (count, nulls, isWide, isView) = (validity.count, validity.nullCount, isWide, isView)
        let actual: ArrowType =
            switch type {
            case .utf8 where isWide: .largeUtf8
            case .binary where isWide: .largeBinary
            default: type
            }
        let full = fullData
        let bits = validity.finish()
        let last = data.finish()
        let buffers = [slots.finish()] + full + (isView && last.byteCount == 0 ? [] : [last])
        return ArrowColumn(ColumnStorage(type: actual, length: count, validity: bits, buffers: buffers), nullCount: nulls)
    }
}

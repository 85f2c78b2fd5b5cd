internal import SheafCore

/// Values that a worker has decoded from shared memory and may be given again. Not thread-safe.
struct ValueCache {
    /// Bytes kept at most, as values lie encoded.
    static let limit = 256 << 20

    private var values: [UInt64: (value: AnyValue, bytes: Int, used: UInt64)] = [:]
    private var bytes = 0
    private var clock: UInt64 = 0

    subscript(number: UInt64) -> AnyValue? {
        mutating get {
            guard let index = values.index(forKey: number) else { return nil }
            clock += 1
            values.values[index].used = clock
            return values.values[index].value
        }
    }

    mutating func insert(_ value: AnyValue, _ number: UInt64, bytes count: Int) {
        guard number != 0, count <= Self.limit else { return }
        drop(number)
        while bytes + count > Self.limit, let oldest = values.min(by: { $0.value.used < $1.value.used }) { drop(oldest.key) }
        clock += 1
        values[number] = (value, count, clock)
        bytes += count
    }

    mutating func drop(_ number: UInt64) {
        if let known = values.removeValue(forKey: number) { bytes -= known.bytes }
    }
}

internal import SheafCore

/// Values that a worker has decoded and may be given again. Not thread-safe.
struct ValueCache {
    /// Bytes kept at most, as values lie encoded.
    let limit: Int

    private var values: [UInt64: (value: AnyValue, bytes: Int, used: UInt64)] = [:]
    private var bytes = 0
    private var clock: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    subscript(number: UInt64) -> AnyValue? {
        mutating get {
            guard let index = values.index(forKey: number) else { return nil }
            clock += 1
            values.values[index].used = clock
            return values.values[index].value
        }
    }

    mutating func insert(_ value: AnyValue, _ number: UInt64, bytes count: Int) {
        guard number != 0, count <= limit else { return }
        drop(number)
        while bytes + count > limit, let oldest = values.min(by: { $0.value.used < $1.value.used }) { drop(oldest.key) }
        clock += 1
        values[number] = (value, count, clock)
        bytes += count
    }

    mutating func drop(_ number: UInt64) {
        if let known = values.removeValue(forKey: number) { bytes -= known.bytes }
    }
}

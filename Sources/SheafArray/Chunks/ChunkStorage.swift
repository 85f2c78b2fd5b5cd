internal import CSheaf
internal import SheafCore
internal import Synchronization

/// The memory of an array, on 64-byte boundaries; freed, or kept for the next one of its size, with the last reference.
@usableFromInline
final class ChunkStorage: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer
    let byteCount: Int
    /// Whoever the memory belongs to, when it is not this object's own: a mapped file, a Swift array.
    private let owner: AnyObject?

    @usableFromInline
    init(byteCount: Int) {
        self.byteCount = byteCount
        base = ChunkPool.shared.allocate(byteCount)
        owner = nil
    }

    /// Memory that belongs to `owner`.
    init(_ base: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
        self.base = base
        self.byteCount = byteCount
        self.owner = owner
    }

    deinit {
        if owner == nil { ChunkPool.shared.free(base, byteCount) }
    }
}

/// Keeps freed chunks of common sizes for the next ones: memory fresh from the system costs a page fault every 4 KiB, which is slower
/// than most operations on it. Thread-safe.
final class ChunkPool: Sendable {
    static let shared = ChunkPool()

    private struct State {
        /// Addresses, by size.
        var free: [Int: [UInt]] = [:]
        var bytes = 0
        /// What is kept at most.
        var limit = 96 << 20
    }
    private let state = Locked(State())

    /// Below this, `malloc` is as fast.
    static let leastBytes = 1 << 18

    /// Keeps up to an eighth of a session's memory budget; the latest session to run a plan says.
    func keep(within budget: Int) {
        let limit = max(budget / 8, 16 << 20)
        let surplus = state.withLock { state -> [UInt] in
            state.limit = limit
            if state.bytes <= limit { return [] }
            defer {
                state.free = [:]
                state.bytes = 0
            }
            return state.free.values.flatMap(\.self)
        }
        for address in surplus { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }

    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if byteCount >= Self.leastBytes {
            let kept = state.withLock { state -> UInt? in
                guard let address = state.free[byteCount]?.popLast() else { return nil }
                state.bytes -= byteCount
                return address
            }
            if let kept, let pointer = UnsafeMutableRawPointer(bitPattern: kept) { return pointer }
            let pointer = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: byteCount >= 1 << 21 ? 1 << 21 : 64)
            sheaf_prefer_huge_pages(pointer, byteCount)
            return pointer
        }
        return .allocate(byteCount: max(byteCount, 1), alignment: 64)
    }

    func free(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
        guard byteCount >= Self.leastBytes else { return pointer.deallocate() }
        let address = UInt(bitPattern: pointer)
        let surplus = state.withLock { state -> [UInt] in
            if byteCount > state.limit / 2 { return [address] }
            var surplus: [UInt] = []
            // Sizes that are no longer asked for make room first.
            while state.bytes + byteCount > state.limit, let size = state.free.keys.first(where: { $0 != byteCount }) {
                let addresses = state.free.removeValue(forKey: size) ?? []
                state.bytes -= size * addresses.count
                surplus += addresses
            }
            if state.bytes + byteCount > state.limit { return surplus + [address] }
            state.free[byteCount, default: []].append(address)
            state.bytes += byteCount
            return surplus
        }
        for address in surplus { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }
}

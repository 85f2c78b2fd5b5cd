internal import CSheaf
internal import SheafCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Memory that an engine shares with its workers: large values lie there once, and only their places travel.
///
/// It has no name in any file system, so nothing is left of it however the processes end. The engine alone hands out blocks of it, so a
/// worker that crashes can lose none. Blocks that are free keep their pages, up to a limit: fresh pages cost more than copying.
package final class Arena: Sendable {
    /// Addresses set aside; pages take up memory once they are used.
    static let reservedBytes = 1 << 38
    private static let page = 1 << 12
    /// Pages of free blocks that are kept.
    private static let keptBytes = 512 << 20

    package let descriptor: Int32
    private let mapping: ArenaMapping
    private let state: Locked<State>
    /// Called with the number of each block that is freed.
    private let onFree: @Sendable (UInt64) -> Void

    private struct State {
        /// Free ranges in order, no two of which touch.
        var free = [0..<Arena.reservedBytes]
        var nextNumber: UInt64 = 1
        var used = 0
        /// Up to where pages have been used.
        var touched = 0
        var kept = 0
    }

    /// - Throws: ``EngineError`` (`.inputOutput`).
    package init(onFree: @escaping @Sendable (UInt64) -> Void = { _ in }) throws {
        descriptor = sheaf_shared_memory("sheaf", Int64(Self.reservedBytes))
        guard descriptor >= 0 else {
            throw EngineError(.inputOutput, "cannot make shared memory: \(String(cString: strerror(-descriptor)))")
        }
        do { mapping = try ArenaMapping(descriptor) } catch {
            close(descriptor)
            throw error
        }
        state = Locked(State())
        self.onFree = onFree
    }

    deinit { close(descriptor) }

    /// Bytes in blocks now.
    package var usedBytes: Int { state.withLock(\.used) }

    /// Takes a block of so many bytes.
    ///
    /// - Throws: ``EngineError`` (`.noSpace`).
    package func allocate(_ count: Int) throws -> ArenaBlock {
        guard count >= 0, count < Self.reservedBytes / 2 else { throw Self.full(count) }
        let rounded = max((count + Self.page - 1) & ~(Self.page - 1), Self.page)
        let place = state.withLock { state -> (offset: Int, number: UInt64)? in
            guard let index = state.free.firstIndex(where: { $0.count >= rounded }) else { return nil }
            let range = state.free[index], offset = range.lowerBound
            if range.count == rounded {
                state.free.remove(at: index)
            } else {
                state.free[index] = offset + rounded..<range.upperBound
            }
            state.used += rounded
            state.kept = max(state.kept - min(rounded, max(state.touched - offset, 0)), 0)
            state.touched = max(state.touched, offset + rounded)
            defer { state.nextNumber += 1 }
            return (offset, state.nextNumber)
        }
        guard let place else { throw Self.full(count) }
        return ArenaBlock(self, number: place.number, offset: place.offset, count: count, reserved: rounded)
    }

    private static func full(_ count: Int) -> EngineError {
        EngineError(.noSpace, "the shared memory has no room for \(count) bytes", hint: "release results, or compute them in parts")
    }

    /// Puts bytes into a block of their own.
    package func store(_ bytes: [UInt8]) throws -> ArenaBlock {
        let block = try allocate(bytes.count)
        bytes.withUnsafeBytes { block.bytes.copyMemory(from: $0) }
        return block
    }

    fileprivate func free(_ offset: Int, _ count: Int, number: UInt64) {
        let isKept = state.withLock { state in
            state.used -= count
            state.kept += count
            if state.kept <= Self.keptBytes { return true }
            state.kept -= count
            return false
        }
        // Before anybody can be given the range.
        if !isKept { _ = sheaf_punch_hole(descriptor, Int64(offset), Int64(count)) }
        state.withLock { state in
            var range = offset..<offset + count
            var index = state.free.firstIndex { $0.lowerBound > offset } ?? state.free.count
            if index < state.free.count, state.free[index].lowerBound == range.upperBound {
                range = range.lowerBound..<state.free[index].upperBound
                state.free.remove(at: index)
            }
            if index > 0, state.free[index - 1].upperBound == range.lowerBound {
                index -= 1
                range = state.free[index].lowerBound..<range.upperBound
                state.free.remove(at: index)
            }
            state.free.insert(range, at: index)
        }
        onFree(number)
    }

    fileprivate func bytes(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[offset..<offset + count])
    }
}

/// A part of an ``Arena``, given back when nobody refers to it.
package final class ArenaBlock: Sendable {
    /// Unique among the blocks of an arena, ever.
    package let number: UInt64
    package let offset: Int
    package let count: Int
    private let arena: Arena
    private let reserved: Int

    fileprivate init(_ arena: Arena, number: UInt64, offset: Int, count: Int, reserved: Int) {
        self.arena = arena
        self.number = number
        self.offset = offset
        self.count = count
        self.reserved = reserved
    }

    deinit { arena.free(offset, reserved, number: number) }

    /// Valid as long as the block is.
    package var bytes: UnsafeMutableRawBufferPointer { arena.bytes(offset, count) }

    package var place: EncodedValue { .shared(number: number, offset: UInt64(offset), count: UInt64(count)) }
}

/// An arena's memory in this process.
package final class ArenaMapping: @unchecked Sendable {
    package let bytes: UnsafeMutableRawBufferPointer

    /// - Throws: ``EngineError`` (`.inputOutput`).
    package init(_ descriptor: Int32) throws {
        #if os(Linux)
        let flags = MAP_SHARED | MAP_NORESERVE
        #else
        let flags = MAP_SHARED
        #endif
        guard let base = mmap(nil, Arena.reservedBytes, PROT_READ | PROT_WRITE, flags, descriptor, 0), base != MAP_FAILED else {
            throw EngineError(
                .inputOutput, "cannot map the shared memory: \(String(cString: strerror(errno)))",
                hint: "a limit on address space (ulimit -v) has to leave room for \(Arena.reservedBytes >> 30) GiB")
        }
        bytes = UnsafeMutableRawBufferPointer(start: base, count: Arena.reservedBytes)
    }

    deinit { munmap(bytes.baseAddress!, bytes.count) }

    /// - Throws: ``WireError`` for a place outside.
    package func bytes(offset: UInt64, count: UInt64) throws(WireError) -> UnsafeMutableRawBufferPointer {
        guard offset <= UInt64(bytes.count), count <= UInt64(bytes.count) - offset else {
            throw WireError("a place outside the shared memory: \(count) bytes at \(offset)")
        }
        return UnsafeMutableRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + Int(count)])
    }
}

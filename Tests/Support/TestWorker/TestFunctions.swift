internal import SheafCore
internal import SheafTesting
internal import SheafWorker

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Functions that behave, and functions that do not.
enum TestFunctions {
    static let all: [any RegisteredFunction] = [
        nothing, add, process, trap, overrun, sleep, spin, slowly, gorge, garble, leave, childOf, bytes, sum, unencodable, stubborn, waits,
        doomed, build,
    ]

    static let nothing = Function("test.nothing") { (number: Int) in number }
    static let add = Function("test.add") { (a: Int, b: Int) in a + b }
    /// How many bytes the program has that it runs in.
    static let build = Function("test.build") { (_: Int) -> Int in
        guard let file = fopen(ProgramIdentity.currentPath, "r") else { return -1 }
        defer { fclose(file) }
        return fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1
    }
    /// The process it runs in.
    static let process = Function("test.process") { (_: Int) in Int(getpid()) }
    static let trap = Function("test.trap") { (message: String) -> Int in fatalError(message) }
    static let overrun = Function("test.overrun") { (list: [Int]) in list[list.count] }

    /// Blocks for so many seconds, whatever anybody says; signals `PATH.started` first.
    static let sleep = Function("test.sleep") { (path: String, seconds: Int) -> Int in
        if !path.isEmpty { try SignalPipe.send(path + ".started") }
        var left = UInt32(seconds)
        while left > 0 { left = systemSleep(left) }
        return seconds
    }

    /// Is busy for ever; signals `PATH.started` first.
    static let spin = Function("test.spin") { (path: String) -> Int in
        try SignalPipe.send(path + ".started")
        var number = 0
        while true { number &+= Int(getpid()) }
    }

    /// Counts in `PATH.tally`, and the first time signals `PATH.started` and is busy for ever.
    static let slowly = Function("test.slowly") { (path: String, value: Int) -> Int in
        if try Tally.count(path + ".tally") == 1 {
            try SignalPipe.send(path + ".started")
            while true { _ = systemSleep(1) }
        }
        return value
    }

    /// Counts in `PATH.tally`, and the first time writes its process's number to `PATH.process`, signals `PATH.started` and is busy for ever.
    static let doomed = Function("test.doomed") { (path: String, value: Int) -> Int in
        guard try Tally.count(path + ".tally") == 1 else { return value }
        guard let file = fopen(path + ".process", "w") else { return -1 }
        fputs("\(getpid())", file)
        fclose(file)
        try SignalPipe.send(path + ".started")
        while true { _ = systemSleep(1) }
    }

    /// Allocates without end, and uses what it gets.
    static let gorge = Function("test.gorge") { (_: Int) -> Int in
        var lists: [[UInt8]] = []
        while true { lists.append([UInt8](repeating: UInt8(truncatingIfNeeded: lists.count), count: 1 << 20)) }
    }

    /// Writes bytes that are no frame where results go.
    static let garble = Function("test.garble") { (bytes: [UInt8]) -> Int in
        bytes.withUnsafeBytes { write(3, $0.baseAddress, $0.count) }
    }

    static let leave = Function("test.leave") { (status: Int) -> Int in exit(Int32(status)) }

    /// Starts a process that lives for a minute, and returns its number.
    static let childOf = Function("test.child") { (_: Int) -> Int in
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawnp(&child, "sleep", nil, nil, &arguments, environ) == 0 else { return -1 }
        return Int(child)
    }

    static let bytes = Function("test.bytes") { (count: Int) in [UInt8](repeating: 7, count: count) }
    static let sum = Function("test.sum") { (bytes: [UInt8]) in bytes.count }

    /// No way is known to write it down.
    final class Secret: Sendable {}
    static let unencodable = Function("test.unencodable") { (_: Int) in Secret() }

    static let waits = Function(
        "test.waits",
        async: { (number: Int) async -> Int in
            await Task.yield()
            return number
        })

    /// Waits for a minute, and does not stop when told to.
    static let stubborn = Function(
        "test.stubborn",
        async: { (path: String) async throws -> Int in
            try SignalPipe.send(path + ".started")
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end { try? await Task.detached { try await Task.sleep(for: .seconds(1)) }.value }
            return 0
        })
}

private func systemSleep(_ seconds: UInt32) -> UInt32 { sleep(seconds) }

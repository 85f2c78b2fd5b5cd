internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension EngineConformance {
    /// The state of the suite's objects. Neither `Sendable` nor `Codable`, as a state need not be.
    final class Ledger {
        var entries: [(writer: Int, number: Int)]
        init(_ entries: [(writer: Int, number: Int)]) { self.entries = entries }
    }

    static let ledger = ActorType("conformance.ledger") { (numbers: [Int]) in Ledger(numbers.map { (0, $0) }) }
    static let ledgerOnce = ActorType("conformance.ledgerOnce") { (path: String) in
        try Tally.count(path)
        return Ledger([])
    }
    static let ledgerLater = ActorType(
        "conformance.ledgerLater",
        async: { (number: Int) async throws -> Ledger in
            await Task.yield()
            return Ledger([(0, number)])
        })
    static let ledgerFails = ActorType("conformance.ledgerFails") { (message: String) throws -> Ledger in
        throw ConformanceTaskError(description: message)
    }

    /// Writes an entry, and returns how many there are.
    static let enter = ledger.method("conformance.enter") { (ledger: inout Ledger, entry: (writer: Int, number: Int)) -> Int in
        ledger.entries.append(entry)
        return ledger.entries.count
    }
    static let sum = ledger.method("conformance.sum") { (ledger: inout Ledger) in ledger.entries.reduce(0) { $0 + $1.number } }
    static let all = ledger.method("conformance.all") { (ledger: inout Ledger) in ledger.entries }
    /// Writes an entry, and throws.
    static let enterAndFail = ledger.method("conformance.enterAndFail") { (ledger: inout Ledger, number: Int) throws -> Int in
        ledger.entries.append((0, number))
        throw ConformanceTaskError(description: "entered \(number)")
    }
    static let enterLater = ledger.method(
        "conformance.enterLater",
        async: { (ledger: inout Ledger, number: Int) async throws -> Int in
            await Task.yield()
            ledger.entries.append((0, number))
            await Task.yield()
            return ledger.entries.count
        })
    /// Signals `PATH.started`, waits for a signal of `PATH.go`, and writes an entry.
    static let enterHeld = ledger.method(
        "conformance.enterHeld",
        async: { (ledger: inout Ledger, path: String) async throws -> Int in
            try SignalPipe.send(path + ".started")
            try await SignalPipe.wait(path + ".go")
            ledger.entries.append((0, 1))
            return ledger.entries.count
        })
    /// Signals `PATH.started`, is busy until it is told that it is cancelled, and writes an entry. It does not wait, so it has to look by itself.
    static let enterTold = ledger.method("conformance.enterTold") { (ledger: inout Ledger, path: String) throws -> Int in
        try SignalPipe.send(path + ".started")
        while !Task.isCancelled { sched_yield() }
        ledger.entries.append((0, 1))
        return ledger.entries.count
    }
    /// Ends its process, as somebody from outside would.
    static let kill = ledger.method("conformance.kill") { (_: inout Ledger) -> Int in
        raise(SIGKILL)
        return 0
    }
    /// No way is known to write it down.
    final class Secret: Sendable {}
    static let enterSecret = ledger.method("conformance.enterSecret") { (_: inout Ledger, _: Secret) in 0 }

    static let actorFunctions: [any RegisteredFunction] = [
        ledger, ledgerOnce, ledgerLater, ledgerFails, enter, sum, all, enterAndFail, enterLater, enterHeld, enterTold, kill, enterSecret,
    ]
}

public import SheafCore

extension EngineConformance {
    /// The functions that the cases use. A program that is to be its own worker under the suite registers them.
    public static let functions: [any RegisteredFunction] =
        bagFunctions + [
            add, double, total, describe, weigh, tally, fail, flaky, makeBytes, checksum, words, makeRow, rowText, asyncAdd, hold, forever,
            checksumFailing,
        ] + actorFunctions

    static let add = Function("conformance.add") { (a: Int, b: Int) in a + b }
    static let double = Function("conformance.double") { (a: Int) in a * 2 }
    static let total = Function("conformance.total") { (list: [Int]) in list.reduce(0, +) }
    static let describe = Function("conformance.describe") { (text: String, count: Int, flag: Bool) in "\(text) \(count) \(flag)" }
    static let weigh = Function("conformance.weigh") { (a: Int, b: Int, c: Int, d: Int, e: Int) in
        a + 10 * b + 100 * c + 1000 * d + 10000 * e
    }

    /// Counts in the file, and returns the number.
    static let tally = Function("conformance.tally") { (path: String, value: Int) in
        try Tally.count(path)
        return value
    }

    static let fail = Function("conformance.fail") { (message: String, _: Int) -> Int in throw ConformanceTaskError(description: message) }

    /// Fails the first `failures` times, counting in the file, and returns the number afterwards.
    static let flaky = Function("conformance.flaky") { (path: String, failures: Int, value: Int) in
        let attempt = try Tally.count(path)
        if attempt <= failures { throw ConformanceTaskError(description: "failure \(attempt)") }
        return value
    }

    static let makeBytes = Function("conformance.makeBytes") { (count: Int) in
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index &* 7) }
            initialized = count
        }
    }

    static let checksum = Function("conformance.checksum") { (bytes: [UInt8]) in bytes.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) } }
    static let words = Function("conformance.words") { (text: String) in text.split(separator: " ").map(String.init) }
    static let makeRow = Function("conformance.makeRow") { (name: String, share: Double) in
        Row(name: name, share: share, tags: [name, nil])
    }
    static let rowText = Function("conformance.rowText") { (row: Row) in "\(row.name) \(row.share) \(row.tags.count)" }

    static let asyncAdd = Function(
        "conformance.asyncAdd",
        async: { (a: Int, b: Int) async throws -> Int in
            await Task.yield()
            return a + b
        })

    /// Signals `PATH.started`, waits for a signal of `PATH.go`, and returns the number.
    static let hold = Function(
        "conformance.hold",
        async: { (path: String, value: Int) async throws -> Int in
            try SignalPipe.send(path + ".started")
            try await SignalPipe.wait(path + ".go")
            return value
        })

    /// Signals `PATH.started` and waits until it is cancelled; holds `PATH.alive` meanwhile.
    static let forever = Function(
        "conformance.forever",
        async: { (path: String, value: Int) async throws -> Int in
            try await PresencePipe.hold(path + ".alive") {
                try SignalPipe.send(path + ".started")
                let (never, continuation) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                withExtendedLifetime(continuation) {}
                try Task.checkCancellation()
                return value
            }
        })

    struct Row: Codable, Sendable, Equatable {
        var name: String
        var share: Double
        var tags: [String?]
    }
}

/// What the suite's failing tasks throw.
struct ConformanceTaskError: Error, CustomStringConvertible {
    let description: String
}

extension EngineConformance.Context {
    /// The pipes of a ``EngineConformance/hold`` or ``EngineConformance/forever`` task. What is done with them is done once.
    struct Held: Sendable {
        let path: String
        fileprivate let session: Session
        fileprivate let pipes: Pipes?

        fileprivate struct Pipes: Sendable {
            let started: SignalPipe
            let go: SignalPipe
            let alive: PresencePipe
        }

        /// Waits until so many tasks have started.
        func started(_ count: Int = 1) async throws { try await session.once { try await pipes?.started.wait(for: count) } }
        /// Lets so many tasks go on.
        func go(_ count: Int = 1) async throws { try await session.once { pipes?.go.send(count) } }
        /// Waits until a ``EngineConformance/forever`` task that has started has ended: because it was told to, or its process killed.
        func ended() async throws { try await session.once { try await pipes?.alive.waitUntilGone() } }
    }

    func held(_ name: String = "held") async throws -> Held {
        let path = path(name)
        var pipes: Held.Pipes?
        try await session.once {
            pipes = Held.Pipes(
                started: try SignalPipe(path + ".started"), go: try SignalPipe(path + ".go"),
                alive: try PresencePipe(path + ".alive"))
        }
        return Held(path: path, session: session, pipes: pipes)
    }
}

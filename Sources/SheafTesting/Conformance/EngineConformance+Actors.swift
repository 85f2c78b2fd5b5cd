internal import SheafCore

extension EngineConformance {
    /// Objects that live on the engine.
    static let actors: [Case] = [
        Case("actors/state", "an object keeps its state from call to call, and two have each their own") { context in
            let one = try await context.session.actor(ledger, [1, 2]), other = try await context.session.actor(ledger, [])
            try context.expectEqual(try await one.call(enter, (1, 3)), 3)
            try context.expectEqual(try await other.call(enter, (1, 10)), 1)
            try context.expectEqual(try await one.call(sum), 6)
            try context.expectEqual(try await other.call(sum), 10)
            try context.expectEqual(try await one.call(all).map(\.number), [1, 2, 3])
        },
        Case("actors/order", "a thousand calls of eight tasks are done one at a time, those of each task in their order") { context in
            let object = try await context.session.actor(ledger, [])
            let places = try await withThrowingTaskGroup(of: [Int].self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var places: [Int] = []
                        for number in 0..<125 { places.append(try await object.call(enter, (writer, number))) }
                        return places
                    }
                }
                return try await group.reduce([]) { $0 + $1 }
            }
            try context.expectEqual(places.sorted(), Array(1...1000), "the places of the entries")
            let entries = try await object.call(all)
            for writer in 0..<8 {
                try context.expectEqual(entries.filter { $0.writer == writer }.map(\.number), Array(0..<125), "the entries of one task")
            }
        },
        Case("actors/async", "what makes an object and what it does may wait", requires: [.asyncFunctions]) { context in
            let object = try await context.session.actor(ledgerLater, 5)
            for number in 2..<20 { try context.expectEqual(try await object.call(enterLater, number), number) }
        },
        Case("actors/throws", "a method that throws is a TaskError, and the object goes on with the state as it was left") { context in
            let object = try await context.session.actor(ledger, [1])
            let error = try await context.expectError(TaskError.self) { try await object.call(enterAndFail, 20) }
            try context.expectEqual(error.code, .failed)
            try context.expectEqual(error.node, "conformance.enterAndFail")
            try context.expect("\(error)".contains("entered 20"), "the error is \(error)")
            try context.expectEqual(try await object.call(sum), 21)
        },
        Case("actors/making-throws", "an object that cannot be made is a TaskError") { context in
            let error = try await context.expectError(TaskError.self) { try await context.session.actor(ledgerFails, "not today") }
            try context.expect("\(error)".contains("not today"), "the error is \(error)")
            try context.expectEqual(error.node, "conformance.ledgerFails")
        },
        Case("actors/side-by-side", "an object that is busy holds up no other, and no plan", requires: [.asyncFunctions]) { context in
            let held = try await context.held()
            let busy = try await context.session.actor(ledger, []), other = try await context.session.actor(ledger, [])
            async let result = busy.call(enterHeld, held.path)
            try await held.started()
            try context.expectEqual(try await other.call(enter, (1, 4)), 1)
            try context.expectEqual(try await context.session.delayed(double, 2).compute(), 4)
            try await held.go()
            try context.expectEqual(try await result, 1)
        },
        Case("actors/end", "once ended, an object throws for calls that run, wait and come") { context in
            let held = try await context.held(), object = try await context.session.actor(ledger, [])
            let running = Task { try await object.call(enterHeld, held.path) }
            try await held.started()
            let waiting = Task { try await object.call(enter, (1, 1)) }
            try await context.waits(object, 1)
            await object.end()
            for task in [running, waiting] {
                let error = try await context.expectError(EngineError.self) { try await task.value }
                try context.expectEqual(error.code, .closed)
            }
            let error = try await context.expectError(EngineError.self) { try await object.call(sum) }
            try context.expectEqual(error.code, .closed)
        },
        Case("actors/close", "closing the session ends its objects") { context in
            let object = try await context.session.actor(ledger, [1])
            try context.expectEqual(try await object.call(sum), 1)
            await context.session.close()
            let error = try await context.expectError(EngineError.self) { try await object.call(sum) }
            try context.expectEqual(error.code, .closed)
        },
        Case("actors/cancel-waiting", "a call that is cancelled before it has begun is not done", requires: [.asyncFunctions]) { context in
            let held = try await context.held(), object = try await context.session.actor(ledger, [])
            async let first = object.call(enterHeld, held.path)
            try await held.started()
            let cancelled = Task { try await object.call(enter, (1, 10)) }
            try await context.waits(object, 1)
            cancelled.cancel()
            try await context.expectError(CancellationError.self) { try await cancelled.value }
            try await held.go()
            try context.expectEqual(try await first, 1)
            try context.expectEqual(try await object.call(sum), 1)
        },
        Case("actors/cancel-running", "a call that is cancelled while it runs is told and not killed") { context in
            let held = try await context.held(), object = try await context.session.actor(ledger, [])
            let cancelled = Task { try await object.call(enterTold, held.path) }
            try await held.started()
            cancelled.cancel()
            try await context.expectError(CancellationError.self) { try await cancelled.value }
            try context.expectEqual(try await object.call(sum), 1, "what the call had done")
        },
        Case("actors/restart", "an object whose process dies is made again from its input, as often as asked for; its call is not repeated")
        {
            context in
            // Within the caller's process nothing survives a crash.
            guard !context.engine.capabilities.sharesMemory else { return }
            let object = try await context.session.actor(ledger, [1, 2], restarts: 1)
            try context.expectEqual(try await object.call(enter, (1, 3)), 3)
            let first = try await context.expectError(TaskError.self) { try await object.call(kill) }
            try context.expectEqual(first.code, .crashed)
            try context.expect("\(first)".contains("SIGKILL"), "the error is \(first)")
            try context.expectEqual(try await object.call(sum), 3)
            for call in 1...3 {
                let error = try await context.expectError(TaskError.self) { try await object.call(kill) }
                try context.expectEqual(error.code, .crashed, "the error of call \(call)")
            }
        },
        Case("actors/values", "what cannot leave its process is refused before anything is sent") { context in
            guard !context.engine.capabilities.sharesMemory else { return }
            let object = try await context.session.actor(ledger, [1])
            do {
                _ = try await object.call(enterSecret, Secret())
                throw ConformanceFailure("a value that cannot be written was sent")
            } catch let error as PlanError { try context.expectEqual(error.code, .notSerializable) }
            try context.expectEqual(try await object.call(sum), 1)
        },
        Case("actors/large", "large values go in and out") { context in
            let object = try await context.session.actor(ledger, Array(0..<300_000))
            try context.expectEqual(try await object.call(sum), 44_999_850_000)
            try context.expectEqual(try await object.call(all).count, 300_000)
        },
        Case("actors/plans", "plans follow from what objects return, and objects are made once") { context in
            let session = context.session, file = context.path("made")
            let object = try await session.actor(ledgerOnce, file)
            var total = 0
            for number in 1...4 {
                let doubled = try await session.delayed(double, Delayed(number + total)).compute()
                _ = try await object.call(enter, (1, doubled))
                total = try await object.call(sum)
            }
            // 2, then 2 · (2 + 2), 2 · (3 + 10), 2 · (4 + 36)
            try context.expectEqual(total, 116)
            do { _ = try await object.call(enterAndFail, 4) } catch let error as TaskError {
                try context.expectEqual(try await session.delayed(words, Delayed("\(error.code) twice")).compute(), ["failed", "twice"])
            }
            try context.expectEqual(try await session.delayed(add, Delayed(try await object.call(sum)), 0).compute(), 120)
            try context.expectEqual(Tally.read(file), 1, "how often the object was made")
        },
    ]
}

extension EngineConformance.Context {
    /// Waits until so many calls wait for their turn.
    func waits<State>(_ object: ActorHandle<State>, _ count: Int) async throws {
        try await session.once { while object.waitingCount < count { await Task.yield() } }
    }
}

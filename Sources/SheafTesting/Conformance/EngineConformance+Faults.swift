internal import SheafCore

extension EngineConformance {
    /// Tasks that fail.
    static let faults: [Case] = [
        Case("faults/first-cause", "the error names what went wrong, the node, its line and who needed it") { context in
            let session = context.session
            let line = #line; let broken = session.delayed(fail, "boom", 1, options: NodeOptions(name: "broken"))
            let middle = session.delayed(double, broken, options: NodeOptions(name: "middle"))
            let last = session.delayed(add, middle, 1, options: NodeOptions(name: "last"))
            let error = try await context.expectError(TaskError.self) { try await last.compute() }
            try context.expectEqual(error.code, .failed, "the code")
            try context.expect("\(error)".contains("boom"), "the error does not say “boom”: \(error)")
            try context.expect(error.node?.hasPrefix("broken#") == true, "the failed node is \(error.node ?? "unnamed")")
            try context.expectEqual(error.location?.line, UInt32(line), "the line")
            try context.expectEqual(error.location?.file, "\(#fileID)", "the file")
            try context.expectEqual(error.chain.map { String($0.prefix { $0 != "#" }) }, ["broken", "middle", "last"], "the chain")
            try context.expectEqual(error.attempt, 1, "the attempt")
        },
        Case("faults/only-dependants", "a failure cancels its dependants; independent tasks still run") { context in
            let session = context.session, dependants = context.path("dependants"), others = context.path("others")
            let broken = session.delayed(fail, "boom", 1)
            let waiting = (0..<10).map { _ in session.delayed(tally, Delayed(dependants), broken) }
            let running = (0..<10).map { session.delayed(tally, Delayed(others), session.delayed(double, Delayed($0))) }
            try await context.expectError(TaskError.self) { try await session.compute(waiting + running) }
            try context.expectEqual(Tally.read(dependants), 0, "how many dependants ran")
            try context.expectEqual(Tally.read(others), 10, "how many independent tasks ran")
        },
        Case("faults/while-waiting", "a failure is reported once the tasks that run beside it have ended", requires: [.asyncFunctions]) {
            context in
            let session = context.session, held = try await context.held()
            let values = [session.delayed(fail, "boom", 1), session.delayed(hold, Delayed(held.path), 1)]
            let task = Task { try await session.compute(values) }
            try await held.started()
            try context.expectEqual(try await session.delayed(double, 1).compute(), 2, "another plan meanwhile")
            try await held.go()
            let error = try await context.expectError(TaskError.self) { try await task.value }
            try context.expect("\(error)".contains("boom"), "the error is \(error)")
        },
        Case("faults/async", "an async function's error is reported like any other", requires: [.asyncFunctions]) { context in
            let session = context.session
            let missing = session.delayed(hold, Delayed(context.path("no-such-pipe")), 1, options: NodeOptions(name: "waits"))
            let error = try await context.expectError(TaskError.self) { try await session.delayed(double, missing).compute() }
            try context.expect(error.node?.hasPrefix("waits#") == true, "the failed node is \(error.node ?? "unnamed")")
            try context.expect("\(error)".contains("no-such-pipe"), "the error is \(error)")
        },
        Case("faults/many", "with many failing tasks one of them is reported") { context in
            let session = context.session
            let broken = (0..<50).map { session.delayed(fail, Delayed("boom \($0)"), 1) }
            let error = try await context.expectError(TaskError.self) { try await session.compute(broken) }
            try context.expect("\(error)".contains("boom"), "the error is \(error)")
        },
        Case("faults/as-completed", "asCompleted yields what succeeds and ends with the failure") { context in
            let session = context.session
            var seen: [Int] = []
            let values = [session.delayed(double, 1), session.delayed(fail, "boom", 1), session.delayed(double, 2)]
            try await context.expectError(TaskError.self) {
                for try await (index, _) in session.asCompleted(values) { seen.append(index) }
            }
            try context.expectEqual(seen.sorted(), [0, 2], "the positions seen")
        },
        Case("faults/session-survives", "a session goes on after a failure") { context in
            let session = context.session
            for _ in 0..<5 {
                try await context.expectError(TaskError.self) { try await session.delayed(fail, "boom", 1).compute() }
                try context.expectEqual(try await session.delayed(add, 1, 1).compute(), 2)
            }
        },
    ]

    /// Tasks that fail and are tried again.
    static let retries: [Case] = [
        Case("retries/until-success", "a failing task is tried again, and its dependants see the success", requires: [.retries]) {
            context in
            let session = context.session, file = context.path("tally")
            let value = session.delayed(flaky, Delayed(file), 2, 21, options: NodeOptions(retry: RetryPolicy(attempts: 3)))
            try context.expectEqual(try await session.delayed(double, value).compute(), 42)
            try context.expectEqual(Tally.read(file), 3, "the attempts")
        },
        Case("retries/give-up", "after its last attempt a task has failed, and the error counts the attempts", requires: [.retries]) {
            context in
            let session = context.session, file = context.path("tally")
            let value = session.delayed(flaky, Delayed(file), 10, 1, options: NodeOptions(name: "flaky", retry: RetryPolicy(attempts: 4)))
            let error = try await context.expectError(TaskError.self) { try await session.delayed(double, value).compute() }
            try context.expectEqual(Tally.read(file), 4, "the attempts")
            try context.expectEqual(error.attempt, 4, "the attempt in the error")
            try context.expect("\(error)".contains("failure 4"), "the error is \(error)")
        },
        Case("retries/none-by-default", "a task without a policy is tried once") { context in
            let file = context.path("tally")
            try await context.expectError(TaskError.self) { try await context.session.delayed(flaky, Delayed(file), 1, 1).compute() }
            try context.expectEqual(Tally.read(file), 1, "the attempts")
        },
        Case("retries/delayed", "an attempt that waits comes in the end, with nothing else to do", requires: [.retries]) { context in
            let session = context.session, file = context.path("tally")
            let policy = RetryPolicy(attempts: 3, delay: 0.01, backoff: 2)
            let value = session.delayed(flaky, Delayed(file), 2, 5, options: NodeOptions(retry: policy))
            try context.expectEqual(try await value.compute(), 5)
            try context.expectEqual(Tally.read(file), 3, "the attempts")
        },
        Case("retries/many", "many tasks retry side by side", requires: [.retries]) { context in
            let session = context.session
            let options = NodeOptions(retry: RetryPolicy(attempts: 2))
            let values = (0..<20).map { session.delayed(flaky, Delayed(context.path("tally-\($0)")), 1, Delayed($0), options: options) }
            try context.expectEqual(try await session.delayed(total, values).compute(), 190)
        },
    ]
}

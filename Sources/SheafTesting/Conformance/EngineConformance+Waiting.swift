internal import SheafCore

extension EngineConformance {
    /// Async functions.
    static let waiting: [Case] = [
        Case("waiting/async-function", "an async function's value comes back", requires: [.asyncFunctions]) { context in
            let session = context.session
            try context.expectEqual(try await session.delayed(asyncAdd, session.delayed(double, 1), 3).compute(), 5)
        },
        Case("waiting/mixed", "async and other tasks depend on each other", requires: [.asyncFunctions]) { context in
            let session = context.session
            var value = session.delayed(add, 0, 0)
            for step in 0..<50 { value = session.delayed(step % 2 == 0 ? asyncAdd : add, value, 1) }
            try context.expectEqual(try await value.compute(), 50)
        },
        Case("waiting/many", "a thousand async tasks run", requires: [.asyncFunctions]) { context in
            let session = context.session
            let values = (0..<1_000).map { session.delayed(asyncAdd, Delayed($0), 1) }
            try context.expectEqual(try await session.delayed(total, values).compute(), 500_500)
        },
        Case(
            "waiting/no-thread", "async tasks that wait hold no thread: more of them than workers wait at a time",
            requires: [.asyncFunctions]
        ) {
            context in
            let session = context.session, held = try await context.held(), count = 24
            let values = (0..<count).map { session.delayed(hold, Delayed(held.path), Delayed($0)) }
            async let result = session.compute(values)
            try await held.started(count)
            try context.expectEqual(try await session.delayed(add, 1, 1).compute(), 2, "another plan meanwhile")
            try await held.go(count)
            try context.expectEqual(try await result, Array(0..<count))
        },
    ]

    /// Tasks that make tasks. A closure takes the session along, so these need closures.
    static let dynamic: [Case] = [
        Case("dynamic/plan-in-task", "a task may compute another plan on the same session", requires: [.closures, .asyncFunctions]) {
            context in
            let session = context.session
            let outer = session.delayed(
                session.delayed(double, 3),
                async: { count in try await session.compute(session.map(double, over: 0..<count)).reduce(0, +) })
            try context.expectEqual(try await session.delayed(double, outer).compute(), 60)
        },
        Case("dynamic/nested", "plans in tasks in plans end, with any number of workers", requires: [.closures, .asyncFunctions]) {
            context in
            let session = context.session
            @Sendable func fibonacci(_ n: Int) -> Delayed<Int> {
                session.delayed(
                    Delayed(n),
                    async: { n in
                        if n < 2 { return n }
                        return try await session.compute([fibonacci(n - 1), fibonacci(n - 2)]).reduce(0, +)
                    })
            }
            try context.expectEqual(try await fibonacci(10).compute(), 55)
        },
        Case("dynamic/failure", "a failure in an inner plan is the outer task's first cause", requires: [.closures, .asyncFunctions]) {
            context in
            let session = context.session
            let inner = session.delayed(fail, "inner", 1, options: NodeOptions(name: "innermost"))
            let outer = session.delayed(Delayed(0), options: NodeOptions(name: "outer"), async: { (_: Int) in try await inner.compute() })
            let error = try await context.expectError(TaskError.self) { try await outer.compute() }
            try context.expect(error.message.contains("inner"), "the message is “\(error.message)”")
            try context.expect(error.node?.hasPrefix("innermost#") == true, "the failed node is \(error.node ?? "unnamed")")
            try context.expect(error.chain.last?.hasPrefix("outer#") == true, "the chain is \(error.chain)")
        },
    ]
}

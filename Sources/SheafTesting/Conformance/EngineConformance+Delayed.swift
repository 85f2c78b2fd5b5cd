internal import SheafCore

extension EngineConformance {
    /// Delayed values: what runs, how often, and in what order results come back.
    static let delayed: [Case] = [
        Case("delayed/one-task", "a task's value comes back") { context in
            try context.expectEqual(try await context.session.delayed(add, 1, 2).compute(), 3)
        },
        Case("delayed/dependencies", "a task gets the values of the tasks before it") { context in
            let session = context.session
            let seven = session.delayed(add, session.delayed(double, 2), session.delayed(add, 1, 2))
            try context.expectEqual(try await session.delayed(double, seven).compute(), 14)
        },
        Case("delayed/diamond-shares", "a value that two tasks use is computed once") { context in
            let session = context.session, file = context.path("tally")
            let shared = session.delayed(tally, Delayed(file), 5)
            let sum = session.delayed(add, session.delayed(double, shared), session.delayed(add, shared, 1))
            try context.expectEqual(try await sum.compute(), 16)
            try context.expectEqual(Tally.read(file), 1, "how often the shared task ran")
        },
        Case("delayed/several-outputs-share", "several values computed together share what they have in common") { context in
            let session = context.session, file = context.path("tally")
            let shared = session.delayed(tally, Delayed(file), 1)
            let values = (0..<10).map { session.delayed(add, shared, Delayed($0)) }
            try context.expectEqual(try await session.compute(values), Array(1...10))
            try context.expectEqual(Tally.read(file), 1, "how often the shared task ran")
        },
        Case("delayed/output-inside", "a value can be an output and another output's input") { context in
            let session = context.session
            let inner = session.delayed(double, 4)
            let outer = session.delayed(double, inner)
            try context.expectEqual(try await session.compute([outer, inner, outer]), [16, 8, 16])
        },
        Case("delayed/same-value-twice", "a task may take one value twice") { context in
            let session = context.session
            let three = session.delayed(add, 1, 2)
            try context.expectEqual(try await session.delayed(add, three, three).compute(), 6)
        },
        Case("delayed/unneeded", "tasks that the result does not need do not run") { context in
            let session = context.session, file = context.path("tally")
            let needed = session.delayed(add, 1, 1)
            _ = session.delayed(add, needed, session.delayed(tally, Delayed(file), 1))
            try context.expectEqual(try await needed.compute(), 2)
            try context.expectEqual(Tally.read(file), 0, "how often the unneeded task ran")
        },
        Case("delayed/gather-order", "gather returns values in the order given, whichever ends first") { context in
            let session = context.session
            let values = (0..<50).map { session.delayed(double, $0) }
            try context.expectEqual(try await session.gather(values.reversed()).compute(), (0..<50).reversed().map { $0 * 2 })
        },
        Case("delayed/map-order", "map makes one task for each item, in order") { context in
            let session = context.session
            try context.expectEqual(try await session.compute(session.map(double, over: 0..<100)), (0..<100).map { $0 * 2 })
        },
        Case("delayed/as-completed", "asCompleted yields each result once, with its position") { context in
            let session = context.session
            var found: [Int: Int] = [:]
            for try await (index, value) in session.asCompleted(session.map(double, over: 0..<40) + [Delayed(7)]) {
                try context.expect(found.updateValue(value, forKey: index) == nil, "position \(index) came twice")
            }
            try context.expectEqual(found, Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, $0 * 2) } + [(40, 7)]))
        },
        Case("delayed/as-completed-early", "asCompleted yields a result while other tasks still run", requires: [.asyncFunctions]) {
            context in
            let session = context.session, held = try await context.held()
            var order: [Int] = []
            let slow = session.delayed(hold, Delayed(held.path), 1)
            for try await (index, _) in session.asCompleted([slow, session.delayed(double, 1)]) {
                order.append(index)
                if index == 1 { try await held.go() }
            }
            try context.expectEqual(order, [1, 0])
        },
        Case("delayed/ten-thousand", "a tree over ten thousand tasks gives its sum") { context in
            let session = context.session
            var level = session.map(double, over: 0..<5_000)
            while level.count > 1 {
                level = stride(from: 0, to: level.count, by: 2).map { index in
                    index + 1 < level.count ? session.delayed(add, level[index], level[index + 1]) : level[index]
                }
            }
            try context.expectEqual(try await level[0].compute(), 24_995_000)
        },
        Case("delayed/long-chain", "a chain of two thousand tasks runs in order") { context in
            let session = context.session
            var value = session.delayed(add, 0, 1)
            for _ in 1..<2_000 { value = session.delayed(add, value, 1) }
            try context.expectEqual(try await value.compute(), 2_000)
        },
        Case("delayed/persist", "a persisted value is not computed again") { context in
            let session = context.session, file = context.path("tally")
            let kept = try await session.delayed(tally, Delayed(file), 3).persist()
            try context.expectEqual(try await session.delayed(double, kept).compute(), 6)
            try context.expectEqual(try await session.delayed(add, kept, kept).compute(), 6)
            try context.expectEqual(Tally.read(file), 1, "how often the persisted task ran")
        },
        Case("delayed/two-sessions", "a plan may use delayed values of another session") { context in
            let other = Session(engine: context.engine)
            let left = context.session.delayed(add, 1, 2), right = other.delayed(add, 3, 4)
            try context.expectEqual(try await context.session.delayed(add, left, right).compute(), 10)
            try context.expectEqual(try await other.delayed(add, right, context.session.delayed(double, right)).compute(), 21)
        },
    ]
}

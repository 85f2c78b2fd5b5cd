internal import SheafCore

extension EngineConformance {
    /// How arguments reach functions.
    static let parameters: [Case] = [
        Case("parameters/literals", "constants and literals stand where delayed values do") { context in
            let session = context.session
            try context.expectEqual(try await session.delayed(add, Delayed(20), 22).compute(), 42)
            try context.expectEqual(try await session.delayed(double, 4).compute(), 8)
            try context.expectEqual(try await Delayed("constant").compute(), "constant", "a constant")
            try context.expectEqual(try await session.compute([Delayed(1), session.delayed(double, 1), 3]), [1, 2, 3])
        },
        Case("parameters/three", "a function takes three parameters of different types") { context in
            try context.expectEqual(try await context.session.delayed(describe, "a", 2, Delayed(true)).compute(), "a 2 true")
        },
        Case("parameters/five", "a function takes five parameters, in order") { context in
            let session = context.session
            let three = session.delayed(add, 1, 2)
            try context.expectEqual(try await session.delayed(weigh, 1, 2, three, 4, 5).compute(), 54_321)
        },
        Case("parameters/list", "a function over a list takes any number of values") { context in
            let session = context.session
            for count in [1, 2, 17] {
                try context.expectEqual(
                    try await session.delayed(total, session.map(double, over: 0..<count)).compute(), count * (count - 1))
            }
        },
        Case("parameters/list-or-array", "one function takes a list of values here and one array there") { context in
            let session = context.session
            let values = session.map(double, over: 1...3)
            try context.expectEqual(try await session.delayed(total, values).compute(), 12)
            try context.expectEqual(try await session.delayed(total, session.gather(values)).compute(), 12)
            try context.expectEqual(try await session.delayed(total, [session.delayed(total, values), 1]).compute(), 13)
        },
        Case("parameters/empty", "empty lists are values like any other") { context in
            let session = context.session
            try context.expectEqual(try await session.gather([Delayed<Int>]()).compute(), [])
            try context.expectEqual(try await session.delayed(total, [Delayed<Int>]()).compute(), 0)
            try context.expectEqual(try await session.compute([Delayed<Int>]()), [])
            for try await _ in session.asCompleted([Delayed<Int>]()) {
                throw ConformanceFailure("asCompleted of nothing yielded something")
            }
        },
        Case("parameters/closures", "closures over delayed values run", requires: [.closures]) { context in
            let session = context.session, offset = 100
            let value = session.delayed(session.delayed(double, 5), Delayed("x")) { (number: Int, text: String) in
                "\(text)\(number + offset)"
            }
            try context.expectEqual(try await value.compute(), "x110")
        },
    ]

    /// Which values travel.
    static let values: [Case] = [
        Case("values/strings", "strings, long and not ASCII, come back as they are") { context in
            let text = String(repeating: "Garbe – ячмень – 束 ", count: 500)
            let words = try await context.session.delayed(words, Delayed(text)).compute()
            try context.expectEqual(words.count, 2_500, "the count of words")
            try context.expectEqual(words.last, "束")
        },
        Case("values/structs", "a Codable struct goes from task to task and back") { context in
            let session = context.session
            let row = session.delayed(makeRow, "UA", 0.25)
            try context.expectEqual(try await row.compute(), Row(name: "UA", share: 0.25, tags: ["UA", nil]))
            try context.expectEqual(try await session.delayed(rowText, row).compute(), "UA 0.25 2")
        },
        Case("values/large", "values of eight megabytes pass through") { context in
            let session = context.session, count = 8 << 20
            let bytes = session.delayed(makeBytes, Delayed(count))
            let (same, sum) = (try await bytes.compute(), try await session.delayed(checksum, bytes).compute())
            try context.expectEqual(same.count, count, "the size")
            try context.expectEqual(same.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }, sum, "the checksum")
        },
        Case("values/large-constants", "a large constant reaches every task that uses it") { context in
            let session = context.session
            let big = Delayed([UInt8](repeating: 3, count: 4 << 20))
            let sums = try await session.compute((0..<4).map { _ in session.delayed(checksum, big) })
            try context.expectEqual(Set(sums).count, 1, "the count of different checksums")
        },
        Case("values/random-graph", "random graphs give what one loop over their nodes gives", requires: [.closures]) { context in
            for seed in UInt64(1)...8 {
                let random = RandomGraph(seed: seed, nodes: 300)
                let plan = try context.session.plan(random.graph, outputs: random.outputs)
                let found = try await context.session.compute(plan, name: "random").map { $0.untyped as? [UInt64] }
                try context.expectEqual(found, random.expected, "the result for \(random)")
            }
        },
    ]
}

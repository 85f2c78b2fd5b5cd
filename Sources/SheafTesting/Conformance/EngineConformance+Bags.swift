internal import SheafBag
internal import SheafCore

extension EngineConformance {
    static let isEven = Function("conformance.isEven") { (number: Int) in number % 2 == 0 }
    static let byLastDigit = Function("conformance.byLastDigit") { (number: Int) in (number % 10, number) }
    static let letters = Function("conformance.letters") { (number: Int) in Array(String(number)).map(String.init) }
    static let parseNumber = Function("conformance.parseNumber") { (line: String) throws -> Int in
        guard let number = Int(line) else { throw ConformanceFailure("not a number") }
        return number
    }
    static let oddOnly = Function("conformance.oddOnly") { (number: Int) -> Int? in number % 2 == 1 ? number : nil }
    static let bagFunctions: [any RegisteredFunction] = [isEven, byLastDigit, letters, parseNumber, oddOnly]

    /// What bags do, with named functions and named reducers only.
    static let bags: [Case] = [
        Case("bags/element-wise", "map, filter, compactMap and flatMap keep the order of the elements") { context in
            let numbers = context.session.bag(0..<100, partitions: 7)
            try context.expectEqual(try await numbers.filter(isEven).map(double).collect(), stride(from: 0, to: 200, by: 4).map(\.self))
            try context.expectEqual(try await numbers.compactMap(oddOnly).collect(), stride(from: 1, to: 100, by: 2).map(\.self))
            try context.expectEqual(try await numbers.flatMap(letters).count(), 190)
        },
        Case("bags/partitions", "results do not depend on the number of partitions") { context in
            let expected = (0..<10).map { digit in (0..<1000).filter { $0 % 10 == digit }.reduce(0, +) }
            for partitions in [1, 2, 13] {
                let sums = context.session.bag(0..<1000, partitions: partitions).map(byLastDigit).reduceByKey(.sum, partitions: 3)
                let sorted = try await sums.collect().sorted { $0.0 < $1.0 }
                try context.expectEqual(sorted.map(\.1), expected, "the sums of \(partitions) partitions")
            }
        },
        Case("bags/reducers", "each named reducer folds the values of a key") { context in
            let pairs = context.session.bag(0..<50, partitions: 4).map(byLastDigit)
            func value<R: Sendable>(_ bag: Bag<(Int, R)>) async throws -> R? {
                let values = try await bag.lookup(3)
                return values.first
            }
            try context.expectEqual(try await value(pairs.reduceByKey(.sum)), 115)
            try context.expectEqual(try await value(pairs.reduceByKey(.min)), 3)
            try context.expectEqual(try await value(pairs.reduceByKey(.max)), 43)
            try context.expectEqual(try await value(pairs.reduceByKey(.count)), 5)
            try context.expectEqual(try await value(pairs.reduceByKey(.mean)), 23)
        },
        Case("bags/sort", "sorting orders across partitions, and keeps the order of equal keys") { context in
            let sorted = try await context.session.bag(0..<500, partitions: 5).map(byLastDigit).sortByKey(partitions: 3).collect()
            try context.expectEqual(sorted.map(\.0), sorted.map(\.0).sorted(), "the keys")
            try context.expectEqual(sorted.filter { $0.0 == 7 }.map(\.1), stride(from: 7, to: 500, by: 10).map(\.self), "equal keys")
        },
        Case("bags/join", "an inner join pairs the values of equal keys") { context in
            let left = context.session.bag(0..<30, partitions: 3).map(byLastDigit)
            let right = context.session.bag(3..<5, partitions: 2).map(byLastDigit)
            for joined in [left.join(right), left.join(right, partitions: 2)] {
                let rows = try await joined.collect().map { "\($0.0) \($0.1.0) \($0.1.1)" }.sorted()
                try context.expectEqual(rows, ["3 13 3", "3 23 3", "3 3 3", "4 14 4", "4 24 4", "4 4 4"])
            }
        },
        Case("bags/group", "groups hold all values of a key") { context in
            let groups = try await context.session.bag(0..<40, partitions: 6).map(byLastDigit).groupByKey(partitions: 2).collect()
            try context.expectEqual(groups.count, 10)
            try context.expectEqual(groups.first { $0.0 == 9 }?.1.sorted(), [9, 19, 29, 39])
        },
        Case("bags/lines", "lines of a file, cut into byte ranges, are read once each") { context in
            let path = context.path("numbers.txt")
            try await context.write((0..<2000).map { "\($0)\n" }.joined(), to: path)
            let numbers = context.session.lines(of: path, options: TextOptions(partitionBytes: 1000)).map(parseNumber)
            try context.expectEqual(try await numbers.collect(), Array(0..<2000))
        },
        Case("bags/bad-record", "an error in a line names the file, the line and its text") { context in
            let path = context.path("numbers.txt")
            try await context.write("1\n2\nthree\n4\n", to: path)
            let error = try await context.expectError(TaskError.self) {
                try await context.session.lines(of: path, options: TextOptions(partitionBytes: 4)).map(parseNumber).collect()
            }
            try context.expectEqual(error.record, RecordPosition(file: path, line: 3, text: "three"))
        },
        Case("bags/rejected", "lines that a lenient parse leaves out are counted once each, and samples name them") { context in
            let path = context.path("numbers.txt")
            try await context.write((0..<200).map { $0 % 50 == 7 ? "none\n" : "\($0)\n" }.joined(), to: path)
            let heard = try await context.recording { session in
                let numbers = session.lines(of: path, options: TextOptions(partitionBytes: 200)).parse(onError: .skip, parseNumber)
                try context.expectEqual(try await numbers.collect(), (0..<200).filter { $0 % 50 != 7 }, "the numbers")
            }
            var count = 0, lines: Set<Int> = []
            for case .rejected(_, let more, let samples) in heard {
                count += more
                lines.formUnion(samples.compactMap { $0.position?.file == path ? $0.position?.line : nil })
            }
            try context.expectEqual(count, 4, "the lines left out")
            try context.expectEqual(lines, [8, 58, 108, 158], "the lines that samples name")
        },
        Case("bags/empty", "an empty bag has empty results") { context in
            let empty = context.session.bag([Int]())
            try context.expectEqual(try await empty.map(double).collect(), [])
            try context.expectEqual(try await empty.count(), 0)
            try context.expectEqual(try await empty.map(byLastDigit).reduceByKey(.sum).count(), 0)
            try context.expectEqual(try await empty.sorted().take(3), [])
        },
    ]
}

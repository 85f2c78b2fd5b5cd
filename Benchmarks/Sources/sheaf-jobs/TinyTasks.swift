import ArgumentParser
import Sheaf

/// Leaf i is i, every other task adds two.
struct Tree: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tree")
    @Option var size: Int
    @OptionGroup var workers: Workers

    static let leaf = Function("leaf") { (index: Int) in index }
    static let add = Function("add") { (a: Int, b: Int) in a + b }

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers, isPerTask: true) {
            var level = (0..<size).map { session.delayed(Self.leaf, $0) }
            while level.count > 1 {
                level = stride(from: 0, to: level.count, by: 2).map { session.delayed(Self.add, level[$0], level[$0 + 1]) }
            }
            return try await level[0].compute()
        } check: {
            ("\($0)", 2 * size - 1)
        }
    }
}

/// Cell = (up + left) mod 1,000,007; the corner is 1, an edge cell passes on its one neighbour.
struct Wavefront: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "wavefront")
    @Option var size: Int
    @OptionGroup var workers: Workers

    static let corner = Function("corner") { (value: Int) in value }
    static let edge = Function("edge") { (neighbour: Int) in neighbour }
    static let cell = Function("cell") { (up: Int, left: Int) in (up + left) % 1_000_007 }

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers, isPerTask: true) {
            var row: [Delayed<Int>] = []
            row.reserveCapacity(size)
            row.append(session.delayed(Self.corner, 1))
            for column in 1..<size { row.append(session.delayed(Self.edge, row[column - 1])) }
            for _ in 1..<size {
                row[0] = session.delayed(Self.edge, row[0])
                for column in 1..<size { row[column] = session.delayed(Self.cell, row[column], row[column - 1]) }
            }
            return try await row[size - 1].compute()
        } check: {
            ("\($0)", size * size)
        }
    }
}

/// Task i is (31 i + 7) mod 1,000,007.
struct Independent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "independent")
    @Option var size: Int
    @OptionGroup var workers: Workers

    static let task = Function("task") { (index: Int) in (31 * index + 7) % 1_000_007 }

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers, isPerTask: true) {
            try await session.gather(session.map(Self.task, over: 0..<size)).compute()
        } check: {
            ("\($0.reduce(0, +))", size)
        }
    }
}

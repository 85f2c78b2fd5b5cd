import ArgumentParser
import Foundation
import Sheaf
import SheafArrow
import SheafDuckDB
import SheafTable

/// The table jobs: each is some pieces of work, done once to warm up and then several times, of which the median counts. Its time is the
/// sum over the pieces.
protocol TableJob: AsyncParsableCommand {
    var input: TableInput { get }
    func parts(_ session: Session) async throws -> [TablePart]
}

struct TableInput: ParsableArguments {
    @Argument(help: "The folder that Benchmarks/data/generate.py filled.") var folder: String
    @Option var repeats = 1
    @OptionGroup var workers: Workers

    func file(_ name: String) -> String { "\(folder)/\(name)" }
}

struct TablePart {
    let name: String
    let run: () async throws -> TableOutcome

    /// - Parameter columns: those whose values are checked; nil for all numbers.
    init(_ name: String, columns: String? = "v", _ run: @escaping () async throws -> [RecordBatch]) {
        self.name = name
        self.run = {
            let batches = try await run()
            return TableOutcome(rows: batches.reduce(0) { $0 + $1.rowCount }, sum: { try batches.sum(columns: columns) })
        }
    }

    init(_ name: String, outcome: @escaping () async throws -> TableOutcome) {
        self.name = name
        run = outcome
    }
}

/// What all peers have to agree on. The sum is computed after the clock has stopped.
struct TableOutcome {
    var rows: Int
    var sum: () throws -> Double
}

extension TableJob {
    func run() async throws { try await measureParts() }

    func measureParts() async throws {
        let session = try await input.workers.session()
        var lines: [String] = [], checks: [String] = [], total = 0.0, rows = 0
        let clock = ContinuousClock()
        for part in try await parts(session) {
            var outcome = try await part.run()
            let check = String(format: "\(part.name):%d/%.4e", outcome.rows, try outcome.sum())
            var seconds: [Double] = []
            for _ in 0..<input.repeats {
                // The memory of the last result is free before the next is made.
                outcome.sum = { 0 }
                let begin = clock.now
                outcome = try await part.run()
                seconds.append((clock.now - begin) / .seconds(1))
            }
            let median = seconds.sorted()[seconds.count / 2]
            lines.append(#""\#(part.name)": \#(median)"#)
            checks.append(check)
            total += median
            rows += outcome.rows
        }
        var line = #"{"job": "\#(Self._commandName)", "peer": "sheaf", "version": "Sheaf 0.1.0", "seconds": \#(total), "#
        line += #""check": "\#(checks.joined(separator: " "))", "items": \#(rows), "parts": {\#(lines.joined(separator: ", "))}}"#
        print(line)
    }
}

extension [RecordBatch] {
    /// The sum over the columns whose names begin so, or over all numbers.
    func sum(columns prefix: String?) throws -> Double {
        try reduce(0) { total, batch in
            try zip(batch.schema.fields, batch.columns).reduce(total) { total, column in
                guard prefix.map(column.0.name.hasPrefix) ?? true else { return total }
                return total + (try column.1.total())
            }
        }
    }
}

extension ArrowColumn {
    fileprivate func total() throws -> Double {
        func add<Value: ArrowPrimitive>(_: Value.Type, _ number: (Value) -> Double) throws -> Double {
            try values(as: Value.self).reduce(0.0) { $1.map(number).map { [sum = $0] in sum + $0 } ?? $0 }
        }
        return switch type {
        case .float64: try add(Double.self) { $0 }
        case .float32: try add(Float.self) { Double($0) }
        case .int32: try add(Int32.self) { Double($0) }
        case .int64: try add(Int64.self) { Double($0) }
        case .decimal128(_, let scale): try add(Int128.self) { Double($0) } / pow(10, Double(scale))
        default: 0
        }
    }
}

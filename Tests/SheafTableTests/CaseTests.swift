import SheafArrow
import SheafCore
import SheafTable
import Testing

/// That the embedded engine gives every case's answer.
@Suite("Answers of tables")
struct CaseTests {
    private static let session = Session.ofTables(workers: 2)

    @Test(arguments: TableCase.all)
    func agrees(_ one: TableCase) async throws {
        let oracle = try Oracle.shared.get()
        let answer = try #require(oracle.answers[one.name], "dev/oracle/tables.py has no answer")
        let table = try #require(one.table(CaseInputs(Self.session, oracle.inputs)) as? any Batched)
        let batches = try await table.batches()
        if let names = batches.first?.schema.fields.map(\.name) { #expect(names == answer.columns) }
        let rows = try batches.flatMap { batch in
            try (0..<batch.rowCount).map { row in try batch.columns.map { try Cell($0.cell(at: row)) } }
        }
        if let difference = one.difference(rows, from: answer) { Issue.record("\(difference)") }
    }
}

/// A table whatever its rows are, to be run.
private protocol Batched {
    func batches() async throws -> [RecordBatch]
}
extension Table: Batched {}

extension Cell {
    init(_ cell: ArrowCell) throws {
        switch cell {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(Int(value))
        case .uint(let value): self = .int(try #require(Int(exactly: value)))
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .decimal(let value, let scale): self = .double(Double(value) / (0..<scale).reduce(1.0) { power, _ in power * 10 })
        case .date(let days): self = .string("\(CalendarDate(daysSince1970: Int32(days)))")
        case .timestamp(let microseconds, .microsecond, nil): self = .string(Self.moment(Int(microseconds)))
        case .list(let values): self = .list(try values.map { try Cell($0) })
        default: throw TaskError(.malformedRecord, "the oracle has no such values as \(cell)")
        }
    }

    /// As Python writes moments: with a fraction where there is one.
    private static func moment(_ microseconds: Int) -> String {
        let day = 86_400_000_000, days = microseconds >= 0 ? microseconds / day : (microseconds + 1) / day - 1
        let rest = microseconds - days * day, seconds = rest / 1_000_000
        func padded(_ number: Int, _ width: Int = 2) -> String {
            String(repeating: "0", count: max(width - "\(number)".count, 0)) + "\(number)"
        }
        let fraction = rest % 1_000_000 == 0 ? "" : "." + padded(rest % 1_000_000, 6)
        return
            "\(CalendarDate(daysSince1970: Int32(days))) \(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))\(fraction)"
    }
}

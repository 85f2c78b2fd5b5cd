import ArgumentParser
import Sheaf

/// A job whose plan is a table of its rows.
protocol TableJob: Job {
    func table(_ session: Session) -> Table<AnyRow>
}

extension TableJob {
    static var columns: [String] { [] }

    func rows(_ session: Session) async throws -> [Row] { try await result(session).rows }

    /// The rows, under the columns the query gives them.
    func result(_ session: Session) async throws -> (columns: [String], rows: [Row]) {
        let batches = try await table(session).batches()
        let rows = batches.flatMap { batch in (0..<batch.rowCount).map { row in batch.columns.map { Cell($0.cell(at: row)) } } }
        return (batches.first?.schema.fields.map(\.name) ?? [], rows)
    }

    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) { try table(session).graph() }
}

extension Cell {
    init(_ cell: ArrowCell) {
        switch cell {
        case .null: self = .missing
        case .int(let value): self = .integer(Int(value))
        case .double(let value): self = .real(value)
        default: self = .text("\(cell)")
        }
    }
}

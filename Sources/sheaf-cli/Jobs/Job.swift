import ArgumentParser
import Sheaf

/// A job of the command-line tool.
protocol Job: ParsableArguments, Sendable {
    static var name: String { get }
    static var abstract: String { get }
    static var columns: [String] { get }

    /// The named functions of the plan.
    static var functions: [any RegisteredFunction] { get }

    /// Runs the job, and returns its rows in the order in which people want to see them.
    func rows(_ session: Session) async throws -> [Row]

    /// The rows with the names of their columns.
    func result(_ session: Session) async throws -> (columns: [String], rows: [Row])

    /// The graph that the job runs, and its outputs. May look at the beginning of an input file; runs nothing large.
    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID])
}

extension Job {
    static var functions: [any RegisteredFunction] { [] }
    func result(_ session: Session) async throws -> (columns: [String], rows: [Row]) { (Self.columns, try await rows(session)) }
}

/// A job whose plan is a bag of its rows.
protocol BagJob: Job {
    /// Builds the plan. May look at the beginning of an input file; runs nothing large.
    func plan(_ session: Session) async throws -> Bag<Row>

    /// Puts the rows in the order in which people want to see them.
    func arrange(_ rows: [Row]) -> [Row]
}

extension BagJob {
    func arrange(_ rows: [Row]) -> [Row] { rows }
    func rows(_ session: Session) async throws -> [Row] { arrange(try await plan(session).collect()) }
    func graph(_ session: Session) async throws -> (graph: Graph, outputs: [NodeID]) { try await plan(session).graph() }
}

extension Cell {
    /// Orders rows by a column: numbers by value, texts by their characters.
    static func isBefore(_ left: Cell, _ right: Cell) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.real(let a), .real(let b)): a < b
        case (.text(let a), .text(let b)): a < b
        default: false
        }
    }
}

/// A line that is not what a job expects.
struct LineError: Error, CustomStringConvertible {
    let description: String
}

/// A result that a direct computation does not confirm.
struct VerificationError: Error, CustomStringConvertible {
    let description: String

    /// Checks a result of `--verify`, and says on stderr that it is right.
    static func check(_ isRight: Bool, _ what: String) throws {
        guard isRight else { throw VerificationError(description: "wrong result: \(what)") }
        StandardError.write("verified: \(what)\n")
    }
}

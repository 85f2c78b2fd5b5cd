import ArgumentParser
import Sheaf

/// A job of the command-line tool: one plan, whose rows are its results.
protocol Job: ParsableArguments, Sendable {
    static var name: String { get }
    static var abstract: String { get }
    static var columns: [String] { get }

    /// The named functions of the plan.
    static var functions: [any RegisteredFunction] { get }

    /// Builds the plan. May look at the beginning of an input file; runs nothing large.
    func plan(_ session: Session) async throws -> Bag<Row>

    /// Puts the rows in the order in which people want to see them.
    func arrange(_ rows: [Row]) -> [Row]
}

extension Job {
    static var functions: [any RegisteredFunction] { [] }
    func arrange(_ rows: [Row]) -> [Row] { rows }
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

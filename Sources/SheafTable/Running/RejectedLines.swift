public import SheafCore

/// A line of a file that does not fit a table's columns.
public struct RejectedLine: Sendable, Hashable, Codable, CustomStringConvertible {
    public var file: String
    /// Counting from 1, the header included.
    public var line: Int
    /// The column whose value does not fit; nil when the line as a whole does not.
    public var column: String?
    public var reason: String
    /// The line.
    public var text: String

    public init(file: String, line: Int, column: String?, reason: String, text: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
        self.text = text
    }

    public var description: String {
        "\(file):\(line): \(column.map { "column “\($0)”: " } ?? "")\(reason): “\(text)”"
    }
}

extension Table {
    /// The lines that lenient sources of this table leave out, and why.
    ///
    /// Reads the files whole, whatever the query filters or limits, so that the report is that of the files. A line that is wrong in
    /// several ways is told once for each. Empty when no source is lenient.
    ///
    /// - Parameter limit: how many are told at most, for each source; memory holds all that are found up to ten times as many.
    /// - Throws: ``PlanError``, ``EngineError``: for example for a file that is missing.
    public func rejectedLines(limit: Int = 10_000) async throws -> [RejectedLine] {
        guard limit > 0 else {
            throw PlanError(.invalidArgument, "a limit of \(limit) rejected lines", location: relation.location, hint: "give at least 1")
        }
        let engine = try session.tableEngine()
        return try await inGraph("rejected lines") { [relation] _ in try await engine.rejectedLines(relation, limit: limit) }
    }
}

extension Relation {
    /// The sources that it reads, each once.
    package var sources: [TableSource] {
        var seen: Set<ObjectIdentifier> = [], sources: [TableSource] = []
        func visit(_ relation: Relation) {
            guard seen.insert(ObjectIdentifier(relation)).inserted else { return }
            if case .source(let source) = relation.operation { sources.append(source) }
            for input in relation.operation.inputs { visit(input) }
        }
        visit(self)
        return sources
    }

    /// The queries that are given as text.
    package var texts: [String] {
        var texts = operation.inputs.flatMap(\.texts)
        if case .text(let text, _) = operation { texts.append(text) }
        return texts
    }

    /// An error in the result, with the plan's place and files.
    func placed(_ error: TaskError) -> TaskError {
        var error = error
        error.location = error.location ?? location
        let paths = sources.flatMap(\.paths)
        if !paths.isEmpty {
            let files = "the rows come from \(paths.prefix(5).joined(separator: ", "))\(paths.count > 5 ? ", …" : "")"
            error.hint = error.hint.map { "\($0); \(files)" } ?? files
        }
        return error
    }

    /// The line of the program that made it.
    package var madeAt: SourceLocation { location }
}

extension TableSource {
    /// The files that it reads.
    package var paths: [String] {
        switch self {
        case .csv(let paths, _, _), .json(let paths, _, _), .parquet(let paths, _, _), .arrow(let paths, _): paths
        case .memory, .computed, .range: []
        }
    }

    /// The columns that its rows' type wants.
    package var fields: [RowSchema.Field]? {
        switch self {
        case .csv(_, _, let fields), .json(_, _, let fields), .parquet(_, _, let fields), .arrow(_, let fields): fields
        case .memory, .computed, .range: nil
        }
    }
}

extension ErrorCode {
    /// A column that a file does not have.
    public static let unknownColumn = ErrorCode(rawValue: "unknownColumn")
}

internal import Foundation
internal import SheafCore
internal import SheafTable

/// Turns what DuckDB says of a plan into errors that name files, lines and columns.
struct TableFailure {
    let relation: Relation
    let sql: String
    let files: RejectedFiles

    func explain(_ error: any Error) async -> any Error {
        guard var failure = error as? SQLError else { return error }
        failure.location = relation.madeAt
        failure.position = failure.position.map(own)
        let message = failure.message
        if let file = ArrowFileFailure(in: message) {
            return TaskError(
                file.code, "cannot read the Arrow file \(file.path): \(file.reason)",
                location: relation.madeAt, hint: file.hint)
        }
        if message.contains("httpfs") {
            let remote = relation.sources.flatMap(\.paths).first { $0.contains("://") } ?? "a remote file"
            return EngineError(
                .missingLibrary, "reading \(remote) takes DuckDB's extension httpfs, which is not installed here",
                location: relation.madeAt,
                cause: error, hint: "where there is a network: session.sql(\"INSTALL httpfs\").collect(); or fetch the file, and read that")
        }
        if let match = message.firstMatch(of: /No files found that match the pattern "(.*)"/) {
            return EngineError(
                .inputNotFound, "no file matches \(match.1)", location: relation.madeAt, cause: error,
                hint: "relative paths start at \(ArrowFiles.currentFolder)")
        }
        if let full = Self.noSpace(failure, relation.madeAt) { return full }
        if let missing = await missingColumn(failure) { return missing }
        if let line = await badLine(failure) { return line }
        if let damaged = damagedParquet(failure) { return damaged }
        return failure
    }

    /// A place in the query as the same place in the text that the caller wrote, if it is in one.
    private func own(_ position: SQLError.Position) -> SQLError.Position {
        for text in relation.texts {
            guard let range = sql.range(of: text) else { continue }
            let start = sql.utf8.distance(from: sql.startIndex, to: range.lowerBound)
            guard position.offset >= start, position.offset <= start + text.utf8.count else { continue }
            return SQLError.Position(offset: position.offset - start, in: text) ?? position
        }
        return position
    }

    static func noSpace(_ failure: SQLError, _ location: SourceLocation?) -> EngineError? {
        guard failure.message.contains("No space left on device") || failure.message.contains("File too large") else { return nil }
        // The file has its name only when it is complete.
        let message = failure.message.replacing(/\.\d+-\d+\.partial/, with: "")
        return EngineError(.noSpace, message, location: location, cause: failure, hint: "free some room, or write elsewhere")
    }

    // MARK: Columns

    private func missingColumn(_ failure: SQLError) async -> (any Error)? {
        let isMissing = failure.message.contains("COLUMN_TYPES error") || failure.message.contains("not found in FROM clause")
        guard isMissing else { return nil }
        for source in relation.sources {
            // What cannot be found out now leaves the error as DuckDB has it.
            guard let fields = source.fields, let names = try? await files.columns(of: source) else { continue }
            let known = Set(names.map { $0.lowercased() })
            guard let lacking = fields.first(where: { !known.contains($0.name.lowercased()) }) else { continue }
            // A file without lines, or one whose lines lead the search for the columns astray.
            if case .csv = source, names.count <= 1, fields.count > 1, let line = await badLine(failure) { return line }
            let near = Spelling.nearest(to: lacking.name, among: names).map { "did you mean “\($0)”? " } ?? ""
            return TaskError(
                .unknownColumn,
                "\(source.paths.joined(separator: ", ")) has no column “\(lacking.name)”, which the property “\(lacking.key)” stands for",
                location: relation.madeAt, cause: failure,
                hint: "\(near)it has: \(names.joined(separator: ", ")); CodingKeys and columnNaming change what a property stands for")
        }
        guard let match = failure.message.firstMatch(of: /column "(.*?)" not found/) else { return nil }
        var better = failure
        let candidates = failure.message.matches(of: /"([^"]*)"/).map { String($0.1) }.filter { $0 != match.1 }
        better.hint = Spelling.nearest(to: String(match.1), among: candidates).map { "did you mean “\($0)”?" }
        return better
    }

    // MARK: Lines

    private func badLine(_ failure: SQLError) async -> (any Error)? {
        let message = failure.message
        let isCSV = message.contains("CSV Error on Line") || message.contains("sniffing file") || message.contains("COLUMN_TYPES")
        let isJSON = message.contains("JSON")
        guard isCSV || isJSON else { return nil }
        // If the search fails the error as DuckDB has it is the better one.
        let found = try? await files.lines(of: relation, everyLine: true, limit: 1).first
        if let found { return Self.malformed(found, relation.madeAt, failure) }
        if let match = message.firstMatch(of: /CSV Error on Line: (\d+)\nOriginal Line: (.*)\n(.*)/), let line = Int(match.1) {
            let file = message.firstMatch(of: /\n  file = (.*)/).map { String($0.1) } ?? "?"
            return Self.malformed(
                RejectedLine(file: file, line: line, column: nil, reason: String(match.3), text: String(match.2)), relation.madeAt, failure)
        }
        if let match = message.firstMatch(of: /in file "(.*?)",.* in line (\d+): (.*)/), let line = Int(match.2) {
            return Self.malformed(
                RejectedLine(file: String(match.1), line: line, column: nil, reason: String(match.3), text: ""), relation.madeAt, failure)
        }
        return nil
    }

    private static func malformed(_ line: RejectedLine, _ location: SourceLocation, _ cause: SQLError) -> TaskError {
        let longest = 200
        let text = line.text.count > longest ? line.text.prefix(longest) + "…" : line.text
        return TaskError(
            .malformedRecord, (line.column.map { "column “\($0)”: " } ?? "") + line.reason, location: location, cause: cause,
            hint: "correct the line or the row's type, or set isLenient in the options: rejectedLines() then tells all such lines",
            record: RecordPosition(file: line.file, line: line.line, text: text))
    }

    // MARK: Parquet

    private func damagedParquet(_ failure: SQLError) -> (any Error)? {
        var paths: [String] = []
        for case .parquet(let files, _, _) in relation.sources { paths += files }
        let signs = [
            "No magic bytes", "too small to be a Parquet file", "TProtocolException", "Failed to read file", "Parquet", "decompression",
        ]
        // Thrift's own errors have no better name.
        guard !paths.isEmpty, failure.kind.rawValue == "Invalid" || signs.contains(where: failure.message.contains) else { return nil }
        let named = failure.message.firstMatch(of: /file ['"](.*?)['"]/).map { String($0.1) }
        return TaskError(
            .corruptInput, "cannot read the Parquet file \(named ?? paths.joined(separator: ", ")): \(failure.message)",
            location: relation.madeAt,
            cause: failure, hint: "it may not have been written to its end; fetch or write it again")
    }
}

/// Names that are nearly others.
enum Spelling {
    /// The name that takes the fewest changes of letters to become, if these are few.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        let scored = candidates.map { (name: $0, changes: changes(Array(name.lowercased()), Array($0.lowercased()))) }
        guard let best = scored.min(by: { $0.changes < $1.changes }), best.changes <= max(2, name.count / 2) else { return nil }
        return best.name
    }

    /// Letters to insert, remove or replace.
    /// - Complexity: O(a · b)
    private static func changes(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}

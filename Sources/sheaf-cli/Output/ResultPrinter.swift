import Foundation
import Sheaf

/// Standard output, for results and nothing else.
enum StandardOutput {
    /// - Throws: ``EngineError`` (`.inputOutput`), for example when the disk is full.
    static func write(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw EngineError(.inputOutput, "cannot write the results", cause: error)
        }
    }
}

/// Standard error, for everything that is no result.
enum StandardError {
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Prints results on stdout: an aligned table for people, one JSON object a row for programs.
struct ResultPrinter {
    let columns: [String]
    let json: Bool

    /// - Throws: ``EngineError`` (`.inputOutput`), for example when the disk is full.
    func print(_ rows: [Row]) throws {
        try StandardOutput.write(json ? rows.map { jsonObject($0) + "\n" }.joined() : table(rows))
    }

    func jsonObject(_ row: Row) -> String {
        "{" + zip(columns, row).map { "\(Cell.quoted($0)):\($1.json)" }.joined(separator: ",") + "}"
    }

    func table(_ rows: [Row]) -> String {
        let texts = rows.map { $0.map(\.display) }
        let widths = columns.indices.map { column in
            texts.reduce(columns[column].count) { max($0, $1[column].count) }
        }
        let isNumeric = columns.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { if case .missing = $0[column] { true } else { $0[column].isNumber } }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for (column, cell) in cells.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                text += (column > 0 ? "  " : "") + (isNumeric[column] ? space + cell : cell + space)
            }
            return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        return line(columns) + line(widths.map { String(repeating: "─", count: $0) }) + texts.map(line).joined()
    }
}

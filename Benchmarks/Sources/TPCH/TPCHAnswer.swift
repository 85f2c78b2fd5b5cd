internal import Foundation
public import SheafArrow

/// What a query should give, as another program or the standard has it.
public struct TPCHAnswer: Codable, Sendable {
    /// Who says so.
    public var by: String
    /// Values as text, nil where they are null.
    public var rows: [[String?]]

    /// Answers by the number of their query, from a file of JSON.
    public static func all(file: String) throws -> [Int: TPCHAnswer] {
        let answers = try JSONDecoder().decode([String: TPCHAnswer].self, from: try Data(contentsOf: URL(filePath: file)))
        return Dictionary(uniqueKeysWithValues: answers.compactMap { number, answer in Int(number).map { ($0, answer) } })
    }

    /// Where a result differs first, in words; nil where it does not. Rows have to be in the same order. Numbers have to agree in as many
    /// places as the answer gives, or in nine digits.
    public func difference(from batches: [RecordBatch]) -> String? {
        let found = batches.flatMap { batch in (0..<batch.rowCount).map { row in batch.columns.map { $0.cell(at: row) } } }
        guard found.count == rows.count else { return "\(found.count) rows instead of \(rows.count)" }
        for (number, (cells, texts)) in zip(found, rows).enumerated() {
            guard cells.count == texts.count else { return "row \(number) has \(cells.count) columns instead of \(texts.count)" }
            for (cell, text) in zip(cells, texts) where !Self.agree(cell, text) {
                return "row \(number): \(cell) instead of \(text ?? "null")"
            }
        }
        return nil
    }

    private static func agree(_ cell: ArrowCell, _ text: String?) -> Bool {
        guard let text else { return cell.isNull }
        switch cell {
        case .null: return false
        case .double, .decimal:
            guard let found = Double("\(cell)"), let wanted = Double(text) else { return false }
            let places = text.split(separator: ".", maxSplits: 1).dropFirst().first?.count ?? 0
            // An answer is rounded or cut off.
            return abs(found - wanted) <= max(1.001 * pow(10, -Double(places)), 1e-9 * abs(wanted))
        default: return "\(cell)" == text
        }
    }
}

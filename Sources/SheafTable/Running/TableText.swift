internal import SheafArrow

/// Draws rows as text.
enum TableText {
    /// At most `limit` rows, and a line that says whether there are more.
    static func draw(_ batches: [RecordBatch], limit: Int) -> String {
        guard let schema = batches.first?.schema else { return "(no rows)" }
        var rows: [[String]] = []
        var total = 0
        for batch in batches {
            total += batch.rowCount
            for row in 0..<batch.rowCount where rows.count < limit { rows.append(batch.columns.map { text($0.cell(at: row)) }) }
        }
        let names = schema.fields.map(\.name), types = schema.fields.map { "\($0.type)" }
        let isNumber = schema.fields.map { isRightAligned($0.type) }
        var widths = zip(names, types).map { max($0.count, $1.count) }
        for row in rows { for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) } }

        func line(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
        }
        func cells(_ texts: [String]) -> String {
            "│"
                + texts.indices.map { column in
                    let blanks = String(repeating: " ", count: widths[column] - texts[column].count)
                    return " " + (isNumber[column] ? blanks + texts[column] : texts[column] + blanks) + " "
                }.joined(separator: "│") + "│"
        }
        var lines = [line("╭", "┬", "╮"), cells(names), cells(types), line("├", "┼", "┤")]
        lines += rows.map(cells)
        lines.append(line("╰", "┴", "╯"))
        lines.append(total > limit ? "the first \(limit) rows; there are more" : "\(total) \(total == 1 ? "row" : "rows")")
        return lines.joined(separator: "\n")
    }

    private static let widest = 40

    private static func text(_ cell: ArrowCell) -> String {
        let text = "\(cell)".replacing("\n", with: "⏎")
        return text.count > widest ? text.prefix(widest - 1) + "…" : text
    }

    private static func isRightAligned(_ type: ArrowType) -> Bool {
        switch type {
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64, .decimal128: true
        default: false
        }
    }
}

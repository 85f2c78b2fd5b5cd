/// Whether a result is that of the first one who had any.
enum Agreement: Equatable, Sendable {
    /// It is the one that the others are compared with.
    case reference
    case equal
    /// Both drew random numbers of their own, and differ by no more than chance allows.
    case withinChance
    /// Where they differ first.
    case different(String)

    /// The most by which two sums of the same numbers may differ, relative to the larger: each adds in an order of its own.
    static let tolerance = 1e-9
    /// Columns that tell how fast it was.
    static let timings: Set<String> = ["seconds", "GFLOP/s"]

    /// Compares rows in any order, without the columns of ``timings``.
    ///
    /// - Parameter chance: for columns that depend on random numbers, the largest difference that is no error; empty where both drew the
    ///   same numbers.
    init(of answer: Answer, with reference: Answer, chance: [String: Double] = [:]) {
        guard answer.columns.filter(Self.counts) == reference.columns.filter(Self.counts) else {
            self = .different("its columns are \(answer.columns.joined(separator: ", "))")
            return
        }
        guard answer.rows.count == reference.rows.count else {
            self = .different("\(answer.rows.count) rows instead of \(reference.rows.count)")
            return
        }
        let columns = reference.columns.filter(Self.counts)
        let wanted = reference.countedRows.sorted(by: Self.isBefore), found = answer.countedRows.sorted(by: Self.isBefore)
        var isExact = true
        for (number, (row, expected)) in zip(found, wanted).enumerated() {
            guard row.count == columns.count, expected.count == columns.count else {
                self = .different("row \(number + 1) has \(row.count) cells instead of \(columns.count)")
                return
            }
            for (position, column) in columns.enumerated() where !Self.isEqual(row[position], expected[position]) {
                if let allowed = chance[column], let difference = Self.difference(row[position], expected[position]), difference <= allowed
                {
                    isExact = false
                } else {
                    self = .different("\(column) is \(row[position].exact) instead of \(expected[position].exact)")
                    return
                }
            }
        }
        self = isExact ? .equal : .withinChance
    }

    private static func counts(_ column: String) -> Bool { !timings.contains(column) }

    private static func isEqual(_ left: Cell, _ right: Cell) -> Bool {
        switch (left, right) {
        case (.missing, .missing): return true
        case (.text(let a), .text(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        default:
            guard let a = left.number, let b = right.number else { return false }
            return a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(abs(a), abs(b))
        }
    }

    private static func difference(_ left: Cell, _ right: Cell) -> Double? {
        guard let a = left.number, let b = right.number else { return nil }
        return abs(a - b)
    }

    /// By texts first: these are the same for all, while numbers may differ in their last digits.
    private static func isBefore(_ left: Row, _ right: Row) -> Bool {
        for (a, b) in zip(left, right) where a.text != b.text { return (a.text ?? "") < (b.text ?? "") }
        for (a, b) in zip(left, right) where a.rank != b.rank { return a.rank < b.rank }
        return false
    }
}

extension Answer {
    /// The cells of the columns that are compared.
    fileprivate var countedRows: [Row] {
        let kept = columns.indices.filter { !Agreement.timings.contains(columns[$0]) }
        guard kept.count < columns.count else { return rows }
        // A row with too few cells stays so, and is found to differ.
        return rows.map { row in kept.filter { $0 < row.count }.map { row[$0] } }
    }
}

extension Cell {
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .text, .missing: nil
        }
    }

    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }

    /// Numbers in their order, behind all that are none.
    fileprivate var rank: Double { number.map { $0.isNaN ? -.infinity : $0 } ?? -.infinity }

    /// With all its digits.
    fileprivate var exact: String { text.map { "“\($0)”" } ?? json }
}

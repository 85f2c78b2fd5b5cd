import SheafCore

/// A relational plan: an operation over others. Immutable, and shared by all plans that use it.
public final class Relation: Sendable {
    let operation: Operation
    /// The columns it has, in order; nil when that is known only when it runs.
    let columns: [String]?
    let location: SourceLocation
    /// What is wrong with the plan: building one cannot throw, so whoever runs it does.
    let problem: PlanError?

    init(_ operation: Operation, columns: [String]?, location: SourceLocation, problem: PlanError? = nil) {
        self.operation = operation
        self.columns = columns
        self.location = location
        self.problem = problem ?? operation.inputs.lazy.compactMap(\.problem).first
    }

    enum Operation: Sendable {
        case source(TableSource)
        case filter(Relation, ScalarExpression)
        case project(Relation, [NamedColumn])
        /// All columns of the input, and these.
        case extend(Relation, [NamedColumn])
        /// All columns of the input but these.
        case drop(Relation, [String])
        case rename(Relation, [String: String])
        /// A row for each combination of the keys' values; one row without keys.
        case aggregate(Relation, keys: [ScalarExpression], [NamedColumn])
        case sort(Relation, [SortKey])
        case limit(Relation, count: Int?, offset: Int)
        /// Without repeated rows, or with one row for each combination of the keys' values.
        case distinct(Relation, on: [ScalarExpression]?)
        case sample(Relation, TableSample)
        case join(JoinKind, Relation, Relation, condition: ScalarExpression?, rightNames: [String: String])
        case combine(SetOperation, Relation, Relation)
        case unpivot(Relation, columns: [String], name: String, value: String)
        case pivot(Relation, column: ScalarExpression, values: ScalarExpression, rows: [String], names: [SQLLiteral])
        /// A row for each element of a list.
        case unnest(Relation, list: String, as: String)
        /// A query as text, over other relations by name.
        case text(String, [String: Relation])

        var inputs: [Relation] {
            switch self {
            case .source: []
            case .filter(let a, _), .project(let a, _), .extend(let a, _), .drop(let a, _), .rename(let a, _), .aggregate(let a, _, _),
                .sort(let a, _), .limit(let a, _, _), .distinct(let a, _), .sample(let a, _), .unpivot(let a, _, _, _),
                .pivot(let a, _, _, _, _), .unnest(let a, _, _):
                [a]
            case .join(_, let a, let b, _, _), .combine(_, let a, let b): [a, b]
            case .text(_, let relations): relations.sorted { $0.key < $1.key }.map(\.value)
            }
        }
    }
}

/// Which rows of a join's sides are kept.
public enum JoinKind: String, Sendable, CaseIterable {
    case inner, left, right, full
    /// Rows of the left side that have a partner, once each.
    case semi
    /// Rows of the left side that have none.
    case anti
    /// Every row of one side with every row of the other.
    case cross
    /// Each row of the left side with the last of the right one that is not after it.
    case asOf
}

enum SetOperation: String, Sendable {
    case union = "UNION", unionAll = "UNION ALL", intersect = "INTERSECT", except = "EXCEPT"
}

/// Rows chosen at random.
public struct TableSample: Sendable, Hashable {
    package enum Amount: Hashable, Sendable { case rows(Int), fraction(Double) }
    package var amount: Amount
    package var seed: Int?

    public static func rows(_ count: Int, seed: Int? = nil) -> TableSample { TableSample(amount: .rows(count), seed: seed) }
    /// - Parameter fraction: from 0 to 1.
    public static func fraction(_ fraction: Double, seed: Int? = nil) -> TableSample {
        TableSample(amount: .fraction(fraction), seed: seed)
    }
}

/// Where rows come from.
package enum TableSource: Sendable {
    case csv([String], CSVOptions, [RowSchema.Field]?)
    case json([String], [RowSchema.Field]?)
    case parquet([String], [RowSchema.Field]?)
    /// Rows in memory, of which the engine makes a table.
    case memory(MemoryTable)
    /// Rows that somebody else brings when the query runs.
    case external(ExternalTable)
    /// Numbers from a first to one before a last.
    case range(Int, Int, name: String)
}

/// How a CSV file is written.
public struct CSVOptions: Sendable, Hashable {
    /// Between fields; found out when nil.
    public var delimiter: String?
    /// Whether the first line has the names; found out when nil.
    public var hasHeader: Bool?
    public var quote: String?
    public var escape: String?
    /// Fields that stand for null.
    public var nullText: [String]
    /// Lines left out at the start.
    public var skippedLines: Int
    /// As C's strptime; found out when nil.
    public var dateFormat: String?
    public var timestampFormat: String?
    /// Whether lines that do not fit are left out, and reported, rather than end the query.
    public var isLenient: Bool

    public init(
        delimiter: String? = nil, hasHeader: Bool? = nil, quote: String? = nil, escape: String? = nil, nullText: [String] = [""],
        skippedLines: Int = 0, dateFormat: String? = nil, timestampFormat: String? = nil, isLenient: Bool = false
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.quote = quote
        self.escape = escape
        self.nullText = nullText
        self.skippedLines = skippedLines
        self.dateFormat = dateFormat
        self.timestampFormat = timestampFormat
        self.isLenient = isLenient
    }
}

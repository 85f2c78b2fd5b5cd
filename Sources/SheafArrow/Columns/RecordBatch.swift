/// Rows of a table: columns of one length and their schema.
///
/// A batch never changes, and may be read by several threads at once.
public struct RecordBatch: Sendable {
    public let schema: ArrowTableSchema
    public let columns: [ArrowColumn]
    /// The number of rows; a batch without columns can have some, too.
    public let rowCount: Int

    /// - Parameter rowCount: Needed only if there are no columns.
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if columns do not match the schema or each other.
    public init(schema: ArrowTableSchema, columns: [ArrowColumn], rowCount: Int? = nil) throws(ArrowError) {
        guard schema.fields.count == columns.count else {
            throw ArrowError(.invalidArgument, "the schema has \(schema.fields.count) fields, and there are \(columns.count) columns")
        }
        let rows = rowCount ?? columns.first?.count ?? 0
        for (field, column) in zip(schema.fields, columns) {
            guard column.type == field.type else {
                throw ArrowError(.invalidArgument, "the schema says \(field.type), and the column is \(column.type)", field: field.name)
            }
            guard column.count == rows else {
                throw ArrowError(.invalidArgument, "the column has \(column.count) rows, and the batch \(rows)", field: field.name)
            }
        }
        self.init(uncheckedSchema: schema, columns: columns, rowCount: rows)
    }

    /// A batch of named columns; all may have nulls.
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if lengths differ.
    public init(_ columns: [(name: String, column: ArrowColumn)]) throws(ArrowError) {
        let schema = ArrowTableSchema(columns.map { ArrowField($0.name, $0.column.type) })
        try self.init(schema: schema, columns: columns.map(\.column))
    }

    init(uncheckedSchema schema: ArrowTableSchema, columns: [ArrowColumn], rowCount: Int) {
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// The first column of that name.
    /// - Complexity: O(columns)
    public subscript(name: String) -> ArrowColumn? { schema.index(of: name).map { columns[$0] } }

    /// The rows of a range; nothing is copied.
    /// - Complexity: O(columns)
    public subscript(rows: Range<Int>) -> RecordBatch {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "range out of bounds")
        return RecordBatch(uncheckedSchema: schema, columns: columns.map { $0[rows] }, rowCount: rows.count)
    }

    /// The bytes of memory that its values take; a part of the buffers that it shows counts in proportion.
    /// - Complexity: O(columns)
    public var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

    /// The batch with only those columns, in that order.
    public func selecting(_ indices: [Int]) -> RecordBatch {
        RecordBatch(
            uncheckedSchema: ArrowTableSchema(indices.map { schema.fields[$0] }, metadata: schema.metadata),
            columns: indices.map { columns[$0] }, rowCount: rowCount)
    }

    /// Looks whether all offsets, views and indices stay inside what they point into; see ``ArrowColumn/validate(utf8:)``.
    public func validate(utf8: Bool = false) throws(ArrowError) {
        for (field, column) in zip(schema.fields, columns) {
            try inField(field.name) { () throws(ArrowError) in try column.validate(utf8: utf8) }
        }
    }
}

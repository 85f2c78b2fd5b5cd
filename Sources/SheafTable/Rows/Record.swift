public import SheafArrow
internal import SheafCore

/// One row of a result whose type is not a ``TableRow``: `try record.delay`, typed as the column is.
@dynamicMemberLookup
public struct Record<Row>: Sendable {
    let batch: RecordBatch
    let position: Int
    let columns: Columns<Row>

    /// - Throws: ``TaskError`` when the value is null where the column's type does not allow that, or of another type.
    public subscript<Value: ColumnValue>(dynamicMember path: KeyPath<Columns<Row>, Column<Value>>) -> Value {
        get throws { try value(columns[keyPath: path]) }
    }

    private func value<Value: ColumnValue>(_ column: Column<Value>) throws -> Value {
        guard case .column(let name, _) = column.expression else {
            throw TaskError(.invalidArgument, "a record has columns, and no expressions of them", hint: "compute it in select")
        }
        return try value(name)
    }

    /// The value of the column of a name.
    public func value<Value: ColumnValue>(_ name: String, as _: Value.Type = Value.self) throws -> Value {
        guard let column = batch[name] else {
            throw TaskError(
                .malformedRecord, "the result has no column “\(name)”",
                hint: "its columns are: \(batch.schema.fields.map(\.name).joined(separator: ", "))")
        }
        do {
            if !Value.isNullable, column.isNull(at: position) {
                throw ColumnMismatch(reason: "null, where \(Value.self) is wanted")
            }
            return try Value.reader(of: column)(position)
        } catch let mismatch as ColumnMismatch {
            throw TaskError(.malformedRecord, "the column “\(name)”: \(mismatch.reason)")
        }
    }

    /// All values, in the columns' order.
    public var cells: [ArrowCell] { batch.columns.map { $0.cell(at: position) } }
}

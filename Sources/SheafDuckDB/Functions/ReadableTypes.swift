internal import SheafArrow

extension ArrowType {
    /// The type in which values are handed to DuckDB, which has no half floats, and no dictionaries inside of lists and structures.
    var readable: ArrowType {
        if case .dictionary(_, let value, _) = self { return value.plain == value ? self : value.plain }
        return plain
    }

    private var plain: ArrowType {
        func field(_ field: ArrowField) -> ArrowField {
            var field = field
            field.type = field.type.plain
            return field
        }
        return switch self {
        case .float16: .float32
        case .dictionary(_, let value, _): value.plain
        case .list(let item): .list(field(item))
        case .largeList(let item): .largeList(field(item))
        case .fixedSizeList(let item, let count): .fixedSizeList(field(item), count: count)
        case .struct(let fields): .struct(fields.map(field))
        case .map(let key, let value, let keysSorted): .map(key: field(key), value: field(value), keysSorted: keysSorted)
        default: self
        }
    }
}

extension RecordBatch {
    /// The batch with the columns that DuckDB does not read as they are in types that it does, value by value.
    var readable: RecordBatch {
        get throws {
            guard schema.fields.contains(where: { $0.type.readable != $0.type }) else { return self }
            var schema = schema
            let converted = try schema.fields.indices.map { index in
                let type = schema.fields[index].type.readable
                guard type != schema.fields[index].type else { return columns[index] }
                schema.fields[index].type = type
                let builder = ArrowCellBuilder(type)
                for row in 0..<rowCount { try builder.append(columns[index].cell(at: row)) }
                return builder.finish()
            }
            return try RecordBatch(schema: schema, columns: converted, rowCount: rowCount)
        }
    }
}

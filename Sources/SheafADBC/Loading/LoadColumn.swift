internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// A column that is loaded: what it is called, what is sent, and as what the database keeps it.
struct LoadColumn: Sendable {
    let name: String
    /// In the database's SQL.
    let type: String
    let expression: ScalarExpression

    private init(_ name: String, _ type: String, computed expression: ScalarExpression) {
        self.name = name
        self.type = type
        self.expression = expression
    }

    private init(_ name: String, _ type: String, to converted: SQLType? = nil) {
        let column = ScalarExpression.column(name)
        self.init(name, type, computed: converted.map { .cast(column, $0, orNull: false) } ?? column)
    }

    /// A column of a table that is made.
    ///
    /// - Throws: ``PlanError`` (`.unsupported`) for structures and the like.
    init(making field: ArrowField, in database: Database) throws {
        self =
            switch database.kind {
            case .postgresql: try Self.postgresql(field)
            case .sqlite: try Self.sqlite(field)
            }
    }

    private static func postgresql(_ field: ArrowField) throws -> LoadColumn {
        let name = field.name
        return switch field.type {
        case .bool: LoadColumn(name, "BOOLEAN")
        case .int8, .uint8: LoadColumn(name, "SMALLINT", to: .int16)
        case .int16: LoadColumn(name, "SMALLINT")
        case .uint16: LoadColumn(name, "INTEGER", to: .int32)
        case .int32: LoadColumn(name, "INTEGER")
        case .uint32: LoadColumn(name, "BIGINT", to: .int64)
        case .int64: LoadColumn(name, "BIGINT")
        case .uint64: LoadColumn(name, "NUMERIC(20, 0)", to: .decimal(precision: 20, scale: 0))
        case .float32: LoadColumn(name, "REAL")
        case .float64: LoadColumn(name, "DOUBLE PRECISION")
        case .decimal128(let precision, let scale): LoadColumn(name, "NUMERIC(\(precision), \(scale))")
        case .utf8, .largeUtf8, .utf8View: LoadColumn(name, "TEXT")
        case .null, .dictionary(_, .utf8, _): LoadColumn(name, "TEXT", to: .string)
        case .binary, .largeBinary, .binaryView: LoadColumn(name, "BYTEA")
        case .date32: LoadColumn(name, "DATE")
        case .time64: LoadColumn(name, "TIME")
        case .timestamp: LoadColumn(name, "TIMESTAMPTZ")
        default: throw unsupported(field, "PostgreSQL")
        }
    }

    private static func sqlite(_ field: ArrowField) throws -> LoadColumn {
        let name = field.name
        return switch field.type {
        case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: LoadColumn(name, "INTEGER")
        case .uint64: LoadColumn(name, "INTEGER", to: .int64)
        case .float32, .float64: LoadColumn(name, "REAL")
        case .utf8, .largeUtf8, .date32, .timestamp: LoadColumn(name, "TEXT")
        // As texts, which keep all digits.
        case .utf8View, .null, .dictionary(_, .utf8, _), .decimal128, .time64: LoadColumn(name, "TEXT", to: .string)
        case .binary, .largeBinary: LoadColumn(name, "BLOB")
        case .binaryView: LoadColumn(name, "BLOB", to: .blob)
        default: throw unsupported(field, "SQLite")
        }
    }

    private static func unsupported(_ field: ArrowField, _ database: String) -> PlanError {
        PlanError(
            .unsupported, "the column “\(field.name)”, of \(field.type), cannot be loaded into \(database)",
            hint: "compute columns of numbers, texts, days or moments from it, or leave it away with dropping")
    }

    /// A column of a PostgreSQL table that is there: rows are sent in the types that it has.
    init(_ field: ArrowField, as type: String, in table: String) throws {
        let name = field.name, converted: SQLType?
        switch type {
        case "bool": converted = .boolean
        case "int2": converted = .int16
        case "int4": converted = .int32
        case "int8": converted = .int64
        case "float4": converted = .float
        case "float8": converted = .double
        case "numeric":
            switch field.type {
            case .decimal128: converted = nil
            case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: converted = .decimal(precision: 38, scale: 0)
            default: converted = .decimal(precision: 38, scale: 10)
            }
        case "text", "varchar", "bpchar", "json": converted = .string
        case "bytea": converted = .blob
        case "date": converted = .date
        case "time": converted = .time
        case "timestamp", "timestamptz":
            if case .timestamp = field.type { converted = nil } else { converted = .timestamp }
        case "uuid":
            // As its sixteen bytes.
            let digits = ScalarExpression.call(
                "replace", [.cast(.column(name), .string, orNull: false), .literal(.string("-")), .literal(.string(""))])
            self.init(name, type, computed: .call("unhex", [digits]))
            return
        default:
            throw PlanError(
                .unsupported, "the column “\(name)” of \(table) is of the type \(type), which cannot be loaded",
                hint: "leave it away with dropping, or load into a table of its own and convert there")
        }
        self.init(name, type, to: converted)
    }
}

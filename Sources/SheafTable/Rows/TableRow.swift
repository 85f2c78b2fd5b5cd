import SheafArrow
import SheafCore
internal import Synchronization

/// A Swift structure as the row of a table: its stored properties are the columns.
///
/// ```swift
/// struct Flight: TableRow { var carrier: String; var depDelay: Double?; var distance: Int }
/// ```
/// The conformance takes nothing but the declaration: the names come from `Codable`. A property `depDelay` stands for the column
/// `dep_delay`; ``columnNaming`` and `CodingKeys` change that. An optional property is a column that may hold nulls.
public protocol TableRow: Codable, Sendable {
    /// How the columns' names follow from the properties' (or `CodingKeys`').
    static var columnNaming: ColumnNaming { get }
}

extension TableRow {
    public static var columnNaming: ColumnNaming { .snakeCase }
}

public enum ColumnNaming: Sendable {
    /// `depDelay` stands for `dep_delay`.
    case snakeCase
    /// As the property, or its coding key, is spelt.
    case asWritten

    func columnName(_ key: String) -> String {
        guard self == .snakeCase else { return key }
        var name = ""
        var previous: Character?
        for (index, character) in key.enumerated() {
            let next = key.dropFirst(index + 1).first
            // An upper-case letter begins a word after a lower-case one, or before one: depDelay, pageURLText.
            if character.isUppercase, let before = previous, before != "_", !before.isUppercase || next?.isLowercase == true {
                name.append("_")
            }
            name += character.lowercased()
            previous = character
        }
        return name
    }
}

/// The columns of a ``TableRow``.
package struct RowSchema: Sendable {
    package struct Field: Sendable, Equatable {
        /// As `Codable` has it.
        package var key: String
        /// The column.
        package var name: String
        package var type: SQLType
        package var isNullable: Bool
        /// Reads its values, as the property's type has them, from a column of a result.
        let makeReader: @Sendable (ArrowColumn) throws -> AnyFieldReader

        package static func == (left: Field, right: Field) -> Bool {
            left.key == right.key && left.name == right.name && left.type == right.type && left.isNullable == right.isNullable
        }
    }
    package var fields: [Field]

    func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}

/// What is known of row types, found out once for each. Thread-safe.
enum RowSchemas {
    private struct State {
        var schemas: [ObjectIdentifier: RowSchema] = [:]
        var positions: [AnyHashableKeyPath: Int] = [:]
    }
    private static let state = Locked(State())

    private struct AnyHashableKeyPath: Hashable, @unchecked Sendable {
        let path: AnyKeyPath
    }

    static func schema<Row: TableRow>(_: Row.Type) throws(PlanError) -> RowSchema {
        let id = ObjectIdentifier(Row.self)
        if let known = state.withLock({ $0.schemas[id] }) { return known }
        let schema = try RowProbe.schema(of: Row.self)
        state.withLock { $0.schemas[id] = schema }
        return schema
    }

    /// The column that a key path stands for.
    ///
    /// - Throws: ``PlanError`` when it is not a stored property that is decoded.
    static func field<Row: TableRow, Value: ColumnValue>(_ path: KeyPath<Row, Value>) throws(PlanError) -> RowSchema.Field {
        let schema = try schema(Row.self)
        let key = AnyHashableKeyPath(path: path)
        if let known = state.withLock({ $0.positions[key] }) { return schema.fields[known] }
        let usual = try RowProbe.row(Row.self, marking: nil)[keyPath: path]
        for position in schema.fields.indices where schema.fields[position].type == Value.sqlType {
            if try RowProbe.row(Row.self, marking: position)[keyPath: path] != usual {
                state.withLock { $0.positions[key] = position }
                return schema.fields[position]
            }
        }
        throw PlanError(
            .invalidArgument, "\(path) is no column of \(Row.self): no decoded property changes it",
            hint: "use a stored property; compute others with select or adding")
    }
}

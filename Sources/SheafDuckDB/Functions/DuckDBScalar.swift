internal import CDuckDB

/// A type of a column, as Swift functions inside the database take and give it.
public enum DuckDBType: UInt32, Sendable, Hashable {
    case boolean = 1, tinyInt, smallInt, integer, bigInt, unsignedTinyInt, unsignedSmallInt, unsignedInteger, unsignedBigInt, float, double
    case varchar = 17
    case blob

    /// Passes the library's handle of the type, which lives as long as the call.
    func withHandle<R>(_ body: (duckdb_logical_type?) -> R) -> R {
        var handle = DuckDBLibrary.functions.pointee.create_logical_type(rawValue)
        defer { DuckDBLibrary.functions.pointee.destroy_logical_type(&handle) }
        return body(handle)
    }
}

/// What a Swift function inside the database takes and gives: a number, text, bytes, or an optional of one of these.
///
/// A function whose parameter is no optional is not called for a null; its answer is then null.
public protocol DuckDBScalar: Sendable {
    static var columnType: DuckDBType { get }
    /// Whether null is a value of the type.
    static var takesNull: Bool { get }
    /// Reads a value; the memory is DuckDB's.
    static func read(_ column: DuckDBColumn, row: Int) -> Self
    func write(_ column: DuckDBColumn, row: Int)
}

/// A column of a call, of up to 2048 rows.
public struct DuckDBColumn {
    let vector: duckdb_vector?
    let data: UnsafeMutableRawPointer?
    let validity: UnsafeMutablePointer<UInt64>?

    init(_ vector: duckdb_vector?) {
        let api = DuckDBLibrary.functions
        self.vector = vector
        data = api.pointee.vector_get_data(vector)
        validity = api.pointee.vector_get_validity(vector)
    }

    /// A column to write to, any row of which may become null.
    init(writing vector: duckdb_vector?) {
        DuckDBLibrary.functions.pointee.vector_ensure_validity_writable(vector)
        self.init(vector)
    }

    func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return validity[row >> 6] >> UInt64(row & 63) & 1 == 0
    }

    func setNull(_ row: Int) { validity?[row >> 6] &= ~(1 << UInt64(row & 63)) }

    func value<T>(_ row: Int, as type: T.Type) -> T? { data?.assumingMemoryBound(to: T.self)[row] }
    func set<T>(_ value: T, row: Int) { data?.assumingMemoryBound(to: T.self)[row] = value }

    func withBytes<R>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        guard let element = data?.assumingMemoryBound(to: duckdb_string_t.self).advanced(by: row) else {
            return body(UnsafeBufferPointer(start: nil, count: 0))
        }
        let count = Int(element.pointee.value.pointer.length)
        // Up to 12 bytes are in the element itself, after the length.
        let inPlace = UnsafeRawPointer(element).advanced(by: 4).assumingMemoryBound(to: UInt8.self)
        guard count > 12 else { return body(UnsafeBufferPointer(start: inPlace, count: count)) }
        let far = element.pointee.value.pointer.ptr.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }
        return body(UnsafeBufferPointer(start: far, count: count))
    }

    func set(bytes: UnsafeBufferPointer<UInt8>, row: Int) {
        bytes.withMemoryRebound(to: CChar.self) {
            DuckDBLibrary.functions.pointee.vector_assign_string_element_len(vector, idx_t(row), $0.baseAddress, idx_t($0.count))
        }
    }
}

/// A column that a parameter is read from.
struct ArgumentColumn<Value: DuckDBScalar> {
    let column: DuckDBColumn
    init(_ column: DuckDBColumn) { self.column = column }
    func value(_ row: Int) -> Value { Value.read(column, row: row) }
    /// Whether the parameter is null where the function takes none.
    func isMissing(_ row: Int) -> Bool { !Value.takesNull && column.isNull(row) }
}

/// A number, whose layout in the database is Swift's.
public protocol DuckDBNumber: DuckDBScalar, BitwiseCopyable {
    static var zero: Self { get }
}

extension DuckDBNumber {
    public static var takesNull: Bool { false }
    public static func read(_ column: DuckDBColumn, row: Int) -> Self { column.value(row, as: Self.self) ?? .zero }
    public func write(_ column: DuckDBColumn, row: Int) { column.set(self, row: row) }
}

extension Int8: DuckDBNumber { public static var columnType: DuckDBType { .tinyInt } }
extension Int16: DuckDBNumber { public static var columnType: DuckDBType { .smallInt } }
extension Int32: DuckDBNumber { public static var columnType: DuckDBType { .integer } }
extension Int64: DuckDBNumber { public static var columnType: DuckDBType { .bigInt } }
extension Int: DuckDBNumber { public static var columnType: DuckDBType { .bigInt } }
extension UInt8: DuckDBNumber { public static var columnType: DuckDBType { .unsignedTinyInt } }
extension UInt16: DuckDBNumber { public static var columnType: DuckDBType { .unsignedSmallInt } }
extension UInt32: DuckDBNumber { public static var columnType: DuckDBType { .unsignedInteger } }
extension UInt64: DuckDBNumber { public static var columnType: DuckDBType { .unsignedBigInt } }
extension Float: DuckDBNumber { public static var columnType: DuckDBType { .float } }
extension Double: DuckDBNumber { public static var columnType: DuckDBType { .double } }

extension Bool: DuckDBScalar {
    public static var columnType: DuckDBType { .boolean }
    public static var takesNull: Bool { false }
    public static func read(_ column: DuckDBColumn, row: Int) -> Bool { column.value(row, as: UInt8.self) == 1 }
    public func write(_ column: DuckDBColumn, row: Int) { column.set(self ? 1 : 0 as UInt8, row: row) }
}

extension String: DuckDBScalar {
    public static var columnType: DuckDBType { .varchar }
    public static var takesNull: Bool { false }
    public static func read(_ column: DuckDBColumn, row: Int) -> String { column.withBytes(row) { String(decoding: $0, as: UTF8.self) } }
    public func write(_ column: DuckDBColumn, row: Int) {
        var text = self
        text.withUTF8 { column.set(bytes: $0, row: row) }
    }
}

extension [UInt8]: DuckDBScalar {
    public static var columnType: DuckDBType { .blob }
    public static var takesNull: Bool { false }
    public static func read(_ column: DuckDBColumn, row: Int) -> [UInt8] { column.withBytes(row) { Array($0) } }
    public func write(_ column: DuckDBColumn, row: Int) { withUnsafeBufferPointer { column.set(bytes: $0, row: row) } }
}

extension Optional: DuckDBScalar where Wrapped: DuckDBScalar {
    public static var columnType: DuckDBType { Wrapped.columnType }
    public static var takesNull: Bool { true }
    public static func read(_ column: DuckDBColumn, row: Int) -> Wrapped? { column.isNull(row) ? nil : Wrapped.read(column, row: row) }
    public func write(_ column: DuckDBColumn, row: Int) {
        if let self { self.write(column, row: row) } else { column.setNull(row) }
    }
}

internal import CArrowABI
internal import Testing

@testable internal import SheafDuckDB

/// All values of one column of numbers, read through Arrow.
func numbers<T>(_ result: DuckDBResult, column: Int = 0, as type: T.Type = Int64.self) async throws -> [T?] {
    var values: [T?] = [], batch = ArrowArray()
    while try await result.next(into: &batch) {
        defer { batch.release(&batch) }
        let array = batch.children[column]!.pointee
        for row in Int(array.offset)..<Int(array.offset + array.length) {
            values.append(isValid(array, row) ? array.buffers[1]!.assumingMemoryBound(to: T.self)[row] : nil)
        }
    }
    return values
}

/// All values of one column of text.
func texts(_ result: DuckDBResult, column: Int = 0) async throws -> [String?] {
    var values: [String?] = [], batch = ArrowArray()
    while try await result.next(into: &batch) {
        defer { batch.release(&batch) }
        let array = batch.children[column]!.pointee, offsets = array.buffers[1]!.assumingMemoryBound(to: Int32.self)
        for row in Int(array.offset)..<Int(array.offset + array.length) {
            guard isValid(array, row) else {
                values.append(nil)
                continue
            }
            let start = Int(offsets[row]), end = Int(offsets[row + 1])
            values.append(
                String(decoding: UnsafeRawBufferPointer(start: array.buffers[2]?.advanced(by: start), count: end - start), as: UTF8.self))
        }
    }
    return values
}

private func isValid(_ array: ArrowArray, _ row: Int) -> Bool {
    guard let bits = array.buffers[0]?.assumingMemoryBound(to: UInt8.self) else { return true }
    return bits[row / 8] >> UInt8(row % 8) & 1 == 1
}

/// The first value of a query.
func first(_ database: DuckDBDatabase, _ sql: String, tables: [String: DuckDBTable] = [:]) async throws -> Int64? {
    try await numbers(try await database.query("SELECT CAST((\(sql)) AS BIGINT)", tables: tables)).first ?? nil
}

/// A result's rows as a table in memory.
func table(_ database: DuckDBDatabase, _ sql: String) async throws -> DuckDBTable {
    let result = try await database.query(sql)
    var batches: [ArrowArray] = [], batch = ArrowArray()
    while try await result.next(into: &batch) { batches.append(batch) }
    return try DuckDBTable(schema: result.takeSchema(), batches: batches)
}

internal import CDuckDB
internal import SheafCore

extension DuckDBDatabase {
    /// Makes a Swift function known to the database's SQL, for all connections and as long as the database is open.
    ///
    /// It is called on the database's threads, several at a time, once a row; an error that it throws ends the query as an ``SQLError``
    /// with the error's text.
    ///
    ///     try await database.register(scalar: "half") { (x: Double) in x / 2 }
    ///
    /// - Parameter isVolatile: whether it may give different answers to the same arguments; otherwise calls may be saved.
    /// - Throws: ``EngineError`` (`.duplicateFunction` when there is one of that name and those parameters, `.closed`).
    public func register<each Argument: DuckDBScalar, Answer: DuckDBScalar>(
        scalar name: String, isVolatile: Bool = false, _ body: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) async throws {
        var types: [DuckDBType] = []
        for type in repeat (each Argument).self { types.append(type.columnType) }
        let function = ScalarFunction(name: name) { input, output, count in
            let api = DuckDBLibrary.functions
            var index: idx_t = 0
            func next() -> DuckDBColumn {
                defer { index += 1 }
                return DuckDBColumn(api.pointee.data_chunk_get_vector(input, index))
            }
            let columns = (repeat ArgumentColumn<each Argument>(next()))
            let answers = DuckDBColumn(writing: output)
            for row in 0..<count {
                var isMissing = false
                for column in repeat each columns { isMissing = isMissing || column.isMissing(row) }
                if isMissing {
                    answers.setNull(row)
                } else {
                    try body(repeat (each columns).value(row)).write(answers, row: row)
                }
            }
        }
        let arguments = types
        try await withConnection { try $0.register(function, arguments: arguments, returns: Answer.columnType, isVolatile: isVolatile) }
    }
}

/// A function of rows, which DuckDB calls a chunk at a time.
private final class ScalarFunction: Sendable {
    let name: String
    let body: @Sendable (duckdb_data_chunk, duckdb_vector, Int) throws -> Void

    init(name: String, body: @escaping @Sendable (duckdb_data_chunk, duckdb_vector, Int) throws -> Void) {
        self.name = name
        self.body = body
    }

    static let call: duckdb_scalar_function_t = { info, input, output in
        let api = DuckDBLibrary.functions
        guard let raw = api.pointee.scalar_function_get_extra_info(info), let input, let output else { return }
        let function = Unmanaged<ScalarFunction>.fromOpaque(raw).takeUnretainedValue()
        do {
            try function.body(input, output, Int(api.pointee.data_chunk_get_size(input)))
        } catch {
            api.pointee.scalar_function_set_error(info, "\(function.name): \(error)")
        }
    }
}

extension NativeConnection {
    fileprivate func register(_ function: ScalarFunction, arguments: [DuckDBType], returns: DuckDBType, isVolatile: Bool) throws {
        let api = DuckDBLibrary.functions
        try withHandle { handle in
            var native = api.pointee.create_scalar_function()
            defer { api.pointee.destroy_scalar_function(&native) }
            api.pointee.scalar_function_set_name(native, function.name)
            for type in arguments { type.withHandle { api.pointee.scalar_function_add_parameter(native, $0) } }
            returns.withHandle { api.pointee.scalar_function_set_return_type(native, $0) }
            // Nulls reach the function's body, which knows what to do with them.
            api.pointee.scalar_function_set_special_handling(native)
            if isVolatile { api.pointee.scalar_function_set_volatile(native) }
            api.pointee.scalar_function_set_extra_info(native, Unmanaged.passRetained(function).toOpaque(), releaseObject)
            api.pointee.scalar_function_set_function(native, ScalarFunction.call)
            guard api.pointee.register_scalar_function(handle, native) == CDUCKDB_SUCCESS else {
                throw EngineError(
                    .duplicateFunction, "DuckDB does not take the function “\(function.name)”",
                    hint: "a function of that name, with those parameters, may exist; use another name")
            }
        }
    }
}

internal import CDuckDB
internal import SheafCore

extension DuckDBDatabase {
    /// Makes a Swift aggregate function known to the database's SQL, for all connections and as long as the database is open.
    ///
    /// Each group, and each thread's part of a group, starts from `initial`, takes its rows one by one with `update`, and parts meet in
    /// `combine`. The functions are called on the database's threads, several at a time for different groups; an error that they throw
    /// ends the query as an ``SQLError`` with the error's text.
    ///
    ///     try await database.register(
    ///         aggregate: "product", initial: 1.0, update: { (state: inout Double, x: Double) in state *= x },
    ///         combine: { $0 *= $1 }, finish: { $0 })
    ///
    /// - Throws: ``EngineError`` (`.duplicateFunction` when there is one of that name and those parameters, `.closed`).
    public func register<each Argument: DuckDBScalar, State: Sendable, Answer: DuckDBScalar>(
        aggregate name: String, initial: State, update: @escaping @Sendable (inout State, repeat each Argument) throws -> Void,
        combine: @escaping @Sendable (inout State, State) throws -> Void, finish: @escaping @Sendable (State) throws -> Answer
    ) async throws {
        var types: [DuckDBType] = []
        for type in repeat (each Argument).self { types.append(type.columnType) }
        let function = AggregateFunction(
            name: name,
            update: { input, states in
                let api = DuckDBLibrary.functions
                var index: idx_t = 0
                func next() -> DuckDBColumn {
                    defer { index += 1 }
                    return DuckDBColumn(api.pointee.data_chunk_get_vector(input, index))
                }
                let columns = (repeat ArgumentColumn<each Argument>(next()))
                for row in 0..<Int(api.pointee.data_chunk_get_size(input)) {
                    var isMissing = false
                    for column in repeat each columns { isMissing = isMissing || column.isMissing(row) }
                    if isMissing { continue }
                    let cell = AggregateCell.at(states[row], initial: initial)
                    try update(&cell.state, repeat (each columns).value(row))
                }
            },
            combine: { source, target in
                guard let source = AggregateCell<State>.at(source) else { return }
                try combine(&AggregateCell.at(target, initial: initial).state, source.state)
            },
            finish: { state, answers, row in
                let answer = try finish(AggregateCell<State>.at(state)?.state ?? initial)
                answer.write(answers, row: row)
            })
        let arguments = types
        try await withConnection { try $0.register(function, arguments: arguments, returns: Answer.columnType) }
    }
}

/// A group's state; DuckDB's memory for it holds a pointer to this, null at first.
private final class AggregateCell<State> {
    var state: State
    init(_ state: State) { self.state = state }

    static func at(_ place: duckdb_aggregate_state?) -> AggregateCell? {
        place?.pointee.internal_ptr.map { Unmanaged<AggregateCell>.fromOpaque($0).takeUnretainedValue() }
    }

    static func at(_ place: duckdb_aggregate_state?, initial: State) -> AggregateCell {
        if let cell = at(place) { return cell }
        let cell = AggregateCell(initial)
        place?.pointee.internal_ptr = Unmanaged.passRetained(cell).toOpaque()
        return cell
    }
}

private final class AggregateFunction: Sendable {
    typealias States = UnsafeMutablePointer<duckdb_aggregate_state?>

    let name: String
    let update: @Sendable (duckdb_data_chunk, States) throws -> Void
    let combine: @Sendable (duckdb_aggregate_state?, duckdb_aggregate_state?) throws -> Void
    let finish: @Sendable (duckdb_aggregate_state?, DuckDBColumn, Int) throws -> Void

    init(
        name: String, update: @escaping @Sendable (duckdb_data_chunk, States) throws -> Void,
        combine: @escaping @Sendable (duckdb_aggregate_state?, duckdb_aggregate_state?) throws -> Void,
        finish: @escaping @Sendable (duckdb_aggregate_state?, DuckDBColumn, Int) throws -> Void
    ) {
        self.name = name
        self.update = update
        self.combine = combine
        self.finish = finish
    }

    /// Calls a body with the function that DuckDB means, and tells DuckDB what it throws.
    private static func call(_ info: duckdb_function_info?, _ body: (AggregateFunction) throws -> Void) {
        let api = DuckDBLibrary.functions
        guard let raw = api.pointee.aggregate_function_get_extra_info(info) else { return }
        let function = Unmanaged<AggregateFunction>.fromOpaque(raw).takeUnretainedValue()
        do {
            try body(function)
        } catch {
            api.pointee.aggregate_function_set_error(info, "\(function.name): \(error)")
        }
    }

    static let stateSize: duckdb_aggregate_state_size = { _ in idx_t(MemoryLayout<_duckdb_aggregate_state>.size) }
    static let start: duckdb_aggregate_init_t = { _, state in state?.pointee.internal_ptr = nil }
    static let destroy: duckdb_aggregate_destroy_t = { states, count in
        guard let states else { return }
        for index in 0..<Int(count) {
            guard let raw = states[index]?.pointee.internal_ptr else { continue }
            states[index]?.pointee.internal_ptr = nil
            Unmanaged<AnyObject>.fromOpaque(raw).release()
        }
    }
    static let add: duckdb_aggregate_update_t = { info, input, states in
        guard let input, let states else { return }
        call(info) { try $0.update(input, states) }
    }
    static let merge: duckdb_aggregate_combine_t = { info, source, target, count in
        guard let source, let target else { return }
        call(info) { for index in 0..<Int(count) { try $0.combine(source[index], target[index]) } }
    }
    static let end: duckdb_aggregate_finalize_t = { info, source, result, count, offset in
        guard let source else { return }
        let answers = DuckDBColumn(writing: result)
        call(info) { for index in 0..<Int(count) { try $0.finish(source[index], answers, Int(offset) + index) } }
    }
}

extension NativeConnection {
    fileprivate func register(_ function: AggregateFunction, arguments: [DuckDBType], returns: DuckDBType) throws {
        let api = DuckDBLibrary.functions
        try withHandle { handle in
            var native = api.pointee.create_aggregate_function()
            defer { api.pointee.destroy_aggregate_function(&native) }
            api.pointee.aggregate_function_set_name(native, function.name)
            for type in arguments { type.withHandle { api.pointee.aggregate_function_add_parameter(native, $0) } }
            returns.withHandle { api.pointee.aggregate_function_set_return_type(native, $0) }
            // Nulls reach the function's body, which knows what to do with them.
            api.pointee.aggregate_function_set_special_handling(native)
            api.pointee.aggregate_function_set_extra_info(native, Unmanaged.passRetained(function).toOpaque(), releaseObject)
            api.pointee.aggregate_function_set_functions(
                native, AggregateFunction.stateSize, AggregateFunction.start, AggregateFunction.add, AggregateFunction.merge,
                AggregateFunction.end)
            api.pointee.aggregate_function_set_destructor(native, AggregateFunction.destroy)
            guard api.pointee.register_aggregate_function(handle, native) == CDUCKDB_SUCCESS else {
                throw EngineError(
                    .duplicateFunction, "DuckDB does not take the aggregate function “\(function.name)”",
                    hint: "a function of that name, with those parameters, may exist; use another name")
            }
        }
    }
}

internal import ArgumentParser
public import SheafCore
internal import SheafLocal

extension SessionArguments {
    /// Makes a session as the arguments ask, runs `body` in it and closes it, however `body` ends. Progress, and what was left out of the
    /// input, is shown on standard error meanwhile; with `--trace` the trace is written.
    ///
    /// - Parameters:
    ///   - functions: the program's named functions.
    ///   - isWorkflow: whether the command is a ``Workflow`` by itself: on an engine out of process all its tasks run there, and workers run
    ///     `body` again to have them. The first session of a process only.
    ///   - engines: those that `--engine` can name; the embedded one by default.
    /// - Throws: ``PlanError`` (`.duplicateFunction`) before anything else happens; `ValidationError` for an engine nobody knows, listing
    ///   the known, or a parameter the engine does not know; ``EngineError`` when the engine cannot be reached or the trace file not be
    ///   written; else what `body` throws.
    public func withSession<R>(
        functions: [any RegisteredFunction] = [], engines: [any EngineProvider] = Engines.linked, isWorkflow: Bool = true,
        isolation: isolated (any Actor)? = #isolation, _ body: (Session) async throws -> R
    ) async throws -> R {
        if let session = CommandReplay.session { return try await body(session) }
        _ = try FunctionRegistry(functions)
        let trace = try trace.map { try ChromeTrace(path: $0) }
        let session: Session
        do {
            session = try await Session(engine, options: options, providers: engines)
        } catch let error as any SheafError where error.code == .unknownEngine || error.code == .invalidArgument {
            throw Self.usage(error)
        }
        let display = ProgressDisplay(mode: progress)
        session.observe { display.handle($0) }
        if let trace { session.observe(.tasks) { trace.handle($0) } }
        do {
            let result = try await body(isWorkflow ? try CommandReplay.recording(session) : session)
            await session.close()
            display.close()
            try trace?.close()
            return result
        } catch {
            await session.close()
            display.close()
            // The run's own error matters more than that of its trace.
            try? trace?.close()
            throw error
        }
    }
}

extension Session {
    /// A session on the embedded engine: this process, all cores unless the options say otherwise.
    public convenience init(options: SessionOptions = SessionOptions()) async throws {
        try await self.init("local", options: options)
    }

    /// A session on the engine that `url` names.
    ///
    /// - Throws: ``PlanError`` (`.invalidArgument`), ``EngineError`` (`.unknownEngine`, listing the known ones).
    public convenience init(_ url: String, options: SessionOptions = SessionOptions()) async throws {
        try await self.init(url, options: options, providers: Engines.linked)
    }
}

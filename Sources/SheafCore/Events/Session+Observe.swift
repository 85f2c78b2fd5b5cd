extension Session {
    /// Calls `body` for what happens from now on until the session is closed, on the task that runs the plan and before it goes on: when
    /// `compute` returns, `body` has seen the end of the run. Nothing is lost.
    ///
    /// - Parameter body: has to be quick, and may be called by several runs at a time.
    package func observe(_ detail: EventDetail = .progress, _ body: @escaping @Sendable (SessionEvent) -> Void) {
        hub.observe(detail, body)
    }
}

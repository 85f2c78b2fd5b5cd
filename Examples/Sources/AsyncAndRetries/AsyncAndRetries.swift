import Sheaf

/// Functions that wait, and functions that fail now and then.
@main struct AsyncAndRetries: Program {
    struct Unreachable: Error {}

    /// Holds no worker thread while it sleeps, so many may wait at a time.
    static let fetch = Function(
        "fetch",
        async: { (page: Int) async throws -> String in
            try await Task.sleep(for: .milliseconds(20))
            if Int.random(in: 0..<3) == 0 { throw Unreachable() }
            return "page \(page)"
        })
    static let functions: [any RegisteredFunction] = [fetch]

    func run(in session: Session) async throws {
        let patient = NodeOptions(name: "fetch patiently", retry: RetryPolicy(attempts: 12, delay: 0.01))
        let pages = session.map(Self.fetch, over: 1...20, options: patient)
        print(try await session.compute(pages).joined(separator: ", "))

        // Without retries the error says which task failed, where it was made and who needed it.
        let impatient = session.gather(session.map(Self.fetch, over: 1...20))
        do {
            print(try await impatient.compute().count, "pages at the first attempt")
        } catch let error as TaskError {
            print("as expected:", error.node ?? "?", "made at", error.location?.description ?? "?")
        }
    }
}

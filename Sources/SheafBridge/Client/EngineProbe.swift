internal import SheafCore

/// What there is on this machine for an engine behind a sidecar.
package struct EngineProbe: Sendable {
    /// What a Python has, or why there is none.
    package let python: Result<SidecarClient.Greeting, any Error>
    /// Whether somebody answers where the engine is by default.
    package let isListening: Bool

    /// Looks, and changes nothing.
    package init(_ kind: BridgeKind) async {
        let client = SidecarClient(title: kind.title)
        do {
            python = .success(try await client.start(python: nil, sources: SidecarSources(modules: [:], main: "sys"), needs: kind.needs))
        } catch { python = .failure(error) }
        await client.close(EngineError(.closed, "the look is over"))
        isListening = await Self.isAnswered(kind.port)
    }

    /// Whether somebody listens on a port of this machine.
    private static func isAnswered(_ port: Int) async -> Bool {
        // Where that cannot be found out, nobody was found.
        guard let listener = Listener("127.0.0.1:\(port)") else { return false }
        do { return try await listener.problem(within: 1) == nil } catch { return false }
    }

    /// Whether the engine can be used here, with a cluster of its own.
    package var isUsable: Bool { problem == nil }

    /// Why it cannot.
    package var problem: (any Error)? {
        do {
            try python.get().check()
            return nil
        } catch { return error }
    }
}

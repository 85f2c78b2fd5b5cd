internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

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
        isListening = Self.answers(kind.port)
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

    /// Whether somebody listens on a port of this machine.
    private static func answers(_ port: Int) -> Bool {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A place where somebody may listen: a host and a port.
struct Listener: Sendable {
    let host: String
    let port: String

    /// - Returns: `nil` for what is no `host:port`.
    init?(_ address: String) {
        guard let colon = address.lastIndex(of: ":") else { return nil }
        let host = address[..<colon], port = address[address.index(after: colon)...]
        guard !host.isEmpty, Int(port) != nil else { return nil }
        self.host = String(host.first == "[" && host.last == "]" ? host.dropFirst().dropLast() : host)
        self.port = String(port)
    }

    /// Why nobody can be reached there; `nil` when somebody listens. Systems' own clients try for a long time before they say so.
    func problem(within seconds: Double) async throws -> String? {
        try await BlockingThreads.shared.run { look(seconds) }
    }

    private func look(_ seconds: Double) -> String? {
        var hints = addrinfo(), found: UnsafeMutablePointer<addrinfo>?
        #if os(Linux)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        let status = getaddrinfo(host, port, &hints, &found)
        guard status == 0 else { return "\(host): \(String(cString: gai_strerror(status)))" }
        defer { freeaddrinfo(found) }
        var problem = "\(host) has no address", next = found
        while let candidate = next?.pointee {
            guard let reason = Self.connectProblem(candidate, seconds) else { return nil }
            problem = reason
            next = candidate.ai_next
        }
        return problem
    }

    private static func connectProblem(_ address: addrinfo, _ seconds: Double) -> String? {
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, Int32(seconds * 1000)) > 0 else { return "no answer within \(seconds) s" }
        var error: Int32 = 0, size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
        return error == 0 ? nil : String(cString: strerror(error))
    }
}

/// An engine's address, `scheme://host:port/path?key=value`; the bare scheme will do.
public struct EngineURL: Sendable, CustomStringConvertible {
    public let scheme: String
    /// `host:port`, possibly empty.
    public let authority: String
    public let parameters: [String: String]
    public let description: String

    /// - Throws: ``PlanError`` (`.invalidArgument`).
    public init(_ text: String) throws {
        description = text
        let scheme = text.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "+" }
        var rest = text.dropFirst(scheme.count)
        guard !scheme.isEmpty, rest.isEmpty || rest.hasPrefix("://") else {
            throw PlanError(.invalidArgument, "“\(text)” is not an engine URL", hint: "write a scheme, such as local or dask://host:8786")
        }
        rest = rest.dropFirst(3)
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] } ?? ""
        self.scheme = scheme.lowercased()
        authority = String(rest.prefix { $0 != "?" && $0 != "/" })
        var parameters: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else {
                throw PlanError(.invalidArgument, "a parameter in “\(text)” has no name", hint: "write name=value, separated by &")
            }
            parameters[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        self.parameters = parameters
    }
}

/// Makes engines of one scheme. A program lists the providers it links.
public protocol EngineProvider: Sendable {
    /// As it stands before `://`.
    var scheme: String { get }
    /// One line for `sheaf doctor` and for the error about unknown engines.
    var summary: String { get }
    /// What its engines can run, known without one.
    var capabilities: Capabilities { get }
    /// Starts or reaches the engine.
    func engine(at url: EngineURL, options: SessionOptions) async throws -> any Engine
    /// Gives a session what goes with the engine, such as an engine for tables.
    func prepare(_ session: Session)
}

extension EngineProvider {
    public func prepare(_ session: Session) {}
}

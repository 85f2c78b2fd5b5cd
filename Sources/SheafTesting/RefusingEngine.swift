public import SheafCore
internal import Synchronization

/// An engine that runs nothing: every request is written down and refused.
///
/// It proves that building and showing a plan contacts nobody, and, with capabilities of one's choice, what planning for an engine
/// that does not exist here would say.
public final class RefusingEngine: Engine {
    public let capabilities: Capabilities
    private let log = Mutex<[String]>([])

    public init(capabilities: Capabilities = Capabilities(engine: "refusing", closures: true)) {
        self.capabilities = capabilities
    }

    /// What was asked of it so far, by the name of the requirement: `submit`, `put`.
    public var requests: [String] { log.withLock(\.self) }

    private func refuse(_ request: String) -> EngineError {
        log.withLock { $0.append(request) }
        return EngineError(
            .refused, "the engine “\(capabilities.engine)” refuses to \(request)", hint: "it exists to prove that nobody asks")
    }

    public func ship(_ program: ProgramImage) async throws { throw refuse("ship") }
    public func put(_ value: Payload) async throws -> ValueRef { throw refuse("put") }
    public func get(_ ref: ValueRef) async throws -> Payload { throw refuse("get") }
    public func release(_ refs: [ValueRef]) async { if !refs.isEmpty { _ = refuse("release") } }

    public func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        AsyncThrowingStream { $0.finish(throwing: refuse("submit")) }
    }

    public func cancel(_ job: JobID) async { _ = refuse("cancel") }
    public func resources() async throws -> Resources { throw refuse("resources") }
    public func shutdown() async {}
}

extension ErrorCode {
    /// A ``RefusingEngine`` was asked for something.
    public static let refused = ErrorCode(rawValue: "refused")
}

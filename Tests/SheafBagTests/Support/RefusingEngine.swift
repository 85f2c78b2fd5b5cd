import Sheaf
internal import SheafCore
internal import Synchronization

/// An engine out of process that computes nothing: it counts the jobs that pass the plan check, and refuses them.
final class RefusingEngine: Engine {
    let capabilities = Capabilities(engine: "refusing", closures: false)
    private let submitted = Locked(0)

    /// Jobs that passed the plan check.
    var jobs: Int { submitted.withLock { $0 } }

    static let refusal = ErrorCode(rawValue: "refusedByTheTestEngine")

    func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        submitted.withLock { $0 += 1 }
        return AsyncThrowingStream { $0.finish(throwing: EngineError(Self.refusal, "this engine computes nothing")) }
    }

    func ship(_ program: ProgramImage) async throws {}
    func put(_ value: Payload) async throws -> ValueRef { throw EngineError(Self.refusal, "this engine stores nothing") }
    func get(_ ref: ValueRef) async throws -> Payload { throw EngineError(.unknownValue, "this engine stores nothing") }
    func release(_ refs: [ValueRef]) async {}
    func cancel(_ job: JobID) async {}
    func shutdown() async {}

    func resources() async throws -> Resources { Resources(engine: "refusing", workers: 2, cores: 2, memoryBytes: 1 << 30) }
}

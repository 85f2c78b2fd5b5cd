import SheafCore
import Synchronization

/// An engine that tests use one after the other: to close it ends nothing but what this reference has begun.
final class SharedEngine: ActorEngine {
    private let inner: any Engine
    private let isClosed = Atomic<Bool>(false)
    let capabilities: Capabilities

    init(_ inner: any Engine) {
        self.inner = inner
        capabilities = inner.capabilities
    }

    private func check() throws {
        if isClosed.load(ordering: .relaxed) { throw EngineError(.closed, "the engine “\(capabilities.engine)” was shut down") }
    }

    func ship(_ program: ProgramImage) async throws { try await inner.ship(program) }

    func put(_ value: Payload) async throws -> ValueRef {
        try check()
        return try await inner.put(value)
    }

    func get(_ ref: ValueRef) async throws -> Payload {
        try check()
        return try await inner.get(ref)
    }

    func release(_ refs: [ValueRef]) async { await inner.release(refs) }

    func submit(_ job: Job) -> AsyncThrowingStream<EngineEvent, any Error> {
        do { try check() } catch { return AsyncThrowingStream { $0.finish(throwing: error) } }
        return inner.submit(job)
    }

    func makeActor(_ make: ActorCall) async throws -> any ActorPlace {
        try check()
        guard let engine = inner as? any ActorEngine else {
            throw PlanError(.unsupported, "no objects live on the engine “\(capabilities.engine)”")
        }
        return try await engine.makeActor(make)
    }

    func cancel(_ job: JobID) async { await inner.cancel(job) }

    func resources() async throws -> Resources {
        try check()
        return try await inner.resources()
    }

    func shutdown() async { isClosed.store(true, ordering: .relaxed) }
}

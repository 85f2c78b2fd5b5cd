internal import SheafCore
internal import Synchronization

extension EngineConformance {
    /// Stopping what runs.
    static let cancellation: [Case] = [
        Case("cancellation/before", "a cancelled task computes nothing") { context in
            let session = context.session, file = context.path("tally")
            let value = session.delayed(tally, Delayed(file), 1)
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await value.compute()
            }
            task.cancel()
            try await context.expectError(CancellationError.self) { try await task.value }
            try context.expectEqual(Tally.read(file), 0, "how often the task ran")
        },
        Case(
            "cancellation/during", "cancelling the caller tells running tasks and ends with CancellationError", requires: [.asyncFunctions]
        ) { context in
            let session = context.session, held = try await context.held()
            let task = Task { try await session.delayed(forever, Delayed(held.path), 1).compute() }
            try await held.started()
            task.cancel()
            try await held.ended()
            try await context.expectError(CancellationError.self) { try await task.value }
            try context.expectEqual(try await session.delayed(add, 1, 1).compute(), 2, "the next plan")
        },
        Case("cancellation/not-started", "after cancellation nothing more starts", requires: [.asyncFunctions]) { context in
            let session = context.session, held = try await context.held(), file = context.path("tally")
            let after = session.delayed(tally, Delayed(file), session.delayed(hold, Delayed(held.path), 1))
            let task = Task { try await after.compute() }
            try await held.started()
            task.cancel()
            try await context.expectError(CancellationError.self) { try await task.value }
            try await held.go()
            for _ in 0..<20 { _ = try await session.delayed(double, 1).compute() }
            try context.expectEqual(Tally.read(file), 0, "how often the later task ran")
        },
        Case("cancellation/of-a-job", "an engine told to cancel a job ends its stream with CancellationError", requires: [.asyncFunctions])
        { context in
            let engine = context.engine, held = try await context.held()
            let job = try context.job(context.session.delayed(forever, Delayed(held.path), 1))
            let stream = engine.submit(job)
            let reader = Task { for try await _ in stream {} }
            try await held.started()
            await engine.cancel(job.id)
            try await context.expectError(CancellationError.self) { try await reader.value }
        },
        Case("cancellation/other-jobs", "cancelling one job leaves the others alone", requires: [.asyncFunctions]) { context in
            let held = try await context.held("kept"), doomed = try await context.held("doomed")
            // Two sessions on one engine: their jobs must not be taken for each other.
            let other = Session(engine: context.engine)
            async let kept = context.session.delayed(hold, Delayed(held.path), 7).compute()
            let task = Task { try await other.delayed(forever, Delayed(doomed.path), 1).compute() }
            try await held.started()
            try await doomed.started()
            task.cancel()
            try await context.expectError(CancellationError.self) { try await task.value }
            try await held.go()
            try context.expectEqual(try await kept, 7)
        },
        Case("cancellation/dropped-stream", "a job whose stream is dropped is cancelled", requires: [.asyncFunctions]) { context in
            let held = try await context.held()
            let job = try context.job(context.session.delayed(forever, Delayed(held.path), 1))
            var stream: AsyncThrowingStream<EngineEvent, any Error>? = context.engine.submit(job)
            withExtendedLifetime(stream) {}
            try await held.started()
            stream = nil
            try await held.ended()
        },
        Case(
            "cancellation/inner-plan", "cancelling a task cancels the plan that it computes", requires: [.closures, .asyncFunctions]
        ) { context in
            let session = context.session, held = try await context.held()
            let inner = session.delayed(forever, Delayed(held.path), 1)
            let outer = session.delayed(Delayed(0), async: { (_: Int) in try await inner.compute() })
            // An engine that cannot run it says so here, rather than never sending a signal.
            _ = try context.job(session.delayed(double, outer))
            let task = Task { try await session.delayed(double, outer).compute() }
            try await held.started()
            task.cancel()
            try await held.ended()
            try await context.expectError(CancellationError.self) { try await task.value }
        },
    ]
}

private let jobsOfCases = Atomic<JobID>(0)

extension EngineConformance.Context {
    /// The job that computes a value, for cases that talk to the engine itself. Its id is one that no session gives, nor another case:
    /// what is left to do for a job that was dropped may come late.
    func job(_ value: Delayed<Int>) throws -> Job {
        let (graph, node) = try value.graph()
        let plan = try session.plan(graph, outputs: [node])
        let id = JobID.max - jobsOfCases.wrappingAdd(1, ordering: .relaxed).oldValue
        return Job(id: id, graph: plan.graph, outputs: plan.outputs, order: plan.order)
    }
}

internal import SheafCore

extension EngineConformance {
    /// What subscribers hear.
    static let events: [Case] = [
        Case("events/once", "every task is reported as started, then as finished, once each") { context in
            let heard = try await context.recording { session in
                var values = session.map(double, over: 0..<50)
                values.append(session.delayed(total, values))
                _ = try await session.compute(values)
            }
            var started: Set<NodeID> = [], finished: Set<NodeID> = []
            for event in heard.tasks {
                switch event.kind {
                case .started: try context.expect(started.insert(event.node).inserted, "task \(event.node) started twice")
                case .finished:
                    try context.expect(started.contains(event.node), "task \(event.node) finished before it started")
                    try context.expect(finished.insert(event.node).inserted, "task \(event.node) finished twice")
                case .failed, .cancelled: throw ConformanceFailure("task \(event.node) is reported as \(event.kind)")
                case .spilled, .loaded: break
                }
            }
            try context.expectEqual(finished, Set(0..<51), "the finished tasks")
        },
        Case("events/run", "a run is reported first as started, with its count of tasks, and last as finished") { context in
            let heard = try await context.recording { session in _ = try await session.delayed(double, session.delayed(add, 1, 2)).compute()
            }
            guard case .runStarted(let job, _, let tasks)? = heard.first else {
                throw ConformanceFailure("the first event is \(heard.first as Any)")
            }
            try context.expectEqual(tasks, 2, "the count of tasks")
            guard case .runFinished(let ended, let seconds)? = heard.last else {
                throw ConformanceFailure("the last event is \(heard.last as Any)")
            }
            try context.expectEqual(ended, job, "the job that finished")
            try context.expect(seconds >= 0, "the run took \(seconds) s")
            try context.expect(heard.tasks.allSatisfy { $0.job == job }, "an event is of another job")
        },
        Case("events/progress", "progress grows and reaches the total") { context in
            let heard = try await context.recording { session in _ = try await session.compute(session.map(double, over: 0..<2_000)) }
            let progress = heard.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
            guard let last = progress.last else { throw ConformanceFailure("no progress was reported") }
            try context.expectEqual(last.total, 2_000, "the total")
            try context.expectEqual(last.done, 2_000, "the last count of tasks done")
            try context.expectEqual(last.running, 0, "the tasks that still run at the end")
            try context.expect(zip(progress, progress.dropFirst()).allSatisfy { $0.done <= $1.done }, "progress went back")
        },
        Case("events/attempts", "failed attempts are reported with their number, and whether another follows", requires: [.retries]) {
            context in
            let heard = try await context.recording { session in
                let options = NodeOptions(retry: RetryPolicy(attempts: 3))
                _ = try await session.delayed(flaky, Delayed(context.path("tally")), 2, 1, options: options).compute()
            }
            let story = heard.tasks.compactMap { event -> String? in
                switch event.kind {
                case .started: "started \(event.attempt)"
                case .failed(_, let willRetry): "failed \(event.attempt) \(willRetry)"
                case .finished: "finished \(event.attempt)"
                default: nil
                }
            }
            try context.expectEqual(
                story, ["started 1", "failed 1 true", "started 2", "failed 2 true", "started 3", "finished 3"], "the story")
        },
        Case("events/failure", "a failure is reported after the start, and its dependants as cancelled") { context in
            let heard = try await context.recording { session in
                let broken = session.delayed(fail, "boom", 1)
                try await context.expectError(TaskError.self) {
                    try await session.delayed(double, session.delayed(double, broken)).compute()
                }
            }
            let story = heard.tasks.map { event -> String in
                switch event.kind {
                case .started: "started \(event.node)"
                case .failed: "failed \(event.node)"
                case .cancelled: "cancelled \(event.node)"
                default: "other \(event.node)"
                }
            }
            try context.expectEqual(Array(story.prefix(2)), ["started 0", "failed 0"], "the first events")
            try context.expectEqual(Set(story.dropFirst(2)), ["cancelled 1", "cancelled 2"], "the other events")
            guard case .runFailed(_, let error)? = heard.last else { throw ConformanceFailure("the last event is \(heard.last as Any)") }
            try context.expect(error is TaskError, "the run's error is \(error)")
        },
        Case("events/async", "an async task's start is reported before its end", requires: [.asyncFunctions]) { context in
            let heard = try await context.recording { session in _ = try await session.delayed(asyncAdd, 1, 2).compute() }
            let story = heard.tasks.map { event -> String in
                switch event.kind {
                case .started: "started"
                case .finished: "finished"
                default: "other"
                }
            }
            try context.expectEqual(story, ["started", "finished"], "the story")
        },
        Case("events/names", "events carry the name that a task was given") { context in
            let heard = try await context.recording { session in
                _ = try await session.delayed(add, session.delayed(double, 1), 1, options: NodeOptions(name: "sum it up")).compute()
            }
            try context.expectEqual(Set(heard.tasks.map(\.name)), ["conformance.double", "sum it up"], "the names")
        },
    ]
}

extension [SessionEvent] {
    var tasks: [TaskEvent] {
        compactMap { if case .task(let event) = $0 { event } else { nil } }
    }
}

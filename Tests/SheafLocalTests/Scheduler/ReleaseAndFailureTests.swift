import SheafCore
import SheafLocal
import Testing

@Suite("Scheduler: releasing, failing, retrying")
struct ReleaseAndFailureTests {
    @Test("a value is released when the last task that reads it has finished, not before")
    func releaseAtLastUse() {
        let harness = SchedulerHarness([[], [0], [0], [1, 2]], outputs: [3])
        #expect(harness.take().tasks == [0])
        harness.finish(0, bytes: 10)
        #expect(harness.take(limit: 2).tasks == [1, 2])
        harness.finish(1, bytes: 20)
        #expect(harness.released.isEmpty)
        harness.finish(2, bytes: 40)
        #expect(harness.released == [0])
        #expect(harness.scheduler.residentBytes == 60)
        #expect(harness.take().tasks == [3])
        harness.finish(3, bytes: 80)
        #expect(Set(harness.released) == [0, 1, 2])
        #expect(harness.scheduler.residentBytes == 80)
        #expect(harness.scheduler.producedBytes == 150)
    }

    @Test("outputs are never released, even when tasks read them and they are asked for twice")
    func outputsStay() {
        let harness = SchedulerHarness([[], [0], [1]], outputs: [0, 2, 0])
        _ = harness.runAll()
        #expect(harness.released == [1])
        #expect(harness.scheduler.residentBytes == 2)
    }

    @Test("the bytes of a value handed over no longer count, and are not taken off twice")
    func handOver() {
        let harness = SchedulerHarness([[], [0]], outputs: [0, 1])
        _ = harness.take()
        harness.finish(0, bytes: 100)
        harness.scheduler.handOver(0)
        #expect(harness.scheduler.residentBytes == 0)
        _ = harness.take()
        harness.finish(1, bytes: 5)
        #expect(harness.scheduler.residentBytes == 5)
    }

    @Test("a failure cancels the dependants and what only they needed; other outputs still run")
    func failureCancels() {
        // 3 = f(0, 1) fails → 4 = f(3, 2) goes, and so does 2, which nobody else needs; 5 = f(1) is another output.
        let harness = SchedulerHarness([[], [], [], [0, 1], [3, 2], [1]], outputs: [4, 5], order: [0, 1, 3, 5, 2, 4])
        for node: UInt32 in [0, 1] {
            #expect(harness.take().tasks == [node])
            harness.finish(node)
        }
        #expect(harness.take().tasks == [3])
        let effect = harness.fail(3)
        guard case .cancelled(let nodes) = effect else { Issue.record("\(effect)"); return }
        #expect(Set(nodes) == [2, 4])
        #expect(
            harness.scheduler.state(3) == .failed && harness.scheduler.state(2) == .cancelled && harness.scheduler.state(4) == .cancelled)
        #expect(harness.released == [0], "0 was read by the failed task only, 1 is still needed")
        #expect(harness.runAll() == [5])
        #expect(harness.scheduler.isComplete)
        #expect(Set(harness.released) == [0, 1])
    }

    @Test("a producer that another output needs survives a failure")
    func sharedProducerSurvives() {
        let harness = SchedulerHarness([[], [], [0, 1], [1]], outputs: [2, 3], order: [0, 1, 2, 3])
        #expect(harness.take().tasks == [0])
        #expect(harness.fail(0) == .cancelled([2]))
        #expect(harness.runAll() == [1, 3])
        #expect(harness.scheduler.isComplete)
    }

    @Test("what was running for a failed task only is let go as soon as it finishes")
    func runningProducerIsReleased() {
        let harness = SchedulerHarness([[], [], [0, 1]], outputs: [2], workers: 2)
        #expect(harness.take(0).tasks == [0])
        #expect(harness.take(1).tasks == [1])
        #expect(harness.fail(0) == .cancelled([2]))
        #expect(!harness.scheduler.isComplete)
        harness.finish(1, bytes: 9, worker: 1)
        #expect(harness.released == [1])
        #expect(harness.scheduler.residentBytes == 0)
        #expect(harness.scheduler.isComplete)
    }

    @Test("a failed attempt is retried after the policy's wait, until there are no attempts left", arguments: [2, 3, 5])
    func retries(attempts: Int) {
        let policy = RetryPolicy(attempts: attempts, delay: 1, backoff: 2)
        let harness = SchedulerHarness([[], [0]], outputs: [1], retry: [0: policy])
        for attempt in 1..<attempts {
            let assignment = harness.take()
            #expect(assignment.tasks == [0])
            #expect(assignment.attempts[0] ?? 1 == attempt)
            #expect(harness.scheduler.attempt(0) == attempt)
            var wait = 1.0
            for _ in 1..<attempt { wait *= 2 }
            #expect(harness.fail(0) == .retry(seconds: wait))
            #expect(harness.take().isEmpty, "not before the wait is over")
            #expect(!harness.scheduler.isComplete)
            harness.scheduler.retry(0, worker: 0)
        }
        #expect(harness.take().attempts[0] == attempts)
        #expect(harness.fail(0) == .cancelled([1]))
        #expect(harness.scheduler.isComplete)
    }

    @Test("the inputs of a task that waits for another attempt are kept")
    func retryKeepsInputs() {
        let harness = SchedulerHarness([[], [0]], outputs: [1], retry: [1: RetryPolicy(attempts: 2)])
        _ = harness.take()
        harness.finish(0)
        #expect(harness.take().tasks == [1])
        #expect(harness.fail(1) == .retry(seconds: 0))
        #expect(harness.released.isEmpty)
        harness.scheduler.retry(1, worker: 0)
        #expect(harness.runAll() == [1])
        #expect(harness.released == [0])
    }

    @Test("a task cancelled while it waited for another attempt does not come back")
    func cancelledRetry() {
        let harness = SchedulerHarness([[], [], [0, 1]], outputs: [2], workers: 2, retry: [0: RetryPolicy(attempts: 2)])
        #expect(harness.take(0).tasks == [0])
        #expect(harness.take(1).tasks == [1])
        #expect(harness.fail(0) == .retry(seconds: 0))
        guard case .cancelled(let nodes) = harness.fail(1) else { Issue.record("a retry without a policy"); return }
        #expect(Set(nodes) == [0, 2])
        harness.scheduler.retry(0, worker: 0)
        #expect(harness.take(0).isEmpty)
        #expect(harness.scheduler.isComplete)
    }

    @Test("nothing is retried once the run has been cancelled")
    func noRetryAfterCancel() {
        let harness = SchedulerHarness([[], [0]], outputs: [1], retry: [0: RetryPolicy(attempts: 9)])
        _ = harness.take()
        harness.scheduler.cancel()
        #expect(harness.fail(0) == .cancelled([1]))
        #expect(harness.scheduler.isComplete)
    }
}

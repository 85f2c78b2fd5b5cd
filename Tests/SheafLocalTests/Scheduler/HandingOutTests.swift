import SheafCore
import SheafLocal
import Testing

@Suite("Scheduler: handing out")
struct HandingOutTests {
    @Test("tasks without inputs are handed out in planned order, not in the program's")
    func sourcesInPlannedOrder() {
        let harness = SchedulerHarness([[], [], [], [0, 1, 2]], outputs: [3], order: [2, 0, 1, 3])
        #expect(harness.take(limit: 3).tasks == [2, 0, 1])
    }

    @Test("what a worker has just made ready goes before further sources")
    func dependentsBeforeSources() {
        let harness = SchedulerHarness([[], [], [0], [1], [2, 3]], outputs: [4], order: [0, 1, 2, 3, 4])
        #expect(harness.runAll() == [0, 2, 1, 3, 4])
    }

    @Test("of several tasks made ready at once the one planned first runs first", arguments: [2, 3, 7])
    func bestRankedOnTop(count: Int) {
        // The dependents 1...count are planned in the reverse of the order in which the program made them.
        let inputs = [[]] + Array(repeating: [0], count: count) + [Array(1...count)]
        let order = [0] + (1...UInt32(count)).reversed() + [UInt32(count + 1)]
        let harness = SchedulerHarness(inputs, outputs: [count + 1], order: order)
        #expect(harness.runAll() == order)
    }

    @Test("an idle worker steals the older half of the longest stack", arguments: [1, 2, 5, 8])
    func stealing(count: Int) {
        let inputs = [[]] + Array(repeating: [0], count: count) + [Array(1...count)]
        let harness = SchedulerHarness(inputs, outputs: [count + 1], workers: 2)
        #expect(harness.take(0).tasks == [0])
        harness.finish(0)
        // The stack's oldest end holds what is planned last.
        let half = (count + 1) / 2
        let stolen = harness.take(1, limit: half).tasks
        #expect(Set(stolen) == Set((1...UInt32(count)).suffix(half)))
        // The victim still has its own, the first planned on top.
        #expect(harness.take(0, limit: count).tasks == Array((1...UInt32(count)).prefix(count - half)))
        #expect(harness.scheduler.readyCount == 0)
    }

    @Test("the victim is the worker with the most ready tasks")
    func longestVictim() {
        // 0 makes 2 ready on worker 0; 1 makes 3, 4, 5 ready on worker 1.
        let harness = SchedulerHarness([[], [], [0], [1], [1], [1], [2, 3, 4, 5]], outputs: [6], workers: 3)
        #expect(harness.take(0).tasks == [0])
        #expect(harness.take(1).tasks == [1])
        harness.finish(0, worker: 0)
        harness.finish(1, worker: 1)
        #expect(Set(harness.take(2, limit: 2).tasks) == [4, 5])
    }

    @Test("never more than the limit at a time, and everything in the end", arguments: [1, 2, 3, 64])
    func batchLimit(limit: Int) {
        let harness = SchedulerHarness(Array(repeating: [], count: 10), outputs: Array(0..<10))
        var batches: [Int] = []
        while case let tasks = harness.take(limit: limit).tasks, !tasks.isEmpty {
            batches.append(tasks.count)
            #expect(harness.scheduler.running == tasks.count)
            for node in tasks { harness.finish(node) }
        }
        #expect(batches == Array(repeating: limit, count: 10 / limit) + (10 % limit == 0 ? [] : [10 % limit]))
        #expect(harness.scheduler.isComplete)
    }

    @Test("a task waits for all of its inputs, even when it takes one of them twice")
    func waitsForAllInputs() {
        let harness = SchedulerHarness([[], [], [0, 1, 0]], outputs: [2], workers: 2)
        #expect(harness.take(0).tasks == [0])
        #expect(harness.take(1).tasks == [1])
        harness.finish(0, worker: 0)
        #expect(harness.take(0).isEmpty)
        harness.finish(1, worker: 1)
        #expect(harness.take(0).tasks == [2])
    }

    @Test("after cancel nothing is handed out, and the run is complete once what runs has ended")
    func cancel() {
        let harness = SchedulerHarness([[], [], [0], [1]], outputs: [2, 3], workers: 2)
        #expect(harness.take(0).tasks == [0])
        harness.scheduler.cancel()
        #expect(harness.take(1).isEmpty)
        #expect(harness.scheduler.readyCount == 0)
        #expect(!harness.scheduler.isComplete)
        harness.finish(0)
        #expect(harness.take(0).isEmpty)
        #expect(harness.scheduler.isComplete)
    }

    @Test("an empty graph is complete from the start")
    func emptyGraph() {
        let harness = SchedulerHarness([], outputs: [])
        #expect(harness.scheduler.isComplete)
        #expect(harness.take().isEmpty)
    }
}

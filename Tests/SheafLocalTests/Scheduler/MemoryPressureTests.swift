import SheafCore
import SheafLocal
import Testing

@Suite("Scheduler: memory pressure")
struct MemoryPressureTests {
    static let value = 300_000

    /// Three large values in memory, each read by one ready task: 0 → 3, 1 → 4, 2 → 5. The budget is a million bytes.
    static func threeValues(order: [UInt32] = [0, 1, 2, 3, 4, 5, 6], outputs: [NodeID] = [6]) -> SchedulerHarness {
        let harness = SchedulerHarness(
            [[], [], [], [0], [1], [2], [3, 4, 5]], outputs: outputs, workers: 2, budget: 1_000_000, order: order)
        for node in harness.take(limit: 3).tasks { harness.finish(node, bytes: value) }
        return harness
    }

    @Test(
        "the values needed last, as the plan has it, are spilled first, and no more than frees half of the budget",
        arguments: [([0, 1, 2, 3, 4, 5, 6], [1, 0]), ([0, 1, 2, 4, 5, 3, 6], [0, 1])])
    func furthestNextUse(order: [UInt32], expected: [UInt32]) {
        let harness = Self.threeValues(order: order)
        #expect(harness.take().spills == expected)
    }

    @Test("what the next task reads stays even where the plan would have used it last, unless nothing else makes enough room")
    func neededSoonStays() {
        // 1 reads 0 and is ready; 4 reads 2, comes before it in the plan, and waits for 3.
        func harness() -> SchedulerHarness {
            let harness = SchedulerHarness(
                [[], [0], [], [], [2, 3], [1, 4]], outputs: [5], budget: 1_000_000, order: [0, 2, 3, 4, 1, 5])
            for node in harness.take(limit: 2).tasks { harness.finish(node, bytes: 400_000) }
            return harness
        }
        #expect(harness().take().spills == [2])
        #expect(harness().take(used: 1_500_000).spills == [2, 0], "more is held than there is, even without 2")
    }

    @Test("what running tasks read, and outputs, are not spilled")
    func inUseStays() {
        let harness = Self.threeValues(outputs: [2, 6])
        let running = harness.take(1, used: 0).tasks
        #expect(running == [4])
        #expect(harness.take(0, used: 1_100_000).spills == [0], "1 is being read, and 2 is an output")
    }

    @Test("small values are not worth the write")
    func smallValuesStay() {
        let harness = SchedulerHarness([[], [0]], outputs: [1], budget: 1000)
        _ = harness.take()
        harness.finish(0, bytes: 990)
        let assignment = harness.take()
        #expect(assignment.spills.isEmpty && assignment.tasks == [1])
    }

    @Test("a spilled input is loaded before the task that reads it")
    func loadsBeforeUse() {
        let harness = Self.threeValues()
        #expect(harness.take().spills == [1, 0])
        harness.spilled(1, freed: Self.value)
        harness.spilled(0, freed: Self.value)
        #expect(harness.scheduler.residentBytes == Self.value)
        let first = harness.take()
        #expect(first.tasks == [5] && first.loads.isEmpty)
        harness.finish(5)
        let assignment = harness.take()
        #expect(assignment.tasks == [4] && assignment.loads == [1])
        harness.scheduler.loaded(1, bytes: Self.value, worker: 0)
        #expect(harness.scheduler.residentBytes == Self.value + 1)
        harness.finish(4)
        #expect(harness.released == [2, 1])
        #expect(harness.scheduler.residentBytes == 2)
    }

    @Test("a task that takes a spilled value twice loads it once and runs")
    func sameSpilledInputTwice() {
        let harness = SchedulerHarness([[], [0, 0]], outputs: [1], budget: 400_000)
        _ = harness.take()
        harness.finish(0, bytes: 350_000)
        #expect(harness.take(used: 410_000).spills == [0])
        harness.spilled(0, freed: 350_000)
        let assignment = harness.take()
        #expect(assignment.tasks == [1] && assignment.loads == [0])
    }

    @Test("a task whose input is on its way to or from the disk is put off, and comes back when the move is over")
    func deferredAndResumed() {
        let bytes = 350_000
        // A line of its own for 0, so that its size is not expected of its readers.
        let harness = SchedulerHarness(
            [[], [0], [0], [1, 2]], outputs: [3], workers: 2, budget: 400_000, retry: [0: .none])
        _ = harness.take()
        harness.finish(0, bytes: bytes)
        let first = harness.take(0, used: 410_000)
        #expect(first.spills == [0] && first.tasks.isEmpty)
        #expect(harness.take(1).isEmpty, "the other reader waits as well")
        #expect(harness.scheduler.readyCount == 1, "the first is held back for want of room, the second is put off")
        #expect(!harness.scheduler.isComplete)

        harness.spilled(0, freed: bytes)
        #expect(harness.scheduler.readyCount == 2)
        let second = harness.take(0)
        #expect(second.loads == [0] && second.tasks.count == 1)
        #expect(harness.take(1).isEmpty, "it is being loaded for the first reader")

        harness.scheduler.loaded(0, bytes: bytes, worker: 0)
        let third = harness.take(1)
        #expect(third.tasks.count == 1 && third.loads.isEmpty && third.spills.isEmpty)
        #expect(Set(second.tasks + third.tasks) == [1, 2])
    }

    @Test("an input that was to be loaded for a task that is then put off is loaded later")
    func partlyLoadableTask() {
        // 2 and 3 both read 0, and 3 reads 1 before it. 0 is being loaded for 2 while 3 asks for 1 and 0.
        let harness = SchedulerHarness(
            [[], [], [0], [1, 0], [2, 3]], outputs: [4], workers: 2, budget: 900_000, retry: [0: .none, 1: .none])
        #expect(harness.take(limit: 2).tasks == [0, 1])
        harness.finish(0, bytes: 600_000)
        harness.finish(1, bytes: 100_000)
        #expect(harness.take(0, used: 1_500_000).spills == [1, 0])
        harness.spilled(0, freed: 600_000)
        harness.spilled(1, freed: 100_000)

        let first = harness.take(1)
        #expect(first.tasks == [2] && first.loads == [0])
        #expect(harness.take(0).isEmpty)
        harness.scheduler.loaded(0, bytes: 600_000, worker: 1)
        harness.finish(2, worker: 1)
        let second = harness.take(1)
        #expect(second.tasks == [3] && second.loads == [1])
        harness.scheduler.loaded(1, bytes: 100_000, worker: 1)
        harness.finish(3, worker: 1)
        #expect(Set(harness.released) == [0, 1])
        #expect(harness.scheduler.residentBytes == 2)
    }

    @Test("a task that does not fit is held back while others run, and let go when nothing does")
    func admission() {
        let harness = SchedulerHarness(
            [[], [], [0, 1]], outputs: [2], workers: 2, budget: 1_000_000, cost: Cost(resultBytes: 600_000))
        #expect(harness.take(0, used: 550_000).tasks == [0], "nothing runs, so waiting would free nothing")
        #expect(harness.take(1, used: 550_000).isEmpty)
        harness.finish(0)
        #expect(harness.take(1, used: 550_000).tasks == [1])
    }

    @Test("what is declared for running tasks is reserved, and given back when they finish or fail")
    func reservation() {
        let harness = SchedulerHarness(
            [[], [], [], [0, 1, 2]], outputs: [3], workers: 2, budget: 1_000_000, cost: Cost(resultBytes: 300_000))
        #expect(harness.take(0, used: 510_000).tasks == [0])
        #expect(harness.take(1, used: 510_000).isEmpty, "300 000 more would fit in 490 000, but not beside the 300 000 promised")
        harness.finish(0)
        let tasks = harness.take(0, used: 210_000).tasks + harness.take(1, used: 210_000).tasks
        #expect(Set(tasks) == [1, 2])
    }

    @Test("undeclared tasks are expected to need what the same line made before")
    func learnedSizes() {
        let harness = SchedulerHarness([[], [], [], [0, 1, 2]], outputs: [3], workers: 2, budget: 700_000)
        #expect(harness.take(0).tasks == [0])
        harness.finish(0, bytes: 400_000)
        #expect(harness.take(0).tasks == [1])
        #expect(harness.take(1).isEmpty)
    }

    @Test("a value that could not be spilled stays, and is not asked for again")
    func refusedSpill() {
        let harness = Self.threeValues()
        #expect(harness.take().spills == [1, 0])
        harness.scheduler.spillRefused(1, worker: 0, released: &harness.released)
        harness.scheduler.spillRefused(0, worker: 0, released: &harness.released)
        #expect(harness.scheduler.residentBytes == 3 * Self.value)
        #expect(harness.take(used: 1_100_000).spills == [2])
    }

    @Test("a value that serves its readers from disk needs no load")
    func spilledInPlace() {
        let harness = Self.threeValues()
        #expect(harness.take().spills == [1, 0])
        harness.spilled(1, freed: Self.value, movedOut: false)
        harness.spilled(0, freed: Self.value, movedOut: false)
        for node: UInt32 in [5, 4, 3] {
            let assignment = harness.take()
            #expect(assignment.tasks == [node] && assignment.loads.isEmpty)
            harness.finish(node)
        }
    }

    @Test("a value no longer needed when its spill ends is released then, and not before", arguments: [true, false])
    func releasedWhileSpilling(movedOut: Bool) {
        // 1 fails while its input 0 is being written.
        let harness = SchedulerHarness([[], [], [0, 1]], outputs: [2], workers: 2, budget: 400_000)
        #expect(harness.take(0).tasks == [0])
        #expect(harness.take(1).tasks == [1])
        harness.finish(0, bytes: 350_000)
        #expect(harness.take(0).spills == [0])
        #expect(harness.fail(1) == .cancelled([2]))
        #expect(harness.released.isEmpty)
        #expect(!harness.scheduler.isComplete, "the spill is under way")
        harness.spilled(0, freed: 350_000, movedOut: movedOut)
        #expect(harness.released == [0])
        #expect(harness.scheduler.residentBytes == 0)
        #expect(harness.scheduler.isComplete)
    }
}

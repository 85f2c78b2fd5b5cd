import SheafCore
import SheafLocal
import Testing

@Suite("Scheduler: random plans, failures and spills")
struct SchedulerPropertyTests {
    @Test("every plan ends, each task succeeds once, and memory returns to the outputs' bytes", arguments: UInt64(0)..<300, 1...3)
    func runsToTheEnd(seed: UInt64, workers: Int) {
        let plan = RandomPlan(seed: seed)
        let simulation = SchedulerSimulation(plan, workers: workers, seed: seed)
        #expect(simulation.run(), "the scheduler has tasks left, but hands none out")
        #expect(simulation.scheduler.running == 0 && simulation.scheduler.remaining == 0)

        let lost = plan.lostWithAncestors()
        var resident = 0
        for node in 0..<plan.graph.count {
            let finished = simulation.finished[node] == 1
            #expect(simulation.finished[node] <= 1, "\(node) succeeded twice")
            #expect(simulation.attempted[node] <= plan.graph.attributes(node).retry.attempts)
            if lost[node] { #expect(!finished, "\(node) ran although it or an input of it was lost") }
            let isOutput = plan.outputs.contains(node)
            if isOutput, !lost[node] { #expect(finished, "the output \(node) did not run") }
            if isOutput, finished { resident += simulation.handsOver ? 0 : plan.bytes[node] }
            #expect(simulation.releases[node] == (finished && !isOutput ? 1 : 0))
        }
        if !lost.contains(true) { #expect(simulation.finished.allSatisfy { $0 == 1 }, "a task was left out") }
        #expect(simulation.scheduler.residentBytes == resident)
    }

    @Test("a run cancelled at any point hands out nothing more and ends when what runs has ended", arguments: UInt64(0)..<60)
    func cancelledAnywhere(seed: UInt64) {
        let plan = RandomPlan(seed: seed)
        var scheduler = Scheduler(graph: plan.graph, outputs: plan.outputs, order: plan.order, workers: 2, budget: 1 << 40)
        var random = SplitMix64(seed: seed)
        var running: [UInt32] = [], released: [UInt32] = []
        var assignment = Assignment()
        for _ in 0..<Int.random(in: 0...plan.graph.count, using: &random) {
            scheduler.take(worker: 0, limit: 2, room: 1 << 40, into: &assignment)
            running += assignment.tasks
            if random.chance(70), let node = running.popLast() { scheduler.finish(node, resultBytes: 1, worker: 0, released: &released) }
        }
        scheduler.cancel()
        while let node = running.popLast() {
            #expect(!scheduler.isComplete)
            scheduler.finish(node, resultBytes: 1, worker: 0, released: &released)
            for worker in 0..<2 {
                scheduler.take(worker: worker, limit: 9, room: 1 << 40, into: &assignment)
                #expect(assignment.isEmpty)
            }
        }
        #expect(scheduler.isComplete)
    }

    @Test("the random plans do spill, fail, retry, move and lose tasks; else the property above would show nothing")
    func casesAreInteresting() {
        var spills = 0, retries = 0, losses = 0, reassigned = 0
        for seed in UInt64(0)..<100 {
            let plan = RandomPlan(seed: seed)
            let simulation = SchedulerSimulation(plan, workers: 2, seed: seed)
            #expect(simulation.run())
            spills += simulation.spillCount
            retries += zip(simulation.attempted, simulation.finished).count { $0 > 1 && $1 == 1 }
            reassigned += simulation.reassigned
            losses += plan.lostWithAncestors().count { $0 }
        }
        #expect(spills > 100 && retries > 20 && losses > 20 && reassigned > 100)
    }
}

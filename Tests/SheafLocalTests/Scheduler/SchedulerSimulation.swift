import SheafCore
import SheafLocal
import Testing

/// The engine's side of a scheduler: where each value is, what each worker was told to do, and the timers of retries; in random
/// turns, checking at each step what an engine relies on.
final class SchedulerSimulation {
    enum Place { case absent, memory, disk }

    /// A worker's assignment, and whether its spills and loads have been done.
    struct Turn {
        var assignment: Assignment; var isMoved = false; var spilled: [(node: UInt32, freed: Int, movedOut: Bool, refused: Bool)] = []
    }

    let plan: RandomPlan
    var scheduler: Scheduler
    var random: SplitMix64
    let handsOver: Bool
    var places: [Place]
    var turns: [Turn?]
    var timers: [UInt32] = []
    var finished: [Int]
    var attempted: [Int]
    var releases: [Int]
    var stored = 0
    var spillCount = 0
    var reassigned = 0
    let dependents: [[Int]]

    init(_ plan: RandomPlan, workers: Int, seed: UInt64) {
        self.plan = plan
        random = SplitMix64(seed: seed &+ 7_777)
        handsOver = random.chance(50)
        scheduler = Scheduler(graph: plan.graph, outputs: plan.outputs, order: plan.order, workers: workers, budget: plan.budget)
        places = Array(repeating: .absent, count: plan.graph.count)
        turns = Array(repeating: nil, count: workers)
        finished = Array(repeating: 0, count: plan.graph.count)
        attempted = finished
        releases = finished
        var dependents = [[Int]](repeating: [], count: plan.graph.count)
        for node in 0..<plan.graph.count { for input in plan.graph.inputs(node) { dependents[input].append(node) } }
        self.dependents = dependents
    }

    /// Runs to the end; `false` when the scheduler got stuck.
    func run() -> Bool {
        var steps = 0
        while !scheduler.isComplete {
            steps += 1
            guard steps < 100_000 else { return false }
            let worker = Int.random(in: turns.indices, using: &random)
            if turns[worker] != nil {
                advance(worker)
            } else if !timers.isEmpty, random.chance(30) {
                scheduler.retry(timers.remove(at: Int.random(in: timers.indices, using: &random)), worker: worker)
            } else if !take(worker), !takeFromAnother(worker), turns.allSatisfy({ $0 == nil }) {
                // Nobody works: somebody has to be given something, or a retry has to be due.
                if !turns.indices.contains(where: { take($0) }) {
                    guard !timers.isEmpty else { return false }
                    scheduler.retry(timers.removeLast(), worker: worker)
                }
            }
            checkRunningInputs()
        }
        return true
    }

    private func take(_ worker: Int) -> Bool {
        var assignment = Assignment()
        let limit = Int.random(in: 1...5, using: &random)
        scheduler.take(worker: worker, limit: limit, room: plan.budget - scheduler.residentBytes - stored, into: &assignment)
        guard !assignment.isEmpty else { return false }
        #expect(assignment.tasks.count <= limit)
        for node in assignment.tasks { #expect(assignment.attempts[node] ?? 1 == attempted[Int(node)] + 1) }
        turns[worker] = Turn(assignment: assignment)
        return true
    }

    /// Takes some of what another worker was handed, of which a random part counts as begun.
    private func takeFromAnother(_ worker: Int) -> Bool {
        let victims = turns.indices.filter { victim in
            turns[victim].map { $0.assignment.tasks.count > 1 && $0.assignment.spills.isEmpty && $0.assignment.loads.isEmpty } ?? false
        }
        guard let victim = victims.randomElement(using: &random), var turn = turns[victim] else { return false }
        let count = Int.random(in: 1..<turn.assignment.tasks.count, using: &random)
        var assignment = Assignment()
        scheduler.reassign(last: count, of: victim, to: worker, into: &assignment)
        #expect(assignment.tasks == turn.assignment.tasks.suffix(count))
        for node in assignment.tasks { #expect(assignment.attempts[node] ?? 1 == attempted[Int(node)] + 1) }
        turn.assignment.tasks.removeLast(count)
        turns[victim] = turn
        turns[worker] = Turn(assignment: assignment)
        reassigned += count
        return true
    }

    /// Does the moves of a worker's assignment, or, when they are done, runs its tasks and reports.
    private func advance(_ worker: Int) {
        guard var turn = turns[worker] else { return }
        guard turn.isMoved else {
            for node in turn.assignment.spills {
                #expect(places[Int(node)] == .memory)
                let kind = Int.random(in: 0..<10, using: &random)
                let size = plan.bytes[Int(node)]
                switch kind {
                case 0: turn.spilled.append((node, 0, false, true))
                case 1: turn.spilled.append((node, size / 2, false, false))
                default:
                    turn.spilled.append((node, size, true, false))
                    places[Int(node)] = .disk
                }
            }
            for node in turn.assignment.loads {
                #expect(places[Int(node)] == .disk)
                places[Int(node)] = .memory
            }
            turn.isMoved = true
            turns[worker] = turn
            return
        }
        turns[worker] = nil
        report(turn, worker)
    }

    private func report(_ turn: Turn, _ worker: Int) {
        var released: [UInt32] = []
        for item in turn.spilled {
            spillCount += 1
            if item.refused {
                scheduler.spillRefused(item.node, worker: worker, released: &released)
            } else {
                scheduler.spilled(item.node, freed: item.freed, movedOut: item.movedOut, worker: worker, released: &released)
            }
        }
        for node in turn.assignment.loads { scheduler.loaded(node, bytes: plan.bytes[Int(node)], worker: worker) }
        for node in turn.assignment.tasks {
            let index = Int(node)
            attempted[index] += 1
            for input in plan.graph.inputs(index) { #expect(finished[input] == 1, "\(index) ran before its input \(input)") }
            if attempted[index] <= plan.failures[index] {
                if case .retry = scheduler.fail(node, released: &released) { timers.append(node) }
            } else {
                finished[index] += 1
                places[index] = .memory
                scheduler.finish(node, resultBytes: plan.bytes[index], worker: worker, released: &released)
                if handsOver, plan.outputs.contains(index) {
                    scheduler.handOver(node)
                    stored += plan.bytes[index]
                }
            }
        }
        for node in released { release(Int(node)) }
    }

    private func release(_ node: Int) {
        releases[node] += 1
        #expect(finished[node] == 1 && places[node] != .absent, "\(node) was released without a value")
        #expect(!plan.outputs.contains(node), "the output \(node) was released")
        for dependent in dependents[node] {
            #expect(
                [.done, .failed, .cancelled].contains(scheduler.state(UInt32(dependent))),
                "\(node) was released before \(dependent) used it")
        }
        places[node] = .absent
    }

    /// An input of a task that runs is in memory, or is about to be loaded by the same worker, whatever the others do meanwhile.
    private func checkRunningInputs() {
        for turn in turns {
            guard let turn else { continue }
            for node in turn.assignment.tasks {
                for input in plan.graph.inputs(Int(node)) where places[input] != .memory {
                    #expect(
                        places[input] == .disk && !turn.isMoved && turn.assignment.loads.contains(UInt32(input)),
                        "the input \(input) of the running task \(node) is not there")
                }
            }
        }
    }
}

package import SheafCore

/// The embedded engine's scheduler: a pure state machine over dense integers. Events go in, instructions come out; it knows no
/// threads, no clock and no values, and is tested without any.
///
/// Ready tasks lie on one stack per worker, so that a worker goes on with what it has just made ready (depth first, cache warm);
/// an idle worker takes from the common list of tasks without inputs, in the planned order, and then steals half of the longest
/// stack, oldest first. What a worker was handed but has not begun can be reassigned, too.
///
/// - Complexity: amortised O(1) per task and per edge, apart from decisions about spilling, which are O(large values).
package struct Scheduler {
    package enum NodeState: UInt8 {
        case waiting, ready, running, done, failed, cancelled
    }

    /// Where a finished node's value is.
    package enum Residence: UInt8 {
        case none, memory, spilling, disk, loading
    }

    let graph: Graph
    let dependentOffsets: ContiguousArray<UInt32>
    let dependentTargets: ContiguousArray<UInt32>
    /// A node's position in the planned order.
    let rank: ContiguousArray<UInt32>
    let budget: Int

    /// Input edges whose producer has not finished.
    var pending: ContiguousArray<Int32>
    /// Edges and outputs that still need the node's value.
    var uses: ContiguousArray<Int32>
    var states: ContiguousArray<NodeState>
    var attempts: [UInt32: Int] = [:]

    /// Nodes without inputs, in planned order, and how many of them have been handed out.
    var sources: ContiguousArray<UInt32> = []
    var nextSource = 0
    var stacks: [[UInt32]]
    /// What each worker runs now.
    var batches: [[UInt32]]
    /// Ready, but an input is on its way to or from the disk.
    var deferred: [UInt32] = []

    // Memory; see Scheduler+Memory.swift.
    var residences: ContiguousArray<Residence>
    var bytes: ContiguousArray<Int>
    var large: [UInt32] = []
    var unspillable: Set<UInt32> = []
    var movedCount = 0
    /// Spills handed out and not reported yet.
    var spillsUnderWay = 0
    var reserved = 0
    var learned: [Int]

    package private(set) var remaining: Int
    package internal(set) var running = 0
    package private(set) var done = 0
    package private(set) var isCancelled = false
    package internal(set) var residentBytes = 0
    package private(set) var producedBytes = 0

    package init(graph: Graph, outputs: [NodeID], order: ContiguousArray<UInt32>, workers: Int, budget: Int) {
        self.graph = graph
        self.budget = budget
        (dependentOffsets, dependentTargets) = graph.dependents()
        let count = graph.count
        pending = ContiguousArray(repeating: 0, count: count)
        uses = ContiguousArray(repeating: 0, count: count)
        states = ContiguousArray(repeating: .waiting, count: count)
        residences = ContiguousArray(repeating: .none, count: count)
        bytes = ContiguousArray(repeating: 0, count: count)
        learned = Array(repeating: 0, count: graph.attributes.count)
        stacks = Array(repeating: [], count: workers)
        batches = Array(repeating: [], count: workers)
        remaining = count

        var rank = ContiguousArray<UInt32>(repeating: 0, count: count)
        for (position, node) in order.enumerated() { rank[Int(node)] = UInt32(truncatingIfNeeded: position) }
        self.rank = rank
        for node in 0..<count {
            uses[node] = Int32(truncatingIfNeeded: dependentOffsets[node + 1] - dependentOffsets[node])
            for position in graph.argumentRange(node) where graph.arguments[position].isNode { pending[node] += 1 }
        }
        for output in outputs {
            uses[output] += 1
            // The engine's store holds outputs too, so writing them out would free nothing.
            unspillable.insert(UInt32(output))
        }
        for node in order where pending[Int(node)] == 0 {
            states[Int(node)] = .ready
            sources.append(node)
        }
    }

    /// Whether nothing runs and nothing can run any more.
    package var isComplete: Bool { running == 0 && spillsUnderWay == 0 && (remaining == 0 || isCancelled) }

    /// Tasks that could be handed out now.
    package var readyCount: Int {
        isCancelled ? 0 : stacks.reduce(sources.count - nextSource) { $0 + $1.count }
    }

    package func state(_ node: UInt32) -> NodeState { states[Int(node)] }
    package func residence(_ node: UInt32) -> Residence { residences[Int(node)] }
    package func attempt(_ node: UInt32) -> Int { attempts[node] ?? 1 }

    // MARK: Handing out

    /// Hands up to `limit` tasks to a worker that has reported everything it ran before. `room` is what the memory budget leaves.
    package mutating func take(worker: Int, limit: Int, room: Int, into assignment: inout Assignment) {
        assignment.clear()
        guard !isCancelled else { return }
        if movedCount > 0 || spillsUnderWay > 0 || budget - room > budget / 2 {
            takeUnderPressure(worker: worker, room: room, into: &assignment)
        } else {
            while assignment.tasks.count < limit, let node = nextReady(worker) { assignment.tasks.append(node) }
        }
        for node in assignment.tasks {
            states[Int(node)] = .running
            reserved += estimate(node)
        }
        running += assignment.tasks.count
        if !attempts.isEmpty { assignment.attempts = attempts }
        batches[worker].removeAll(keepingCapacity: true)
        batches[worker].append(contentsOf: assignment.tasks)
    }

    /// The next ready task for a worker: its own newest, else the next source, else stolen work.
    mutating func nextReady(_ worker: Int) -> UInt32? {
        while true {
            let node: UInt32
            if let own = stacks[worker].popLast() {
                node = own
            } else if nextSource < sources.count {
                node = sources[nextSource]
                nextSource += 1
            } else if steal(for: worker) {
                continue
            } else {
                return nil
            }
            if states[Int(node)] == .ready { return node }
        }
    }

    private mutating func steal(for worker: Int) -> Bool {
        guard let victim = stacks.indices.max(by: { stacks[$0].count < stacks[$1].count }), !stacks[victim].isEmpty else { return false }
        let count = (stacks[victim].count + 1) / 2
        stacks[worker].append(contentsOf: stacks[victim][..<count])
        stacks[victim].removeFirst(count)
        return true
    }

    /// The last `count` tasks handed to `victim`, none of which it has begun, are now `worker`'s, which has reported everything.
    package mutating func reassign(last count: Int, of victim: Int, to worker: Int, into assignment: inout Assignment) {
        assignment.clear()
        assignment.tasks.append(contentsOf: batches[victim].suffix(count))
        batches[victim].removeLast(count)
        if !attempts.isEmpty { assignment.attempts = attempts }
        batches[worker].removeAll(keepingCapacity: true)
        batches[worker].append(contentsOf: assignment.tasks)
    }

    /// The first of the nodes that take a node's result.
    package func firstDependent(of node: NodeID) -> NodeID? {
        let range = Int(dependentOffsets[node])..<Int(dependentOffsets[node + 1])
        return range.isEmpty ? nil : Int(dependentTargets[range.lowerBound])
    }

    // MARK: Reports

    /// A running task finished with a value of `resultBytes`. Nodes whose value nobody needs any more are added to `released`.
    package mutating func finish(_ node: UInt32, resultBytes: Int, worker: Int, released: inout [UInt32]) {
        let index = Int(node)
        states[index] = .done
        residences[index] = .memory
        running -= 1
        remaining -= 1
        done += 1
        reserved -= estimate(node)
        bytes[index] = resultBytes
        residentBytes += resultBytes
        producedBytes += resultBytes
        if resultBytes >= Self.spillWorthwhile {
            large.append(node)
            let line = graph.attributesIndex(index)
            learned[line] = learned[line] == 0 ? resultBytes : (learned[line] * 3 + resultBytes) / 4
        }

        let pushed = stacks[worker].count
        for position in Int(dependentOffsets[index])..<Int(dependentOffsets[index + 1]) {
            let dependent = dependentTargets[position]
            pending[Int(dependent)] -= 1
            if pending[Int(dependent)] == 0, states[Int(dependent)] == .waiting {
                states[Int(dependent)] = .ready
                stacks[worker].append(dependent)
            }
        }
        // The newest end of the stack runs first, so what the plan puts first goes there.
        if stacks[worker].count - pushed > 1 { sortTop(worker, from: pushed) }
        releaseInputs(of: index, released: &released)
        if uses[index] == 0 { release(node, &released) }
    }

    /// A finished node's value now belongs to somebody else, who counts its bytes.
    package mutating func handOver(_ node: UInt32) {
        residentBytes -= bytes[Int(node)]
        bytes[Int(node)] = 0
    }

    private mutating func sortTop(_ worker: Int, from start: Int) {
        if stacks[worker].count - start == 2 {
            if rank[Int(stacks[worker][start])] < rank[Int(stacks[worker][start + 1])] { stacks[worker].swapAt(start, start + 1) }
        } else {
            stacks[worker][start...].sort { rank[Int($0)] > rank[Int($1)] }
        }
    }

    private mutating func releaseInputs(of index: Int, released: inout [UInt32]) {
        for position in graph.argumentRange(index) {
            let argument = graph.arguments[position]
            guard argument.isNode else { continue }
            uses[argument.index] -= 1
            if uses[argument.index] == 0 { release(UInt32(truncatingIfNeeded: argument.index), &released) }
        }
    }

    private mutating func release(_ node: UInt32, _ released: inout [UInt32]) {
        guard states[Int(node)] == .done, residences[Int(node)] != .none else { return }
        // A value on its way to the disk is let go when it has arrived.
        if residences[Int(node)] == .spilling { return }
        if residences[Int(node)] == .disk { movedCount -= 1 }
        residences[Int(node)] = .none
        residentBytes -= bytes[Int(node)]
        bytes[Int(node)] = 0
        released.append(node)
    }

    /// What follows from a failed attempt.
    package enum FailureEffect: Equatable {
        /// Call ``retry(_:worker:)`` after so many seconds.
        case retry(seconds: Double)
        /// These nodes will never run: dependents of the failed one, and what only they needed.
        case cancelled([UInt32])
    }

    /// A running task failed.
    package mutating func fail(_ node: UInt32, released: inout [UInt32]) -> FailureEffect {
        let index = Int(node)
        running -= 1
        reserved -= estimate(node)
        let attempt = attempts[node] ?? 1
        if !isCancelled, let seconds = graph.attributes(index).retry.delay(afterAttempt: attempt) {
            attempts[node] = attempt + 1
            states[index] = .waiting
            return .retry(seconds: seconds)
        }
        states[index] = .failed
        remaining -= 1
        var cancelled: [UInt32] = []
        var stack = [node]
        while let current = stack.popLast() {
            let position = Int(current)
            if current != node {
                guard states[position] == .waiting || states[position] == .ready else { continue }
                states[position] = .cancelled
                remaining -= 1
                cancelled.append(current)
            }
            stack.append(contentsOf: dependentTargets[Int(dependentOffsets[position])..<Int(dependentOffsets[position + 1])])
            for input in graph.inputs(position) {
                uses[input] -= 1
                guard uses[input] == 0 else { continue }
                release(UInt32(input), &released)
                // Nobody is left who wants it; it was not begun, so it need not be.
                if states[input] == .waiting || states[input] == .ready { stack.append(UInt32(input)) }
            }
        }
        return .cancelled(cancelled)
    }

    /// The wait before another attempt is over.
    package mutating func retry(_ node: UInt32, worker: Int) {
        guard states[Int(node)] == .waiting, !isCancelled else { return }
        states[Int(node)] = .ready
        stacks[worker].append(node)
    }

    /// Nothing more is handed out; what runs may end.
    package mutating func cancel() { isCancelled = true }
}

/// What a worker is to do next: first the spills, then the loads, then the tasks.
package struct Assignment {
    package var tasks: [UInt32] = []
    /// Values to write to disk.
    package var spills: [UInt32] = []
    /// Values to read back, which the tasks need.
    package var loads: [UInt32] = []
    /// Of tasks that were tried before; the others are at their first.
    package var attempts: [UInt32: Int] = [:]

    package init() {}

    package var isEmpty: Bool { tasks.isEmpty && spills.isEmpty && loads.isEmpty }

    mutating func clear() {
        tasks.removeAll(keepingCapacity: true)
        spills.removeAll(keepingCapacity: true)
        loads.removeAll(keepingCapacity: true)
    }
}

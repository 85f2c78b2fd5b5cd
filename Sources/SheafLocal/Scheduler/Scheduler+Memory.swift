internal import SheafCore

extension Scheduler {
    /// Values below this many bytes are never spilled: the write would cost more than it frees.
    static let spillWorthwhile = 1 << 16

    /// What a task is expected to add while it runs: what it declared.
    func estimate(_ node: UInt32) -> Int {
        let cost = graph.attributes[graph.attributesIndex(Int(node))].cost
        return cost.isView ? cost.workingBytes : cost.resultBytes + cost.workingBytes
    }

    /// What it declared, else what the results of the same line of the program were like so far.
    private func expected(_ node: UInt32) -> Int {
        let index = graph.attributesIndex(Int(node)), declared = estimate(node)
        return declared > 0 || graph.attributes[index].cost.isView ? declared : learned[index]
    }

    /// Handing out while memory is short: one task at a time, only where it fits, and spills where that makes room.
    mutating func takeUnderPressure(worker: Int, room: Int, into assignment: inout Assignment) {
        let used = budget - room
        if used + reserved > budget / 4 * 3 {
            chooseSpills(toFree: used + reserved - budget / 2, atLeast: used + reserved - budget, into: &assignment)
        }
        guard let node = nextReady(worker) else { return }
        if expected(node) > room - reserved, running > 0 || !assignment.spills.isEmpty {
            // Admitted later: when something has finished or has been written out. With nothing running it goes ahead, since
            // waiting would free nothing.
            stacks[worker].append(node)
            return
        }
        for argument in graph.arguments[graph.argumentRange(Int(node))] where argument.isNode {
            switch residences[argument.index] {
            case .loading where assignment.loads.contains(UInt32(truncatingIfNeeded: argument.index)):
                // Taken twice by this task, which loads it itself.
                break
            case .spilling, .loading:
                deferred.append(node)
                for load in assignment.loads { residences[Int(load)] = .disk }
                assignment.loads.removeAll(keepingCapacity: true)
                return
            case .disk:
                residences[argument.index] = .loading
                assignment.loads.append(UInt32(truncatingIfNeeded: argument.index))
            case .none, .memory: break
            }
        }
        assignment.tasks.append(node)
    }

    /// Chooses the values that are needed last, as the order has it, leaving out what running tasks read. What the next tasks read is
    /// chosen only to free `least`: it would be read back at once.
    private mutating func chooseSpills(toFree wanted: Int, atLeast least: Int, into assignment: inout Assignment) {
        large.removeAll { residences[Int($0)] == .none || unspillable.contains($0) }
        // What other workers are writing out will be free soon.
        let underWay = large.reduce(0) { residences[Int($1)] == .spilling ? $0 + bytes[Int($1)] : $0 }
        let wanted = wanted - underWay, least = least - underWay
        guard wanted > 0, !large.isEmpty else { return }
        var soon = Set<UInt32>()
        for stack in stacks {
            if let next = stack.last { for input in graph.inputs(Int(next)) { soon.insert(UInt32(input)) } }
        }
        var inUse = Set<UInt32>()
        for batch in batches {
            for node in batch where states[Int(node)] == .running {
                for input in graph.inputs(Int(node)) { inUse.insert(UInt32(input)) }
            }
        }
        let candidates = large.filter { residences[Int($0)] == .memory && bytes[Int($0)] >= Self.spillWorthwhile && !inUse.contains($0) }
            .map { (node: $0, next: nextUse($0), isSoon: soon.contains($0)) }
            .sorted { $0.isSoon == $1.isSoon ? $0.next > $1.next : $1.isSoon }
        var freed = 0
        for candidate in candidates where candidate.next != nil {
            if freed >= (candidate.isSoon ? least : wanted) { break }
            residences[Int(candidate.node)] = .spilling
            spillsUnderWay += 1
            assignment.spills.append(candidate.node)
            freed += bytes[Int(candidate.node)]
        }
    }

    /// The planned position of the first task that still needs the value; `nil` when only the caller does.
    private func nextUse(_ node: UInt32) -> UInt32? {
        var next: UInt32?
        for position in Int(dependentOffsets[Int(node)])..<Int(dependentOffsets[Int(node) + 1]) {
            let dependent = Int(dependentTargets[position])
            guard states[dependent] == .waiting || states[dependent] == .ready else { continue }
            next = min(next ?? .max, rank[dependent])
        }
        return next
    }

    /// A spill ended: `freed` bytes left memory. `movedOut` says whether the value has to be loaded before it is used again, rather
    /// than serving its readers from disk by itself.
    package mutating func spilled(_ node: UInt32, freed: Int, movedOut: Bool, worker: Int, released: inout [UInt32]) {
        let index = Int(node)
        let freed = min(freed, bytes[index])
        spillsUnderWay -= 1
        residentBytes -= freed
        bytes[index] -= freed
        residences[index] = movedOut ? .disk : .memory
        if movedOut { movedCount += 1 }
        if uses[index] == 0 {
            if movedOut { movedCount -= 1 }
            residences[index] = .none
            residentBytes -= bytes[index]
            bytes[index] = 0
            released.append(node)
        }
        resumeDeferred(worker)
    }

    /// The value has no codec, or the disk did not take it, so it stays.
    package mutating func spillRefused(_ node: UInt32, worker: Int, released: inout [UInt32]) {
        unspillable.insert(node)
        spilled(node, freed: 0, movedOut: false, worker: worker, released: &released)
    }

    /// A value is back in memory.
    package mutating func loaded(_ node: UInt32, bytes count: Int, worker: Int) {
        residences[Int(node)] = .memory
        movedCount -= 1
        bytes[Int(node)] += count
        residentBytes += count
        resumeDeferred(worker)
    }

    private mutating func resumeDeferred(_ worker: Int) {
        stacks[worker].append(contentsOf: deferred)
        deferred.removeAll()
    }
}

private func > (left: UInt32?, right: UInt32?) -> Bool {
    // Needed by nobody in the plan sorts last: such values belong to the caller and are not spilled.
    switch (left, right) {
    case (let left?, let right?): left > right
    case (nil, _?): false
    case (_?, nil): true
    case (nil, nil): false
    }
}

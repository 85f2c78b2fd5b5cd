internal import SheafCore

/// A tree of element-wise operations as straight-line code over tiles: small runs of elements that stay in the first-level cache
/// while all operations are applied to them, so that memory is passed over once.
final class TileProgram: Sendable {
    struct Step: Sendable {
        let kernel: TileKernel
        let inputs: [Int]
        let output: Int
    }

    /// The arrays read from memory, in the order of the task's arguments. Their registers come first.
    let leaves: [ArrayNode]
    let steps: [Step]
    /// Of each register's elements.
    let elementBytes: [Int]
    /// Registers that other registers' memory serves, once their values are not needed any more.
    let slots: [Int]
    let slotCount: Int
    let slotElementBytes: Int
    let root: Int
    /// The operations, leaves left out, in the order of evaluation.
    let operations: [Operation]

    /// Elements that are computed at a time: a few registers of doubles fit the first-level cache.
    static let tile = 2048

    /// - Parameter isLeaf: whether a node's chunks lie in memory.
    init(_ rootNode: ArrayNode, isLeaf: (ArrayNode) -> Bool) {
        var registers: [ObjectIdentifier: Int] = [:], leaves: [ArrayNode] = [], order: [ArrayNode] = []
        // Depth first, operands before operations, each node once. Plans may be deep, so there is no recursion.
        var stack: [(node: ArrayNode, expanded: Bool)] = [(rootNode, false)], seen: Set<ObjectIdentifier> = []
        while let (node, expanded) = stack.popLast() {
            if expanded {
                order.append(node)
            } else if seen.insert(ObjectIdentifier(node)).inserted {
                if isLeaf(node) || node.kernel == nil {
                    leaves.append(node)
                } else {
                    stack.append((node, true))
                    for operand in node.operands.reversed() { stack.append((operand, false)) }
                }
            }
        }
        for node in leaves + order { registers[ObjectIdentifier(node)] = registers.count }
        elementBytes = (leaves + order).map(\.elementBytes)
        steps = order.map { node in
            Step(
                kernel: node.kernel!, inputs: node.operands.map { registers[ObjectIdentifier($0)]! },
                output: registers[ObjectIdentifier(node)]!)
        }
        root = registers[ObjectIdentifier(rootNode)]!
        operations = order.map(\.operation)
        self.leaves = leaves
        (slots, slotCount) = Self.allocate(steps, registers: registers.count, leaves: leaves.count, root: root)
        slotElementBytes = elementBytes.max() ?? 1
    }

    /// Assigns each register a slot of memory; a slot is free again after its value's last use.
    private static func allocate(_ steps: [Step], registers: Int, leaves: Int, root: Int) -> ([Int], Int) {
        var lastUse = [Int](repeating: -1, count: registers)
        for (index, step) in steps.enumerated() { for input in step.inputs { lastUse[input] = index } }
        lastUse[root] = .max
        // A leaf's slot is filled only where its chunk is not contiguous; constants are filled once, so both keep theirs.
        var slots = Array(0..<leaves) + Array(repeating: -1, count: registers - leaves)
        var count = leaves
        var free: [Int] = []
        for (index, step) in steps.enumerated() {
            if case .constant = step.kernel {
                slots[step.output] = count
                count += 1
                lastUse[step.output] = .max
                continue
            }
            let ending = Set(step.inputs.filter { $0 >= leaves && lastUse[$0] == index })
            // Not over an input of the same step: their elements may differ in size.
            if let slot = free.popLast() {
                slots[step.output] = slot
            } else {
                slots[step.output] = count
                count += 1
            }
            for input in ending { free.append(slots[input]) }
        }
        return (slots, count)
    }
}

/// Evaluates a tile program on one chunk, in one task. Not thread-safe.
final class TileReader {
    /// The chunk's place in the array.
    let region: Region
    let count: Int
    private let program: TileProgram
    private let memory: UnsafeMutableRawPointer
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private let scope: TaskScope
    private var sources: [(view: ChunkView, kind: Source)] = []
    private var owners: [AnyObject] = []
    /// The position of the first of the task's arguments that is no chunk of the program's.
    let firstExtraArgument: Int
    /// Elements that ``read(_:_:)`` takes at most.
    let capacity: Int

    private enum Source { case direct, scalar, gathered }

    /// - Parameter first: the position of the leaves' chunks among the task's arguments.
    init(_ program: TileProgram, region: Region, scope: TaskScope, first: Int) {
        self.program = program
        self.region = region
        self.scope = scope
        count = region.count
        firstExtraArgument = first + program.leaves.count
        capacity = max(min(TileProgram.tile, count), 1)
        // Slots lie a cache line further apart than their size, so that they do not compete for the same lines of the cache.
        let slotBytes = (capacity * program.slotElementBytes + 63) / 64 * 64 + 64
        memory = .allocate(byteCount: max(program.slotCount * slotBytes, 1), alignment: 64)
        pointers = .allocate(capacity: program.slots.count)
        for (register, slot) in program.slots.enumerated() { (pointers + register).initialize(to: memory + slot * slotBytes) }
        sources.reserveCapacity(program.leaves.count)
        for (index, leaf) in program.leaves.enumerated() {
            let (aligned, owner) = leaf.view(scope, first + index, broadcastTo: region.shape)
            owners.append(owner)
            if aligned.isScalar && count > 1 {
                for position in 0..<capacity {
                    (pointers[index] + position * aligned.elementBytes).copyMemory(from: aligned.base, byteCount: aligned.elementBytes)
                }
                sources.append((aligned, .scalar))
            } else {
                sources.append((aligned, aligned.isContiguous ? .direct : .gathered))
            }
        }
        for step in program.steps {
            if case .constant(let fill) = step.kernel { fill(pointers[step.output], capacity) }
        }
    }

    deinit {
        memory.deallocate()
        pointers.deallocate()
    }

    /// The elements `start..<start + count` of the chunk, in C order; valid until the next call.
    ///
    /// - Precondition: `count` is at most ``capacity``.
    func read(_ start: Int, _ count: Int, into output: UnsafeMutableRawPointer? = nil) throws -> UnsafeRawPointer {
        for (register, source) in sources.enumerated() {
            switch source.kind {
            case .direct:
                pointers[register] = UnsafeMutableRawPointer(mutating: source.view.base + start * source.view.elementBytes)
            case .gathered: source.view.gather(start, count, into: pointers[register])
            case .scalar: break
            }
        }
        let root = program.root
        let kept = pointers[root]
        if let output, program.steps.count > 0 {
            if case .constant? = program.steps.last?.kernel {} else { pointers[root] = output }
        }
        defer { if output != nil, program.steps.count > 0 { pointers[root] = kept } }
        for step in program.steps {
            let out = pointers[step.output]
            switch step.kernel {
            case .unary(let apply): try apply(pointers[step.inputs[0]], out, count)
            case .binary(let apply): try apply(pointers[step.inputs[0]], pointers[step.inputs[1]], out, count)
            case .ternary(let apply):
                try apply(pointers[step.inputs[0]], pointers[step.inputs[1]], pointers[step.inputs[2]], out, count)
            case .generator(let fill): try fill(region, start, out, count)
            case .constant: break
            }
        }
        let result = pointers[root]
        if let output, result != output { output.copyMemory(from: result, byteCount: count * program.elementBytes[root]) }
        return UnsafeRawPointer(output ?? result)
    }

    /// - Throws: `CancellationError` once the run was cancelled; to be called now and then by whoever reads many tiles.
    func checkCancellation() throws {
        if scope.resources.isCancelled { throw CancellationError() }
    }

    /// Calls the body for one tile after the other: position of its first element, elements, their number.
    func forEachTile(_ body: (Int, UnsafeRawPointer, Int) throws -> Void) throws {
        var start = 0
        while start < count {
            try checkCancellation()
            let length = min(capacity, count - start)
            try body(start, try read(start, length), length)
            start += length
        }
    }

    /// Computes the whole chunk.
    func readAll(into output: UnsafeMutableRawPointer) throws {
        let bytes = program.elementBytes[program.root]
        var start = 0
        while start < count {
            try checkCancellation()
            let length = min(capacity, count - start)
            _ = try read(start, length, into: output + start * bytes)
            start += length
        }
    }

    /// Computes the whole chunk into elements that lie apart.
    func readAll(into target: ChunkView) throws {
        if target.isContiguous { return try readAll(into: UnsafeMutableRawPointer(mutating: target.base)) }
        try forEachTile { start, elements, length in target.scatter(start, length, from: elements) }
    }
}

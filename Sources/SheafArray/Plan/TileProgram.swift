internal import SheafCore

/// A tree of element-wise operations as straight-line code over tiles: small runs of elements that stay in the first-level cache
/// while all operations are applied to them, so that memory is passed over once.
final class TileProgram: Sendable {
    /// The arrays read from memory, in the order of the task's arguments. Their registers come first.
    let leaves: [ArrayNode]
    let steps: [TileStep]
    /// What fills registers once, for all tiles.
    let constants: [(register: Int, fill: @Sendable (UnsafeMutableRawPointer, Int) -> Void)]
    /// Of each register's elements.
    let elementBytes: [Int]
    /// Registers that other registers' memory serves, once their values are not needed any more.
    let slots: [Int]
    let slotCount: Int
    let slotElementBytes: Int
    let root: Int
    /// Whether the last step is a product, and the registers of its factors.
    let endsInProduct: Bool
    let factors: (Int, Int)
    /// The operations, leaves left out, in the order of evaluation.
    let operations: [Operation]

    /// Elements that are computed at a time: a few registers of doubles fit the first-level cache.
    static let tile = 512

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
        let evaluated = order
        let merged = Self.productsInSums(order, root: rootNode)
        order.removeAll { merged.contains(ObjectIdentifier($0)) }
        for node in leaves + order { registers[ObjectIdentifier(node)] = registers.count }
        elementBytes = (leaves + order).map(\.elementBytes)
        let made = order.compactMap { node in
            var (kernel, operands) = (node.kernel, node.operands)
            if case .sum(let multiplyAdd)? = node.arithmetic, let product = operands.first(where: { merged.contains(ObjectIdentifier($0)) })
            {
                operands = product.operands + operands.filter { $0 !== product }
                kernel = multiplyAdd
            }
            return TileStep.make(kernel, operands.map { registers[ObjectIdentifier($0)] ?? 0 }, registers[ObjectIdentifier(node)] ?? 0)
        }
        constants = order.compactMap { node in
            guard case .constant(let fill)? = node.kernel, let register = registers[ObjectIdentifier(node)] else { return nil }
            return (register, fill)
        }
        steps = made
        if case .product? = rootNode.arithmetic, let last = made.last, last.inputs.count == 2 {
            endsInProduct = true
            factors = (last.inputs[0], last.inputs[1])
        } else {
            endsInProduct = false
            factors = (0, 0)
        }
        root = registers[ObjectIdentifier(rootNode)] ?? 0
        operations = evaluated.map(\.operation)
        self.leaves = leaves
        (slots, slotCount) = Self.allocate(
            made, registers: registers.count, leaves: leaves.count, constants: constants.map(\.register), root: root)
        slotElementBytes = elementBytes.max() ?? 1
    }

    /// Products that only one sum uses: they are computed together, in one pass over the tile.
    private static func productsInSums(_ order: [ArrayNode], root: ArrayNode) -> Set<ObjectIdentifier> {
        var uses: [ObjectIdentifier: Int] = [:]
        for node in order { for operand in node.operands { uses[ObjectIdentifier(operand), default: 0] += 1 } }
        let evaluated = Set(order.map { ObjectIdentifier($0) })
        var merged: Set<ObjectIdentifier> = []
        for node in order {
            guard case .sum? = node.arithmetic else { continue }
            let product = node.operands.first { operand in
                guard case .product? = operand.arithmetic, uses[ObjectIdentifier(operand)] == 1, operand !== root else { return false }
                return evaluated.contains(ObjectIdentifier(operand))
            }
            if let product { merged.insert(ObjectIdentifier(product)) }
        }
        return merged
    }

    /// Assigns each register a slot of memory; a slot is free again after its value's last use.
    private static func allocate(
        _ steps: [TileStep], registers: Int, leaves: Int, constants: [Int], root: Int
    ) -> (slots: [Int], count: Int) {
        var lastUse = [Int](repeating: -1, count: registers)
        for (index, step) in steps.enumerated() { for input in step.inputs { lastUse[input] = index } }
        lastUse[root] = .max
        // A leaf's slot is filled only where its chunk is not contiguous; constants are filled once, so both keep theirs.
        var slots = [Int](repeating: -1, count: registers)
        for (slot, register) in (Array(0..<leaves) + constants).enumerated() { slots[register] = slot }
        let kept = leaves + constants.count
        var count = kept, free: [Int] = []
        for (index, step) in steps.enumerated() {
            // Not over an input of the same step: their elements may differ in size.
            if let slot = free.popLast() {
                slots[step.output] = slot
            } else {
                slots[step.output] = count
                count += 1
            }
            for input in Set(step.inputs) where slots[input] >= kept && lastUse[input] == index { free.append(slots[input]) }
        }
        return (slots, count)
    }
}

/// One operation of a tile program on registers. A class, so that running it copies no closure.
class TileStep: @unchecked Sendable {
    let inputs: [Int]
    let output: Int

    fileprivate init(_ inputs: [Int], _ output: Int) {
        self.inputs = inputs
        self.output = output
    }

    func run(_ registers: UnsafePointer<UnsafeMutableRawPointer>, _ region: Region, _ start: Int, _ count: Int) throws {}

    /// The step of a kernel; none for a constant.
    static func make(_ kernel: TileKernel?, _ inputs: [Int], _ output: Int) -> TileStep? {
        switch kernel {
        case .unary(let apply)?: UnaryStep(inputs, output, apply)
        case .binary(let apply)?: BinaryStep(inputs, output, apply)
        case .ternary(let apply)?: TernaryStep(inputs, output, apply)
        case .generator(let fill)?: GeneratorStep(inputs, output, fill)
        case .constant?, nil: nil
        }
    }
}

private final class UnaryStep: TileStep, @unchecked Sendable {
    private let a: Int
    private let apply: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void

    init(_ inputs: [Int], _ output: Int, _ apply: @escaping @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void) {
        a = inputs[0]
        self.apply = apply
        super.init(inputs, output)
    }

    override func run(_ registers: UnsafePointer<UnsafeMutableRawPointer>, _: Region, _: Int, _ count: Int) throws {
        try apply(registers[a], registers[output], count)
    }
}

private final class BinaryStep: TileStep, @unchecked Sendable {
    private let a: Int, b: Int
    private let apply: @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void

    init(
        _ inputs: [Int], _ output: Int,
        _ apply: @escaping @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void
    ) {
        (a, b) = (inputs[0], inputs[1])
        self.apply = apply
        super.init(inputs, output)
    }

    override func run(_ registers: UnsafePointer<UnsafeMutableRawPointer>, _: Region, _: Int, _ count: Int) throws {
        try apply(registers[a], registers[b], registers[output], count)
    }
}

private final class TernaryStep: TileStep, @unchecked Sendable {
    private let a: Int, b: Int, c: Int
    private let apply: @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void

    init(
        _ inputs: [Int], _ output: Int,
        _ apply: @escaping @Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void
    ) {
        (a, b, c) = (inputs[0], inputs[1], inputs[2])
        self.apply = apply
        super.init(inputs, output)
    }

    override func run(_ registers: UnsafePointer<UnsafeMutableRawPointer>, _: Region, _: Int, _ count: Int) throws {
        try apply(registers[a], registers[b], registers[c], registers[output], count)
    }
}

private final class GeneratorStep: TileStep, @unchecked Sendable {
    private let fill: @Sendable (Region, Int, UnsafeMutableRawPointer, Int) throws -> Void

    init(_ inputs: [Int], _ output: Int, _ fill: @escaping @Sendable (Region, Int, UnsafeMutableRawPointer, Int) throws -> Void) {
        self.fill = fill
        super.init(inputs, output)
    }

    override func run(
        _ registers: UnsafePointer<UnsafeMutableRawPointer>, _ region: Region, _ start: Int, _ count: Int
    ) throws {
        try fill(region, start, registers[output], count)
    }
}

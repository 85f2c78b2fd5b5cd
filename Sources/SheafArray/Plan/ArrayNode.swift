internal import SheafCore

/// One operation of an array plan, without its element type: a grid of chunks, and how they come about.
///
/// Immutable, and shared by all plans that use it.
class ArrayNode: @unchecked Sendable {
    let grid: ChunkGrid
    let elementBytes: Int
    let operation: Operation
    let location: SourceLocation
    /// What is wrong with the plan so far: operators cannot throw, so whoever runs the plan does.
    let problem: PlanError?

    init(
        grid: ChunkGrid, elementBytes: Int, operation: Operation, location: SourceLocation, problem: PlanError?
    ) {
        self.grid = grid
        self.elementBytes = elementBytes
        self.operation = operation
        self.location = location
        self.problem = problem
    }

    /// The nodes this one is computed from.
    var operands: [ArrayNode] { [] }
    /// What computes a tile of it from tiles of its operands, for element-wise operations.
    var kernel: TileKernel? { nil }
    /// For sums and products of two arrays, which.
    var arithmetic: Arithmetic? { nil }
    /// Whether computing it twice costs more than storing it.
    var isExpensive: Bool { false }
    /// Adds tasks that make the chunks, and returns an argument for each, in C order. Not for element-wise operations.
    func lower(_ lowering: ArrayLowering) throws -> [Graph.Argument] { fatalError("lower is for nodes with tasks of their own") }
    /// The chunk that an argument of a task holds, repeated to a shape as NumPy broadcasts.
    func view(_ scope: TaskScope, _ argument: Int, broadcastTo shape: [Int]) -> (view: ChunkView, owner: AnyObject) {
        fatalError("abstract")
    }
    /// Evaluates a chunk of this node into new memory.
    func evaluate(_ reader: TileReader) throws -> AnyValue { fatalError("abstract") }
    /// The same array cut into other chunks.
    func recut(_ grid: ChunkGrid) -> ArrayNode { fatalError("abstract") }
    /// The same array as a node with tasks of its own.
    func storing() -> ArrayNode { fatalError("abstract") }
}

/// A node whose element type is known.
class TypedNode<Element: Sendable>: ArrayNode, @unchecked Sendable {
    final override func view(_ scope: TaskScope, _ argument: Int, broadcastTo shape: [Int]) -> (view: ChunkView, owner: AnyObject) {
        let chunk = scope.argument(argument, as: DenseArray<Element>.self)
        return (chunk.shape == shape ? chunk.view : chunk.broadcast(to: shape).view, chunk.storage)
    }

    final override func evaluate(_ reader: TileReader) throws -> AnyValue {
        let chunk = try DenseArray<Element>(shape: reader.region.shape) { buffer in
            if let base = buffer.baseAddress { try reader.readAll(into: UnsafeMutableRawPointer(base)) }
        }
        return TypedValue(chunk)
    }

    override func recut(_ grid: ChunkGrid) -> ArrayNode { rechunked(to: grid, location: location) }

    final override func storing() -> ArrayNode {
        if kernel == nil { return self }
        return TaskNode<Element>(Operation("store"), grid: grid, after: [self], location: location) { [self] lowering in
            try lowering.chunks(of: self)
        }
    }
}

/// An element-wise operation: it has no tasks of its own, but is part of those that use it.
final class ElementNode<Element: Sendable>: TypedNode<Element>, @unchecked Sendable {
    private let inputs: [ArrayNode]
    private let tileKernel: TileKernel
    private let cost: Bool
    private let sumOrProduct: Arithmetic?

    override var operands: [ArrayNode] { inputs }
    override var kernel: TileKernel? { tileKernel }
    override var arithmetic: Arithmetic? { sumOrProduct }
    override var isExpensive: Bool { cost }

    init(
        _ operation: Operation, grid: ChunkGrid, operands: [ArrayNode], kernel: TileKernel, arithmetic: Arithmetic? = nil,
        isExpensive: Bool = false, location: SourceLocation, problem: PlanError? = nil
    ) {
        inputs = operands
        tileKernel = kernel
        cost = isExpensive
        sumOrProduct = arithmetic
        super.init(
            grid: grid, elementBytes: MemoryLayout<Element>.stride, operation: operation, location: location,
            problem: problem ?? operands.lazy.compactMap(\.problem).first)
    }

    override func recut(_ grid: ChunkGrid) -> ArrayNode {
        // What is made from the place alone is made in any chunks; so is what is made from that.
        if isFree {
            return ElementNode(
                operation, grid: grid, operands: inputs.map { $0.recut(grid) }, kernel: tileKernel, arithmetic: sumOrProduct,
                isExpensive: cost, location: location, problem: problem)
        }
        return super.recut(grid)
    }

    /// Whether no operand lies in memory, and no constant is repeated along an axis.
    private var isFree: Bool {
        inputs.isEmpty
    }
}

/// An operation with tasks of its own.
final class TaskNode<Element: Sendable>: TypedNode<Element>, @unchecked Sendable {
    private let inputs: [ArrayNode]
    private let makeTasks: @Sendable (ArrayLowering) throws -> [Graph.Argument]

    /// - Parameter lower: adds the tasks, and returns an argument for each chunk of the grid, in C order. Their values are
    ///   `DenseArray<Element>`.
    init(
        _ operation: Operation, grid: ChunkGrid, after operands: [ArrayNode], location: SourceLocation, problem: PlanError? = nil,
        lower: @escaping @Sendable (ArrayLowering) throws -> [Graph.Argument]
    ) {
        inputs = operands
        makeTasks = lower
        super.init(
            grid: grid, elementBytes: MemoryLayout<Element>.stride, operation: operation, location: location,
            problem: problem ?? operands.lazy.compactMap(\.problem).first)
    }

    override var operands: [ArrayNode] { inputs }
    override func lower(_ lowering: ArrayLowering) throws -> [Graph.Argument] { try makeTasks(lowering) }
}

/// Operations that have a faster form together: a product that only a sum uses is computed with it.
enum Arithmetic: Sendable {
    case product
    /// The kernel is that of a × b + c.
    case sum(multiplyAdd: TileKernel)
}

/// Computes one tile: contiguous elements, from contiguous elements.
enum TileKernel: Sendable {
    case unary(@Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void)
    case binary(@Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void)
    case ternary(@Sendable (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) throws -> Void)
    /// From nothing but the place: the chunk's region, and the position in it, in C order, of the first element.
    case generator(@Sendable (Region, Int, UnsafeMutableRawPointer, Int) throws -> Void)
    /// The same element everywhere.
    case constant(@Sendable (UnsafeMutableRawPointer, Int) -> Void)
}

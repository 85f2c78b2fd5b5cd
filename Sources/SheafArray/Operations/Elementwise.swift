public import SheafCore

extension NDArray {
    /// An array made element by element from this one.
    func mapping<R: ArrayScalar>(
        _ name: String, to: R.Type, isExpensive: Bool = false, fileID: StaticString? = nil, line: UInt = 0,
        _ loop: @escaping @Sendable (UnsafePointer<Scalar>, UnsafeMutablePointer<R>, Int) throws -> Void
    ) -> NDArray<R> {
        NDArray<R>(
            session,
            ElementNode<R>(
                Operation(name), grid: node.grid, operands: [node],
                kernel: .unary { a, out, count in
                    try loop(a.assumingMemoryBound(to: Scalar.self), out.assumingMemoryBound(to: R.self), count)
                }, isExpensive: isExpensive, location: fileID.map { SourceLocation(fileID: $0, line: line) } ?? node.location))
    }

    /// An array made element by element from this one and another, which are broadcast to one shape.
    func combining<B: ArrayScalar, R: ArrayScalar>(
        _ name: String, _ other: NDArray<B>, to: R.Type, arithmetic: Arithmetic? = nil, location: SourceLocation? = nil,
        _ loop: @escaping @Sendable (UnsafePointer<Scalar>, UnsafePointer<B>, UnsafeMutablePointer<R>, Int) throws -> Void
    ) -> NDArray<R> {
        let location = location ?? node.location
        let aligned = Alignment(name, [node, other.node], session: session, location: location)
        return NDArray<R>(
            session,
            ElementNode<R>(
                Operation(name), grid: aligned.grid, operands: aligned.operands,
                kernel: .binary { a, b, out, count in
                    try loop(
                        a.assumingMemoryBound(to: Scalar.self), b.assumingMemoryBound(to: B.self), out.assumingMemoryBound(to: R.self),
                        count)
                }, arithmetic: arithmetic, location: location, problem: aligned.problem))
    }

    /// An array of one element everywhere that stands in for a literal; no task of its own.
    func constant(_ value: Scalar) -> NDArray {
        NDArray(session, constantNode(value, grid: ChunkGrid(whole: []), name: "constant", location: node.location))
    }
}

/// A node of one value everywhere.
func constantNode<Scalar: ArrayScalar>(_ value: Scalar, grid: ChunkGrid, name: String, location: SourceLocation) -> ElementNode<Scalar> {
    ElementNode<Scalar>(
        Operation(name), grid: grid, operands: [],
        kernel: .constant { out, count in Scalar.fillLoop(value, out.assumingMemoryBound(to: Scalar.self), count) }, location: location)
}

/// Brings the operands of an element-wise operation to one shape and one grid.
///
/// Shapes broadcast as NumPy's do: aligned at the last axis, and an axis of length 1 repeats. Where the chunks differ, the result has the
/// boundaries of all operands, and the operands are cut accordingly. An operand that is repeated is computed on its own, once, unless it
/// is a constant.
struct Alignment {
    private(set) var grid: ChunkGrid
    private(set) var operands: [ArrayNode]
    private(set) var problem: PlanError?

    init(_ name: String, _ nodes: [ArrayNode], session: Session, location: SourceLocation) {
        operands = nodes
        let rank = nodes.map(\.grid.rank).max() ?? 0
        var chunks: [[Int]] = []
        for axis in 0..<rank {
            var known: [Int]?
            for node in nodes {
                let own = axis - (rank - node.grid.rank)
                guard own >= 0 else { continue }
                let sizes = node.grid.chunks[own], length = node.grid.shape[own]
                guard let sofar = known else {
                    known = sizes
                    continue
                }
                let total = sofar.reduce(0, +)
                if length == 1 && total != 1 { continue }
                if total == 1 && length != 1 {
                    known = sizes
                } else if total == length {
                    if sofar != sizes { known = Self.common(sofar, sizes) }
                } else {
                    let shapes = nodes.map { "\($0.grid.shape)" }.joined(separator: " and ")
                    let places = Set(nodes.map { "\($0.location)" }).sorted().joined(separator: ", ")
                    problem = PlanError(
                        .shapeMismatch, "“\(name)” cannot broadcast the shapes \(shapes): axis \(axis) has \(total) and \(length) elements",
                        node: name, location: location,
                        hint: "the arrays come from \(places); an axis broadcasts when its lengths are equal or one of them is 1")
                    grid = nodes[0].grid
                    return
                }
            }
            chunks.append(known ?? [1])
        }
        let common = ChunkGrid(chunks)
        grid = common
        operands = nodes.map { Self.fitted($0, to: common) }
    }

    /// The boundaries of both.
    private static func common(_ a: [Int], _ b: [Int]) -> [Int] {
        func ends(_ sizes: [Int]) -> Set<Int> {
            var end = 0
            return Set(
                sizes.map { size in
                    end += size
                    return end
                })
        }
        var last = 0
        return ends(a).union(ends(b)).sorted().compactMap { end in
            defer { last = end }
            return end > last ? end - last : nil
        }
    }

    /// A node cut as the common grid is, where it is not repeated along an axis.
    private static func fitted(_ node: ArrayNode, to grid: ChunkGrid) -> ArrayNode {
        if node.grid == grid { return node }
        let added = grid.rank - node.grid.rank
        let wanted = ChunkGrid(
            node.grid.shape.indices.map { axis in
                node.grid.shape[axis] == grid.shape[axis + added] ? grid.chunks[axis + added] : node.grid.chunks[axis]
            })
        if case .constant? = node.kernel, node.operands.isEmpty { return node.recut(grid) }
        let cut = node.grid == wanted ? node : node.recut(wanted)
        return cut.grid.shape == grid.shape || cut.kernel == nil ? cut : cut.storing()
    }
}

extension ErrorCode {
    /// Shapes that do not fit each other.
    public static let shapeMismatch = ErrorCode(rawValue: "shapeMismatch")
}

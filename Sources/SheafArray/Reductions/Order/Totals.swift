internal import SheafCore

/// An element, and how much it counts.
struct Weighted<Value: Sendable>: Sendable {
    var value: Value
    var weight: Double
}

/// An array of weighted elements; element-wise.
struct WeightedArray<Value: ArrayScalar> {
    let session: Session
    let node: ElementNode<Weighted<Value>>

    /// Totals of all elements, each chunk's by one task, then added in the order of chunks.
    func totalling<Total: ArrayScalar & AdditiveArithmetic>(
        _ name: String, _ length: Int, zero: Total, _ problem: PlanError?,
        _ fill: @escaping @Sendable (UnsafePointer<Weighted<Value>>, Int, UnsafeMutablePointer<Total>) throws -> Void
    ) -> NDArray<Total> {
        NDArray(
            session,
            totalsNode(
                node, name, length, zero: zero, node.location, problem, add: { $0 + $1 },
                { elements, count, totals in try fill(elements.assumingMemoryBound(to: Weighted<Value>.self), count, totals) }))
    }
}

extension NDArray {
    /// The elements with weights, broadcast to one shape.
    func weighted(by weights: NDArray<Double>, _ name: String, _ location: SourceLocation) -> WeightedArray<Scalar> {
        let aligned = Alignment(name, [node, weights.node], session: session, location: location)
        return WeightedArray(
            session: session,
            node: ElementNode<Weighted<Scalar>>(
                Operation("weights"), grid: aligned.grid, operands: aligned.operands,
                kernel: .binary { a, b, out, count in
                    let a = a.assumingMemoryBound(to: Scalar.self), b = b.assumingMemoryBound(to: Double.self)
                    let out = out.assumingMemoryBound(to: Weighted<Scalar>.self)
                    for index in 0..<count { out[index] = Weighted(value: a[index], weight: b[index]) }
                }, location: location, problem: aligned.problem))
    }

    /// Totals of all elements: each chunk's by one task, which `fill` adds a tile to, then joined in the order of chunks.
    func totalling<Total: ArrayScalar>(
        _ name: String, _ length: Int, zero: Total, _ location: SourceLocation, _ problem: PlanError?,
        add: @escaping @Sendable (Total, Total) -> Total,
        _ fill: @escaping @Sendable (UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Total>) throws -> Void
    ) -> NDArray<Total> {
        NDArray<Total>(
            session,
            totalsNode(node, name, length, zero: zero, location, problem, add: add) { elements, count, totals in
                try fill(elements.assumingMemoryBound(to: Scalar.self), count, totals)
            })
    }
}

private func totalsNode<Total: ArrayScalar>(
    _ node: ArrayNode, _ name: String, _ length: Int, zero: Total, _ location: SourceLocation, _ problem: PlanError?,
    add: @escaping @Sendable (Total, Total) -> Total,
    _ fill: @escaping @Sendable (UnsafeRawPointer, Int, UnsafeMutablePointer<Total>) throws -> Void
) -> TaskNode<Total> {
    let length = Swift.max(length, 0)
    return TaskNode<Total>(
        Operation(name), grid: ChunkGrid(whole: [length]), after: [node], location: location, problem: problem
    ) { lowering in
        let parts = try lowering.consume(
            node, [Operation(name)], location: location, cost: { _ in Cost(resultBytes: length * MemoryLayout<Total>.stride) }
        ) { _, reader in
            TypedValue(
                try DenseArray<Total>(shape: [length]) { buffer in
                    buffer.initialize(repeating: zero)
                    // Without bins the elements are still checked.
                    var none = zero
                    let totals = buffer.baseAddress
                    try reader.forEachTile { _, elements, count in
                        if let totals, length > 0 { try fill(elements, count, totals) } else { try fill(elements, count, &none) }
                    }
                })
        }
        let sum = try lowering.reducing(parts, Operation("add"), location: location) { (parts: [DenseArray<Total>]) in
            if parts.count == 1 { return parts[0] }
            return DenseArray<Total>(shape: [length]) { buffer in
                parts[0].withUnsafeBufferPointer { _ = buffer.initialize(from: $0) }
                for part in parts.dropFirst() {
                    part.withUnsafeBufferPointer { other in
                        for index in other.indices { buffer[index] = add(buffer[index], other[index]) }
                    }
                }
            }
        }
        return [sum]
    }
}

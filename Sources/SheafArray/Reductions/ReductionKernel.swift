/// How elements are reduced: the loops of one reduction, from elements to partial results to the result.
///
/// Partial results of chunks are combined in a tree, in the order of the array, so that the result does not depend on which worker
/// was first. The loops are kept without their types, so that code that calls them for each row is not generic; functions that make a
/// kernel choose between copies that are compiled for the common types, and the loops with them.
struct ReductionKernel<Input: Sendable, Partial: Sendable, Output: ArrayScalar>: Sendable {
    let name: String
    var loops: ReductionLoops
    let partialOfNothing: Partial
    let combine: @Sendable (inout Partial, Partial) throws -> Void

    /// - Parameters:
    ///   - initial: the partial result of no elements.
    ///   - needsIndex: whether `run` and `lanes` look at the index.
    ///   - run: folds elements that lie next to each other into one partial result. The index is that of the first along the reduced axes
    ///     (counted in C order where there are several); the others' follow if `needsIndex`.
    ///   - lanes: folds each of some elements into the partial result at its position. All have the same index.
    ///   - plane: a faster way than `lanes`, where there is one.
    ///   - finish: the result; the number is that of the elements reduced.
    init(
        name: String, initial: Partial, needsIndex: Bool = false,
        run: @escaping @Sendable (UnsafePointer<Input>, Int, Int, inout Partial) throws -> Void,
        lanes: @escaping @Sendable (UnsafePointer<Input>, Int, Int, UnsafeMutablePointer<Partial>) throws -> Void,
        plane: PlaneKernel<Input, Partial>? = nil, combine: @escaping @Sendable (inout Partial, Partial) throws -> Void,
        finish: @escaping @Sendable (Partial, Int) throws -> Output
    ) {
        self.name = name
        partialOfNothing = initial
        self.combine = combine
        loops = ReductionLoops(
            needsIndex: needsIndex, inputBytes: MemoryLayout<Input>.stride, partialBytes: MemoryLayout<Partial>.stride,
            clear: { $0.assumingMemoryBound(to: Partial.self).initialize(repeating: initial, count: $1) },
            run: { elements, count, index, partial in
                try run(
                    elements.assumingMemoryBound(to: Input.self), count, index, &partial.assumingMemoryBound(to: Partial.self).pointee)
            },
            lanes: { elements, count, index, partials in
                try lanes(elements.assumingMemoryBound(to: Input.self), count, index, partials.assumingMemoryBound(to: Partial.self))
            },
            plane: plane?.loops,
            combine: { partials, others, count in
                let partials = partials.assumingMemoryBound(to: Partial.self), others = others.assumingMemoryBound(to: Partial.self)
                for position in 0..<count { try combine(&partials[position], others[position]) }
            },
            finish: { partials, out, count, reduced in
                let partials = partials.assumingMemoryBound(to: Partial.self), out = out.assumingMemoryBound(to: Output.self)
                for position in 0..<count { (out + position).initialize(to: try finish(partials[position], reduced)) }
            })
    }
}

extension ReductionKernel {
    /// The kernel of a known scalar type as the one of a generic type that is the same.
    func typed<Kernel>() -> Kernel? { self as Any as? Kernel }
}

/// The loops of a reduction without their types; see ``ReductionKernel``.
struct ReductionLoops: Sendable {
    let needsIndex: Bool
    let inputBytes: Int
    let partialBytes: Int
    let clear: @Sendable (UnsafeMutableRawPointer, Int) -> Void
    let run: @Sendable (UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer) throws -> Void
    let lanes: @Sendable (UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer) throws -> Void
    let plane: PlaneLoops?
    /// Folds the products of elements that lie next to each other: what `run` would make of them, without storing them first.
    var runOfProducts: (@Sendable (UnsafeRawPointer, UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void)?
    let combine: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, Int) throws -> Void
    let finish: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int, Int) throws -> Void
}

/// Folds rows into a row of plain accumulators, which the processor can do several at a time, and those into partial results now and
/// then. A lane's accumulators of each kind lie next to its neighbours' of the same kind.
struct PlaneKernel<Input, Partial>: Sendable {
    let loops: PlaneLoops

    /// - Parameters:
    ///   - elementBytes: of all accumulators of a lane.
    ///   - rows: after so many the accumulators are added to the partial results.
    ///   - add: folds a part of a row into the accumulators; those of the first row find them uninitialised.
    ///   - flush: adds the accumulators of some lanes, made from a number of rows, to the partial results.
    init(
        elementBytes: Int, rows: Int, add: @escaping @Sendable (UnsafePointer<Input>, UnsafeMutableRawPointer, RowPart) -> Void,
        flush: @escaping @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Partial>, Int, Int) throws -> Void
    ) {
        loops = PlaneLoops(
            elementBytes: elementBytes, rows: rows, add: { add($0.assumingMemoryBound(to: Input.self), $1, $2) },
            flush: { try flush($0, $1.assumingMemoryBound(to: Partial.self), $2, $3) })
    }
}

/// The loops of a ``PlaneKernel`` without their types.
struct PlaneLoops: Sendable {
    let elementBytes: Int
    let rows: Int
    let add: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, RowPart) -> Void
    let flush: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Int, Int) throws -> Void
}

/// Which part of a row is folded.
struct RowPart {
    /// Lanes of the whole row.
    let lanes: Int
    /// The part's first lane.
    let start: Int
    let count: Int
    /// Rows that the accumulators hold already.
    let row: Int
}

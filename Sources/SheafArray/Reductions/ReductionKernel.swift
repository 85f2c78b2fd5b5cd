/// How elements are reduced: the loops of one reduction, from elements to partial results to the result.
///
/// Partial results of chunks are combined in a tree, in the order of the array, so that the result does not depend on which worker
/// was first.
struct ReductionKernel<Input: Sendable, Partial: Sendable, Output: ArrayScalar>: Sendable {
    let name: String
    /// The partial result of no elements.
    let initial: Partial
    /// Whether ``run`` and ``lanes`` look at the index.
    var needsIndex = false
    /// Folds elements that lie next to each other into one partial result. The index is that of the first along the reduced axes
    /// (counted in C order where there are several); the others' follow when ``needsIndex``.
    let run: @Sendable (UnsafePointer<Input>, Int, Int, inout Partial) throws -> Void
    /// Folds each of some elements into the partial result at its position. All have the same index.
    let lanes: @Sendable (UnsafePointer<Input>, Int, Int, UnsafeMutablePointer<Partial>) throws -> Void
    /// A faster way than ``lanes``, where there is one.
    var plane: PlaneKernel<Input, Partial>?
    let combine: @Sendable (inout Partial, Partial) throws -> Void
    /// The result; the number is that of the elements reduced.
    let finish: @Sendable (Partial, Int) throws -> Output
}

/// Folds rows into a row of plain accumulators, which the processor can do several at a time, and those into partial results now and
/// then. A lane's accumulators of each kind lie next to its neighbours' of the same kind.
struct PlaneKernel<Input, Partial>: Sendable {
    /// Bytes of all accumulators of a lane.
    let elementBytes: Int
    /// Rows after which the accumulators are added to the partial results.
    let rows: Int
    /// Folds a part of a row into the accumulators; those of the first row find them uninitialised.
    let add: @Sendable (UnsafePointer<Input>, UnsafeMutableRawPointer, RowPart) -> Void
    /// Adds the accumulators of some lanes, made from a number of rows, to the partial results.
    let flush: @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Partial>, Int, Int) throws -> Void
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

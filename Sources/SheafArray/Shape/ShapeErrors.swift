public import SheafCore

extension ErrorCode {
    /// An index outside the axis it is for.
    public static let indexOutOfRange = ErrorCode(rawValue: "indexOutOfRange")
    /// A plan that needs more memory at a time than the session may use, whatever the order of its tasks.
    public static let exceedsMemory = ErrorCode(rawValue: "exceedsMemory")
}

extension NDArray {
    /// An array that stands for the result of an operation that cannot be planned. It keeps the first problem of the plan.
    func refusing<R: ArrayScalar>(_ problem: PlanError, shape: [Int]? = nil, as: R.Type = R.self) -> NDArray<R> {
        NDArray<R>.refusing(session, node.problem ?? problem, shape: shape ?? self.shape)
    }

    static func refusing(_ session: Session, _ problem: PlanError, shape: [Int] = []) -> NDArray {
        NDArray(
            session,
            TaskNode<Scalar>(
                Operation(problem.node ?? "array"), grid: ChunkGrid(whole: shape.map { Swift.max($0, 0) }), after: [],
                location: problem.location ?? SourceLocation(fileID: #fileID, line: #line), problem: problem
            ) { _ in throw problem })
    }
}

/// An axis that counts from the last one when negative; `nil` if there is no such axis.
func normalized(_ axis: Int, rank: Int) -> Int? {
    let index = axis < 0 ? axis + rank : axis
    return index >= 0 && index < rank ? index : nil
}

func axisProblem(_ axis: Int, rank: Int, _ operation: String, _ location: SourceLocation) -> PlanError {
    PlanError(
        .invalidArgument, "“\(operation)” along axis \(axis) of an array of \(rank) axes", node: operation, location: location,
        hint: "axes count from 0, or from -1 for the last")
}

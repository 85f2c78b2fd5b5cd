/// How the engine `processes` treats its workers.
public struct ProcessOptions: Sendable {
    /// The most bytes of memory that a worker may have for itself; unlimited by default. A function that wants more ends with its worker,
    /// which is a ``TaskError`` (`.crashed`).
    public var workerMemory: Int?
    /// The most seconds that a task may run; unlimited by default. Longer ones are killed: a ``TaskError`` (`.deadlineExceeded`).
    public var deadline: Double?
    /// The seconds that a cancelled task has to end by itself before its worker is killed.
    public var grace: Double
    /// How often a task is given to another worker when its own was ended by somebody else, such as the system for lack of memory or an
    /// operator's `kill`. Such an end says nothing about the task, so it does not count as one of its attempts.
    public var allowedLosses: Int

    public init(workerMemory: Int? = nil, deadline: Double? = nil, grace: Double = 0.5, allowedLosses: Int = 3) {
        self.workerMemory = workerMemory
        self.deadline = deadline
        self.grace = grace
        self.allowedLosses = allowedLosses
    }
}

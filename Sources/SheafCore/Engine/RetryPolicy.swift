/// When a failed task is tried again. The decision lives here, so that every engine retries alike.
public struct RetryPolicy: Sendable, Hashable, Codable {
    /// Attempts in all, the first included.
    public var attempts: Int
    /// Before the second attempt, in seconds; each further one waits `backoff` times longer.
    public var delay: Double
    public var backoff: Double
    /// The longest wait between attempts, in seconds.
    public var maximumDelay: Double

    public static let none = RetryPolicy(attempts: 1)

    public init(attempts: Int, delay: Double = 0, backoff: Double = 2, maximumDelay: Double = 60) {
        precondition(attempts >= 1, "a task is attempted at least once")
        self.attempts = attempts
        self.delay = delay
        self.backoff = backoff
        self.maximumDelay = maximumDelay
    }

    /// How many seconds to wait before the attempt after `attempt`, or `nil` when there is to be none.
    public func delay(afterAttempt attempt: Int) -> Double? {
        guard attempt < attempts else { return nil }
        var wait = delay
        for _ in 1..<max(attempt, 1) { wait = min(wait * backoff, maximumDelay) }
        return min(wait, maximumDelay)
    }
}

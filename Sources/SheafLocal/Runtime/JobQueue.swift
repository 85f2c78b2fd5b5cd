/// Swift jobs that wait for a thread, first in, first out: a body that keeps yielding must not overtake the one it waits for.
struct JobQueue {
    private var jobs: [UnownedJob] = []
    private var head = 0

    var isEmpty: Bool { head == jobs.count }

    mutating func append(_ job: UnownedJob) { jobs.append(job) }

    /// - Complexity: amortised O(1).
    mutating func popFirst() -> UnownedJob? {
        guard head < jobs.count else { return nil }
        let job = jobs[head]
        head += 1
        if head * 2 >= jobs.count, head == jobs.count || head >= 64 {
            jobs.removeFirst(head)
            head = 0
        }
        return job
    }
}

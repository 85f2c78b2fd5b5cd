internal import CSheaf

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock with a condition to wait on.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        sheaf_condition_init(condition)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Waits so many nanoseconds at most, with the lock held. Returns false when that time has passed.
    package func wait(nanoseconds: UInt64) -> Bool { sheaf_condition_wait(condition, mutex, nanoseconds) }
    package func wakeOne() { pthread_cond_signal(condition) }

    package func withLock<R>(_ body: () throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}

/// Threads for calls that block, so that they do not take the few threads of Swift's concurrency from everyone else.
///
/// Threads start when work has to wait, up to a limit, and end after some seconds without work.
package final class BlockingThreads: @unchecked Sendable {
    package typealias Job = @Sendable () -> Void

    package static let shared = BlockingThreads(limit: max(16, 4 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    private let monitor = Monitor()
    private let limit: Int
    // What follows is guarded by the monitor.
    private var jobs: [Job?] = []
    private var first = 0
    private var threads = 0
    private var idle = 0

    private static let patience: UInt64 = 5_000_000_000

    package init(limit: Int) { self.limit = limit }

    /// Runs a blocking call on a thread of its own and waits for it without blocking.
    package func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = submit { continuation.resume(with: Result(catching: body)) }
            if !isTaken {
                continuation.resume(
                    throwing: EngineError(
                        .noThread, "the system has no thread for a call that blocks", hint: "raise the limit on processes (ulimit -u)"))
            }
        }
    }

    /// Has a thread run a job some time. Returns false when there is no thread and none can be started.
    package func submit(_ job: @escaping Job) -> Bool {
        monitor.withLock {
            jobs.append(job)
            // Idle threads that were woken but do not run yet count as idle, so there may be more jobs than the signal tells.
            if idle >= jobs.count - first {
                monitor.wakeOne()
            } else if threads < limit, !start(), threads == 0 {
                jobs.removeLast()
                return false
            }
            return true
        }
    }

    private func start() -> Bool {
        let context = Unmanaged.passRetained(self)
        let body: @convention(c) (UnsafeMutableRawPointer?) -> Void = { raw in
            guard let raw else { return }
            Unmanaged<BlockingThreads>.fromOpaque(raw).takeRetainedValue().work()
        }
        guard sheaf_start_thread("sheaf-blocking", 8 << 20, body, context.toOpaque()) == 0 else {
            context.release()
            return false
        }
        threads += 1
        return true
    }

    private func work() {
        while let job = next() { job() }
    }

    /// The next job, or nil when this thread is to end.
    private func next() -> Job? {
        monitor.withLock {
            while true {
                if first < jobs.count {
                    let job = jobs[first]
                    jobs[first] = nil
                    first += 1
                    if first == jobs.count {
                        jobs.removeAll(keepingCapacity: true)
                        first = 0
                    }
                    return job
                }
                idle += 1
                let isWoken = monitor.wait(nanoseconds: Self.patience)
                idle -= 1
                if !isWoken, first == jobs.count {
                    threads -= 1
                    return nil
                }
            }
        }
    }
}

extension ErrorCode {
    /// The operating system gave no thread.
    public static let noThread = ErrorCode(rawValue: "noThread")
}

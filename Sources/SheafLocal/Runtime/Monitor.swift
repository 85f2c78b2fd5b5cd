internal import CSheaf
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock with a condition to wait on, so that idle workers sleep in the kernel.
///
/// Nothing that calls the Swift runtime or the user's code may happen while it is held: both call the engine. All waking is done by who holds it.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Under the lock: whether somebody waits awake.
    private var isSomebodyAwake = false
    /// How often such a one was called; it looks without the lock.
    private let calls = Atomic<UInt64>(0)

    init() {
        // The lock is held for fractions of a microsecond, so a short spin is cheaper than a sleep.
        sheaf_spinning_mutex_init(mutex)
        sheaf_condition_init(condition)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    func wait() { pthread_cond_wait(condition, mutex) }
    /// Waits so many nanoseconds at most. Returns false when that time has passed.
    func wait(nanoseconds: UInt64) -> Bool { sheaf_condition_wait(condition, mutex, nanoseconds) }

    /// Wakes one that waits; one that does so awake before those that sleep.
    func wakeOne() {
        if isSomebodyAwake { call() } else { pthread_cond_signal(condition) }
    }

    func wakeAll() {
        if isSomebodyAwake { call() }
        pthread_cond_broadcast(condition)
    }

    private func call() {
        isSomebodyAwake = false
        calls.wrappingAdd(1, ordering: .releasing)
    }

    /// Waits without sleeping, for what may come at once: waking a sleeping thread takes tens of microseconds. Whoever wants the core has
    /// it meanwhile. Returns false when it was not called in that time, and at once when another thread waits so.
    func waitAwake(nanoseconds: UInt64) -> Bool {
        guard !isSomebodyAwake else { return false }
        isSomebodyAwake = true
        let before = calls.load(ordering: .relaxed), end = sheaf_monotonic_nanoseconds() + nanoseconds
        unlock()
        while calls.load(ordering: .acquiring) == before, sheaf_monotonic_nanoseconds() < end { sched_yield() }
        lock()
        guard calls.load(ordering: .relaxed) == before else { return true }
        isSomebodyAwake = false
        return false
    }

    func withLock<R>(_ body: () throws -> R) rethrows -> R {
        lock()
        defer { unlock() }
        return try body()
    }
}

/// Starts a detached thread with a stack large enough for user code, named for debuggers.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let context = Unmanaged.passRetained(ThreadBody(body))
    let status = sheaf_start_thread(name, 8 << 20, { Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().body() }, context.toOpaque())
    precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

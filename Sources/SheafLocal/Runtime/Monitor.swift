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
    /// Whether that one was called; it looks without the lock.
    private let isCalled = Atomic<Bool>(false)

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
        isCalled.store(true, ordering: .releasing)
    }

    /// Waits without sleeping, for what may come at once: waking a sleeping thread takes tens of microseconds. Whoever wants the core has
    /// it meanwhile. For one thread at a time. Returns false when it was not called in that time.
    func waitAwake(nanoseconds: UInt64) -> Bool {
        isSomebodyAwake = true
        isCalled.store(false, ordering: .relaxed)
        unlock()
        let end = sheaf_monotonic_nanoseconds() + nanoseconds
        while !isCalled.load(ordering: .acquiring), sheaf_monotonic_nanoseconds() < end { sched_yield() }
        lock()
        defer { isSomebodyAwake = false }
        return isCalled.load(ordering: .relaxed)
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

internal import CSheaf

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock with a condition to wait on, so that idle workers sleep in the kernel.
///
/// Nothing that calls the Swift runtime or the user's code may happen while it is held: both call the engine.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

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
    func wakeOne() { pthread_cond_signal(condition) }
    func wakeAll() { pthread_cond_broadcast(condition) }

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

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
/// The thread that holds it may take it again: telling a waiting task something, or starting one, makes the Swift runtime enqueue a
/// job on the engine's executor there and then.
final class Monitor: @unchecked Sendable {
    /// The thread that holds the lock, as a number; 0 when none does. Equal to a thread's own number only if that thread stored it.
    private let owner = Atomic<UInt>(0)
    /// How often the owner holds it beyond once.
    private var depth = 0
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        // The lock is held for fractions of a microsecond, so a short spin is cheaper than a sleep.
        sheaf_spinning_mutex_init(mutex)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() {
        let caller = sheaf_thread_id()
        if owner.load(ordering: .relaxed) == caller {
            depth += 1
            return
        }
        pthread_mutex_lock(mutex)
        owner.store(caller, ordering: .relaxed)
    }

    func unlock() {
        if depth > 0 {
            depth -= 1
            return
        }
        owner.store(0, ordering: .relaxed)
        pthread_mutex_unlock(mutex)
    }

    /// Sleeps until woken, with the lock given up meanwhile.
    ///
    /// - Precondition: the caller holds the lock once.
    func wait() {
        let caller = owner.exchange(0, ordering: .relaxed)
        pthread_cond_wait(condition, mutex)
        owner.store(caller, ordering: .relaxed)
    }

    func wakeOne() { pthread_cond_signal(condition) }
    func wakeAll() { pthread_cond_broadcast(condition) }

    func withLock<R>(_ body: () throws -> R) rethrows -> R {
        lock()
        defer { unlock() }
        return try body()
    }
}

/// Starts a detached thread with a stack large enough for user code, named for debuggers.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let context = Unmanaged.passRetained(ThreadBody(body))
    let status = sheaf_start_thread(name, 8 << 20, { Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().body() }, context.toOpaque())
    precondition(status == 0, "cannot start a thread: \(String(cString: strerror(status)))")
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a worker is started with: the environment variables, and the descriptors that it inherits.
package enum WorkerStart {
    /// Set to ``serve`` or ``bridge`` in a worker's environment.
    package static let variable = "SHEAF_WORKER"
    package static let serve = "serve"
    /// The worker belongs to a worker of another system, such as Dask: all goes through the one descriptor ``calls``, and nothing is shared.
    package static let bridge = "bridge"
    /// The most bytes of memory that the worker may have for itself; none when it is missing.
    package static let memoryVariable = "SHEAF_WORKER_MEMORY"

    /// Where in the shared memory the worker says which call it runs (32 bits), so that a crash can be told from the calls around it.
    package static let cellVariable = "SHEAF_WORKER_CELL"

    /// Calls of synchronous functions, one at a time, and their results.
    package static let calls: Int32 = 3
    /// Everything else: `async` calls, cancellation, the end. The worker ends when this does.
    package static let control: Int32 = 4
    /// The shared memory.
    package static let arena: Int32 = 5
}

extension WorkerStart {
    /// Keeps a program that ignores how it was started from starting workers that start workers.
    ///
    /// - Throws: ``EngineError`` (`.unsupported`).
    package static func refuseToStartWorkers() throws {
        guard let request = getenv(variable).map({ String(cString: $0) }), [serve, bridge].contains(request) else { return }
        throw EngineError(
            .unsupported, "this process was started as a worker, but runs the program itself",
            hint: "make it a `Program`, or call `Worker.serveIfAsked` first of all")
    }
}

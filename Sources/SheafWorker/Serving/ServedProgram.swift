internal import CSheaf
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// This program as a worker serves it, whoever it serves: its functions, and which build of it this is.
struct ServedProgram: Sendable {
    let registry: FunctionRegistry
    private let identity: String

    init(_ functions: [any RegisteredFunction]) throws {
        // What the functions start must not take itself for a worker.
        unsetenv(WorkerStart.variable)
        // What is printed appears line by line, also when the process is killed afterwards.
        sheaf_print_by_line()
        registry = try FunctionRegistry(functions)
        identity = try ProgramIdentity.ofFile(ProgramIdentity.currentPath)
    }

    /// What the worker says first.
    func hello(_ capabilities: [String]) -> [UInt8] {
        Hello(
            program: identity, architecture: ProgramIdentity.architecture, capabilities: capabilities,
            functions: registry.functions.keys.sorted()
        ).frame()
    }

    /// Ends the process.
    static func end(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    /// Ends the process because of what it has received.
    static func fail(_ error: any Error) -> Never {
        Worker.say("the worker \(error)")
        end(3)
    }
}

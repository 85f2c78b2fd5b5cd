internal import CSheaf

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How workers are started.
package struct WorkerCommand: Sendable {
    /// The program's file.
    package var path: String
    package var arguments: [String] = []
    /// The most bytes of memory that a worker may have for itself.
    package var memoryLimit: Int?
    /// The most seconds until it has said who it is.
    package var patience = 20.0

    package init(path: String, arguments: [String] = [], memoryLimit: Int? = nil) {
        self.path = path
        self.arguments = arguments
        self.memoryLimit = memoryLimit
    }

    /// Starts a process that inherits the descriptors.
    ///
    /// - Parameter cell: where in the shared memory it says which call it runs.
    /// - Returns: the process, or minus an error number.
    func start(_ descriptors: [Int32], errors: Int32, cell: Int) -> Int32 {
        var environment = Self.environment(without: [WorkerStart.variable, WorkerStart.memoryVariable, WorkerStart.cellVariable])
        environment.append("\(WorkerStart.cellVariable)=\(cell)")
        environment.append("\(WorkerStart.variable)=\(WorkerStart.serve)")
        if let memoryLimit { environment.append("\(WorkerStart.memoryVariable)=\(memoryLimit)") }
        // What a crashed worker has to say is said here; the runtime's own report can take seconds.
        if getenv("SWIFT_BACKTRACE") == nil { environment.append("SWIFT_BACKTRACE=enable=no") }
        return withCStrings([path] + arguments) { arguments in
            withCStrings(environment) { environment in
                descriptors.withUnsafeBufferPointer { descriptors in
                    sheaf_spawn(path, arguments, environment, descriptors.baseAddress, Int32(descriptors.count), errors)
                }
            }
        }
    }

    /// This process's environment, but for some variables.
    package static func environment(without names: [String]) -> [String] {
        var list: [String] = []
        guard var entry = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?(environ) else { return list }
        while let text = entry.pointee {
            let item = String(cString: text)
            if !names.contains(where: { item.hasPrefix($0 + "=") }) { list.append(item) }
            entry += 1
        }
        return list
    }
}

/// Calls `body` with a null-terminated list of C strings.
package func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
    var list: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    list.append(nil)
    defer { for item in list { free(item) } }
    return list.withUnsafeBufferPointer { body($0.baseAddress!) }
}

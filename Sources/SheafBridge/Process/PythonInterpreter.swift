internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The Python in which the sidecar runs.
package struct PythonInterpreter: Sendable, Equatable {
    package let path: String
    /// Where it was named: an option, a variable, the project's own environment, the search path.
    package let origin: String

    /// What to do when there is none, or one that lacks something.
    package static let hint =
        "run dev/engines, which makes an environment of its own, or name a Python that has them with python=PATH or SHEAF_PYTHON"

    /// The first there is of: the one asked for, that of the variable `SHEAF_PYTHON`, that of the project's cache, `python3` on the
    /// search path. One that was named and is not there is an error.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`).
    package static func find(_ asked: String? = nil, environment: [String: String] = Self.environment) throws -> PythonInterpreter {
        if let asked, !asked.isEmpty { return try named(asked, "python=", environment) }
        if let asked = environment["SHEAF_PYTHON"], !asked.isEmpty { return try named(asked, "SHEAF_PYTHON", environment) }
        if let own = cachePython(environment), access(own, X_OK) == 0 { return PythonInterpreter(path: own, origin: "dev/engines") }
        if let found = search("python3", environment) { return PythonInterpreter(path: found, origin: "PATH") }
        throw EngineError(.missingLibrary, "there is no python3 on PATH", hint: hint)
    }

    private static func named(_ name: String, _ origin: String, _ environment: [String: String]) throws -> PythonInterpreter {
        let path = name.contains("/") ? (access(name, X_OK) == 0 ? name : nil) : search(name, environment)
        guard let path else { throw EngineError(.missingLibrary, "there is no Python at \(name), which \(origin) names", hint: hint) }
        return PythonInterpreter(path: path, origin: origin)
    }

    private static func cachePython(_ environment: [String: String]) -> String? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let cache = value("SHEAF_CACHE") ?? value("XDG_CACHE_HOME").map { $0 + "/sheaf" } ?? value("HOME").map { $0 + "/.cache/sheaf" }
        return cache.map { $0 + "/engines-venv/bin/python" }
    }

    private static func search(_ name: String, _ environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    package static var environment: [String: String] {
        var variables: [String: String] = [:]
        for name in ["SHEAF_PYTHON", "SHEAF_CACHE", "XDG_CACHE_HOME", "HOME", "PATH"] {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        return variables
    }
}

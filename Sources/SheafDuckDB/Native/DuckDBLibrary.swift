internal import CDuckDB
public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// DuckDB's library in this process, loaded when first used.
///
/// Looked for in this order: the path in the environment variable `SHEAF_DUCKDB`, the library that `dev/setup` puts into the cache
/// folder, the system's libraries, Homebrew's.
struct DuckDBLibrary: Sendable {
    /// What the library says about itself, and where it is.
    let summary: String

    static let variable = "SHEAF_DUCKDB"
    static let hint = "run make setup, or dev/duckdb FOLDER and set \(variable) to the path of the library in FOLDER"

    /// The functions of the loaded library. Callbacks find them here: DuckDB calls them with nothing but its own handles.
    ///
    /// Filled before ``shared`` succeeds, and never changed after.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<cduckdb_functions> = {
        let table = UnsafeMutablePointer<cduckdb_functions>.allocate(capacity: 1)
        table.initialize(to: cduckdb_functions())
        return table
    }()

    /// The library, or why there is none.
    static let shared: Result<DuckDBLibrary, EngineError> = {
        do {
            let library = try find { name in
                guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
                return value
            }
            if let missing = cduckdb_load(library.handle, functions) {
                throw EngineError(
                    .missingLibrary, "\(library.name) has no function \(String(cString: missing))",
                    hint: "it is older than DuckDB 1.4; \(hint)")
            }
            let version = functions.pointee.library_version().map { String(cString: $0) } ?? "unknown version"
            return .success(DuckDBLibrary(summary: "DuckDB \(version), \(library.name)"))
        } catch let error as EngineError {
            return .failure(error)
        } catch {
            return .failure(EngineError(.missingLibrary, "DuckDB cannot be used", cause: error, hint: hint))
        }
    }()

    /// Loads the library that an environment points to.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`).
    static func find(environment: (String) -> String?) throws -> NativeLibrary {
        if let path = environment(variable) {
            return try NativeLibrary([path], hint: "\(variable) names it; unset the variable, or correct it: \(hint)")
        }
        #if os(macOS)
        let name = "libduckdb.dylib"
        let system = [name, "/opt/homebrew/lib/\(name)", "/usr/local/lib/\(name)"]
        #else
        let name = "libduckdb.so"
        let system = [name, "/usr/local/lib/\(name)", "/home/linuxbrew/.linuxbrew/lib/\(name)"]
        #endif
        let cache =
            environment("SHEAF_CACHE") ?? environment("XDG_CACHE_HOME").map { $0 + "/sheaf" }
            ?? environment("HOME").map { $0 + "/.cache/sheaf" }
        return try NativeLibrary((cache.map { ["\($0)/duckdb/\(name)"] } ?? []) + system, hint: hint)
    }
}

/// The native libraries that tables use.
public enum TableLibraries {
    /// Tries to load each, and says which is in use; for diagnostics.
    public static func check() -> [NativeLibraryStatus] {
        switch DuckDBLibrary.shared {
        case .success(let library):
            [NativeLibraryStatus(name: "DuckDB", purpose: "tables and SQL (\(library.summary))", isFound: true, hint: nil)]
        case .failure(let error):
            [
                NativeLibraryStatus(
                    name: "DuckDB", purpose: "tables and SQL; everything else works without it", isFound: false, isOptional: true,
                    hint: "\(error)")
            ]
        }
    }
}

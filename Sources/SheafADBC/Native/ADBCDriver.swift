internal import CADBC
public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A database's ADBC driver: a library in this process, loaded when first used.
///
/// Looked for in this order: the path in an environment variable, the library that `dev/setup` puts into the cache folder, the system's
/// libraries, Homebrew's.
final class ADBCDriver: Sendable {
    /// The driver's functions; never changed after ``init(_:)``, never freed.
    nonisolated(unsafe) let functions: UnsafePointer<cadbc_functions>
    /// Where it was found.
    let path: String

    static let postgresql = load(.postgresql)
    static let sqlite = load(.sqlite)

    /// The driver, or why there is none.
    static func of(_ kind: Database.Kind) -> Result<ADBCDriver, EngineError> {
        switch kind {
        case .postgresql: postgresql
        case .sqlite: sqlite
        }
    }

    private static func load(_ kind: Database.Kind) -> Result<ADBCDriver, EngineError> {
        do {
            return .success(try ADBCDriver(find(kind) { name in getenv(name).map { String(cString: $0) } }))
        } catch let error as EngineError {
            return .failure(error)
        } catch {
            return .failure(EngineError(.missingLibrary, "the driver of \(kind) cannot be used", cause: error))
        }
    }

    private init(_ library: NativeLibrary) throws {
        let table = UnsafeMutablePointer<cadbc_functions>.allocate(capacity: 1)
        table.initialize(to: cadbc_functions())
        if let missing = cadbc_load(library.handle, table) {
            table.deallocate()
            throw EngineError(
                .missingLibrary, "\(library.name) has no function \(String(cString: missing))",
                hint: "it is no ADBC driver, or older than ADBC 1.1; run dev/setup, which fetches one that fits")
        }
        functions = UnsafePointer(table)
        path = library.name
    }

    static func variable(_ kind: Database.Kind) -> String { kind == .postgresql ? "SHEAF_ADBC_POSTGRESQL" : "SHEAF_ADBC_SQLITE" }

    /// Loads the library that an environment points to.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`).
    static func find(_ kind: Database.Kind, environment: (String) -> String?) throws -> NativeLibrary {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let variable = variable(kind), name = "libadbc_driver_\(kind)"
        let hint = "run make setup, or dev/adbc FOLDER and set \(variable) to the path of \(name).so in FOLDER"
        if let path = value(variable) {
            return try NativeLibrary([path], hint: "\(variable) names it; unset the variable, or correct it: \(hint)")
        }
        #if os(macOS)
        let system = ["\(name).dylib", "/opt/homebrew/lib/\(name).dylib", "/usr/local/lib/\(name).dylib"]
        #else
        let system = ["\(name).so", "/usr/local/lib/\(name).so", "/home/linuxbrew/.linuxbrew/lib/\(name).so"]
        #endif
        let cache = value("SHEAF_CACHE") ?? value("XDG_CACHE_HOME").map { $0 + "/sheaf" } ?? value("HOME").map { $0 + "/.cache/sheaf" }
        return try NativeLibrary((cache.map { ["\($0)/adbc/\(name).so"] } ?? []) + system, hint: hint)
    }
}

/// The drivers that databases are reached through.
public enum DatabaseDrivers {
    /// Tries to load each, and says which are in use; for diagnostics.
    public static func check() -> [NativeLibraryStatus] {
        [(Database.Kind.postgresql, "PostgreSQL"), (.sqlite, "SQLite")].map { kind, name in
            switch ADBCDriver.of(kind) {
            case .success(let driver):
                NativeLibraryStatus(name: "ADBC, \(name)", purpose: "tables of \(name) (\(driver.path))", isFound: true, hint: nil)
            case .failure(let error):
                NativeLibraryStatus(
                    name: "ADBC, \(name)", purpose: "tables of \(name); everything else works without it", isFound: false,
                    isOptional: true, hint: "\(error)")
            }
        }
    }
}

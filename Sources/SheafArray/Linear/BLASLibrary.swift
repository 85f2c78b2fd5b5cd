internal import CSheaf
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The BLAS and LAPACK of this process, loaded when first used.
///
/// Looked for in this order: the path in the environment variable `SHEAF_BLAS` (`none` for no library at all), the OpenBLAS that
/// `dev/setup` puts into the cache folder, the system's libraries. How the functions are spelled (`dgemm_`, `scipy_dgemm_`,
/// `dgemm_64_`) is found out, and so is whether their integers have 64 bits.
struct BLASLibrary: Sendable {
    private let libraries: [NativeLibrary]
    private let prefix: String
    private let suffix: String
    /// Whether arrays of integers have 64 bits each. (Single integers are passed by reference to 64 bits either way.)
    let hasWideIntegers: Bool
    private let setThreads: (@convention(c) (Int32) -> Void)?
    /// What the library says about itself, and where it is.
    let summary: String

    static let variable = "SHEAF_BLAS"
    static let hint = "run dev/setup, which fetches OpenBLAS, or set \(variable) to the path of a BLAS library with LAPACK"

    /// The library, or why there is none.
    static let shared: Result<BLASLibrary, EngineError> = {
        do {
            return .success(try BLASLibrary())
        } catch let error as EngineError {
            return .failure(error)
        } catch {
            return .failure(EngineError(.missingLibrary, "no BLAS library can be used", cause: error, hint: hint))
        }
    }()

    private init() throws {
        let environment = BLASEnvironment()
        defer { environment.restore() }
        var found: [NativeLibrary] = []
        if let path = Self.environmentValue(Self.variable) {
            if path == "none" { throw EngineError(.missingLibrary, "\(Self.variable)=none: no BLAS library is wanted", hint: Self.hint) }
            found = [try NativeLibrary([path], hint: "\(Self.variable) names it; unset the variable, or correct it")]
        } else {
            found = [try NativeLibrary(Self.candidates, hint: Self.hint)]
        }
        func has(_ name: String) -> Bool { found.contains { dlsym($0.handle, name) != nil } }
        let spellings = ["", "scipy_"].flatMap { prefix in ["_", "_64_", "64_", ""].map { (prefix, $0) } }
        guard let spelling = spellings.first(where: { has($0.0 + "dgemm" + $0.1) }) else {
            throw EngineError(.missingLibrary, "\(found[0].name) has no function dgemm", hint: Self.hint)
        }
        // The reference BLAS has its LAPACK in a library of its own.
        if !has(spelling.0 + "dgetrf" + spelling.1), let lapack = try? NativeLibrary(["liblapack.so.3"], hint: Self.hint) {
            found.append(lapack)
        }
        libraries = found
        (prefix, suffix) = spelling
        hasWideIntegers = suffix.contains("64")
        // In the libraries with 64-bit integers these names carry the suffix without its first or last underscore, or none.
        let endings = ["", "64_", "_64"]
        func helper<F>(_ name: String, as type: F.Type) -> F? {
            for ending in endings {
                if let address = dlsym(found[0].handle, spelling.0 + name + ending) { return unsafeBitCast(address, to: type) }
            }
            return nil
        }
        setThreads = helper("openblas_set_num_threads", as: (@convention(c) (Int32) -> Void).self)
        setThreads?(1)
        // Accelerate's own switch; 1 is BLAS_THREADING_SINGLE_THREADED.
        _ = helper("BLASSetThreading", as: (@convention(c) (Int32) -> Int32).self)?(1)
        typealias Text = @convention(c) () -> UnsafePointer<CChar>?
        let version = helper("openblas_get_config", as: Text.self)?().map { String(cString: $0) }
        let kernels = helper("openblas_get_corename", as: Text.self)?().map { String(cString: $0) }
        let words = version?.split(separator: " ").prefix(2).joined(separator: " ")
        summary = [words, kernels.map { "kernels \($0)" }, found[0].name].compactMap { $0 }.joined(separator: ", ")
    }

    /// Paths and names, in the order in which they are tried.
    static var candidates: [String] {
        #if os(macOS)
        let system = ["/System/Library/Frameworks/Accelerate.framework/Accelerate"]
        #else
        let system = ["libopenblas.so.0", "libblas.so.3"]
        #endif
        return (cacheFolder.map { ["\($0)/openblas/libscipy_openblas.so"] } ?? []) + system
    }

    /// The folder in which `dev/setup` keeps what it fetched.
    private static var cacheFolder: String? {
        environmentValue("SHEAF_CACHE") ?? environmentValue("XDG_CACHE_HOME").map { $0 + "/sheaf" }
            ?? environmentValue("HOME").map { $0 + "/.cache/sheaf" }
    }

    static func environmentValue(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }

    /// A Fortran routine, by its name in lower case.
    ///
    /// - Throws: ``EngineError`` (`.missingLibrary`) when the library has no such routine.
    func routine<F>(_ name: String, as type: F.Type) throws -> F {
        for library in libraries {
            if let address = dlsym(library.handle, prefix + name + suffix) { return unsafeBitCast(address, to: type) }
        }
        throw EngineError(.missingLibrary, "\(libraries[0].name) has no function \(prefix)\(name)\(suffix)", hint: Self.hint)
    }

    // MARK: Threads

    /// Runs calls of the library on this thread alone, or on several threads of the library's own.
    ///
    /// The engine owns the threads: tasks run in parallel, so each call has one thread. A task that is the only one of its kind in a plan
    /// may ask for more; it gets them if no other call is going on, and others then wait until it is done. So calls never have
    /// more threads than the session has workers.
    func call<R>(threads: Int, _ body: () throws -> R) rethrows -> R {
        let gate = BLASGate.shared
        if threads > 1, let setThreads, gate.tryEnterAlone() {
            setThreads(Int32(clamping: threads))
            defer {
                setThreads(1)
                gate.leave()
            }
            return try body()
        }
        gate.enter()
        defer { gate.leave() }
        return try body()
    }
}

/// Lets in many calls of one thread each, or one call of many threads.
private final class BLASGate: @unchecked Sendable {
    static let shared = BLASGate()
    private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    // There is one, for the life of the process.
    private init() { pthread_rwlock_init(lock, nil) }

    func enter() { pthread_rwlock_rdlock(lock) }
    func tryEnterAlone() -> Bool { pthread_rwlock_trywrlock(lock) == 0 }
    func leave() { pthread_rwlock_unlock(lock) }
}

/// What OpenBLAS reads from the environment while it is being loaded; afterwards the environment is as it was.
private struct BLASEnvironment {
    private var added: [String] = []

    init() {
        // Some builds of OpenBLAS take AMD's processors with AVX-512 for Haswells, whose kernels reach little more than half their speed.
        if sheaf_is_amd_with_avx512() { set("OPENBLAS_CORETYPE", "SkylakeX") }
        // No threads before they are asked for, and those sleep soon after their work instead of taking turns with the engine's.
        set("OPENBLAS_NUM_THREADS", "1")
        set("OPENBLAS_THREAD_TIMEOUT", "16")
    }

    private mutating func set(_ name: String, _ value: String) {
        if getenv(name) == nil, setenv(name, value, 0) == 0 { added.append(name) }
    }

    func restore() { for name in added { unsetenv(name) } }
}

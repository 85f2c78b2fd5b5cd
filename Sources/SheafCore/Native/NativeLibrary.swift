#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A native library, loaded when first used. Thread-safe; it stays loaded.
package struct NativeLibrary: @unchecked Sendable {
    package let handle: UnsafeMutableRawPointer
    /// The name or path under which it was found.
    package let name: String

    /// - Parameters:
    ///   - names: file names, for the system's search, or paths; the first that can be loaded serves.
    ///   - hint: what to do when there is none.
    /// - Throws: ``EngineError`` (`.missingLibrary`).
    package init(_ names: [String], hint: String) throws {
        for name in names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.handle = handle
                self.name = name
                return
            }
        }
        throw EngineError(.missingLibrary, "none of \(names.joined(separator: ", ")) can be loaded", hint: hint)
    }

    /// The library that reads and writes gzip.
    package static func zlib() throws -> NativeLibrary {
        try NativeLibrary(["libz.so.1", "libz.so", "libz.dylib"], hint: "on Debian and Ubuntu: apt-get install zlib1g")
    }

    /// The library that reads and writes Zstandard.
    package static func zstd() throws -> NativeLibrary {
        try NativeLibrary(["libzstd.so.1", "libzstd.so", "libzstd.dylib"], hint: "on Debian and Ubuntu: apt-get install libzstd1")
    }

    /// - Throws: ``EngineError`` (`.missingLibrary`) when the library has no such function.
    package func symbol<F>(_ name: String, as type: F.Type) throws -> F {
        guard let address = dlsym(handle, name) else {
            throw EngineError(.missingLibrary, "\(self.name) has no function \(name)", hint: "install a newer version")
        }
        return unsafeBitCast(address, to: type)
    }
}

/// What `sheaf doctor` says about a native library.
public struct NativeLibraryStatus: Sendable, Codable {
    public let name: String
    public let purpose: String
    public let isFound: Bool
    /// Whether everything works without it, if slower.
    public let isOptional: Bool
    /// What to do when it is missing.
    public let hint: String?

    package init(name: String, purpose: String, isFound: Bool, isOptional: Bool = false, hint: String?) {
        self.name = name
        self.purpose = purpose
        self.isFound = isFound
        self.isOptional = isOptional
        self.hint = hint
    }

    /// For a library that was not found: what that means, and what to do.
    public var missing: String { (isOptional ? "not found; " : "") + purpose + (hint.map { ": \($0)" } ?? "") }
}

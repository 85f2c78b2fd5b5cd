import Foundation

/// Where things are: the checkout, the cache and the programs in them.
struct Layout {
    /// The root of the checkout.
    let root: URL
    /// What is expensive to make and worth keeping between checkouts.
    let cache: URL
    /// The folder of this program, in which SwiftPM also puts `sheaf-jobs`.
    let executables: URL

    init(from directory: URL, environment: [String: String], executable: URL) throws {
        var folder = directory.standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Benchmarks/peers/python/contract.py").path) {
            guard folder.pathComponents.count > 1 else {
                throw BenchError(
                    code: .notInCheckout,
                    message: "\(directory.path) is not inside a checkout of Sheaf",
                    hint: "run this from the checkout, whose Benchmarks/peers it needs"
                )
            }
            folder = folder.deletingLastPathComponent()
        }
        root = folder
        cache = Self.cache(environment: environment)
        executables = executable.deletingLastPathComponent()
    }

    /// `SHEAF_CACHE`, or `sheaf` in the user's cache folder; dev/setup-bench decides the same way.
    static func cache(environment: [String: String]) -> URL {
        if let cache = environment["SHEAF_CACHE"], !cache.isEmpty { return URL(filePath: cache) }
        if let caches = environment["XDG_CACHE_HOME"], !caches.isEmpty { return URL(filePath: caches).appending(path: "sheaf") }
        return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/sheaf")
    }

    var python: URL { cache.appending(path: "bench-venv/bin/python") }
    /// Made by dev/engines.
    var enginesPython: URL { cache.appending(path: "engines-venv/bin/python") }
    var pythonPeers: URL { root.appending(path: "Benchmarks/peers/python") }
    var dataGenerator: URL { root.appending(path: "Benchmarks/data/generate.py") }

    var cppPeers: URL { root.appending(path: "Benchmarks/peers/cpp") }
    var builtCppPeers: URL { root.appending(path: ".build-bench/peers") }

    var sheafJobs: URL { executables.appending(path: "sheaf-jobs") }
    var published: URL { root.appending(path: "docs/benchmarks") }

    func dataFolder(scale: Double) -> URL {
        cache.appending(path: "bench-data/\(scale == 1 ? "full" : "scale-\(scale)")")
    }
}

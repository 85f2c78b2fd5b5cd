import Foundation

/// Where the jobs' Python programs are, and the Python that runs them.
struct PeerPrograms: Sendable {
    private let folder: URL
    private let python: String
    private let sparkPython: String

    /// - Parameters:
    ///   - folder: that of the programs; by default the one in the checkout around the current folder, or around this executable.
    ///   - python: by default what `SHEAF_PYTHON` names, else that of `engines-venv` in the cache folder (for PySpark of `bench-venv`),
    ///     else `python3`.
    /// - Throws: ``AnswerError`` when the programs are not found.
    init(folder: String?, python: String?, environment: [String: String]) throws(AnswerError) {
        self.python = Self.python(asked: python, environment, "engines-venv")
        sparkPython = Self.python(asked: python, environment, "bench-venv")
        if let folder {
            self.folder = URL(fileURLWithPath: folder)
            return
        }
        let starts = [URL(fileURLWithPath: FileManager.default.currentDirectoryPath), Bundle.main.executableURL?.resolvingSymlinksInPath()]
        guard let found = starts.compactMap(\.self).lazy.compactMap(Self.programs(around:)).first else {
            throw AnswerError(description: "its programs, Benchmarks/peers/python/compare, are in Sheaf's checkout; give --peers-folder")
        }
        self.folder = found
    }

    private static func programs(around start: URL) -> URL? {
        var folder = start.standardizedFileURL
        while true {
            let candidate = folder.appendingPathComponent("Benchmarks/peers/python/compare")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
            guard folder.pathComponents.count > 1 else { return nil }
            folder = folder.deletingLastPathComponent()
        }
    }

    private static func python(asked: String?, _ environment: [String: String], _ folder: String) -> String {
        if let asked { return asked }
        if let named = environment["SHEAF_PYTHON"], !named.isEmpty { return named }
        let own = cache(environment).appendingPathComponent("\(folder)/bin/python").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }

    /// `SHEAF_CACHE`, or `sheaf` in the user's cache folder; `dev/setup` decides the same way.
    private static func cache(_ environment: [String: String]) -> URL {
        if let cache = environment["SHEAF_CACHE"], !cache.isEmpty { return URL(fileURLWithPath: cache) }
        if let caches = environment["XDG_CACHE_HOME"], !caches.isEmpty {
            return URL(fileURLWithPath: caches).appendingPathComponent("sheaf")
        }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache/sheaf")
    }

    /// The program that runs a job on a system, and its arguments.
    ///
    /// - Throws: ``AnswerError`` when there is none.
    func command(
        _ system: PeerSystem, job: String, arguments: [String], workers: Int, repeats: Int
    ) throws -> (executable: String, arguments: [String]) {
        let program = folder.appendingPathComponent(system.program).path
        guard FileManager.default.fileExists(atPath: program) else {
            throw AnswerError(description: "there is no \(system.program) in \(folder.path)")
        }
        let operands = [program, job] + arguments + ["--workers", String(workers), "--repeat", String(repeats)]
        return (system == .pyspark ? sparkPython : python, operands)
    }
}

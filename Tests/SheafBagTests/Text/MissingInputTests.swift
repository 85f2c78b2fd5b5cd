import Foundation
import Sheaf
import Testing

@Suite struct MissingInputTests {
    @Test("A missing file is an error of the plan that names it, and says where relative names begin")
    func missing() async throws {
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                for (path, hint) in [
                    ("\(folder)/none.txt", "relative paths"), ("\(folder)/*.none", "relative patterns"), ("no such.gz", "relative"),
                ] {
                    let calls = Counter()
                    let bag = session.bag(["other"]).union(session.lines(of: path)).map { calls.counting($0) }
                    let error = await #expect(throws: PlanError.self) { try await bag.collect() }
                    #expect(error?.code == .inputNotFound)
                    #expect(error?.message.contains(path) == true)
                    #expect(error?.hint?.contains(hint) == true)
                    #expect(calls.value == 0, "nothing runs")
                    #expect(throws: PlanError.self) { try bag.partitionCount() }
                }
            }
        }
    }

    @Test("A folder is not a file, named or matched by a pattern")
    func folder() async throws {
        try await withFolder { folder async throws in
            try FileManager.default.createDirectory(atPath: "\(folder)/inner", withIntermediateDirectories: true)
            try await withSession { session async throws in
                for path in [folder, "\(folder)/*"] {
                    let error = await #expect(throws: PlanError.self) { try await session.lines(of: path).collect() }
                    #expect(error?.code == .inputNotFound)
                    #expect(error?.message.contains("is a folder") == true)
                    #expect(error?.hint?.contains("/*.csv") == true)
                }
            }
        }
    }

    @Test("A path through a file is an error of the plan")
    func throughFile() async throws {
        try await withFolder { folder async throws in
            let path = try write([65], to: "file", in: folder) + "/below"
            try await withSession { session async throws in
                let error = await #expect(throws: PlanError.self) { try await session.lines(of: path).collect() }
                #expect(error?.message.contains(path) == true)
            }
        }
    }

    @Test("A pipe is refused rather than read as empty, or waited for")
    func pipe() async throws {
        try await withFolder { folder async throws in
            let path = "\(folder)/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            try await withSession { session async throws in
                let error = await #expect(throws: PlanError.self) { try await session.lines(of: path).collect() }
                #expect(error?.code == .inputNotFound)
                #expect(error?.message.contains(path) == true)
            }
        }
    }

    @Test("A file that may not be opened is an error that names it and the reason", .enabled(if: geteuid() != 0, "root may open all"))
    func forbidden() async throws {
        try await withFolder { folder async throws in
            let path = try write([65], to: "secret", in: folder)
            chmod(path, 0)
            try await withSession { session async throws in
                let error = await #expect(throws: EngineError.self) { try await session.lines(of: path).collect() }
                #expect(error?.code == .inputOutput)
                #expect(error?.message.contains(path) == true)
            }
        }
    }

    #if os(Linux)
    @Test("A file that cannot be read is an error that names it and the reason", arguments: ["", ".gz", ".zst"])
    func unreadable(suffix: String) async throws {
        try await withFolder { folder async throws in
            // The memory of this process, in which no page lies at 0.
            let path = "\(folder)/memory\(suffix)"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/proc/self/mem")
            try await withSession { session async throws in
                let error = await #expect(throws: EngineError.self) { try await session.lines(of: path).collect() }
                #expect(error?.message.contains(path) == true)
                #expect(error?.code == .inputOutput)
            }
        }
    }
    #endif

    @Test("A file that goes away between planning and reading is an error that names it")
    func vanished() async throws {
        try await withFolder { folder async throws in
            let path = try write(Array("one\ntwo\n".utf8), to: "short-lived", in: folder)
            try await withSession(SessionOptions(workers: 1, memory: 64 << 20)) { session async throws in
                // The first partition removes what the second is about to read.
                let remover = session.bag([path], partitions: 1).map { path in
                    try FileManager.default.removeItem(atPath: path)
                    return path
                }
                let error = await #expect(throws: EngineError.self) { try await remover.union(session.lines(of: path)).collect() }
                #expect(error?.code == .inputNotFound)
                #expect(error?.message.contains(path) == true)
            }
        }
    }
}

extension Counter {
    fileprivate func counting<T>(_ value: T) -> T {
        increment()
        return value
    }
}

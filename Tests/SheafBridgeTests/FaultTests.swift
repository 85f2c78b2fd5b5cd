import Foundation
import SheafCore
import SheafTesting
import SheafWorker
import Testing

@testable import SheafBridge
@testable import sheaf_test_worker

private func engineError(_ body: () async throws -> some Sendable) async throws -> EngineError {
    do { _ = try await body() } catch let error as EngineError { return error }
    throw ConformanceFailure("ended without an EngineError")
}

@Suite("Sidecars that fail", .timeLimit(.minutes(2)))
struct SidecarFaultTests {
    @Test(
        "a sidecar that breaks off or talks nonsense ends its runs with an error, and what comes after",
        arguments: [
            ("garble", ErrorCode.protocolViolation), ("cut", .protocolViolation), ("stray", .protocolViolation), ("leave", .engineFailed),
            ("lose", .engineFailed),
        ])
    func breaks(behaviour: String, code: ErrorCode) async throws {
        try await withFake(behaviour) { engine, session in
            let error = try await engineError { try await session.delayed(TestFunctions.add, 1, 2).compute() }
            #expect(error.code == code)
            if behaviour == "leave" { #expect("\(error)".contains("status 7") && "\(error)".contains("no more")) }
            let later = try await engineError { try await session.delayed(TestFunctions.add, 1, 2).compute() }
            #expect(later.code == code)
            #expect(try await engineError { try await engine.resources() }.code == code)
        }
    }

    @Test("a sidecar that is killed ends its runs with an error that says so")
    func killed() async throws {
        try await withFake { engine, session in
            let begun = try TemporaryFolder(), started = try SignalPipe(begun.path("f.started"))
            let task = Task { try await session.delayed(TestFunctions.sleep, Delayed(begun.path("f")), 60).compute() }
            try await started.wait()
            kill(try #require(engine.sidecarProcess), SIGKILL)
            let error = try await engineError { try await task.value }
            #expect(error.code == .engineFailed && error.message.contains("SIGKILL"))
        }
    }

    @Test("an engine that does not answer is an error that says what to do")
    func unreachable() async throws {
        let error = try await engineError { try await fakeEngine("nobody") }
        #expect(error.code == .unreachable && error.message.contains("nobody") && error.hint?.contains("sheaf up") == true)
        let wrong = try await engineError { try await fakeEngine("wrong") }
        #expect(wrong.code == .wrongProgram && wrong.hint?.contains("static") == true)
    }

    @Test("a Python that is missing, or lacks something, is an error that says what to do")
    func python() async throws {
        let missing = try await engineError { try await fakeEngine(python: "/no/such/python") }
        #expect(missing.code == .missingLibrary && missing.hint?.contains("dev/engines") == true)
        let lacking = try await engineError { try await fakeEngine(needs: ["no_such_module", "json"]) }
        #expect(lacking.code == .missingLibrary && lacking.message.contains("no_such_module") && !lacking.message.contains("json"))
        let other = try await engineError { try await fakeEngine(python: "/bin/false") }
        #expect(other.code == .engineFailed)
    }

    @Test("a run that is cancelled before it has begun, and one whose sidecar is mute, end")
    func cancel() async throws {
        try await withFake("mute") { engine, session in
            let task = Task { try await session.delayed(TestFunctions.add, 1, 2).compute() }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await session.close()
            do {
                _ = try await task.value
                Issue.record("ended without an error")
            } catch { #expect(error is CancellationError || error is EngineError) }
        }
    }

    @Test("a crash of the program is an error that names the node")
    func crash() async throws {
        try await withFake { _, session in
            do {
                _ = try await session.delayed(TestFunctions.trap, "oh no", options: NodeOptions(name: "falls")).compute()
                Issue.record("ended without an error")
            } catch let error as TaskError {
                #expect(error.code == .crashed && error.node?.hasPrefix("falls#") == true)
            }
            #expect(try await session.delayed(TestFunctions.add, 1, 2).compute() == 3)
        }
    }

    @Test("an engine that nobody closes ends its sidecar")
    func dropped() async throws {
        var engine: BridgeEngine? = try await fakeEngine()
        let sidecar = try #require(engine?.sidecarProcess)
        engine = nil
        let end = ContinuousClock.now + .seconds(10)
        while kill(sidecar, 0) == 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        #expect(kill(sidecar, 0) != 0)
    }

    @Test("what cannot run elsewhere is refused before anything runs, with the node and the line")
    func refused() async throws {
        try await withFake { _, session in
            let line = #line; let list = session.gather((0..<2).map { session.delayed(TestFunctions.add, Delayed($0), 2) })
            do {
                _ = try await list.compute()
                Issue.record("ended without an error")
            } catch let error as PlanError {
                #expect(error.code == .unsupported && error.node?.hasPrefix("gather#") == true)
                #expect(error.location?.line == UInt32(line))
            }
            do {
                _ = try await session.delayed(TestFunctions.unencodable, 1).compute()
                Issue.record("ended without an error")
            } catch let error as PlanError { #expect(error.code == .notSerializable) }
        }
    }
}

@Suite("Which Python runs a sidecar")
struct PythonInterpreterTests {
    @Test("the one asked for, else that of the variable, else that of the cache, else that of the path")
    func order() throws {
        let folder = try TemporaryFolder()
        func python(_ name: String) throws -> String {
            let path = folder.path(name), parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try "".write(toFile: path, atomically: true, encoding: .utf8)
            chmod(path, 0o700)
            return path
        }
        let own = try python("cache/engines-venv/bin/python"), other = try python("bin/python3"), third = try python("third")
        var environment = ["PATH": folder.path("none") + ":" + folder.path("bin")]
        #expect(try PythonInterpreter.find(environment: environment).path == other)
        environment["SHEAF_CACHE"] = folder.path("cache")
        #expect(try PythonInterpreter.find(environment: environment).path == own)
        environment["SHEAF_PYTHON"] = third
        #expect(try PythonInterpreter.find(environment: environment).path == third)
        #expect(try PythonInterpreter.find("python3", environment: environment).path == other)
        #expect(throws: EngineError.self) { try PythonInterpreter.find("/no/such", environment: environment) }
        #expect(throws: EngineError.self) { try PythonInterpreter.find(environment: ["PATH": "/none"]) }
    }
}

import SheafCore
import Testing

@testable import SheafProgram

@Suite("Sheaf's options say how a session runs")
struct SessionArgumentsTests {
    @Test("without any, everything has its default")
    func defaults() throws {
        let arguments = try SessionArguments.parse([])
        #expect(arguments.engine == "local")
        #expect(arguments.progress == .auto)
        #expect(arguments.trace == nil)
        let options = arguments.options
        #expect(options.workers == SessionOptions.coreCount)
        #expect(options.memory == SessionOptions.physicalMemory / 2)
        #expect(options.seed == 0)
        #expect(!options.deterministic)
        #expect(options.spillFolder == nil)
    }

    @Test("all of them reach the session's options")
    func values() throws {
        let arguments = try SessionArguments.parse([
            "--engine", "local://?workers=2", "--workers", "3", "--memory", "1.5GiB", "--progress", "never", "--trace", "t.json", "--seed",
            "18446744073709551615", "--spill-folder", "/var/tmp", "--deterministic",
        ])
        #expect(arguments.engine == "local://?workers=2")
        #expect(arguments.progress == .never)
        #expect(arguments.trace == "t.json")
        let options = arguments.options
        #expect(options.workers == 3)
        #expect(options.memory == 1_610_612_736)
        #expect(options.seed == .max)
        #expect(options.spillFolder == "/var/tmp")
        #expect(options.deterministic)
    }

    @Test(
        "what cannot be is refused, with the option's name or value in the message",
        arguments: [
            (["--workers", "0"], "--workers 0"), (["--workers", "many"], "many"), (["--memory", "lots"], "lots"),
            (["--memory", "-1"], "--memory"), (["--progress", "sometimes"], "sometimes"), (["--seed", "x"], "--seed"),
            (["--engine", "what is this"], "what is this"), (["--engine"], "--engine"),
        ])
    func refused(_ line: [String], _ part: String) {
        let error = #expect(throws: (any Error).self) { try SessionArguments.parse(line) }
        guard let error else { return }
        #expect(SessionArguments.message(for: error).contains(part))
        #expect(SessionArguments.exitCode(for: error) == .validationFailure)
    }

    @Test("a session is closed however its body ends")
    func closes() async throws {
        struct Oops: Error {}
        let arguments = try SessionArguments.parse(["--progress", "never", "--workers", "1"])
        let identity = Function("identity") { (number: Int) in number }
        let kept = try await arguments.withSession { session in
            let seven = try await session.delayed(identity, 7).compute()
            #expect(seven == 7)
            return session
        }
        await #expect(throws: EngineError.self) { try await kept.delayed(identity, 7).compute() }
        nonisolated(unsafe) var failed: Session?
        await #expect(throws: Oops.self) {
            try await arguments.withSession { session in
                failed = session
                throw Oops()
            }
        }
        let closed = try #require(failed)
        await #expect(throws: EngineError.self) { try await closed.delayed(identity, 7).compute() }
    }

    @Test("two functions of one name are refused before the session is made")
    func duplicates() async throws {
        let arguments = try SessionArguments.parse(["--engine", "nowhere"])
        let functions: [any RegisteredFunction] = [Function("twice") { (a: Int) in a }, Function("twice") { (a: Int) in a + 1 }]
        let error = await #expect(throws: PlanError.self) {
            try await arguments.withSession(functions: functions) { _ in Issue.record("the body ran") }
        }
        #expect(error?.code == .duplicateFunction)
    }
}

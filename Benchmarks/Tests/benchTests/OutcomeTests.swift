import Testing

@testable import bench

@Suite("Reading what a program left behind")
struct OutcomeTests {
    private func outcome(_ output: String, ending: ChildProcess.Ending = .exited(0), errors: String = "", job: Job = .sort) -> Outcome {
        Outcome(ChildProcess.Result(ending: ending, output: output, errors: errors, peakResidentBytes: 7), job: job)
    }

    @Test("A line with time, check and items is a sample")
    func measured() {
        let line = #"{"job": "sort", "peer": "pool", "version": "v", "seconds": 2.5, "check": "c", "items": 3}"#
        #expect(
            outcome(line + "\n")
                == .measured(Sample(seconds: 2.5, secondsPerTask: nil, check: "c", items: 3, version: "v", peakResidentBytes: 7)))
    }

    @Test("A peer may lack the operation")
    func unsupported() {
        #expect(outcome(#"{"unsupported": true, "reason": "no sort"}"#) == .unsupported("no sort"))
    }

    @Test(
        "Everything else is a failure that says why",
        arguments: [
            ("", "printed 0 lines"),
            ("hello", "printed another line"),
            ("{}\n{}", "printed 2 lines"),
            (#"{"error": "no such file"}"#, "no such file"),
            (#"{"job": "join", "seconds": 1, "check": "c", "items": 1}"#, "measured join instead of sort"),
            (#"{"job": "sort", "seconds": 1, "items": 1}"#, "left seconds, check or items out"),
            (#"{"job": "sort", "seconds": 0, "check": "c", "items": 1}"#, "left seconds, check or items out"),
        ])
    func failures(output: String, reason: String) {
        guard case .failed(let message) = outcome(output) else {
            Issue.record("not a failure: \(output)")
            return
        }
        #expect(message.contains(reason))
    }

    @Test("A job of tiny tasks needs its time per task")
    func perTask() {
        let line = #"{"job": "tree", "seconds": 1, "check": "c", "items": 1}"#
        #expect(outcome(line, job: .tree) == .failed("left secondsPerTask out of its line"))
    }

    @Test("The explanation is the last error, not the end of a stack trace")
    func explanation() {
        let errors = "Exception in thread main\nModuleNotFoundError: No module\n\tat java.lang.Thread.run\n"
        #expect(outcome("", ending: .exited(1), errors: errors) == .failed("exited with status 1: ModuleNotFoundError: No module"))
    }
}

@Suite("Child processes")
struct ChildProcessTests {
    private func run(_ script: String, timeout: Double = 10) throws -> ChildProcess.Result {
        try ChildProcess(command: Command(executable: "/bin/sh", arguments: ["-c", script]), timeout: timeout).run()
    }

    @Test("Tells output, errors, status and peak memory")
    func exits() throws {
        let result = try run("echo out; echo err >&2; exit 3")
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(result.ending == .exited(3))
        #expect(result.peakResidentBytes > 0)
    }

    @Test("Tells the signal that ended the program")
    func signal() throws {
        #expect(try run("kill -9 $$").ending == .signal(9))
    }

    @Test("Ends a program and its children when it takes too long")
    func timesOut() throws {
        let start = ContinuousClock.now
        #expect(try run("sleep 60 & sleep 60", timeout: 0.2).ending == .timedOut(0.2))
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("Names a program that is not there")
    func missing() {
        let command = Command(executable: "/no/such/program", arguments: [])
        #expect(throws: BenchError.self) { try ChildProcess(command: command, timeout: 1).run() }
    }
}

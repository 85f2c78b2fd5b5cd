import SheafCore
import SheafLocal
import Synchronization
import Testing

@testable import SheafProgram

/// A display with a clock that the test moves, and what it wrote.
private final class Screen: Sendable {
    private struct State { var now = 100.0; var written: [String] = [] }
    private let state = Mutex(State())

    func display(_ style: ProgressDisplay.Style, width: Int = 61) -> ProgressDisplay {
        ProgressDisplay(
            style: style,
            surroundings: .init(
                write: { [self] text in state.withLock { $0.written.append(text) } }, width: { width },
                now: { [self] in state.withLock(\.now) }, ticks: false))
    }

    func pass(_ seconds: Double) { state.withLock { $0.now += seconds } }

    /// What was written since it was asked last, with the terminal's codes made visible.
    var written: [String] {
        state.withLock { state in
            defer { state.written = [] }
            return state.written.map { $0.replacing("\u{1B}[K", with: "<clear>").replacing("\r", with: "<start>") }
        }
    }
}

@Suite("The progress display")
struct ProgressDisplayTests {
    private let screen = Screen()

    @Test("of a run shorter than 0.2 seconds shows nothing", arguments: [ProgressDisplay.Style.live, .log, .quiet])
    func short(style: ProgressDisplay.Style) {
        let display = screen.display(style)
        display.handle(.runStarted(job: 1, name: "collect", tasks: 4))
        display.tick()
        screen.pass(0.19)
        display.handle(.progress(Progress(job: 1, done: 2, total: 4)))
        display.tick()
        display.handle(.runFinished(job: 1, seconds: 0.19))
        display.close()
        #expect(screen.written == [])
    }

    @Test("redraws one line, and takes it away before the run ends")
    func live() {
        let display = screen.display(.live)
        display.handle(.runStarted(job: 1, name: "collect", tasks: 4))
        screen.pass(0.2)
        display.tick()
        display.handle(.progress(Progress(job: 1, done: 2, total: 4)))
        screen.pass(0.1)
        display.tick()
        #expect(
            screen.written == [
                "<start>collect   0% ───────────────────────────── 0/4 tasks · 0.2 s<clear>",
                "<start>collect  50% ━━━━━━━━──────── 2/4 tasks · 10 tasks/s · 0.3 s<clear>",
            ])
        display.handle(.runFinished(job: 1, seconds: 0.3))
        #expect(screen.written == ["<start><clear>"])
        display.tick()
        #expect(screen.written == [])
    }

    @Test("of a run of a second and more leaves a line behind")
    func summary() {
        let display = screen.display(.live)
        display.handle(.runStarted(job: 1, name: "collect", tasks: 4))
        screen.pass(2)
        display.tick()
        display.handle(.progress(Progress(job: 1, done: 4, total: 4)))
        display.handle(.runFinished(job: 1, seconds: 2))
        #expect(screen.written.suffix(2) == ["<start><clear>", "collect: 4 tasks, 2 tasks/s, 2.0 s\n"])
    }

    @Test("where nothing can be redrawn writes a line every five seconds, and one at the end if it wrote any")
    func log() {
        let display = screen.display(.log)
        display.handle(.runStarted(job: 1, name: "sort", tasks: 10))
        for _ in 0..<49 {
            screen.pass(0.1)
            display.tick()
        }
        #expect(screen.written == [])
        display.handle(.progress(Progress(job: 1, done: 5, total: 10)))
        screen.pass(0.2)
        display.tick()
        display.tick()
        screen.pass(4)
        display.tick()
        #expect(screen.written == ["sort: 50%, 5 of 10 tasks, 1 task/s, 5.1 s, 4.7 s left\n"])
        display.handle(.progress(Progress(job: 1, done: 10, total: 10)))
        display.handle(.runFinished(job: 1, seconds: 9.1))
        #expect(screen.written == ["sort: 10 tasks, 1 task/s, 9.1 s\n"])

        display.handle(.runStarted(job: 2, name: "count", tasks: 1))
        screen.pass(4)
        display.tick()
        display.handle(.runFinished(job: 2, seconds: 4))
        #expect(screen.written == [])
    }

    @Test("adds runs up that overlap, and counts those that have ended until all have")
    func overlapping() {
        let display = screen.display(.live, width: 41)
        display.handle(.runStarted(job: 1, name: "outer", tasks: 10))
        display.handle(.runStarted(job: 2, name: "inner", tasks: 30))
        display.handle(.progress(Progress(job: 1, done: 5, total: 10)))
        display.handle(.progress(Progress(job: 2, done: 30, total: 30)))
        display.handle(.runFailed(job: 2, error: CancellationError()))
        screen.pass(0.5)
        display.tick()
        #expect(screen.written == ["<start>2 runs  87% ━━━━━━━─ 35/40 tasks · 0.5 s<clear>"])
        display.handle(.runFinished(job: 1, seconds: 0.5))
        display.handle(.runStarted(job: 3, name: "next", tasks: 2))
        screen.pass(0.5)
        display.tick()
        #expect(screen.written == ["<start><clear>", "<start>next   0% ──────────── 0/2 tasks · 0.5 s<clear>"])
    }

    @Test("says what a lenient parse left out, even when it shows nothing else")
    func rejected() {
        struct Reason: Error, CustomStringConvertible { var description: String }
        let records = TaskResources(memory: MemoryLedger(budget: 1), spill: SpillFile(), seed: 0).rejected
        records.record(Reason(description: "not a number\nmore")) { RecordPosition(file: "data.csv", line: 17, text: "abc,1") }
        records.record(Reason(description: "x")) { nil }
        let samples = records.samples
        for style in [ProgressDisplay.Style.quiet, .log, .live] {
            let display = screen.display(style)
            display.handle(.runStarted(job: 1, name: "collect", tasks: 4))
            display.handle(.rejected(job: 1, count: 1200, samples: samples))
            #expect(screen.written == ["1,200 records left out; the first: data.csv:17: “abc,1”: not a number\n"])
        }
        #expect(ProgressDisplay.notice(1, [samples[1]]) == "1 record left out: x")
        #expect(ProgressDisplay.notice(3, []) == "3 records left out")
    }

    @Test("clears its line before a notice, and when it is closed in the middle of a run")
    func clears() {
        let display = screen.display(.live)
        display.handle(.runStarted(job: 1, name: "a", tasks: 1))
        screen.pass(1)
        display.tick()
        _ = screen.written
        display.handle(.rejected(job: 1, count: 2, samples: []))
        #expect(screen.written == ["<start><clear>", "2 records left out\n"])
        display.tick()
        _ = screen.written
        display.close()
        #expect(screen.written == ["<start><clear>"])
        display.tick()
        #expect(screen.written == [])
    }

    @Test("has seen the end of a run when the run returns")
    func synchronous() async throws {
        let session = Session(engine: LocalEngine(options: SessionOptions(workers: 2)))
        let seen = Mutex<[String]>([])
        session.observe { event in
            seen.withLock { seen in
                switch event {
                case .runStarted(_, let name, let tasks): seen.append("start \(name) \(tasks)")
                case .runFinished: seen.append("end")
                case .task: Issue.record("nobody asked for tasks")
                default: break
                }
            }
        }
        let double = Function("double") { (number: Int) in number * 2 }
        for round in 1...50 {
            _ = try await session.delayed(double, session.delayed(double, round)).compute()
            #expect(seen.withLock { $0.count } == round * 2)
        }
        #expect(seen.withLock { $0.prefix(2) } == ["start double 2", "end"])
        await session.close()
    }
}

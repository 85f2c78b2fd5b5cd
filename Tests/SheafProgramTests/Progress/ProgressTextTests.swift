import SheafCore
import Testing

@testable import SheafProgram

@Suite("Progress in words")
struct ProgressTextTests {
    private let middle = ProgressText(
        name: "collect", progress: Progress(job: 1, done: 1140, total: 2000, readBytes: 102_760_448), elapsed: 3.2)

    @Test(
        "fits the width, and drops what matters less on a narrow one",
        arguments: [
            (120, "collect  57% ━━━━━━━━━━━━━━━━━━━━━━╸───────────────── 1,140/2,000 tasks · 98 MB read · 31 MB/s · 3.2 s · 2.4 s left"),
            (100, "collect  57% ━━━━━━━━━━━━━━─────────── 1,140/2,000 tasks · 98 MB read · 31 MB/s · 3.2 s · 2.4 s left"),
            (79, " 57% ━━━━━━╸───── 1,140/2,000 tasks · 98 MB read · 31 MB/s · 3.2 s · 2.4 s left"),
            (60, "collect  57% ━━━━╸─── 1,140/2,000 tasks · 3.2 s · 2.4 s left"),
            (40, " 57% 1,140/2,000 tasks · 2.4 s left"),
            (24, " 57% 1,140/2,000 tasks"),
            (10, " 57% 3.2 s"),
            (3, " 57"),
            (0, ""),
        ])
    func widths(_ width: Int, _ expected: String) {
        let line = middle.line(width: width)
        #expect(line == expected)
        #expect(line.count <= width)
    }

    @Test("never passes the width, whatever there is to say")
    func width() {
        for width in 0...200 {
            for done in [0, 1, 999_999, 1_000_000] {
                let progress = Progress(
                    job: 1, done: done, total: 1_000_000, failed: done / 2, spilledBytes: done * 7777, readBytes: done << 20)
                for unicode in [true, false] {
                    let text = ProgressText(name: "a name of more than twenty characters", progress: progress, elapsed: 12345)
                    #expect(text.line(width: width, unicode: unicode).count <= width)
                }
            }
        }
    }

    @Test("says what was spilled and what failed")
    func troubles() {
        let progress = Progress(job: 1, done: 5, total: 10, failed: 2, spilledBytes: 3 << 30)
        let text = ProgressText(name: "sort", progress: progress, elapsed: 75)
        let line = text.line(width: 100)
        #expect(line == "sort  50% ━━━━━━━━━━────────── 5/10 tasks · 1 min 15 s · 1 min 15 s left · 2 failed · 3.0 GB spilled")
        #expect(text.report == "sort: 50%, 5 of 10 tasks, 3.0 GB spilled, 2 failed, 1 min 15 s, 1 min 15 s left")
    }

    @Test("is ASCII where the locale is not UTF-8")
    func ascii() {
        let line = middle.line(width: 100, unicode: false)
        #expect(line == "collect  57% ################------------- 1,140/2,000 tasks, 98 MB read, 31 MB/s, 3.2 s, 2.4 s left")
        #expect(line.allSatisfy { $0.isASCII })
    }

    @Test("of a run without input counts tasks a second")
    func taskRate() {
        let text = ProgressText(name: "", progress: Progress(job: 1, done: 300_000, total: 1_000_000), elapsed: 0.5)
        #expect(text.line(width: 70) == " 30% ━━━━╸────────── 300,000/1,000,000 tasks · 600,000 tasks/s · 0.5 s")
    }

    @Test("at the very start and at the end has no remaining time")
    func ends() {
        let start = ProgressText(name: "count", progress: Progress(job: 1, total: 4), elapsed: 20)
        #expect(start.line(width: 50) == "count   0% ────────────────────── 0/4 tasks · 20 s")
        let end = ProgressText(name: "count", progress: Progress(job: 1, done: 4, total: 4), elapsed: 20)
        #expect(end.line(width: 50) == "count 100% ━━━━━━━━━━━━━━━━━━━━━━ 4/4 tasks · 20 s")
        let nothing = ProgressText(name: "", progress: Progress(job: 1), elapsed: 0)
        #expect(nothing.line(width: 40) == "  0% ───────────────── 0/0 tasks · 0.0 s")
    }

    @Test("counts down while nothing ends, at the rate of when something last did")
    func waiting() {
        let progress = Progress(job: 1, done: 2, total: 6, readBytes: 8 << 20)
        let report = { ProgressText(name: "", progress: progress, elapsed: $0, measured: 4).report }
        #expect(report(4) == "33%, 2 of 6 tasks, 8.0 MB read, 2.0 MB/s, 4.0 s, 8.0 s left")
        #expect(report(7) == "33%, 2 of 6 tasks, 8.0 MB read, 2.0 MB/s, 7.0 s, 5.0 s left")
        #expect(report(12) == "33%, 2 of 6 tasks, 8.0 MB read, 2.0 MB/s, 12 s")
    }

    @Test("for a log, during the run and after it")
    func log() {
        #expect(middle.report == "collect: 57%, 1,140 of 2,000 tasks, 98 MB read, 31 MB/s, 3.2 s, 2.4 s left")
        #expect(middle.summary == "collect: 1,140 of 2,000 tasks, 98 MB read, 31 MB/s, 3.2 s")
        let done = ProgressText(name: "sort", progress: Progress(job: 1, done: 1, total: 1), elapsed: 61)
        #expect(done.summary == "sort: 1 task, 1 min 01 s")
    }

    @Test(
        "durations",
        arguments: [
            (0, "0.0 s"), (0.04, "0.0 s"), (9.94, "9.9 s"), (9.95, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (3599.4, "59 min 59 s"),
            (3599.6, "1 h 00 min"), (7620, "2 h 07 min"), (360_000, "100 h 00 min"),
        ])
    func durations(_ seconds: Double, _ expected: String) {
        #expect(ProgressText.duration(seconds) == expected)
    }

    @Test(
        "sizes, in powers of 1024",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (10_137, "9.9 KB"), (10_240, "10 KB"), (1_048_575, "1.0 MB"),
            (98 << 20, "98 MB"), (1536 << 20, "1.5 GB"), (Int.max, "8192 PB"),
        ])
    func sizes(_ count: Int, _ expected: String) {
        #expect(ProgressText.bytes(count) == expected)
    }

    @Test("a bar moves in half steps from empty to full")
    func bar() {
        #expect(ProgressText.bar(0, of: 8, width: 4, unicode: true) == "────")
        #expect(ProgressText.bar(1, of: 8, width: 4, unicode: true) == "╸───")
        #expect(ProgressText.bar(4, of: 8, width: 4, unicode: true) == "━━──")
        #expect(ProgressText.bar(799, of: 800, width: 4, unicode: true) == "━━━╸")
        #expect(ProgressText.bar(8, of: 8, width: 4, unicode: true) == "━━━━")
        #expect(ProgressText.bar(9, of: 8, width: 4, unicode: false) == "####")
        #expect(ProgressText.bar(57, of: 100, width: 100, unicode: false).filter { $0 == "#" }.count == 57)
        #expect(ProgressText.bar(0, of: 0, width: 3, unicode: true) == "───")
    }
}

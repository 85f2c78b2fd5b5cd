import Foundation
import Testing

@testable import sheaf_cli

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct CompareReportTests {
    private static func answer(_ seconds: [Double], tasks: Int? = nil, taskSeconds: Double? = nil, moved: Int? = nil) -> Answer {
        var answer = Answer()
        answer.seconds = seconds
        answer.tasks = tasks
        answer.taskSeconds = taskSeconds
        answer.movedBytes = moved
        answer.version = "test 1"
        return answer
    }

    private static let report = ComparisonReport(
        job: "pi", workers: 2,
        entries: [
            ComparisonEntry(
                contestant: .engine(name: "local", url: "local"),
                outcome: .measured(
                    answer([0.2, 0.1, 0.3], tasks: 10, taskSeconds: 0.3, moved: 0), agreement: .reference, peakMemory: 31_400_000)),
            ComparisonEntry(
                contestant: .engine(name: "processes", url: "processes://?workers=2"),
                outcome: .measured(answer([0.14, 0.145], tasks: 10, moved: 2400), agreement: .equal, peakMemory: 52_000_000)),
            ComparisonEntry(
                contestant: .engine(name: "dask", url: "dask://?workers=2"),
                outcome: .missing(reason: "no Python <3.11>\n  hint: run dev/engines")),
            ComparisonEntry(
                contestant: .peer(.ray),
                outcome: .measured(answer([5], tasks: 96), agreement: .different("pi is 3.2 instead of 3.14"), peakMemory: 470_000_000)),
            ComparisonEntry(
                contestant: .peer(.numpy), outcome: .measured(answer([0.05]), agreement: .withinChance, peakMemory: 78_000_000)),
        ])

    private static func golden(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func theTableIsAsWritten() throws {
        #expect(Self.report.text == (try Self.golden("compare.txt")))
    }

    @Test func jsonHasAllDigits() throws {
        let printer = ResultPrinter(columns: ComparisonReport.jsonColumns, json: true)
        let lines = Self.report.jsonRows.map(printer.jsonObject)
        #expect(
            lines[1]
                == #"{"where":"processes","seconds":0.14250000000000002,"ratio":0.7125,"tasks":10,"overheadSeconds":-0.0014999999999999957,"#
                + #""movedBytes":2400,"peakBytes":52000000,"equal":"yes","version":"test 1","note":null}"#)
        #expect(lines[3].hasSuffix(#""equal":"no","version":"test 1","note":"pi is 3.2 instead of 3.14"}"#))
    }

    @Test func theChartIsWellFormedAndHasABarForEachTime() {
        let svg = ComparisonChart(report: Self.report, title: "sheaf compare pi <&>").svg
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        #expect(svg.components(separatedBy: "<rect").count == 1 + 1 + 4)
        #expect(svg.contains("200 ms  1.0×") && svg.contains("5.00 s  25×  wrong result") && svg.contains("Not run: dask"))
        // It brings its background, and nothing from outside.
        #expect(svg.contains("width=\"100%\" height=\"100%\"") && !svg.contains("href") && !svg.contains("url("))
    }

    @Test func withoutLocalNothingIsRelativeToIt() {
        let report = ComparisonReport(job: "pi", workers: 2, entries: Array(Self.report.entries.dropFirst()))
        #expect(report.entries.allSatisfy { report.ratio($0) == nil && report.overhead($0) == nil })
    }
}

@Suite struct AgreementTests {
    private static func answer(_ columns: [String], _ rows: [Row]) -> Answer {
        var answer = Answer()
        answer.columns = columns
        answer.rows = rows
        return answer
    }

    private let words = answer(["word", "count"], [[.text("a"), .integer(3)], [.text("b"), .integer(2)], [.text("c"), .integer(2)]])

    @Test func theOrderOfRowsDoesNotMatter() {
        let other = Self.answer(["word", "count"], [words.rows[2], words.rows[0], words.rows[1]])
        #expect(Agreement(of: other, with: words) == .equal)
    }

    @Test(arguments: [
        ([["a", "3"], ["b", "2"]], "2 rows instead of 3"), ([["a", "3"], ["b", "1"], ["c", "2"]], "count is 1 instead of 2"),
        ([["a", "3"], ["b", "2"], ["d", "2"]], "word is “d” instead of “c”"),
        ([["a"], ["b", "2"], ["c", "2"]], "row 1 has 1 cells instead of 2"),
    ])
    func whatDiffersIsNamed(rows: [[String]], difference: String) {
        let other = Self.answer(["word", "count"], rows.map { $0.map { text in Int(text).map { .integer($0) } ?? .text(text) } })
        #expect(Agreement(of: other, with: words) == .different(difference))
    }

    @Test func otherColumnsAreADifference() {
        let other = Self.answer(["word", "sum"], words.rows)
        #expect(Agreement(of: other, with: words) == .different("its columns are word, sum"))
    }

    @Test func numbersMayDifferInTheirLastDigits() {
        let here = Self.answer(["x", "seconds"], [[.real(1), .real(9)], [.real(.nan), .real(9)], [.missing, .real(9)]])
        let there = Self.answer(["x"], [[.real(1 + 1e-10)], [.real(.nan)], [.missing]])
        #expect(Agreement(of: there, with: here) == .equal)
        let wrong = Self.answer(["x"], [[.real(1 + 1e-8)], [.real(.nan)], [.missing]])
        #expect(Agreement(of: wrong, with: here).isWrong)
        #expect(Agreement(of: Self.answer(["x"], [[.integer(1)]]), with: Self.answer(["x"], [[.real(1)]])) == .equal)
    }

    @Test func chanceIsAllowedToPeersOnlyAndInItsColumns() {
        let here = Self.answer(["n", "pi"], [[.integer(100), .real(3.14)]]),
            there = Self.answer(["n", "pi"], [[.integer(100), .real(3.2)]])
        #expect(Agreement(of: there, with: here, chance: ["pi": 0.1]) == .withinChance)
        #expect(Agreement(of: there, with: here, chance: ["pi": 0.01]).isWrong)
        #expect(Agreement(of: there, with: here).isWrong)
    }

    @Test func anAnswerIsReadAsItWasWritten() throws {
        var answer = Self.answer(
            ["a", "b"], [[.text("é\"\n"), .real(-.infinity)], [.integer(.max), .missing], [.text("1"), .real(0.1)]])
        answer.seconds = [1, 0.5]
        let read = try Answer(output: Data(answer.line().utf8))
        #expect(Agreement(of: read, with: answer) == .equal)
        #expect(read.median == 0.75 && read.tasks == nil)
        #expect(throws: AnswerError.self) { try Answer(output: Data("Traceback".utf8)) }
    }
}

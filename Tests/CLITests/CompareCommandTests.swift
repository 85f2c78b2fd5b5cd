import Foundation
import Testing

@testable import sheaf_cli

@Suite struct CompareCommandTests {
    private static func objects(_ result: Tool) throws -> [[String: Any]] {
        try result.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func enginesAreNamesOrURLs() throws {
        #expect(
            try Contestant.engines("local, processes,dask,ray,dask://10.0.0.1:8786", workers: 3) == [
                .engine(name: "local", url: "local"), .engine(name: "processes", url: "processes://?workers=3"),
                .engine(name: "dask", url: "dask://?workers=3"), .engine(name: "ray", url: "ray://?workers=3"),
                .engine(name: "dask://10.0.0.1:8786", url: "dask://10.0.0.1:8786"),
            ])
    }

    @Test(arguments: [
        ["--engines", ""], ["--engines", "local,,ray"], ["--engines", "local,local"], ["--engines", "a b"], ["--repeat", "0"],
        ["--time-limit", "-1"], ["--engine", "processes"], ["--trace", "file"], ["--samples", "0"],
    ])
    func aWrongCommandLineEndsWithTwo(options: [String]) throws {
        let result = try Tool.run(["compare", "pi"] + options)
        #expect(result.status == 2)
        #expect(result.output.isEmpty && !result.errors.isEmpty)
    }

    @Test func theSameOnThreadsAndProcessesWithATableAndAChart() throws {
        let folder = try TemporaryFolder()
        let text = try folder.file("text.txt", "the cat and the dog\nand the end\n")
        let chart = folder.url.appendingPathComponent("chart.svg").path
        let result = try Tool.run([
            "compare", "word-count", text, "--top", "2", "--engines", "local,processes,nowhere", "--repeat", "2", "--workers", "2",
            "--chart", chart,
        ])
        #expect(result.status == 0 && result.errors.isEmpty)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 6)
        #expect(lines[2].hasPrefix("local ") && lines[2].hasSuffix(" the others' measure"))
        #expect(lines[3].hasPrefix("processes ") && lines[3].hasSuffix(" equal"))
        #expect(lines[4].hasPrefix("nowhere ") && lines[4].hasSuffix(" not run"))
        #expect(lines[5].hasPrefix("nowhere did not run: no engine is called “nowhere”"))
        #expect(try String(contentsOfFile: chart, encoding: .utf8).contains(">processes</text>"))
    }

    @Test func numbersOfTheRunsAreTold() throws {
        let result = try Tool.run(["compare", "pi", "--samples", "3000000", "--engines", "local,processes", "--repeat", "1", "--json"])
        let rows = try Self.objects(result)
        #expect(rows.count == 2)
        for row in rows {
            #expect((row["seconds"] as? Double ?? 0) > 0 && (row["tasks"] as? Int ?? 0) > 0 && (row["peakBytes"] as? Int ?? 0) > 1_000_000)
            #expect(row["equal"] as? String == "yes" && row["overheadSeconds"] is Double)
        }
        #expect(rows[0]["ratio"] as? Double == 1 && rows[0]["movedBytes"] as? Int == 0)
    }

    /// On real clusters, where there is a Python with Dask and Ray; dev/engines makes one.
    @Test(.timeLimit(.minutes(5))) func everyEngineAndPeerThatIsThereAgrees() throws {
        let result = try Tool.run([
            "compare", "matmul", "--size", "120", "--chunk", "50", "--engines", "local,processes,dask,ray", "--peers", "--repeat", "1",
            "--workers",
            "2", "--time-limit", "120", "--json",
        ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let rows = try Self.objects(result)
        #expect(rows.count == 4 + PeerSystem.allCases.count)
        for engine in ["local", "processes", "dask", "ray"] where try EnginesTests.isUsable(engine) {
            let row = rows.first { $0["where"] as? String == engine }
            #expect(row?["equal"] as? String == "yes" && (row?["tasks"] as? Int ?? 0) > 0, "\(result.output)")
        }
    }

    @Test func nothingThatRanIsAFailure() throws {
        let result = try Tool.run(["compare", "pi", "--engines", "nowhere"])
        #expect(result.status == 1)
        #expect(result.output.contains("did not run"))
    }

    @Test func anEngineThatTakesTooLongIsEnded() throws {
        let result = try Tool.run([
            "compare", "pi", "--samples", "400000000000", "--engines", "processes", "--time-limit", "1",
        ])
        #expect(result.status == 1)
        #expect(result.output.contains("not done within 1 s"))
    }

    @Test func ctrlCEndsTheContestantToo() throws {
        let result = try Tool.run(
            ["compare", "pi", "--samples", "400000000000", "--engines", "processes", "--progress", "always"],
            interruptWhenOutputContains: "compare: processes")
        #expect(result.status == 130)
        #expect(result.output.isEmpty)
    }
}

/// Peers that answer as they are told to, in plain Python.
@Suite struct ComparePeerTests {
    private static func peers(_ folder: TemporaryFolder, _ programs: [PeerSystem: String]) throws -> [String] {
        for (system, text) in programs { _ = try folder.file(system.program, text) }
        return ["--peers", "--peers-folder", folder.url.path, "--python", "python3", "--engines", "local", "--repeat", "1", "--json"]
    }

    private static func answering(_ sum: Int) -> String {
        #"print('{"seconds": [0.5], "tasks": 7, "columns": ["length", "dot"], "rows": [[100, \#(sum)]], "version": "told"}')"#
    }

    @Test func aPeerThatAnswersWrongIsShownAsWrong() throws {
        let folder = try TemporaryFolder()
        let right = (0..<100).reduce(0) { $0 + ($1 % 1000) * ($1 % 7) }
        let result = try Tool.run(
            ["compare", "dot", "--length", "100"] + Self.peers(folder, [.pool: Self.answering(right), .numpy: Self.answering(right + 1)]))
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 6)
        #expect(lines[1].contains(#""where":"multiprocessing","seconds":0.5"#) && lines[1].contains(#""tasks":7,"overheadSeconds":null"#))
        #expect(lines[1].hasSuffix(#""equal":"yes","version":"told","note":null}"#))
        #expect(lines[2].hasSuffix(#""equal":"no","version":"told","note":"dot is \#(right + 1) instead of \#(right)"}"#))
        #expect(lines[3].contains("there is no with_dask.py"))
    }

    @Test(arguments: [
        ("import sys; sys.exit('no module named ray')", "it ended with status 1: no module named ray"),
        ("print('hello')", "it printed no answer, but “hello"), ("print('{\"error\": \"not today\"}')", "not today"),
        ("import os; os.kill(os.getpid(), 9)", "it ended by signal 9"), ("print('{}')", "it told no time"),
    ])
    func onePeerThatFailsIsARowThatSaysWhy(program: String, reason: String) throws {
        let folder = try TemporaryFolder()
        let result = try Tool.run(["compare", "dot", "--length", "100"] + Self.peers(folder, [.ray: program]))
        #expect(result.status == 0)
        #expect(result.output.contains(reason), "\(result.output)")
    }

    @Test func aJobThatWasWrittenForNobodyHasNoPeers() throws {
        let folder = try TemporaryFolder()
        let result = try Tool.run(["compare", "stencil", "--size", "20", "--chunk", "10"] + Self.peers(folder, [:]))
        #expect(result.status == 0)
        #expect(result.output.contains("the job was not written for it"))
    }

    /// The programs that need nothing but Python.
    @Test func multiprocessingAgreesWithSheaf() throws {
        let folder = try TemporaryFolder()
        let pairs = try folder.file("pairs.csv", "id,value\n" + (1...50).map { "\($0 % 7),\($0)\n" }.joined())
        let text = try folder.file("text.txt", "the cat and the dog\nand the end\n")
        let flights = try folder.file("flights.csv", "year,dep_delay,carrier\n2013,10,UA\n2013,NA,UA\n2013,20,UA\n2013,-6,DL\n2013,,HA\n")
        let jobs = [
            ["pi", "--samples", "200000"], ["dot", "--length", "2500", "--chunk", "1000"], ["sum-by-key", pairs], ["word-count", text],
            ["flights", flights],
        ]
        for job in jobs {
            let result = try Tool.run(
                ["compare"] + job + ["--engines", "local", "--peers", "--python", "python3", "--repeat", "1", "--json"])
            let line = result.output.split(separator: "\n").first { $0.contains(#""where":"multiprocessing""#) }
            #expect(result.status == 0 && line?.contains(#""equal":"yes""#) == true, "\(job): \(result.output)\(result.errors)")
        }
    }
}

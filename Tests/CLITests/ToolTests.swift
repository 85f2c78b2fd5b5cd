import Foundation
import Testing

@Suite struct ToolTests {
    private static let pairs = "id,value\n" + (1...10).map { "\($0),\($0 * 10)\n" }.joined()

    @Test func sumByKeyPrintsEachIdsSumAsATable() throws {
        let folder = try TemporaryFolder()
        let result = try Tool.run(["run", "sum-by-key", try folder.file("pairs.csv", Self.pairs)])
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
        let rows = result.output.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ").map(String.init) }
        #expect(rows == (1...10).map { ["\($0)", "\($0 * 10)"] })
    }

    @Test func jsonIsOneObjectARowWithTheKeysInOrder() throws {
        let folder = try TemporaryFolder()
        let result = try Tool.run(["run", "sum-by-key", try folder.file("pairs.csv", "1,10\n2,5\n1,-3\n"), "--json"])
        #expect(result.output == "{\"id\":1,\"sum\":7}\n{\"id\":2,\"sum\":5}\n")
    }

    @Test func wordCountOrdersByCountThenWord() throws {
        let folder = try TemporaryFolder()
        let text = try folder.file("text.txt", "the cat and the dog\nand the \"end\"\n")
        let result = try Tool.run(["run", "word-count", text, "--json", "--top", "3"])
        #expect(result.output == "{\"word\":\"the\",\"count\":3}\n{\"word\":\"and\",\"count\":2}\n{\"word\":\"\\\"end\\\"\",\"count\":1}\n")
    }

    @Test func flightsGivesEachCarriersFiguresWithoutTheCancelled() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "flights.csv", "year,dep_delay,carrier\n2013,10,UA\n2013,NA,UA\n2013,20,UA\n2013,-6,DL\n2013,,HA\n")
        let result = try Tool.run(["run", "flights", file, "--json"])
        #expect(result.status == 0)
        let rows = Set(result.output.split(separator: "\n").map(String.init))
        #expect(
            rows == [
                #"{"carrier":"UA","flights":3,"meanDepDelay":15.0,"lateShare":0.5}"#,
                #"{"carrier":"DL","flights":1,"meanDepDelay":-6.0,"lateShare":0.0}"#,
                #"{"carrier":"HA","flights":1,"meanDepDelay":null,"lateShare":null}"#,
            ])
    }

    @Test(arguments: ["processes", "processes://?workers=2&grace=1"]) func jobsGiveTheSameWithWorkerProcesses(engine: String) throws {
        let folder = try TemporaryFolder()
        let text = try folder.file("text.txt", "the cat and the dog\nand the end\n")
        for job in [["word-count", text], ["pi", "--samples", "100000"], ["dot", "--length", "7000"]] {
            let here = try Tool.run(["run"] + job + ["--json"])
            let there = try Tool.run(["run"] + job + ["--json", "--engine", engine])
            #expect(there.status == 0 && there.errors.isEmpty)
            #expect(here.output == there.output)
        }
    }

    @Test(arguments: ["1", "2", "3"]) func piAndDotDoNotDependOnTheWorkers(workers: String) throws {
        let pi = try Tool.run(["run", "pi", "--samples", "3000000", "--json", "--workers", workers])
        #expect(pi.output.hasPrefix(#"{"samples":3000000,"pi":3.14"#))
        #expect(pi.output == (try Tool.run(["run", "pi", "--samples", "3000000", "--json", "--workers", "4"])).output)
        let dot = try Tool.run(["run", "dot", "--length", "70000", "--json", "--workers", workers])
        let expected = (0..<70_000).reduce(0) { $0 + ($1 % 1000) * ($1 % 7) }
        #expect(dot.output == "{\"length\":70000,\"dot\":\(expected)}\n")
    }

    @Test func aLineThatDoesNotParseIsNamedAndTheRunFails() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("pairs.csv", "1,10\n2,x\n")
        let result = try Tool.run(["run", "sum-by-key", file])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("\(file):2: “2,x”"))
        #expect(result.errors.contains("malformedRecord"))
    }

    @Test func lenientLeavesSuchLinesOutAndReportsThem() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("pairs.csv", "1,10\n2,x\n3,4\n")
        let result = try Tool.run(["run", "sum-by-key", file, "--lenient", "--json"])
        #expect(result.status == 0)
        #expect(result.output == "{\"id\":1,\"sum\":10}\n{\"id\":3,\"sum\":4}\n")
        #expect(result.errors.contains("1 record left out"))
    }

    @Test func aMissingFileIsAFailureThatNamesIt() throws {
        let result = try Tool.run(["run", "word-count", "no-such-file.txt"])
        #expect(result.status == 1)
        #expect(result.errors.contains("no-such-file.txt"))
        #expect(result.errors.contains("inputNotFound"))
    }

    @Test(arguments: [
        ["run", "pi", "--samples", "-1"], ["run", "nothing"], ["run", "pi", "--workers", "0"], ["graph", "pi", "-o", "x.png"],
    ])
    func aWrongCommandLineEndsWithTwo(arguments: [String]) throws {
        let result = try Tool.run(arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(!result.errors.isEmpty)
    }

    @Test func anUnknownEngineListsTheKnownOnes() throws {
        let result = try Tool.run(["run", "pi", "--engine", "cloud://nowhere"])
        #expect(result.status == 2)
        #expect(result.errors.contains("local"))
    }

    @Test func anEmptyFileHasNoSums() throws {
        let folder = try TemporaryFolder()
        let result = try Tool.run(["run", "sum-by-key", try folder.file("empty.csv", ""), "--json"])
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
    }

    @Test func ctrlCEndsARunWith130AndNoResults() throws {
        // Enough points for a minute; the first progress line says that it runs.
        let result = try Tool.run(
            ["run", "pi", "--samples", "400000000000", "--progress", "always"], interruptWhenOutputContains: "tasks")
        #expect(result.status == 130)
        #expect(result.output.isEmpty)
    }

    @Test(arguments: ["svg", "dot", "json"]) func graphWritesEachFormat(format: String) throws {
        let folder = try TemporaryFolder()
        let target = folder.url.appendingPathComponent("graph.\(format)").path
        let result = try Tool.run(["graph", "word-count", try folder.file("text.txt", "a b\n"), "-o", target])
        #expect(result.status == 0)
        #expect(result.output.isEmpty)
        let text = try String(contentsOfFile: target, encoding: .utf8)
        #expect(text.contains("word-count.words"))
        #expect(text.hasPrefix(["svg": "<svg", "dot": "digraph", "json": "{"][format]!) || text.hasPrefix("<?xml"))
    }

    @Test func planTellsWhatWouldNotRunElsewhere() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("flights.csv", "dep_delay,carrier\n10,UA\n")
        let closures = try Tool.run(["plan", "flights", file])
        #expect(closures.output.contains("Flights.swift") && closures.output.contains("cannot leave this process"))
        // No cluster is started to plan for one.
        let named = try Tool.run(["plan", "sum-by-key", try folder.file("pairs.csv", "1,2\n"), "--engine", "ray", "--json"])
        for engine in ["local", "processes", "dask", "ray"] {
            #expect(named.output.contains(#"{"engine":"\#(engine)","runs":"yes","operations":"#), "\(engine)")
        }
        #expect(named.output.contains(#""outside a workflow":"yes""#))
        #expect(try Tool.run(["plan", "pi", "--engine", "cloud"]).errors.contains("processes"))
    }

    @Test func doctorFindsThisMachineFit() throws {
        let result = try Tool.run(["doctor", "--json"])
        #expect(result.status == 0)
        #expect(result.output.contains(#"{"check":"engine local","ok":"yes""#))
        #expect(result.output.contains(#"{"check":"engine processes","ok":"yes""#))
    }

    @Test func dotStoresItsProductsChunkByChunkAndVerifiesItself() throws {
        let folder = try TemporaryFolder()
        let store = folder.url.appendingPathComponent("products").path
        let result = try Tool.run(["run", "dot", "--length", "2500", "--chunk", "1000", "--store", store, "--verify", "--json"])
        #expect(result.status == 0)
        let expected = (0..<2500).reduce(0) { $0 + ($1 % 1000) * ($1 % 7) }
        #expect(result.output == "{\"length\":2500,\"dot\":\(expected)}\n")
        #expect(result.errors.contains("verified"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: store).sorted() == ["0.npy", "1.npy", "2.npy"])
        let last = try Data(contentsOf: URL(fileURLWithPath: store).appendingPathComponent("2.npy"))
        #expect(last.count == 128 + 500 * 8)
        #expect(String(decoding: last.prefix(128), as: UTF8.self).contains("'shape': (500,)"))
    }

    @Test(arguments: [["--chunk", "0"], ["--length", "-5"]]) func dotRefusesSizesThatAreNone(options: [String]) throws {
        #expect(try Tool.run(["run", "dot"] + options).status == 2)
    }

    @Test(arguments: [
        (["matmul", "--size", "130", "--chunk", "50"], "size"), (["stencil", "--size", "90", "--steps", "4", "--chunk", "40"], "steps"),
        (["svd", "--rows", "900", "--columns", "8", "--chunk", "200", "--top", "3"], "singular value"),
        (["svd", "--rows", "900", "--columns", "20", "--chunk", "200", "--top", "3", "--rank", "6"], "singular value"),
    ])
    func arrayJobsVerifyThemselves(options: [String], column: String) throws {
        let result = try Tool.run(["run"] + options + ["--verify", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\"\(column)\":"))
        #expect(result.errors.contains("verified"))
        #expect(try Tool.run(["plan"] + options).status == 0)
    }
}

import Foundation
import Testing

/// The same binary, the same jobs, on every engine: what the tool is for.
@Suite("Every job gives the same rows on every engine", .timeLimit(.minutes(10)))
struct JobsOnEnginesTests {
    @Test func jobs() throws {
        let folder = try TemporaryFolder(), path = folder.url.path
        try Self.writeInputs(path)
        var clusters: [RunningCluster] = []
        defer { for cluster in clusters { cluster.stop() } }
        for engine in ["dask", "ray"] where try EnginesTests.isUsable(engine) { clusters.append(try RunningCluster(engine)) }
        let engines = ["local", "processes"] + clusters.map(\.url)
        let jobs = [
            ["word-count", "\(path)/words-*.txt", "--top", "20"], ["sum-by-key", "\(path)/numbers.csv"], ["pi", "--samples", "200000"],
            ["dot", "--length", "20000", "--chunk", "3000"], ["matmul", "--size", "64", "--chunk", "30"],
            ["stencil", "--size", "40", "--chunk", "15", "--steps", "2"], ["svd", "--rows", "200", "--columns", "8", "--chunk", "60"],
            ["flights", "\(path)/flights.csv"], ["airlines", path], ["log-report", "\(path)/log.csv"],
        ]
        for job in jobs {
            let result = try Tool.run(
                ["compare"] + job + ["--engines", engines.joined(separator: ","), "--repeat", "1", "--workers", "2", "--json"])
            #expect(result.status == 0, "\(job[0]): \(result.errors)")
            let rows = result.output.split(separator: "\n")
            #expect(rows.count == engines.count)
            for (row, engine) in zip(rows, engines) { #expect(row.contains("\"equal\":\"yes\""), "\(job[0]) on \(engine): \(row)") }
        }
    }

    private static func writeInputs(_ folder: String) throws {
        func write(_ name: String, _ lines: [String]) throws {
            try (lines.joined(separator: "\n") + "\n").write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let words = ["sheaf", "of", "wheat", "and", "barley", "in", "the", "field"]
        for file in 0..<3 {
            try write(
                "words-\(file).txt",
                (0..<200).map { line in (0..<6).map { words[(line * ($0 + 3) + file) % words.count] }.joined(separator: " ") })
        }
        try write("numbers.csv", (0..<500).map { "\($0 % 7),\($0)" })
        let carriers = ["AA", "UA", "YV"]
        let header =
            "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour"
        try write(
            "flights.csv",
            [header]
                + (0..<120).map { number in
                    let carrier = carriers[number % 3], delay = number % 11 == 0 ? "NA" : "\(number % 40 - 5)"
                    return
                        "2013,1,\(number % 28 + 1),517,515,\(delay),830,819,11,\(carrier),\(number),N\(number % 9),EWR,IAH,227,\(1400 + number),5,15,2013-01-01 05:00:00"
                })
        try write("airlines.csv", ["carrier,name", "AA,American", "UA,United", "YV,Mesa"])
        try write(
            "planes.csv",
            ["tailnum,year,type,manufacturer,model,engines,seats,speed,engine"]
                + (0..<9).map { "N\($0),\(1990 + $0),Fixed wing multi engine,MAKER,M\($0),2,\(50 + $0),NA,Turbo-fan" })
        try write(
            "log.csv",
            ["time,user_id,action,page,duration_ms"]
                + (0..<300).map {
                    "2026-01-0\($0 % 3 + 1) 10:00:00,u\($0 % 17),\($0 % 2 == 0 ? "view" : "buy"),/p\($0 % 5),\($0 * 7 % 900)"
                })
    }
}

/// A trial cluster, as `sheaf up` starts it.
private final class RunningCluster {
    private let process = Process()
    private(set) var url = ""

    init(_ engine: String) throws {
        let output = Pipe(), port = try freePort()
        process.executableURL = Tool.executable
        process.arguments = ["up", engine, "--workers", "2", "--port", "\(port)"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("Ctrl-C") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            text += String(decoding: piece, as: UTF8.self)
        }
        url = "\(engine)://127.0.0.1:\(port)"
        #expect(text.contains(url))
    }

    func stop() {
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

import Foundation
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TableFileTests {
    @Test func arrowFiles() throws {
        let folder = try TemporaryFolder()
        let csv = try folder.file("in.csv", "n,t\n1,a\n2,b\n"), arrow = folder.url.appendingPathComponent("out.arrow").path
        let written = try Tool.run(["sql", "SELECT n + 1 AS m, t FROM '\(csv)'", "--format", "arrow", "-o", arrow])
        #expect(written.status == 0 && written.errors.contains("2 rows written"), "\(written.errors)")
        let head = try Tool.run(["head", arrow])
        #expect(head.output.contains("│     3 │ b    │"), "\(head.output)")
        let queried = try Tool.run(["sql", "SELECT max(m) AS m FROM '\(arrow)'", "--format", "csv"])
        #expect(queried.output == "m\n3\n", "\(queried.output)")
        let missing = try Tool.run(["head", folder.url.path + "/no.arrow"])
        #expect(missing.status != 0 && missing.errors.contains("no.arrow: No such file"), "\(missing.errors)")
    }

    /// What goes to a file through the shell is put after what is there, and names of open files stay what they are.
    @Test func redirectedOutput() throws {
        let folder = try TemporaryFolder(), path = folder.url.appendingPathComponent("out.csv").path
        let query = "\"$0\" sql 'SELECT 1 AS n' --format csv"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "{ echo before; \(query); \(query); echo after; } > \"$1\"", Tool.executable.path, path]
        try process.run()
        process.waitUntilExit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\nn\n1\nn\n1\nafter\n")
        #if os(Linux)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/dev/stdout") == "/proc/self/fd/1")
        #endif
    }

    #if os(Linux)
    /// A limit on the size of files stands for a disk that becomes full.
    @Test(arguments: ["csv", "arrow", "parquet"]) func aFullDiskLeavesNoFile(format: String) throws {
        let folder = try TemporaryFolder(), path = folder.url.appendingPathComponent("full.\(format)").path
        let script = "trap '' XFSZ; ulimit -f 20; exec \"$0\" sql 'SELECT range, hash(range) AS h FROM range(300000)' -o \"$1\""
        let process = Process(), errors = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script, Tool.executable.path, path]
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus != 0 && said.contains("[noSpace]") && said.contains("full.\(format)"), "\(said)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
    #endif
}

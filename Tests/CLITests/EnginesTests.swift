import Foundation
import Testing

@Suite("sheaf engines and sheaf up", .timeLimit(.minutes(3)))
struct EnginesTests {
    /// Whether an engine can be used here, as the tool itself says.
    static func isUsable(_ engine: String) throws -> Bool {
        let result = try Tool.run(["engines", "--json"])
        #expect(result.status == 0)
        return result.output.split(separator: "\n").contains {
            $0.contains("\"engine\":\"\(engine)\"") && $0.contains("\"usable\":\"yes\"")
        }
    }

    @Test(
        "every engine that is linked is listed, with what is missing for it and what to do",
        arguments: ["local", "processes", "dask", "ray"])
    func list(engine: String) throws {
        let result = try Tool.run(["engines", "--json"])
        #expect(result.status == 0)
        let row = try #require(result.output.split(separator: "\n").first { $0.contains("\"engine\":\"\(engine)\"") })
        #expect(row.contains("\"usable\":\"yes\"") || row.contains("dev/engines"))
    }

    @Test("a trial cluster says where it is, and Ctrl-C ends it and all that it has started", arguments: ["dask", "ray"])
    func up(engine: String) throws {
        guard try Self.isUsable(engine) else { return }
        let port = try freePort()
        let process = Process(), output = Pipe()
        // A short path: Ray has sockets in it.
        let folder = URL(fileURLWithPath: "/tmp/su\(UInt32.random(in: 0 ..< .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        process.executableURL = Tool.executable
        process.arguments = ["up", engine, "--workers", "1", "--port", "\(port)"]
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("Ctrl-C") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            text += String(decoding: piece, as: UTF8.self)
        }
        #expect(text.contains("with 1 worker: \(engine)://127.0.0.1:\(port)"))
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(try freePort(port) == port)
    }

    @Test("a port that is taken is an error that says so")
    func taken() throws {
        guard try Self.isUsable("dask") else { return }
        let (port, descriptor) = try listen()
        defer { close(descriptor) }
        let result = try Tool.run(["up", "dask", "--port", "\(port)"])
        #expect(result.status == 1)
        #expect(result.errors.contains("port \(port)") && result.errors.contains("--port"))
    }

    @Test("an engine that nobody knows is an error of usage")
    func unknown() throws {
        #expect(try Tool.run(["up", "spark"]).status == 2)
        #expect(try Tool.run(["up", "dask", "--workers", "0"]).status == 2)
    }
}

/// A port on which nobody listens.
func freePort(_ wanted: Int = 0) throws -> Int {
    let (port, descriptor) = try listen(wanted)
    close(descriptor)
    return port
}

private func listen(_ wanted: Int = 0) throws -> (port: Int, descriptor: Int32) {
    #if os(Linux)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(wanted).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, $0, &size) == 0
        }
    }
    try #require(isBound)
    return (Int(UInt16(bigEndian: address.sin_port)), descriptor)
}

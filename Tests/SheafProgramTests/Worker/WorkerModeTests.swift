import Foundation
import SheafCore
import Testing

@testable import SheafProgram

@Suite("An executable started as a worker")
struct WorkerModeTests {
    private struct Described: Program {
        static let configuration = CommandConfiguration(commandName: "described")
        static let functions: [any RegisteredFunction] = [
            Function("parse \"line\"") { (line: String) in Int(line) }, Function("add") { (a: Int, b: Int) in a + b },
        ]
        @Argument var path: String
        func run(in session: Session) async throws { Issue.record("the program ran") }
    }

    private struct Description: Codable, Equatable {
        struct Entry: Codable, Equatable { var name: String; var signature: String }
        var `protocol`: Int
        var program: String
        var contentHash: String
        var architecture: String
        var functions: [Entry]
    }

    @Test("describes itself in one line of JSON, whatever its arguments")
    func describe() async throws {
        let report = await CommandRunner.launch(
            Described.self, arguments: ["--no-such-option"], environment: ["SHEAF_WORKER": "describe"])
        #expect(report.status == 0)
        #expect(report.message.isEmpty)
        #expect(!report.output.contains("\n"))
        let found = try JSONDecoder().decode(Description.self, from: Data(report.output.utf8))
        let image = try ProgramImage.current()
        #expect(
            found
                == Description(
                    protocol: 1, program: "described", contentHash: image.contentHash, architecture: image.architecture,
                    functions: [
                        .init(name: "add", signature: "((Int, Int)) -> Int"),
                        .init(name: "parse \"line\"", signature: "(String) -> Optional<Int>"),
                    ]))
        #expect(found.contentHash.count == 64)
        #expect(!found.architecture.isEmpty)
    }

    @Test("refuses to do anything else", arguments: ["serve", "", "Describe"])
    func unknown(request: String) async {
        let report = await CommandRunner.launch(Described.self, arguments: ["x"], environment: ["SHEAF_WORKER": request])
        #expect(report.status == 2)
        #expect(report.output.isEmpty)
        #expect(report.message.contains("SHEAF_WORKER=describe"))
    }

    @Test("fails when two of its functions have one name")
    func duplicates() {
        let functions = [Function("f") { (a: Int) in a }, Function("f") { (a: Int) in a + 1 }]
        let report = WorkerMode.report("describe", program: "p", functions: functions)
        #expect(report.status == 1)
        #expect(report.message.contains("“f” is registered twice"))
    }

    @Test("a file that cannot be read is an error that names it")
    func unreadable() {
        let error = #expect(throws: EngineError.self) { try ProgramImage.contentHash(ofFile: "/no/such/file") }
        #expect(error?.message.contains("/no/such/file") == true)
    }
}

@Suite("SHA-256")
struct SHA256Tests {
    private func hash(_ bytes: [UInt8], pieces: Int = .max) -> String {
        var hash = SHA256()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(pieces))
            piece.withUnsafeBytes { hash.update($0) }
            rest = rest.dropFirst(pieces)
        }
        return SHA256.hexadecimal(hash.finish())
    }

    /// The examples of FIPS 180-2, appendix B, and of NIST's “Secure Hash Standard Validation System”.
    @Test(
        "gives the standard's results",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func standard(_ message: String, _ expected: String) {
        #expect(hash(Array(message.utf8)) == expected)
    }

    @Test("does not depend on the pieces the message comes in", arguments: [1, 3, 55, 56, 63, 64, 65, 127, 128, 200])
    func pieces(size: Int) {
        for length in [55, 56, 57, 63, 64, 65, 119, 120, 1000] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(hash(bytes, pieces: size) == hash(bytes), "\(length) bytes")
        }
    }
}

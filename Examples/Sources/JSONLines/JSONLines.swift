import Foundation
import Sheaf

/// JSON lines in, JSON lines out; a broken line is left out and reported.
@main struct JSONLines: Program {
    struct Visit: Codable, Sendable {
        var user: String
        var seconds: Double
    }

    struct Total: Codable, Sendable {
        var user: String
        var visits: Int
        var seconds: Double
    }

    func run(in session: Session) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-json-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("visits.jsonl").path
        try #"""
        {"user": "ada", "seconds": 12.5}
        {"user": "bob", "seconds": 3}
        {"user": "ada"}
        {"user": "ada", "seconds": 30}

        """#.write(toFile: input, atomically: true, encoding: .utf8)

        let totals = session.jsonLines(of: input, as: Visit.self, onError: .skip)
            .keyed { $0.user }
            .aggregateByKey((0, 0.0)) {
                $0 = ($0.0 + 1, $0.1 + $1.seconds)
            } merge: {
                $0 = ($0.0 + $1.0, $0.1 + $1.1)
            }
            .map { Total(user: $0, visits: $1.0, seconds: $1.1) }
        for file in try await totals.write(jsonLines: folder.path) {
            print(try String(contentsOfFile: file, encoding: .utf8), terminator: "")
        }
    }
}

import Foundation

/// All that a report is made from; also the content of `results.json`.
struct Results: Codable {
    /// Raised when a field changes its meaning.
    var schema = 1
    var date: Date
    var machine: Machine
    var workers: Int
    /// Whether this was a quick run on small inputs, whose ratios prove nothing.
    var quick: Bool
    var rows: [Row]

    var hasFailures: Bool { rows.contains(where: \.failed) }

    func rows(of job: Job) -> [Row] { rows.filter { $0.job == job } }

    var jobs: [Job] { Job.allCases.filter { job in rows.contains { $0.job == job } } }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Writes `results.json`, `README.md` and `chart.svg`.
    func write(to folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try json().write(to: folder.appending(path: "results.json"))
            try Data(Table(results: self).page.utf8).write(to: folder.appending(path: "README.md"))
            try Data(Chart(results: self).svg.utf8).write(to: folder.appending(path: "chart.svg"))
        } catch {
            throw BenchError(
                code: .cannotWrite, message: "cannot write the report into \(folder.path): \(error.localizedDescription)",
                hint: "give another folder with --output")
        }
    }
}

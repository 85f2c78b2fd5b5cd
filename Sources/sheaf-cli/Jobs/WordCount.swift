import ArgumentParser
import Sheaf

struct WordCount: BagJob {
    static let name = "word-count"
    static let abstract = "Count how often each word occurs in text files."
    static let columns = ["word", "count"]

    @Argument(help: "Text files or glob patterns; may be .gz or .zst.")
    var files: [String]

    @Option(help: "Show only so many of the most frequent words.")
    var top: Int?

    func plan(_ session: Session) async throws -> Bag<Row> {
        session.lines(of: files, as: UTF8Slice.self)
            .flatMap(Self.words)
            .frequencies()
            .map(Self.row)
    }

    static let words = Function("word-count.words") { (line: UTF8Slice) in line.words }
    static let row = Function("word-count.row") { (word: UTF8Slice, count: Int) -> Row in [.text(String(word)), .integer(count)] }
    static let functions: [any RegisteredFunction] = [words, row]

    func arrange(_ rows: [Row]) -> [Row] {
        let sorted = rows.sorted { left, right in
            Cell.isBefore(right[1], left[1]) || (!Cell.isBefore(left[1], right[1]) && Cell.isBefore(left[0], right[0]))
        }
        return top.map { Array(sorted.prefix($0)) } ?? sorted
    }
}

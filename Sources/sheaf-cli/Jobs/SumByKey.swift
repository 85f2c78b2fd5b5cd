import ArgumentParser
import Sheaf

struct SumByKey: BagJob {
    static let name = "sum-by-key"
    static let abstract = "Add up the values of each id in a file of lines “id,value”."
    static let columns = ["id", "sum"]

    @Argument(help: "A text file of lines “id,value”, both integers; a header line is recognised. May be .gz or .zst.")
    var file: String

    @Flag(help: "Leave out lines that do not parse, and report how many.")
    var lenient = false

    func plan(_ session: Session) async throws -> Bag<Row> {
        let first = try await session.lines(of: file, as: UTF8Slice.self).first()
        let hasHeader = first.map { $0.fields().allSatisfy { Int($0) == nil } } ?? false
        return session.lines(of: file, as: UTF8Slice.self, options: TextOptions(skipLines: hasHeader ? 1 : 0))
            .parse(onError: lenient ? .skip : .fail, Self.parse)
            .reduceByKey(.sum)
            .map(Self.row)
    }

    static let parse = Function("sum-by-key.parse") { (line: UTF8Slice) -> (Int, Int) in
        guard let comma = line.firstIndex(of: UInt8(ascii: ",")), let id = Int(line[0..<comma]),
            let value = Int(line[comma + 1..<line.count])
        else { throw LineError(description: "expected “id,value”, two integers") }
        return (id, value)
    }
    static let row = Function("sum-by-key.row") { (id: Int, sum: Int) -> Row in [.integer(id), .integer(sum)] }
    static let functions: [any RegisteredFunction] = [parse, row]

    func arrange(_ rows: [Row]) -> [Row] { rows.sorted { Cell.isBefore($0[0], $1[0]) } }
}

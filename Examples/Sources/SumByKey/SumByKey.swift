import Sheaf

@main struct SumByKey: Program {
    @Argument var path: String

    static let functions: [any RegisteredFunction] = [parse]
    static let parse = Function("parse") { (line: String) -> (Int, Int)? in
        let fields = line.split(separator: ",")
        guard fields.count == 2, let id = Int(fields[0]), let value = Int(fields[1]) else { return nil }
        return (id, value)
    }

    func run(in session: Session) async throws {
        let sums = session.lines(of: path).compactMap(Self.parse).reduceByKey(.sum)
        for (id, sum) in try await sums.collect() { print(id, sum) }
    }
}

import ArgumentParser
import Sheaf

struct Dot: Job {
    static let name = "dot"
    static let abstract = "The dot product of two vectors, x[i] = i mod 1000 and y[i] = i mod 7."
    static let columns = ["length", "dot"]

    @Option(help: "Elements of each vector.")
    var length = 10_000_000

    func validate() throws {
        guard length > 0 else { throw ValidationError("--length has to be positive") }
    }

    func plan(_ session: Session) async throws -> Bag<Row> {
        session.bag(0..<length).map(Self.x)
            .zip(session.bag(0..<length).map(Self.y))
            .map(Self.product)
            .reduceByKey(.sum, partitions: 1)
            .map(Self.row)
    }

    func arrange(_ rows: [Row]) -> [Row] { rows.map { [.integer(length)] + $0 } }

    static let x = Function("dot.x") { (index: Int) in index % 1000 }
    static let y = Function("dot.y") { (index: Int) in index % 7 }
    static let product = Function("dot.product") { (x: Int, y: Int) in (0, x * y) }
    static let row = Function("dot.row") { (_: Int, dot: Int) -> Row in [.integer(dot)] }
    static let functions: [any RegisteredFunction] = [x, y, product, row]
}

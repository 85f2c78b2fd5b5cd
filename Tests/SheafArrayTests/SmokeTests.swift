import SheafArray
import SheafCore
import SheafLocal
import Testing

@Suite("NDArray: the first program")
struct FirstProgramTests {
    @Test("element-wise, broadcast, reduced")
    func first() async throws {
        let session = Session(workers: 2)
        let x = session.arange(0.0, 10_000, chunks: 999)
        let y = x * x + 10
        #expect(try await y.mean().item() == (0..<10_000).reduce(0.0) { $0 + Double($1 * $1) } / 10_000 + 10)
        #expect(try await y.compute().elements == (0..<10_000).map { Double($0 * $0) + 10 })
        let table = session.array(Array(0..<12), shape: [3, 4], chunks: [2, 3])
        #expect(try await table.sum(axes: [0]).compute().elements == [12, 15, 18, 21])
        #expect(try await table.sum(axes: [1]).compute().elements == [6, 22, 38])
        #expect(try await table.sum().item() == 66)
        let row = session.array([10, 20, 30, 40], chunks: 4)
        #expect(try await (table + row).compute().elements == (0..<12).map { $0 + [10, 20, 30, 40][$0 % 4] })
        let wrong = table + session.array([1, 2, 3])
        await #expect(throws: PlanError.self) { try await wrong.compute() }
        #expect(try await (x - x.mean()).sum().item() == 0)
    }
}

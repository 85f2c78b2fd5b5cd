import SheafCore
import SheafWorker
import Testing

@testable import sheaf_test_worker

@Suite("Bytes between processes are counted", .timeLimit(.minutes(2)))
struct TransferTests {
    @Test("small ones with every call, a large one with the first that takes it")
    func counted() async throws {
        try await withEngine(2) { engine, session in
            #expect(engine.transferredBytes == 0)
            _ = try await session.delayed(TestFunctions.add, 1, 2).compute()
            let small = engine.transferredBytes
            #expect(small > 0 && small < 1000)
            _ = try await session.delayed(TestFunctions.add, 1, 2).compute()
            #expect(engine.transferredBytes == 2 * small)

            let size = 1 << 20, before = engine.transferredBytes
            let large = Delayed([UInt8](repeating: 1, count: size))
            _ = try await session.delayed(TestFunctions.sum, large).compute()
            let moved = engine.transferredBytes - before
            #expect(moved >= size && moved < size + 1000)
            _ = try await session.compute((0..<4).map { _ in session.delayed(TestFunctions.sum, large) })
            #expect(engine.transferredBytes - before < size + 5000)
        }
    }
}

internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

/// Disks and quotas that are full while a run spills.
@Suite(.timeLimit(.minutes(1)))
struct FullDiskTests {
    enum Disk: CaseIterable {
        case full, quota, missingFolder

        func engine(_ workers: Int) -> LocalEngine {
            var options = SessionOptions(workers: workers, memory: 1 << 20)
            switch self {
            case .full: return LocalEngine(options: options, spill: SpillFile(path: "/dev/full"))
            case .quota: options.spillLimit = 200_000
            case .missingFolder: options.spillFolder = "/no/such/folder"
            }
            return LocalEngine(options: options)
        }
    }

    @Test(arguments: Disk.allCases, [1, 3])
    func theRunFailsAndTheEngineGoesOn(disk: Disk, workers: Int) async throws {
        let engine = disk.engine(workers), session = Session(engine: engine)
        let values = (0..<30).map { index in session.delayed(Delayed(index)) { (index: Int) in [Int](repeating: index, count: 30_000) } }
        let seen = session.gather(values.map { session.delayed($0) { (value: [Int]) in value[0] } })
        let again = values.map { session.delayed($0, seen) { (value: [Int], _: [Int]) in value[1] } }
        for _ in 0..<3 {
            let error = await #expect(throws: EngineError.self) { try await session.gather(again).compute() }
            #expect(error?.code == (disk == .missingFolder ? .inputOutput : .noSpace))
            #expect(error?.hint != nil)
            #expect(try await engine.resources().usedBytes == 0)
        }
        #expect(try await session.delayed(Delayed(20)) { (number: Int) in number + 1 }.compute() == 21)
    }
}

import Sheaf

/// A sort of more data than the session may hold: `LargerThanMemory --memory 32MB`. What does not fit waits on disk.
@main struct LargerThanMemory: Program {
    @Argument var count = 8_000_000

    func run(in session: Session) async throws {
        let pairs = session.bag(0..<count, partitions: 32).map { (Int(SplitMix64.mix(UInt64($0)) >> 33), $0) }
        print("sorting \((count * 16) >> 20) MB of pairs within \(session.options.memory >> 20) MB")
        var last = Int.min, inOrder = 0
        for try await (key, _) in try await pairs.sortByKey(partitions: 32).elements() {
            if key >= last { inOrder += 1 }
            last = key
        }
        print("\(inOrder) of \(count) in order")
    }
}

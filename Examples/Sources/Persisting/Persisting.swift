import Sheaf

/// Computing once what several results need.
@main struct Persisting: Program {
    func run(in session: Session) async throws {
        let expensive = session.bag(0..<200_000).map { n in (n % 10, (1...50).reduce(n) { ($0 &* 31 &+ $1) % 1_000_003 }) }
        let kept = try await expensive.persist()
        print("sum by last digit:", try await kept.reduceByKey(.sum).sortByKey().collect())
        print("largest:", try await kept.values().max() ?? 0)

        // On disk instead, where memory is wanted for something else.
        let onDisk = try await expensive.persist(.disk)
        print("still", try await onDisk.count(), "elements")
    }
}

/// Interleaves the runs of several contestants, so that what drifts while they run (other load, temperature) hits all
/// alike.
enum Schedule {
    /// The order of the runs, each contestant as often as it wants to run.
    ///
    /// A contestant with fewer runs than the others has them spread evenly over the rounds. Each round begins with
    /// another contestant, so that nobody always comes after the same one.
    static func interleave<Contestant>(_ contestants: [(contestant: Contestant, runs: Int)]) -> [Contestant] {
        let rounds = contestants.map(\.runs).max() ?? 0
        var order: [Contestant] = []
        for round in 0..<rounds {
            let start = round % contestants.count
            for (contestant, runs) in contestants[start...] + contestants[..<start] where runsIn(round: round, of: rounds, runs: runs) {
                order.append(contestant)
            }
        }
        return order
    }

    /// Whether one of `runs` runs spread over `rounds` rounds falls into this one.
    private static func runsIn(round: Int, of rounds: Int, runs: Int) -> Bool {
        (0..<runs).contains { ($0 * 2 + 1) * rounds / (runs * 2) == round }
    }
}

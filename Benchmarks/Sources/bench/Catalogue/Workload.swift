/// How much of everything.
struct Workload {
    enum Input: String, CaseIterable {
        case facts = "facts.csv"
        case dimension = "dimension.csv"
        case pairs = "pairs.csv"
        case text = "text.txt"
    }

    /// Share of the full data files.
    var scale: Double
    /// Rows of the file that `sort` reads.
    var pairs: Int
    /// Leaves of the tree, side of the wavefront, number of independent tasks.
    var sizes: [Job: Int]
    /// The same for dask, which takes some 70 µs a task.
    var daskSizes: [Job: Int]

    static let full = Workload(
        scale: 1,
        pairs: 10_000_000,
        sizes: [.tree: 1 << 19, .wavefront: 1_000, .independent: 1_000_000],
        daskSizes: [.tree: 1 << 15, .wavefront: 150, .independent: 50_000]
    )

    static let quick = Workload(
        scale: 0.02,
        pairs: 200_000,
        sizes: [.tree: 1 << 16, .wavefront: 256, .independent: 100_000],
        daskSizes: [.tree: 1 << 12, .wavefront: 50, .independent: 5_000]
    )

    /// The budget of the spilling shuffle, in bytes: a quarter of the pairs as two 64-bit integers each.
    var memoryBudget: Int { pairs * 16 / 4 }

    func inputs(of job: Job) -> [Input] {
        switch job {
        case .tree, .wavefront, .independent: []
        case .sumByKey: [.facts]
        case .wordCount: [.text]
        case .sort, .spillingShuffle: [.pairs]
        case .join: [.facts, .dimension]
        }
    }

    func size(of job: Job, for peer: Peer) -> Int? {
        peer == .daskThreaded ? daskSizes[job] : sizes[job]
    }
}

/// What a row of the table has to show.
struct Target {
    enum Limit {
        /// The peer takes at least this many times as long as Sheaf.
        case ratioAtLeast(Double)
        /// Time per task, graph building included.
        case secondsPerTaskAtMost(Double)
        /// Peak resident memory against the job's memory budget: `factor` × budget + `slack` bytes.
        case peakMemoryAtMost(factor: Double, slack: Int)
    }

    let jobs: [Job]
    let peers: [Peer]
    let limit: Limit

    static func of(_ job: Job, _ peer: Peer) -> Limit? {
        all.first { $0.jobs.contains(job) && $0.peers.contains(peer) }?.limit
    }

    private static let tinyTasks: [Job] = [.tree, .wavefront, .independent]
    private static let onClusters: [Peer] = [.daskPython, .rayPython]
    private static let scans: [Job] = [.sumByKey, .wordCount]

    private static let all: [Target] = [
        Target(jobs: tinyTasks, peers: [.sheaf], limit: .secondsPerTaskAtMost(1e-6)),
        Target(jobs: tinyTasks, peers: [.daskThreaded], limit: .ratioAtLeast(100)),
        // oneTBB keeps dependencies for the program, as Sheaf does; the pool, shown beside it, is written for each of the three graphs.
        Target(jobs: tinyTasks, peers: [.oneTBB], limit: .ratioAtLeast(0.5)),
        Target(jobs: scans, peers: [.pysparkRDD, .daskBag], limit: .ratioAtLeast(15)),
        Target(jobs: scans, peers: [.pool], limit: .ratioAtLeast(8)),
        Target(jobs: scans, peers: [.sheafOneThread], limit: .ratioAtLeast(1.8)),
        Target(jobs: [.sumByKey], peers: [.polars], limit: .ratioAtLeast(0.5)),
        Target(jobs: [.sort, .join], peers: [.pysparkRDD, .daskBag, .pool], limit: .ratioAtLeast(5)),
        Target(jobs: [.squareMean, .sumOfProducts], peers: [.limit], limit: .ratioAtLeast(0.85)),
        Target(jobs: [.squareMean, .sumOfProducts, .expression], peers: [.numpy], limit: .ratioAtLeast(5)),
        Target(jobs: [.squareMean, .sumOfProducts], peers: [.daskArray], limit: .ratioAtLeast(4)),
        Target(jobs: [.squareMean, .sumOfProducts], peers: [.numexpr], limit: .ratioAtLeast(3)),
        Target(jobs: [.squareMean, .sumOfProducts], peers: [.jax], limit: .ratioAtLeast(1)),
        Target(jobs: [.expression], peers: [.daskArray], limit: .ratioAtLeast(3)),
        Target(jobs: [.matmul], peers: [.limit], limit: .ratioAtLeast(0.95)),
        Target(jobs: [.matmul], peers: [.numpy, .daskArray], limit: .ratioAtLeast(1.5)),
        Target(jobs: [.smallChunks], peers: [.sheaf], limit: .secondsPerTaskAtMost(2e-6)),
        Target(jobs: [.smallChunks], peers: [.daskArray], limit: .ratioAtLeast(50)),
        Target(jobs: [.tallQR, .randomSVD, .stencil], peers: [.daskArray], limit: .ratioAtLeast(2)),
        Target(jobs: [.outOfCore], peers: [.sheaf], limit: .peakMemoryAtMost(factor: 1.25, slack: 100_000_000)),
        Target(jobs: [.groupBy, .tableJoin, .tpch], peers: [.pyspark], limit: .ratioAtLeast(5)),
        Target(jobs: [.groupBy, .tableJoin], peers: [.daskDataframe, .pandas], limit: .ratioAtLeast(2)),
        // Sheaf may take 1.05 times as long as the client, 1.1 times as long as the query by hand, 1.2 times as long as pyarrow.
        Target(jobs: [.tableSQL], peers: [.duckdbPython], limit: .ratioAtLeast(0.95)),
        Target(jobs: [.tpch], peers: [.sheafSQL], limit: .ratioAtLeast(0.91)),
        Target(jobs: [.receiveColumns, .receiveRows], peers: [.duckdbPython], limit: .ratioAtLeast(0.83)),
        Target(jobs: [.arrowRead, .arrowWrite], peers: [.pyarrow], limit: .ratioAtLeast(0.83)),
        Target(jobs: [.tableCompile], peers: [.sheaf], limit: .secondsPerTaskAtMost(1e-3)),
        Target(jobs: [.processesEmptyCall], peers: [.sheaf], limit: .secondsPerTaskAtMost(50e-6)),
        Target(jobs: [.processesSmallCalls], peers: [.pool], limit: .ratioAtLeast(5)),
        Target(jobs: [.processesLargeArgument], peers: [.sheaf], limit: .secondsPerTaskAtMost(1e-3)),
        // Processes may take 1.15 times as long as threads, and a node of ours 1.1 times as long as one of Python's.
        Target(
            jobs: [.processesWordCount, .processesSumOfProducts, .processesMatmul], peers: [.sheafThreads], limit: .ratioAtLeast(0.87)),
        Target(jobs: [.daskEmptyNodes, .rayEmptyNodes], peers: onClusters, limit: .ratioAtLeast(0.91)),
        Target(
            jobs: [.daskWordCount, .daskMonteCarlo, .daskHaversine, .rayWordCount, .rayMonteCarlo, .rayHaversine], peers: onClusters,
            limit: .ratioAtLeast(5)),
        Target(jobs: [.daskMatmul, .rayMatmul], peers: onClusters, limit: .ratioAtLeast(1)),
        Target(jobs: [.spillingShuffle], peers: [.sheaf], limit: .peakMemoryAtMost(factor: 1.25, slack: 100_000_000)),
    ]
}

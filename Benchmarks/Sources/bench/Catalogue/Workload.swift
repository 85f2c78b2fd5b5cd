/// How much of everything.
struct Workload {
    enum Input: String, CaseIterable {
        case facts = "facts.csv"
        case dimension = "dimension.csv"
        case pairs = "pairs.csv"
        case text = "text.txt"
        case groups = "groups.parquet"
        case joinLeft = "join-left.parquet"
        case joinSmall = "join-small.parquet"
        case joinMedium = "join-medium.parquet"
        case joinBig = "join-big.parquet"
        case sixDatabase = "six.duckdb"
        case sixArrow = "six.arrow"
        case customer = "tpch/customer.parquet"
        case lineitem = "tpch/lineitem.parquet"
        case nation = "tpch/nation.parquet"
        case orders = "tpch/orders.parquet"
        case part = "tpch/part.parquet"
        case partsupp = "tpch/partsupp.parquet"
        case region = "tpch/region.parquet"
        case supplier = "tpch/supplier.parquet"
        case answers = "tpch/answers.json"

        static let joins: [Input] = [.joinLeft, .joinSmall, .joinMedium, .joinBig]
        static let tpch: [Input] = [.customer, .lineitem, .nation, .orders, .part, .partsupp, .region, .supplier, .answers]
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
        sizes: [
            .tree: 1 << 19, .wavefront: 1_000, .independent: 1_000_000, .squareMean: 100_000_000, .sumOfProducts: 100_000_000,
            .expression: 100_000_000, .matmul: 8192, .tallQR: 1_000_000, .randomSVD: 200_000, .stencil: 10_000,
            .smallChunks: 10_000_000, .outOfCore: 16_384, .tableCompile: 1000, .processesEmptyCall: 2000, .processesSmallCalls: 10_000,
            .processesLargeArgument: 100_000_000, .processesSumOfProducts: 100_000_000, .processesMatmul: 4096, .daskEmptyNodes: 1000,
            .daskMonteCarlo: 20_000_000, .daskHaversine: 4_000_000, .daskMatmul: 4096, .rayEmptyNodes: 1000,
            .rayMonteCarlo: 20_000_000, .rayHaversine: 4_000_000, .rayMatmul: 4096,
        ],
        daskSizes: [.tree: 1 << 15, .wavefront: 150, .independent: 50_000]
    )

    static let quick = Workload(
        scale: 0.02,
        pairs: 200_000,
        sizes: [
            .tree: 1 << 16, .wavefront: 256, .independent: 100_000, .squareMean: 1_000_000, .sumOfProducts: 1_000_000,
            .expression: 1_000_000, .matmul: 1024, .tallQR: 20_000, .randomSVD: 10_000, .stencil: 1000, .smallChunks: 1_000_000,
            .outOfCore: 2048, .tableCompile: 100, .processesEmptyCall: 200, .processesSmallCalls: 1000,
            .processesLargeArgument: 1_000_000, .processesSumOfProducts: 1_000_000, .processesMatmul: 1024, .daskEmptyNodes: 100,
            .daskMonteCarlo: 1_000_000, .daskHaversine: 200_000, .daskMatmul: 1024, .rayEmptyNodes: 100, .rayMonteCarlo: 1_000_000,
            .rayHaversine: 200_000, .rayMatmul: 1024,
        ],
        daskSizes: [.tree: 1 << 12, .wavefront: 50, .independent: 5_000]
    )

    /// The memory budget of jobs that must do with a quarter of their data, in bytes: pairs of 64-bit integers, or a square of doubles.
    func memoryBudget(of job: Job) -> Int? {
        switch job {
        case .spillingShuffle: pairs * 16 / 4
        case .outOfCore: sizes[job].map { $0 * $0 * 8 / 4 }
        // Six columns, of 50 bytes a row; DuckDB itself needs some.
        case .tableSort: max(Int(10_000_000 * scale) * 50 / 4, 50_000_000)
        default: nil
        }
    }

    func inputs(of job: Job) -> [Input] {
        switch job {
        case .sumByKey: [.facts]
        case .wordCount, .processesWordCount, .daskWordCount, .rayWordCount: [.text]
        case .sort, .spillingShuffle: [.pairs]
        case .join: [.facts, .dimension]
        case .groupBy: [.groups]
        case .tableJoin: Input.joins
        case .tableSQL: [.groups, .joinLeft, .joinMedium]
        case .tpch: Input.tpch
        case .receiveColumns, .receiveRows, .tableSort: [.sixDatabase]
        case .arrowRead, .arrowWrite: [.sixArrow]
        default: []
        }
    }

    func size(of job: Job, for peer: Peer) -> Int? {
        peer == .daskThreaded ? daskSizes[job] : sizes[job]
    }
}

import ArgumentParser

/// A piece of work that several peers do.
enum Job: String, CaseIterable, Codable, ExpressibleByArgument {
    case tree
    case wavefront
    case independent
    case sumByKey = "sum-by-key"
    case wordCount = "word-count"
    case sort
    case join
    case spillingShuffle = "spilling-shuffle"
    case squareMean = "square-mean"
    case sumOfProducts = "sum-of-products"
    case expression
    case matmul
    case tallQR = "tall-qr"
    case randomSVD = "random-svd"
    case stencil
    case smallChunks = "small-chunks"
    case outOfCore = "out-of-core"
    case groupBy = "group-by"
    case tableJoin = "table-join"
    case tpch
    case tableSQL = "table-sql"
    case tableCompile = "table-compile"
    case receiveColumns = "receive-columns"
    case receiveRows = "receive-rows"
    case arrowRead = "arrow-read"
    case arrowWrite = "arrow-write"
    case tableSort = "table-sort"
    case processesEmptyCall = "processes-empty-call"
    case processesSmallCalls = "processes-small-calls"
    case processesLargeArgument = "processes-large-argument"
    case processesWordCount = "processes-word-count"
    case processesSumOfProducts = "processes-sum-of-products"
    case processesMatmul = "processes-matmul"
    case daskEmptyNodes = "dask-empty-nodes"
    case daskWordCount = "dask-word-count"
    case daskMonteCarlo = "dask-monte-carlo"
    case daskHaversine = "dask-haversine"
    case daskMatmul = "dask-matmul"
    case rayEmptyNodes = "ray-empty-nodes"
    case rayWordCount = "ray-word-count"
    case rayMonteCarlo = "ray-monte-carlo"
    case rayHaversine = "ray-haversine"
    case rayMatmul = "ray-matmul"

    var title: String {
        switch self {
        case .tree: "Tree reduction of tiny tasks"
        case .wavefront: "Wavefront of tiny tasks"
        case .independent: "Independent tiny tasks"
        case .sumByKey: "Sum by key: 10 million CSV lines, 100,000 keys"
        case .wordCount: "Word count: 520 MB of text"
        case .sort: "Sort: 10 million pairs"
        case .join: "Join: 10 million rows with 100,000"
        case .spillingShuffle: "Sort in a quarter of the memory"
        case .squareMean: "Array: (x × x + 10).mean(), 100 million"
        case .sumOfProducts: "Array: sum(a × b), 100 million"
        case .expression: "Array: eight operations, 100 million, result stored"
        case .matmul: "Array: product of two matrices of 8192²"
        case .tallQR: "Array: QR of 1 million × 100"
        case .randomSVD: "Array: ten singular values of 200,000 × 1000, randomised"
        case .stencil: "Array: 10 steps of a 5-point stencil on 10,000²"
        case .smallChunks: "Array: (x + 1).sum() over 10,000 chunks of 1000"
        case .outOfCore: "Array: transpose, rechunk and sum in a quarter of the memory"
        case .groupBy: "Table: db-benchmark's ten groupings, 10 million rows of Parquet"
        case .tableJoin: "Table: db-benchmark's five joins, 10 million rows of Parquet"
        case .tpch: "Table: TPC-H, scale factor 1, 22 queries"
        case .tableSQL: "Table: the same SQL, to Arrow"
        case .tableCompile: "Table: SQL of an expression of 30 operations"
        case .receiveColumns: "Table: 10 million rows of DuckDB as Arrow columns"
        case .receiveRows: "Table: 10 million rows of DuckDB as structures (Sheaf) or a table (pyarrow)"
        case .arrowRead: "Table: Arrow file of 10 million rows, mapped and summed"
        case .arrowWrite: "Table: Arrow file of 10 million rows, written"
        case .tableSort: "Table: sort of 10 million rows in a quarter of the memory"
        case .processesEmptyCall: "Processes: one call after the other"
        case .processesSmallCalls: "Processes: 10,000 small calls"
        case .processesLargeArgument: "Processes: calls with the same 100 MB"
        case .processesWordCount: "Processes: word count, 520 MB of text"
        case .processesSumOfProducts: "Processes: sum(sin(a) × cos(a + 1)), 100 million"
        case .processesMatmul: "Processes: product of two matrices of 4096²"
        case .daskEmptyNodes: "Dask: nodes that do nothing"
        case .daskWordCount: "Dask: word count, 520 MB of text"
        case .daskMonteCarlo: "Dask: π from 20 million random points"
        case .daskHaversine: "Dask: distances of 4 million pairs of places"
        case .daskMatmul: "Dask: product of two matrices of 4096²"
        case .rayEmptyNodes: "Ray: nodes that do nothing"
        case .rayWordCount: "Ray: word count, 520 MB of text"
        case .rayMonteCarlo: "Ray: π from 20 million random points"
        case .rayHaversine: "Ray: distances of 4 million pairs of places"
        case .rayMatmul: "Ray: product of two matrices of 4096²"
        }
    }

    /// Whether what compares is the time per task: peers may run different numbers of them.
    var isPerTask: Bool {
        switch self {
        case .tree, .wavefront, .independent, .smallChunks, .tableCompile, .processesEmptyCall, .processesSmallCalls,
            .processesLargeArgument, .daskEmptyNodes, .rayEmptyNodes:
            true
        default: false
        }
    }

    /// What is reported together.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case tasks
        case bags
        case arrays
        case tables
        case engines
    }

    var group: Group {
        switch self {
        case .tree, .wavefront, .independent: .tasks
        case .sumByKey, .wordCount, .sort, .join, .spillingShuffle: .bags
        case .squareMean, .sumOfProducts, .expression, .matmul, .tallQR, .randomSVD, .stencil, .smallChunks, .outOfCore: .arrays
        case .groupBy, .tableJoin, .tpch, .tableSQL, .tableCompile, .receiveColumns, .receiveRows, .arrowRead, .arrowWrite, .tableSort:
            .tables
        case .processesEmptyCall, .processesSmallCalls, .processesLargeArgument, .processesWordCount, .processesSumOfProducts,
            .processesMatmul, .daskEmptyNodes, .daskWordCount, .daskMonteCarlo, .daskHaversine, .daskMatmul, .rayEmptyNodes, .rayWordCount,
            .rayMonteCarlo, .rayHaversine, .rayMatmul:
            .engines
        }
    }

    /// The job whose check this one must reproduce.
    var checkedLike: Job { self == .spillingShuffle ? .sort : self }

    /// The peers that do this job, in the order of the table.
    var peers: [Peer] {
        switch self {
        case .tree, .wavefront, .independent: [.sheaf, .cppPool, .oneTBB, .daskThreaded]
        case .sumByKey, .wordCount: [.sheaf, .sheafOneThread, .polars, .pool, .daskBag, .pysparkRDD]
        case .sort, .join: [.sheaf, .polars, .pool, .daskBag, .pysparkRDD]
        case .spillingShuffle: [.sheaf]
        case .squareMean, .sumOfProducts, .expression: [.sheaf, .limit, .jax, .numexpr, .daskArray, .numpy]
        case .matmul: [.sheaf, .limit, .daskArray, .numpy]
        case .tallQR, .stencil: [.sheaf, .daskArray, .numpy]
        case .randomSVD, .smallChunks, .outOfCore: [.sheaf, .daskArray]
        case .groupBy, .tableJoin: [.sheaf, .duckdbPython, .polars, .datafusion, .pandas, .daskDataframe, .pyspark]
        case .tpch: [.sheaf, .sheafSQL, .duckdbPython, .polars, .datafusion, .pyspark]
        case .tableSQL, .receiveColumns, .receiveRows, .tableSort: [.sheaf, .duckdbPython]
        case .tableCompile: [.sheaf]
        case .arrowRead, .arrowWrite: [.sheaf, .pyarrow]
        case .processesEmptyCall: [.sheaf, .pool]
        case .processesSmallCalls: [.sheaf, .pool, .poolMap]
        case .processesLargeArgument: [.sheaf, .pool]
        case .processesWordCount, .processesSumOfProducts, .processesMatmul: [.sheaf, .sheafThreads]
        case .daskEmptyNodes, .daskWordCount, .daskMonteCarlo, .daskHaversine, .daskMatmul: [.sheaf, .daskPython]
        case .rayEmptyNodes, .rayWordCount, .rayMonteCarlo, .rayHaversine, .rayMatmul: [.sheaf, .rayPython]
        }
    }
}

import ArgumentParser

/// Who does the work.
enum Peer: String, CaseIterable, Codable, ExpressibleByArgument {
    case sheaf
    case sheafOneThread = "sheaf-1-thread"
    case cppPool = "cpp-pool"
    case oneTBB = "onetbb"
    case daskThreaded = "dask-threaded"
    case polars
    case pool
    case daskBag = "dask-bag"
    case pysparkRDD = "pyspark-rdd"
    case limit
    case numpy
    case numexpr
    case jax
    case daskArray = "dask-array"
    case sheafSQL = "sheaf-sql"
    case duckdbPython = "duckdb-python"
    case datafusion
    case pandas
    case daskDataframe = "dask-dataframe"
    case pyspark
    case pyarrow
    case sheafThreads = "sheaf-threads"
    case poolMap = "pool-map"
    case daskPython = "dask-python"
    case rayPython = "ray-python"

    var title: String {
        switch self {
        case .sheaf: "Sheaf"
        case .sheafOneThread: "Sheaf, 1 thread"
        case .cppPool: "C++ thread pool"
        case .oneTBB: "oneTBB flow graph"
        case .daskThreaded: "dask.threaded"
        case .polars: "Polars"
        case .pool: "multiprocessing.Pool"
        case .daskBag: "dask.bag"
        case .pysparkRDD: "PySpark RDD"
        case .limit: "the hardware's limit"
        case .numpy: "NumPy"
        case .numexpr: "numexpr"
        case .jax: "JAX"
        case .daskArray: "dask.array"
        case .sheafSQL: "Sheaf, SQL by hand"
        case .duckdbPython: "DuckDB's Python client"
        case .datafusion: "DataFusion"
        case .pandas: "pandas"
        case .daskDataframe: "dask.dataframe"
        case .pyspark: "PySpark"
        case .pyarrow: "pyarrow"
        case .sheafThreads: "Sheaf, threads"
        case .poolMap: "multiprocessing.Pool, in chunks"
        case .daskPython: "Python on Dask"
        case .rayPython: "Python on Ray"
        }
    }

    var isSheaf: Bool { self == .sheaf || self == .sheafOneThread || self == .sheafSQL || self == .sheafThreads }

    /// Slow peers run fewer times: a minute each, and so far from Sheaf that their noise decides nothing.
    var isSlow: Bool {
        switch self {
        case .daskThreaded, .daskBag, .pysparkRDD, .pandas, .daskDataframe, .pyspark, .daskPython, .rayPython: true
        default: false
        }
    }

    var isPython: Bool {
        switch self {
        case .sheaf, .sheafOneThread, .sheafSQL, .sheafThreads, .cppPool, .oneTBB: false
        default: true
        }
    }

    /// Runs in the environment of the engines, made by dev/engines, rather than in that of the other peers.
    var usesEngines: Bool { self == .daskPython || self == .rayPython }

    var isCpp: Bool { self == .cppPool || self == .oneTBB || self == .limit }
}

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
        }
    }

    var isSheaf: Bool { self == .sheaf || self == .sheafOneThread }

    /// Slow peers run fewer times: a minute each, and so far from Sheaf that their noise decides nothing.
    var isSlow: Bool {
        switch self {
        case .daskThreaded, .daskBag, .pysparkRDD: true
        case .sheaf, .sheafOneThread, .cppPool, .oneTBB, .polars, .pool: false
        }
    }

    var isPython: Bool {
        switch self {
        case .daskThreaded, .polars, .pool, .daskBag, .pysparkRDD: true
        case .sheaf, .sheafOneThread, .cppPool, .oneTBB: false
        }
    }

    var isCpp: Bool { self == .cppPool || self == .oneTBB }
}

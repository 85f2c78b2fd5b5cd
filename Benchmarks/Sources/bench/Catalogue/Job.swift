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
        }
    }

    /// Whether what compares is the time per task: peers may run different numbers of them.
    var isPerTask: Bool {
        switch self {
        case .tree, .wavefront, .independent: true
        case .sumByKey, .wordCount, .sort, .join, .spillingShuffle: false
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
        }
    }
}

import ArgumentParser
import Sheaf

/// One sorted partition, summed up where it lies. Sums of products wrap around.
struct SortedRun: Sendable {
    var count = 0, first = 0, last = 0
    var keys: UInt64 = 0, positions: UInt64 = 0, pairs: UInt64 = 0
    var isOrdered = true

    mutating func add(_ pair: (Int, Int)) {
        let key = UInt64(bitPattern: Int64(pair.0))
        if count == 0 { first = pair.0 } else if pair.0 < last { isOrdered = false }
        last = pair.0
        keys &+= key
        positions &+= UInt64(count) &* key
        pairs &+= key &* UInt64(bitPattern: Int64(pair.1))
        count += 1
    }

    mutating func merge(_ next: SortedRun) {
        guard next.count > 0 else { return }
        guard count > 0 else {
            self = next
            return
        }
        isOrdered = isOrdered && next.isOrdered && last <= next.first
        last = next.last
        positions &+= next.positions &+ UInt64(count) &* next.keys
        keys &+= next.keys
        pairs &+= next.pairs
        count += next.count
    }

    var check: (String, Int) {
        ("count=\(count) ordered=\(isOrdered) first=\(first) last=\(last) positions=\(positions) pairs=\(pairs)", count)
    }
}

extension AsyncParsableCommand {
    func sort(_ file: String, _ workers: Workers) async throws {
        let session = try await workers.session()
        try await measure(workers) {
            try await session.pairs(of: file).sortByKey().aggregate(SortedRun()) {
                $0.add($1)
            } merge: {
                $0.merge($1)
            }
        } check: {
            $0.check
        }
    }
}

struct Sort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sort")
    @Argument var file: String
    @OptionGroup var workers: Workers

    func run() async throws { try await sort(file, workers) }
}

/// The sort under a memory budget of a quarter of its pairs.
struct SpillingShuffle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "spilling-shuffle")
    @Argument var file: String
    @OptionGroup var workers: Workers

    func run() async throws { try await sort(file, workers) }
}

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "join")
    @Argument var left: String
    @Argument var right: String
    @OptionGroup var workers: Workers

    struct Totals: Sendable {
        var rows = 0
        var product: UInt64 = 0, keyed: UInt64 = 0
    }

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers) {
            try await session.pairs(of: left).join(session.pairs(of: right)).aggregate(Totals()) { totals, row in
                totals.rows += 1
                totals.product &+= UInt64(bitPattern: Int64(row.1.0)) &* UInt64(bitPattern: Int64(row.1.1))
                totals.keyed &+= UInt64(bitPattern: Int64(row.0)) &* UInt64(bitPattern: Int64(row.1.0 + row.1.1))
            } merge: {
                $0.rows += $1.rows
                $0.product &+= $1.product
                $0.keyed &+= $1.keyed
            }
        } check: {
            ("rows=\($0.rows) product=\($0.product) keyed=\($0.keyed)", $0.rows)
        }
    }
}

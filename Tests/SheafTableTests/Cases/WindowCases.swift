import SheafTable

extension TableCase {
    static let windows: [TableCase] = [
        TableCase("window: row number") { $0.sales.select { (id: $0.id, n: $0.window(orderedBy: [$0.id.descending]).rowNumber()) } },
        TableCase("window: row number in partitions") {
            $0.sales.select {
                (id: $0.id, n: $0.rowNumber(partitionedBy: [$0.product.key], orderedBy: [$0.price.descending, $0.id.ascending]))
            }
        },
        TableCase("window: ranks") {
            $0.sales.select {
                let window = $0.window(orderedBy: [$0.units.ascending])
                return (id: $0.id, r: window.rank(), d: window.denseRank(), p: window.percentRank())
            }
        },
        TableCase("window: tiles") { $0.sales.select { (id: $0.id, t: $0.window(orderedBy: [$0.id.ascending]).tile(of: 5)) } },
        TableCase("window: lag, lead") {
            $0.sales.select {
                let window = $0.window(partitionedBy: [$0.product.key], orderedBy: [$0.id.ascending])
                return (id: $0.id, a: window.lag($0.id), b: window.lead($0.units), c: window.lag($0.product, 2))
            }
        },
        TableCase("window: difference to the row before") {
            $0.sales.select { (id: $0.id, d: $0.id - $0.window(partitionedBy: [$0.product.key], orderedBy: [$0.id.ascending]).lag($0.id)) }
        },
        TableCase("window: cumulative sum") {
            $0.sales.select { (id: $0.id, s: $0.cumulativeSum($0.units, partitionedBy: [$0.product.key], orderedBy: [$0.id.ascending])) }
        },
        TableCase("window: moving mean") {
            $0.sales.select { (id: $0.id, m: $0.movingMean($0.id, rows: 3, orderedBy: [$0.id.ascending])) }
        },
        TableCase("window: frame on both sides") {
            $0.sales.select {
                let window = $0.window(orderedBy: [$0.id.ascending], frame: .rows(before: 1, after: 2))
                return (
                    id: $0.id, low: window.min($0.units), high: window.max($0.units), n: window.count(), f: window.first($0.id),
                    l: window.last($0.id)
                )
            }
        },
        TableCase("window: whole partition") {
            $0.sales.select {
                let window = $0.window(partitionedBy: [$0.product.key])
                return (id: $0.id, n: window.count(), share: $0.units.real / window.sum($0.units).real, mean: window.mean($0.price))
            }
        },
        TableCase("window: first and last of the partition") {
            $0.sales.select {
                let window = $0.window(partitionedBy: [$0.product.key], orderedBy: [$0.id.ascending], frame: .all)
                return (id: $0.id, f: window.first($0.id), l: window.last($0.id))
            }
        },
        TableCase("window: in adding, then filtered") {
            $0.sales.adding { (nth: $0.rowNumber(partitionedBy: [$0.product.key], orderedBy: [$0.id.ascending]), x: $0.id * 2) }
                .filter { $0.nth <= 2 }.select { (id: $0.id, nth: $0.nth, x: $0.x) }
        },
        TableCase("window: filter by a comparison") {
            $0.sales.filter { $0.price > $0.window(partitionedBy: [$0.product.key]).mean($0.price) }
        },
        TableCase("window: over aggregates") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, n: $0.count()) }
                .select { (p: $0.p, r: $0.window(orderedBy: [$0.n.descending, $0.p.ascending]).rowNumber(), all: $0.window().sum($0.n)) }
        },
        TableCase("window: sorted by it", ordered: true) {
            $0.sales.sorted { [$0.window(partitionedBy: [$0.product.key]).count().descending, $0.id.ascending] }.select {
                ($0.id, $0.product)
            }
        },
    ]
}

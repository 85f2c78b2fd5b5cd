import SheafTable

extension TableCase {
    static let shapes: [TableCase] = [
        TableCase("pivot of sums") {
            $0.sales.pivoted(of: \.product, values: ["tea", "salt", "none"], rows: ["region"]) { $0.sum(\.units) }
        },
        TableCase("pivot of counts") {
            $0.sales.pivoted(of: \.product, values: ["tea", "salt"], rows: ["region", "express"]) { $0.count() }
        },
        TableCase("pivot of conditional expressions") {
            $0.sales.pivoted(of: \.region, values: ["north", "south"], rows: ["product"]) {
                ($0.count() > 2).then($0.sum(\.units), else: nil)
            }
        },
        TableCase("pivot without rows") { $0.sales.pivoted(of: \.product, values: ["tea", "salt"], rows: []) { $0.max(\.price) } },
        TableCase("unpivoted") { $0.products.select { (code: $0.code, name: $0.name, region: $0.region) }.unpivoted(["name", "region"]) },
        TableCase("unpivoted, named") {
            $0.sales.select { (id: $0.id, units: $0.units, length: $0.product.count) }
                .unpivoted(["units", "length"], name: "which", value: "number").filter { $0["number", as: Int?.self] > 4 }
        },
        TableCase("unnested") { $0.baskets.unnested(\.tags, as: "tag").select("id", "tag") },
        TableCase("unnested nullable") { $0.baskets.unnested(\.scores, as: "score").select("id", "score") },
        TableCase("unnested, then counted") {
            $0.baskets.unnested(\.tags, as: "tag").grouped { $0["tag", as: String.self] }.aggregate { (tag: $0.key, n: $0.count()) }
        },
        TableCase("list count") { $0.baskets.select { (id: $0.id, tags: $0.tags.count, scores: $0.scores.count) } },
        TableCase("list contains") { $0.baskets.filter { $0.tags.contains("ü") }.select { (id: $0.id, has: $0.scores.contains(3)) } },
        TableCase("list elements") {
            $0.baskets.select { (id: $0.id, first: $0.tags.element(0), last: $0.tags.element(-1), third: $0.scores.element(2)) }
        },
        TableCase("list sorted, reversed, distinct") {
            $0.baskets.select { (id: $0.id, s: $0.scores.sorted, r: $0.scores.reversed, d: $0.tags.distinct) }
        },
        TableCase("list joined") { $0.baskets.select { (id: $0.id, text: $0.tags.joined(separator: "+")) } },
        TableCase("list numbers") {
            $0.baskets.select { (id: $0.id, sum: $0.scores.sum(), mean: $0.scores.mean(), min: $0.scores.min(), max: $0.scores.max()) }
        },
    ]
}

import SheafTable

extension TableCase {
    static let nulls: [TableCase] = [
        TableCase("null: is null") { $0.sales.select { (id: $0.id, a: $0.region.isNull, b: $0.units.isNotNull, c: $0.express == nil) } },
        TableCase("null: coalesce") {
            $0.sales.select { (id: $0.id, a: $0.units.coalesce(-1), b: $0.region.coalesce($0.note), c: $0.note.coalesce($0.product)) }
        },
        TableCase("null: null if") { $0.sales.select { (id: $0.id, a: $0.product.nullIf("tea"), b: $0.units.nullIf(4)) } },
        TableCase("null: comparisons") {
            $0.sales.select { (id: $0.id, a: $0.units > 3, b: $0.units == $0.id, c: $0.id != $0.units, d: $0.express != true) }
        },
        TableCase("null: and, or, not") {
            $0.sales.select {
                (
                    id: $0.id, a: $0.express && $0.units > 3, b: $0.express || $0.units > 3, c: !$0.express, d: $0.id > 5 && $0.express,
                    e: $0.express || $0.id > 5
                )
            }
        },
        TableCase("null: arithmetic") { $0.sales.select { (id: $0.id, a: $0.units + 1, b: $0.price * $0.units.real) } },
        TableCase("null: is in") {
            $0.sales.select { (id: $0.id, a: $0.units.isIn([3, 4]), b: $0.units.isNotIn([3, 4]), c: $0.units.isBetween(2, 4)) }
        },
        TableCase("cases of values") {
            $0.sales.select { (id: $0.id, a: cases(($0.units < 2, "few"), ($0.units < 5, "some"), otherwise: "many")) }
        },
        TableCase("cases of columns") {
            $0.sales.select { (id: $0.id, a: cases(($0.units > 4, $0.product), ($0.id < 4, $0.product + "!"), otherwise: Column("-"))) }
        },
        TableCase("then, else") {
            $0.sales.select {
                (
                    id: $0.id, a: $0.express.then("fast", else: "slow"), b: ($0.id > 9).then($0.units, else: nil),
                    c: ($0.id > 9).then($0.id, else: -$0.id)
                )
            }
        },
        TableCase("mapped") { $0.sales.select { (id: $0.id, a: $0.region.mapped(["north": 1, "south": 2], otherwise: 0)) } },
        TableCase("null: text") {
            $0.sales.select { (id: $0.id, a: $0.note.uppercased, b: $0.note.contains("a"), c: $0.note + $0.region) }
        },
    ]
}

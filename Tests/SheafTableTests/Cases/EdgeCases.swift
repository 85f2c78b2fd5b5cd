import Foundation
import SheafTable

extension TableCase {
    /// Where engines and libraries differ.
    @CaseList static var edges: [TableCase] {
        TableCase("edge: doubles to integers") {
            $0.sales.select { (id: $0.id, a: $0.price.cast(to: Int?.self), b: (-$0.price).cast(to: Int?.self)) }
        }
        TableCase("edge: not a number is equal to itself and the greatest") {
            $0.sales.select {
                (id: $0.id, a: ($0.price * 0 / 0) == ($0.price * 0 / 0), b: ($0.price * 0 / 0) > 1e300, c: $0.price / 0 > 1e300)
            }
        }
        TableCase("edge: sorted, not a number before nulls only", ordered: true) {
            $0.sales.sorted { [($0.id == 5).then($0.price * 0 / 0, else: $0.price).ascending, $0.id.ascending] }.select {
                (id: $0.id, day: $0.day)
            }
        }
        TableCase("edge: whole numbers as decimals") {
            $0.sales.select { (id: $0.id, a: $0.units.cast(to: Decimal?.self), b: $0.price.cast(to: Decimal?.self)) }
        }
        TableCase("edge: decimals summed") {
            $0.sales.select { (p: $0.product, d: $0.price.cast(to: Decimal?.self)) }.grouped(by: \.p)
                .aggregate { (p: $0.key, s: $0.sum(\.d), m: $0.mean(\.d), most: $0.max(\.d)) }
        }
        TableCase("edge: quantile of texts") {
            $0.sales.aggregate { (m: $0.discreteQuantile(\.product, 0.5), low: $0.min(\.note), high: $0.max(\.note)) }
        }
        TableCase("edge: aggregates of nulls only") {
            $0.sales.filter { $0.units == nil }.aggregate {
                (
                    n: $0.count(), k: $0.count(\.units), s: $0.sum(\.units), m: $0.median(\.units), d: $0.countDistinct(\.units),
                    l: $0.list(\.units),
                    p: $0.product(\.units), sd: $0.standardDeviation(\.units)
                )
            }
        }
        TableCase("edge: a window sees its row's equals") {
            $0.sales.select {
                (id: $0.id, n: $0.window(orderedBy: [$0.units.ascending]).count(), s: $0.window(orderedBy: [$0.units.ascending]).sum($0.id))
            }
        }
        TableCase("edge: a window of nothing") {
            $0.sales.select {
                let window = $0.window(orderedBy: [$0.id.ascending], frame: .rows(before: 3, after: -1))
                return (id: $0.id, n: window.count(), s: window.sum($0.id))
            }
        }
        TableCase("edge: in and not in, beside nulls") {
            $0.sales.select { (id: $0.id, a: $0.note.isIn(["", "tea"]), b: $0.note.isNotIn([])) }
        }
        TableCase("edge: empty texts are no nulls") {
            $0.sales.filter { $0.note == "" }.select { (id: $0.id, n: $0.note.count, x: $0.note + "x") }
        }
        TableCase("edge: intersection counts nulls as equal") {
            $0.sales.select { (r: $0.region, x: $0.express) }.intersection(
                $0.sales.filter { $0.id > 12 }.select { (r: $0.region, x: $0.express) })
        }
        TableCase("edge: union by position") {
            $0.sales.select { (a: $0.id, b: $0.units) }.union($0.sales.select { (a: $0.id * 10, b: $0.units + 1) })
        }
        TableCase("edge: left join on a condition of one side") {
            $0.products.leftJoin($0.baskets) { $0.weight > 1 && $1.id < 3 }.select { (c: $0.left.code, i: $0.right.id) }
        }
        TableCase("edge: join with no rows") {
            $0.sales.leftJoin($0.products.filter { $0.weight > 99 }) { $0.product == $1.code }.select { (i: $0.left.id, c: $0.right.code) }
        }
        TableCase("edge: describe") { $0.products.describe().select("column_name", "min", "max", "count") }
        TableCase("edge: more rows than are written as text") { inputs in
            let many = (0..<100).map {
                Basket(
                    id: $0, owner: $0 % 3 == 0 ? nil : "o\($0 % 5)", tags: $0 % 4 == 0 ? [] : ["t\($0)"], scores: $0 % 7 == 0 ? nil : [$0])
            }
            return inputs.session.table(many).filter { $0.owner != "o1" && $0.id > 90 }
        }
    }
}

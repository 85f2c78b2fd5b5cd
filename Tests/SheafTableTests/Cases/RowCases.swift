import SheafTable

extension TableCase {
    static let rows: [TableCase] = [
        TableCase("filter greater") { $0.sales.filter { $0.units > 3 } },
        TableCase("filter greater or equal of two columns") { $0.sales.filter { $0.units.real >= $0.price } },
        TableCase("filter equal text") { $0.sales.filter { $0.product == "tea" } },
        TableCase("filter unequal leaves nulls out") { $0.sales.filter { $0.region != "north" } },
        TableCase("filter and, or") { $0.sales.filter { ($0.units > 3 || $0.express == true) && $0.region == "south" } },
        TableCase("filter not") { $0.sales.filter { !($0.units > 3) } },
        TableCase("filter nullable condition") { $0.sales.filter { $0.express } },
        TableCase("filter is nil") { $0.sales.filter { $0.region == nil } },
        TableCase("filter is not nil") { $0.sales.filter { $0.region != nil } },
        TableCase("filter twice") { $0.sales.filter { $0.units > 1 }.filter { $0.price < 5 } },
        TableCase("filter is in") { $0.sales.filter { $0.product.isIn(["tea", "salt"]) } },
        TableCase("filter is in nothing") { $0.sales.filter { $0.region.isIn([]) } },
        TableCase("filter is not in") { $0.sales.filter { $0.region.isNotIn(["north", "west"]) } },
        TableCase("filter is between") { $0.sales.filter { $0.price.isBetween(2.5, 5) } },
        TableCase("filter is between columns") { $0.sales.filter { $0.id.nullable.isBetween($0.units, $0.units * 4) } },
        TableCase("filter by day") { $0.sales.filter { $0.day >= CalendarDate(daysSince1970: 19_783) } },
        TableCase("filter text with quotes") { $0.sales.filter { $0.note == "it's \"so\"" } },
        TableCase("filter by a window") {
            $0.sales.filter { $0.rowNumber(partitionedBy: [$0.product.key], orderedBy: [$0.id.descending]) == 1 }
        },
        TableCase("filter everything out") { $0.sales.filter { $0.id < 0 } },
        TableCase("is same as, with nulls") { $0.sales.select { (id: $0.id, same: $0.region.isSame(as: $0.note)) } },
        TableCase("sorted ascending", ordered: true) { $0.sales.sorted { [$0.units.ascending, $0.id.ascending] } },
        TableCase("sorted descending, nulls first", ordered: true) {
            $0.sales.sorted { [$0.price.descending.nullsFirst, $0.id.descending] }
        },
        TableCase("sorted by text", ordered: true) { $0.sales.sorted { [$0.note.ascending, $0.id.ascending] } },
        TableCase("sorted by key path", ordered: true) { $0.products.sorted(by: \.name, .descending) },
        TableCase("sorted by an expression", ordered: true) { $0.sales.sorted { [($0.units * -1).ascending, $0.id.ascending] } },
        TableCase("sorted, then selected without the key", ordered: true) {
            $0.sales.sorted { [$0.day.descending, $0.id.ascending] }.select { (id: $0.id, twice: $0.units * 2) }
        },
        TableCase("sorted, then a column of the key's name", ordered: true) {
            $0.sales.sorted(by: \.id).select { (id: $0.id * -1, day: $0.day) }
        },
        TableCase("sorted, then filtered", ordered: true) { $0.sales.sorted(by: \.id, .descending).filter { $0.units > 2 } },
        TableCase("sorted twice", ordered: true) { $0.sales.sorted(by: \.units).sorted(by: \.id) },
        TableCase("limit", ordered: true) { $0.sales.sorted(by: \.id).limit(5) },
        TableCase("limit with offset", ordered: true) { $0.sales.sorted(by: \.id).limit(5, offset: 3) },
        TableCase("limit of limit", ordered: true) { $0.sales.sorted(by: \.id).limit(9, offset: 2).limit(4, offset: 1) },
        TableCase("limit, then filter") { $0.sales.sorted(by: \.id).limit(10).filter { $0.product == "tea" } },
        TableCase("limit, then sorted", ordered: true) { $0.sales.sorted(by: \.id).limit(6).sorted(by: \.id, .descending) },
        TableCase("limit, then selected", ordered: true) { $0.sales.sorted(by: \.id).limit(3).select { (n: $0.id + 1, p: $0.product) } },
        TableCase("head", ordered: true) { $0.sales.sorted(by: \.id).head(3) },
        TableCase("top", ordered: true) { $0.products.top(2, by: \.weight) },
        TableCase("bottom", ordered: true) { $0.products.bottom(2, by: \.weight) },
        TableCase("distinct") { $0.sales.select { (region: $0.region, product: $0.product) }.distinct() },
        TableCase("distinct, then limited", ordered: true) {
            $0.sales.select { (product: $0.product, x: $0.product.count) }.distinct().sorted(by: \.product).limit(2)
        },
        TableCase("distinct on, first of an order") { $0.sales.sorted { [$0.price.descending, $0.id.ascending] }.distinct(on: \.product) },
        TableCase("distinct on all of some") { $0.sales.sorted(by: \.id).distinct(onAll: \.region, \.express) },
        TableCase("distinct on, of limited rows") { $0.sales.sorted(by: \.id, .descending).limit(8).distinct(on: \.product) },
        TableCase("union of all") { $0.sales.filter { $0.id < 4 }.union($0.sales.filter { $0.id < 6 }) },
        TableCase("union without duplicates") {
            $0.sales.filter { $0.id < 4 }.union($0.sales.filter { $0.id < 6 }, removingDuplicates: true)
        },
        TableCase("union of one plan with itself") { inputs in
            let some = inputs.sales.filter { $0.units > 3 }.select { (id: $0.id, units: $0.units) }
            return some.union(some)
        },
        TableCase("union of limited tables") { $0.sales.sorted(by: \.id).limit(2).union($0.sales.sorted(by: \.id, .descending).limit(2)) },
        TableCase("union, then grouped") {
            $0.sales.union($0.sales).grouped(by: \.product).aggregate { (p: $0.key, n: $0.count()) }
        },
        TableCase("intersection") {
            $0.sales.select { (r: $0.region, p: $0.product) }.intersection(
                $0.sales.filter { $0.units > 2 }.select { (r: $0.region, p: $0.product) })
        },
        TableCase("subtracting") {
            $0.sales.select { (r: $0.region, p: $0.product) }.subtracting(
                $0.sales.filter { $0.units > 2 }.select { (r: $0.region, p: $0.product) })
        },
        TableCase("dropping nulls of all columns") { $0.sales.droppingNulls() },
        TableCase("dropping nulls of some columns") { $0.sales.droppingNulls(in: \.units, \.region) },
        TableCase("filling nulls") { $0.sales.fillingNulls(in: \.units, with: 0).fillingNulls(in: \.region, with: "nowhere") },
        TableCase("replacing a column") { $0.sales.replacing(\.price) { $0.price * 2 + 1 } },
        TableCase("value counts", ordered: true) { $0.sales.valueCounts(of: \.region) },
        TableCase("sample of all") { $0.sales.sample(.fraction(1)) },
        TableCase("numbers") { $0.session.numbers(3..<7, name: "n").adding("square") { $0["n", as: Int.self] * $0["n", as: Int.self] } },
    ]
}

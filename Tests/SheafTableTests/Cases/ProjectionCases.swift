import SheafTable

private struct Part: TableRow { var product: String; var id: Int }

extension TableCase {
    static let projections: [TableCase] = chosen + added + named + written

    private static let chosen: [TableCase] = [
        TableCase("select columns") { $0.sales.select { ($0.product, $0.id) } },
        TableCase("select one") { $0.sales.select { $0.units }.filter { $0.value > 3 } },
        TableCase("select one expression") { $0.sales.select { $0.units + 1 }.sorted(by: \.value) },
        TableCase("select literals") { $0.sales.select { (id: $0.id, one: Column(1), x: Column("it's"), no: Column<Int?>(nil)) } },
        TableCase("select, then filter by an alias") { $0.sales.select { (id: $0.id, double: $0.units * 2) }.filter { $0.double > 6 } },
        TableCase("select swaps names") { $0.sales.select { (id: $0.units, units: $0.id) } },
        TableCase("select twice") { $0.sales.select { (a: $0.id, b: $0.units) }.select { (c: $0.a + 1, d: $0.b) } },
    ]

    private static let added: [TableCase] = [
        TableCase("adding two") { $0.sales.adding { (total: $0.price * $0.units.real, isBig: $0.units > 3) } },
        TableCase("adding, then filter by both") {
            $0.sales.adding { (total: $0.price * $0.units.real, isBig: $0.units > 3) }.filter { $0.total > 6 && $0.id < 15 }
        },
        TableCase("adding one") { $0.sales.adding { $0.id * 10 }.filter { $0.value > 100 && $0.id < 15 } },
        TableCase("adding replaces") { $0.sales.adding { (units: $0.units.cast(to: String?.self), x: $0.id) }.filter { $0.units == "4" } },
        TableCase("adding after adding") {
            $0.sales.adding { (a: $0.id + 1, b: $0.id + 2) }.adding { (c: $0.a * $0.b, d: $0.id) }.select {
                (id: $0.id, c: $0.c, d: $0.d, a: $0.a)
            }
        },
        TableCase("adding to aggregates") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, n: $0.count()) }.adding { (twice: $0.n * 2, more: $0.n + 1) }
        },
        TableCase("adding by name") { $0.sales.adding("half") { $0.id / 2 }.filter { $0["half", as: Int?.self] == 3 } },
    ]

    private static let named: [TableCase] = [
        TableCase("as another row") { $0.sales.untyped.as(Part.self).filter { $0.id > 20 } },
        TableCase("untyped select") { $0.sales.untyped.select("id", "region") },
        TableCase("untyped dropping") { $0.sales.untyped.dropping("note", "express", "price", "day") },
        TableCase("untyped renaming") { $0.products.untyped.renaming(["code": "id", "name": "Title"]) },
        TableCase("untyped sorted", ordered: true) { $0.products.untyped.sorted { [$0["code", as: String.self].descending] } },
    ]

    private static let written: [TableCase] = [
        TableCase("sql over tables") {
            $0.session.sql("SELECT product, count(*) AS n FROM s WHERE id > 4 GROUP BY product -- rows", tables: ["s": $0.sales])
        },
        TableCase("sql with one name for two tables") {
            $0.session.sql("SELECT id FROM t", tables: ["t": $0.sales.filter { $0.id < 3 }])
                .union($0.session.sql("SELECT id FROM t", tables: ["t": $0.sales.filter { $0.id > 22 }]))
        },
        TableCase("sql, then operations") {
            $0.session.sql("SELECT id, units FROM s", tables: ["s": $0.sales]).filter { $0["units", as: Int?.self] > 5 }
                .adding("id") { $0["id", as: Int.self] * 2 }
        },
        TableCase("sql, adding a new column to unknown ones") {
            $0.session.sql("SELECT id, units FROM s", tables: ["s": $0.sales]).adding("more") { $0["id", as: Int.self] * 2 }
        },
    ]
}

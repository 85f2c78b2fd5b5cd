import SheafTable

extension TableCase {
    static let joins = pairs + several + further + unknown

    @CaseList private static var pairs: [TableCase] {
        TableCase("join") {
            $0.sales.join($0.products) { $0.product == $1.code }.select { (id: $0.left.id, name: $0.right.name) }
        }
        TableCase("join keeps all columns") { $0.sales.join($0.products) { $0.product == $1.code }.filter { $0.left.id < 4 } }
        TableCase("join, equal names of both") {
            $0.sales.join($0.products) { $0.product == $1.code }
                .select { (id: $0.left.id, own: $0.left.region, other: $0.right.region, same: $0.left.region == $0.right.region) }
        }
        TableCase("join on two conditions") {
            $0.sales.join($0.products) { $0.product == $1.code && $0.region == $1.region }.select { (id: $0.left.id, code: $0.right.code) }
        }
        TableCase("join on an inequality") {
            $0.sales.join($0.products) { $0.price < $1.weight }.select { (id: $0.left.id, code: $0.right.code) }
        }
        TableCase("left join") {
            $0.sales.leftJoin($0.products) { $0.product == $1.code }.select { (id: $0.left.id, name: $0.right.name) }
        }
        TableCase("left join, rows without partner") {
            $0.sales.leftJoin($0.products) { $0.product == $1.code }.filter { $0.right.code == nil }.select {
                (id: $0.left.id, p: $0.left.product)
            }
        }
        TableCase("right join") {
            $0.sales.rightJoin($0.products) { $0.product == $1.code && $0.units > 4 }.select {
                (id: $0.left.id, code: $0.right.code, n: $0.right.name)
            }
        }
        TableCase("full join") {
            $0.sales.filter { $0.id < 6 }.fullJoin($0.products) { $0.product == $1.code }
                .select { (id: $0.left.id, code: $0.right.code, key: $0.left.product.coalesce($0.right.code)) }
        }
        TableCase("join on nullable columns") {
            $0.sales.join($0.products) { $0.region == $1.region }.select { (id: $0.left.id, code: $0.right.code) }
        }
        TableCase("semi join") { $0.products.semiJoin($0.sales.filter { $0.units > 4 }) { $0.code == $1.product } }
        TableCase("anti join") { $0.products.antiJoin($0.sales) { $0.code == $1.product } }
        TableCase("anti join, nulls") { $0.sales.antiJoin($0.products) { $0.region == $1.region }.select { (id: $0.id, r: $0.region) } }
        TableCase("cross join") { $0.products.crossJoin($0.baskets).select { (code: $0.left.code, id: $0.right.id) } }
        TableCase("as-of join") { inputs in
            let marks = inputs.readings.filter { $0.sensor == "b" }
            return inputs.readings.filter { $0.sensor == "a" }.asOfJoin(marks) { $0.time >= $1.time }
                .select { (at: $0.left.time, mark: $0.right.time, value: $0.right.value) }
        }
        TableCase("self join") {
            $0.sales.join($0.sales) { $0.product == $1.product && $0.id < $1.id }.select { (a: $0.left.id, b: $0.right.id) }
        }
    }

    @CaseList private static var several: [TableCase] {
        TableCase("three tables with equal names") { inputs in
            inputs.sales.join(inputs.products) { $0.product == $1.code }.join(inputs.products) { $0.left.region == $1.region }
                .select {
                    (
                        id: $0.left.left.id, first: $0.left.right.region, second: $0.right.region, name: $0.left.right.name,
                        other: $0.right.name
                    )
                }
        }
        TableCase("a join on the right side") { inputs in
            let pairs = inputs.products.join(inputs.products) { $0.region == $1.region }
            return inputs.products.join(pairs) { $0.code == $1.right.code }
                .select { (a: $0.left.name, b: $0.right.left.name, c: $0.right.right.name, r: $0.right.right.region) }
        }
        TableCase("join of joins") { inputs in
            let sold = inputs.sales.join(inputs.products) { $0.product == $1.code }.filter { $0.left.id < 9 }
            return sold.join(sold) { $0.left.region == $1.left.region && $0.left.id < $1.left.id }
                .select { (a: $0.left.left.id, b: $0.right.left.id, x: $0.left.right.name, y: $0.right.right.name) }
        }
    }

    @CaseList private static var further: [TableCase] {
        TableCase("join, then adding") { inputs in
            let loads = inputs.sales.join(inputs.products) { $0.product == $1.code }
                .adding { (load: $0.left.units.real * $0.right.weight, near: $0.left.region == $0.right.region) }
            return loads.filter { $0.load > 1 }.select { (id: $0.left.id, load: $0.load, near: $0.near, r: $0.right.region) }
        }
        TableCase("adding, then join") {
            $0.products.adding { (region: $0.name, size: $0.name.count) }.join($0.products) { $0.code == $1.code }
                .select { (a: $0.left.region, size: $0.left.size, b: $0.right.region) }
        }
        TableCase("join, then grouped") {
            $0.sales.join($0.products) { $0.product == $1.code }.grouped { $0.right.region }
                .aggregate { (region: $0.key, n: $0.count(), units: $0.sum { $0.left.units }, weight: $0.max { $0.right.weight }) }
        }
        TableCase("left join, then left join") { inputs in
            inputs.products.leftJoin(inputs.products.filter { $0.weight > 1 }) { $0.region == $1.region && $0.code != $1.code }
                .leftJoin(inputs.baskets) { $0.right.name.count == $1.id }
                .select { (a: $0.left.left.code, b: $0.left.right.code, c: $0.right.id) }
        }
        TableCase("join with aggregates of the same table", shares)
    }

    @Sendable private static func shares(_ inputs: CaseInputs) -> any AnyTable {
        let totals = inputs.sales.grouped(by: \.product).aggregate { (product: $0.key, total: $0.sum(\.units)) }
        return inputs.sales.join(totals) { $0.product == $1.product }
            .select { (id: $0.left.id, share: $0.left.units.real / $0.right.total.real) }
    }

    @CaseList private static var unknown: [TableCase] {
        TableCase("join of tables with unknown columns") { inputs in
            let left = inputs.session.sql("SELECT id, product, region FROM s", tables: ["s": inputs.sales])
            let right = inputs.session.sql("SELECT code, region FROM p", tables: ["p": inputs.products])
            return left.join(right) { $0["product"] == $1["code"] }
                .select { (id: $0.left["id", as: Int.self], own: $0.left["region"], other: $0.right["region"], code: $0.right["code"]) }
        }
        TableCase("semi join of tables with unknown columns") { inputs in
            let left = inputs.session.sql("SELECT id, product FROM s", tables: ["s": inputs.sales])
            let sold = left.semiJoin(inputs.products) { $0["product", as: String.self] == $1.code }
            return sold.filter { $0["id", as: Int.self] > 20 }
        }
    }
}

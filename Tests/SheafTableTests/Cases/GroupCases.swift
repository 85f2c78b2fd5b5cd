import SheafTable

extension TableCase {
    static let groups: [TableCase] = [
        TableCase("group: count") { $0.sales.grouped(by: \.product).count() },
        TableCase("group: null is a key") {
            $0.sales.grouped(by: \.region).aggregate { (region: $0.key, n: $0.count(), k: $0.count(\.region)) }
        },
        TableCase("group: two keys") {
            $0.sales.grouped { (region: $0.region, express: $0.express) }.aggregate {
                (r: $0.key.region, e: $0.key.express, n: $0.count(), u: $0.sum(\.units))
            }
        },
        TableCase("group: by an expression") {
            $0.sales.grouped { $0.id % 3 }.aggregate { (rest: $0.key, n: $0.count(), least: $0.min(\.id)) }
        },
        TableCase("group: by a constant") { $0.sales.grouped { _ in Column(1) }.aggregate { (one: $0.key, n: $0.count()) } },
        TableCase("group: key of an aggregate's name") { $0.sales.grouped(by: \.product).aggregate { (product: $0.count(), key: $0.key) } },
        TableCase("group: counts") {
            $0.sales.grouped(by: \.product).aggregate {
                (
                    p: $0.key, units: $0.count(\.units), nulls: $0.countNulls(\.units), many: $0.count { $0.units > 3 },
                    regions: $0.countDistinct(\.region),
                    pairs: $0.countDistinct { ($0.region, $0.express) }
                )
            }
        },
        TableCase("group: about how many different") {
            $0.sales.aggregate { (n: $0.approximateCountDistinct(\.express), p: $0.approximateCountDistinct { $0.product }) }
        },
        TableCase("group: sum, mean, least, greatest") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, s: $0.sum(\.units), m: $0.mean(\.units), low: $0.min(\.price), high: $0.max(\.price), text: $0.max(\.region))
            }
        },
        TableCase("group: of expressions") {
            $0.sales.grouped(by: \.product).aggregate {
                (
                    p: $0.key, total: $0.sum { $0.price * $0.units.real }, mean: $0.mean { $0.units * 2 }, low: $0.min { -$0.id },
                    high: $0.max { $0.product.count + $0.id }
                )
            }
        },
        TableCase("group: arithmetic of aggregates") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, spread: $0.max(\.price) - $0.min(\.price), ratio: $0.sum(\.units).real / $0.count().real)
            }
        },
        TableCase("group: deviation and variance") {
            $0.sales.grouped(by: \.product).aggregate {
                (
                    p: $0.key, sd: $0.standardDeviation(\.price), v: $0.variance(\.price), psd: $0.populationStandardDeviation(\.price),
                    pv: $0.populationVariance(\.price)
                )
            }
        },
        TableCase("group: median, quantiles") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, m: $0.median(\.price), q: $0.quantile(\.price, 0.9), u: $0.median(\.units))
            }
        },
        TableCase("group: quantile that is a value") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, d: $0.discreteQuantile(\.id, 0.5)) }
        },
        TableCase("group: correlation, covariance") {
            $0.sales.aggregate { (corr: $0.correlation(\.price, \.units), cov: $0.covariance(\.price, \.units)) }
        },
        TableCase("group: skewness, kurtosis") { $0.sales.aggregate { (s: $0.skewness(\.price), k: $0.kurtosis(\.price)) } },
        TableCase("group: product") { $0.sales.grouped(by: \.express).aggregate { (e: $0.key, p: $0.product(\.units)) } },
        TableCase("group: first, last") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, f: $0.first(\.units) { [$0.id.ascending] }, l: $0.last(\.units) { [$0.id.ascending] })
            }
        },
        TableCase("group: value at least and greatest") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, a: $0.value(of: \.id, atMin: \.price), b: $0.value(of: \.id, atMax: \.price))
            }
        },
        TableCase("group: list") { $0.sales.grouped(by: \.product).aggregate { (p: $0.key, u: $0.list(\.units) { [$0.id.ascending] }) } },
        TableCase("group: different values as a list") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, r: $0.distinctList(\.region)) }
        },
        TableCase("group: joined texts") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, r: $0.joined(\.region, separator: ",") { [$0.id.ascending] }) }
        },
        TableCase("group: any, all") {
            $0.sales.grouped(by: \.product).aggregate {
                (p: $0.key, any: $0.any { $0.units > 6 }, all: $0.all { $0.units > 0 }, e: $0.any { $0.express })
            }
        },
        TableCase("group: most frequent") { $0.sales.aggregate { (m: $0.mode(\.product), one: $0.anyValue(\.express).isNotNull) } },
        TableCase("group: filtered") {
            $0.sales.grouped(by: \.product).aggregate {
                (
                    p: $0.key, s: $0.filter { $0.express == true }.sum(\.units),
                    n: $0.filter { $0.units > 2 }.filter { $0.id < 12 }.count(),
                    m: $0.filter { $0.id > 5 }.mean(\.price), c: $0.filter { $0.id > 5 }.count { $0.express == true }
                )
            }
        },
        TableCase("group: whole table") { $0.sales.aggregate { (n: $0.count(), s: $0.sum(\.units), first: $0.min(\.day)) } },
        TableCase("group: no rows") {
            $0.sales.filter { $0.id < 0 }.aggregate { (n: $0.count(), s: $0.sum(\.units), l: $0.list(\.id), m: $0.mean(\.id)) }
        },
        TableCase("group: no rows, with a key") {
            $0.sales.filter { $0.id < 0 }.grouped(by: \.product).aggregate { (p: $0.key, n: $0.count()) }
        },
        TableCase("group: one aggregate") { $0.sales.aggregate { $0.sum(\.units) } },
        TableCase("group: filter on aggregates") {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, n: $0.count()) }.filter { $0.n > 4 }
        },
        TableCase("group: sorted by aggregates", ordered: true) {
            $0.sales.grouped(by: \.product).aggregate { (p: $0.key, n: $0.count(), s: $0.sum(\.units)) }.sorted {
                [$0.n.descending, $0.p.ascending]
            }.limit(3)
        },
        TableCase("group: of groups") {
            $0.sales.grouped { (r: $0.region, p: $0.product) }.aggregate { (r: $0.key.r, p: $0.key.p, n: $0.count()) }
                .grouped(by: \.r).aggregate { (r: $0.key, products: $0.count(), most: $0.max(\.n)) }
        },
        TableCase("group: keys may be null") {
            $0.sales.grouped { ($0.express, $0.units.isNull) }.aggregate { (e: $0.key.0, u: $0.key.1, n: $0.count()) }
        },
    ]
}

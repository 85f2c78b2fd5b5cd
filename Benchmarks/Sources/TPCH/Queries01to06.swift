public import Foundation
public import SheafTable

extension TPCH {
    public static func q1(_ t: TPCHTables) -> Table<
        (
            lReturnflag: Column<String>, lLinestatus: Column<String>, sumQty: Column<Decimal?>, sumBasePrice: Column<Decimal?>,
            sumDiscPrice: Column<Decimal?>, sumCharge: Column<Decimal?>, avgQty: Column<Double?>, avgPrice: Column<Double?>,
            avgDisc: Column<Double?>, countOrder: Column<Int>
        )
    > {
        t.lineitem
            .filter { $0.lShipdate <= day(1998, 12, 1).adding(days: -90) }
            .grouped { (flag: $0.lReturnflag, status: $0.lLinestatus) }
            .aggregate {
                (
                    lReturnflag: $0.key.flag, lLinestatus: $0.key.status, sumQty: $0.sum(\.lQuantity),
                    sumBasePrice: $0.sum(\.lExtendedprice),
                    sumDiscPrice: $0.sum(\.revenue), sumCharge: $0.sum { $0.revenue * (1 + $0.lTax) }, avgQty: $0.mean(\.lQuantity),
                    avgPrice: $0.mean(\.lExtendedprice), avgDisc: $0.mean(\.lDiscount), countOrder: $0.count()
                )
            }
            .sorted { [$0.lReturnflag.ascending, $0.lLinestatus.ascending] }
    }

    public static func q2(_ t: TPCHTables) -> Table<
        (
            sAcctbal: Column<Decimal>, sName: Column<String>, nName: Column<String>, pPartkey: Column<Int>, pMfgr: Column<String>,
            sAddress: Column<String>, sPhone: Column<String>, sComment: Column<String>
        )
    > {
        let offers = t.partsupp
            .join(t.part.filter { $0.pSize == 15 && $0.pType.hasSuffix("BRASS") }) { $0.psPartkey == $1.pPartkey }
            .join(t.supplier) { $0.psSuppkey == $1.sSuppkey }
            .join(t.nation) { $0.sNationkey == $1.nNationkey }
            .join(t.region.filter { $0.rName == "EUROPE" }) { $0.nRegionkey == $1.rRegionkey }
        let cheapest = offers.grouped(by: \.psPartkey).aggregate { (partkey: $0.key, cost: $0.min(\.psSupplycost)) }
        return
            offers
            .join(cheapest) { $0.pPartkey == $1.partkey && $0.psSupplycost == $1.cost }
            .select {
                (
                    sAcctbal: $0.sAcctbal, sName: $0.sName, nName: $0.nName, pPartkey: $0.pPartkey, pMfgr: $0.pMfgr, sAddress: $0.sAddress,
                    sPhone: $0.sPhone, sComment: $0.sComment
                )
            }
            .sorted { [$0.sAcctbal.descending, $0.nName.ascending, $0.sName.ascending, $0.pPartkey.ascending] }
            .limit(100)
    }

    public static func q3(_ t: TPCHTables) -> Table<
        (lOrderkey: Column<Int>, revenue: Column<Decimal?>, oOrderdate: Column<CalendarDate>, oShippriority: Column<Int32>)
    > {
        let today = day(1995, 3, 15)
        return t.customer.filter { $0.cMktsegment == "BUILDING" }
            .join(t.orders.filter { $0.oOrderdate < today }) { $0.cCustkey == $1.oCustkey }
            .join(t.lineitem.filter { $0.lShipdate > today }) { $0.oOrderkey == $1.lOrderkey }
            .grouped { (order: $0.lOrderkey, date: $0.oOrderdate, priority: $0.oShippriority) }
            .aggregate {
                (lOrderkey: $0.key.order, revenue: $0.sum(\.revenue), oOrderdate: $0.key.date, oShippriority: $0.key.priority)
            }
            .sorted { [$0.revenue.descending, $0.oOrderdate.ascending] }
            .limit(10)
    }

    public static func q4(_ t: TPCHTables) -> Table<(oOrderpriority: Column<String>, orderCount: Column<Int>)> {
        let begin = day(1993, 7, 1)
        return t.orders
            .filter { $0.oOrderdate >= begin && $0.oOrderdate < begin.adding(months: 3) }
            .semiJoin(t.lineitem.filter { $0.lCommitdate < $0.lReceiptdate }) { $0.oOrderkey == $1.lOrderkey }
            .grouped(by: \.oOrderpriority)
            .aggregate { (oOrderpriority: $0.key, orderCount: $0.count()) }
            .sorted(by: \.oOrderpriority)
    }

    public static func q5(_ t: TPCHTables) -> Table<(nName: Column<String>, revenue: Column<Decimal?>)> {
        let begin = day(1994, 1, 1)
        return t.customer
            .join(t.orders.filter { $0.oOrderdate >= begin && $0.oOrderdate < begin.adding(years: 1) }) { $0.cCustkey == $1.oCustkey }
            .join(t.lineitem) { $0.oOrderkey == $1.lOrderkey }
            .join(t.supplier) { $0.lSuppkey == $1.sSuppkey && $0.cNationkey == $1.sNationkey }
            .join(t.nation) { $0.sNationkey == $1.nNationkey }
            .join(t.region.filter { $0.rName == "ASIA" }) { $0.nRegionkey == $1.rRegionkey }
            .grouped(by: \.nName)
            .aggregate { (nName: $0.key, revenue: $0.sum(\.revenue)) }
            .sorted(by: \.revenue, .descending)
    }

    public static func q6(_ t: TPCHTables) -> Table<Column<Decimal?>> {
        let begin = day(1994, 1, 1)
        return t.lineitem
            .filter { $0.lShipdate >= begin && $0.lShipdate < begin.adding(years: 1) }
            .filter { $0.lDiscount.isBetween(hundredths(5), hundredths(7)) && $0.lQuantity < 24 }
            .aggregate { $0.sum { $0.lExtendedprice * $0.lDiscount } }
    }
}

extension TPCHQuery {
    static let q1 = TPCHQuery(
        1, "Pricing summary report", TPCH.q1,
        sql: """
            SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), sum(l_extendedprice * (1 - l_discount)),
                sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)), avg(l_quantity), avg(l_extendedprice), avg(l_discount), count(*)
            FROM lineitem
            WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAY
            GROUP BY l_returnflag, l_linestatus
            ORDER BY l_returnflag, l_linestatus
            """)

    static let q2 = TPCHQuery(
        2, "Minimum cost supplier", TPCH.q2,
        sql: """
            SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
            FROM part, supplier, partsupp, nation, region
            WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size = 15 AND p_type LIKE '%BRASS'
                AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
                AND ps_supplycost = (
                    SELECT min(ps_supplycost)
                    FROM partsupp, supplier, nation, region
                    WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey
                        AND n_regionkey = r_regionkey AND r_name = 'EUROPE')
            ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
            LIMIT 100
            """)

    static let q3 = TPCHQuery(
        3, "Shipping priority", TPCH.q3,
        sql: """
            SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
            FROM customer, orders, lineitem
            WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
                AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
            GROUP BY l_orderkey, o_orderdate, o_shippriority
            ORDER BY revenue DESC, o_orderdate
            LIMIT 10
            """)

    static let q4 = TPCHQuery(
        4, "Order priority checking", TPCH.q4,
        sql: """
            SELECT o_orderpriority, count(*)
            FROM orders
            WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-07-01' + INTERVAL 3 MONTH
                AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
            GROUP BY o_orderpriority
            ORDER BY o_orderpriority
            """)

    static let q5 = TPCHQuery(
        5, "Local supplier volume", TPCH.q5,
        sql: """
            SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
            FROM customer, orders, lineitem, supplier, nation, region
            WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey AND c_nationkey = s_nationkey
                AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'ASIA'
                AND o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1994-01-01' + INTERVAL 1 YEAR
            GROUP BY n_name
            ORDER BY revenue DESC
            """)

    static let q6 = TPCHQuery(
        6, "Forecasting revenue change", TPCH.q6,
        sql: """
            SELECT sum(l_extendedprice * l_discount)
            FROM lineitem
            WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR
                AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND l_quantity < 24
            """)
}

public import Foundation
public import SheafTable

extension TPCH {
    public static func q7(_ t: TPCHTables) -> Table<
        (suppNation: Column<String>, custNation: Column<String>, lYear: Column<Int?>, revenue: Column<Decimal?>)
    > {
        let nations = t.nation.filter { $0.nName.isIn(["FRANCE", "GERMANY"]) }
        let sellers = nations.select { (suppNationkey: $0.nNationkey, suppNation: $0.nName) }
        let buyers = nations.select { (custNationkey: $0.nNationkey, custNation: $0.nName) }
        return t.supplier
            .join(t.lineitem.filter { $0.lShipdate.isBetween(day(1995, 1, 1), day(1996, 12, 31)) }) { $0.sSuppkey == $1.lSuppkey }
            .join(t.orders) { $0.lOrderkey == $1.oOrderkey }
            .join(t.customer) { $0.oCustkey == $1.cCustkey }
            .join(sellers) { $0.sNationkey == $1.suppNationkey }
            .join(buyers) { $0.cNationkey == $1.custNationkey && $0.suppNation != $1.custNation }
            .grouped { (supplier: $0.suppNation, customer: $0.custNation, year: $0.lShipdate.year) }
            .aggregate { (suppNation: $0.key.supplier, custNation: $0.key.customer, lYear: $0.key.year, revenue: $0.sum(\.revenue)) }
            .sorted { [$0.suppNation.ascending, $0.custNation.ascending, $0.lYear.ascending] }
    }

    public static func q8(_ t: TPCHTables) -> Table<(oYear: Column<Int?>, mktShare: Column<Double?>)> {
        let home = t.nation.join(t.region.filter { $0.rName == "AMERICA" }) { $0.nRegionkey == $1.rRegionkey }
            .select { (homeNationkey: $0.nNationkey, region: $0.rName) }
        return t.part.filter { $0.pType == "ECONOMY ANODIZED STEEL" }
            .join(t.lineitem) { $0.pPartkey == $1.lPartkey }
            .join(t.supplier) { $0.lSuppkey == $1.sSuppkey }
            .join(t.orders.filter { $0.oOrderdate.isBetween(day(1995, 1, 1), day(1996, 12, 31)) }) { $0.lOrderkey == $1.oOrderkey }
            .join(t.customer) { $0.oCustkey == $1.cCustkey }
            .join(home) { $0.cNationkey == $1.homeNationkey }
            .join(t.nation) { $0.sNationkey == $1.nNationkey }
            .grouped { $0.oOrderdate.year }
            .aggregate {
                let brazil = $0.sum { ($0.nName == "BRAZIL").then($0.revenue, else: 0) }
                return (oYear: $0.key, mktShare: brazil / $0.sum(\.revenue))
            }
            .sorted(by: \.oYear)
    }

    public static func q9(_ t: TPCHTables) -> Table<(nation: Column<String>, oYear: Column<Int?>, sumProfit: Column<Decimal?>)> {
        t.part.filter { $0.pName.contains("green") }
            .join(t.lineitem) { $0.pPartkey == $1.lPartkey }
            .join(t.supplier) { $0.lSuppkey == $1.sSuppkey }
            .join(t.partsupp) { $0.lSuppkey == $1.psSuppkey && $0.lPartkey == $1.psPartkey }
            .join(t.orders) { $0.lOrderkey == $1.oOrderkey }
            .join(t.nation) { $0.sNationkey == $1.nNationkey }
            .grouped { (nation: $0.nName, year: $0.oOrderdate.year) }
            .aggregate {
                (nation: $0.key.nation, oYear: $0.key.year, sumProfit: $0.sum { $0.revenue - $0.psSupplycost * $0.lQuantity })
            }
            .sorted { [$0.nation.ascending, $0.oYear.descending] }
    }

    public static func q10(_ t: TPCHTables) -> Table<
        (
            cCustkey: Column<Int>, cName: Column<String>, revenue: Column<Decimal?>, cAcctbal: Column<Decimal>, nName: Column<String>,
            cAddress: Column<String>, cPhone: Column<String>, cComment: Column<String>
        )
    > {
        let begin = day(1993, 10, 1)
        return t.customer
            .join(t.orders.filter { $0.oOrderdate >= begin && $0.oOrderdate < begin.adding(months: 3) }) { $0.cCustkey == $1.oCustkey }
            .join(t.lineitem.filter { $0.lReturnflag == "R" }) { $0.oOrderkey == $1.lOrderkey }
            .join(t.nation) { $0.cNationkey == $1.nNationkey }
            .grouped {
                (
                    key: $0.cCustkey, name: $0.cName, balance: $0.cAcctbal, phone: $0.cPhone, nation: $0.nName, address: $0.cAddress,
                    comment: $0.cComment
                )
            }
            .aggregate {
                (
                    cCustkey: $0.key.key, cName: $0.key.name, revenue: $0.sum(\.revenue), cAcctbal: $0.key.balance, nName: $0.key.nation,
                    cAddress: $0.key.address, cPhone: $0.key.phone, cComment: $0.key.comment
                )
            }
            .sorted(by: \.revenue, .descending)
            .limit(20)
    }

    public static func q11(_ t: TPCHTables) -> Table<(psPartkey: Column<Int>, value: Column<Decimal?>)> {
        let german = t.partsupp
            .join(t.supplier) { $0.psSuppkey == $1.sSuppkey }
            .join(t.nation.filter { $0.nName == "GERMANY" }) { $0.sNationkey == $1.nNationkey }
            .select { (partkey: $0.psPartkey, value: $0.psSupplycost * $0.psAvailqty) }
        let least = german.aggregate { $0.sum(\.value).cast(to: Double?.self) * (0.0001 / t.scaleFactor) }
        return german.grouped(by: \.partkey)
            .aggregate { (psPartkey: $0.key, value: $0.sum(\.value)) }
            .join(least) { $0.value.cast(to: Double?.self) > $1.value }
            .select { (psPartkey: $0.left.psPartkey, value: $0.left.value) }
            .sorted(by: \.value, .descending)
    }

    public static func q12(_ t: TPCHTables) -> Table<
        (lShipmode: Column<String>, highLineCount: Column<Int>, lowLineCount: Column<Int>)
    > {
        let begin = day(1994, 1, 1), urgent = ["1-URGENT", "2-HIGH"]
        let late = t.lineitem
            .filter { $0.lShipmode.isIn(["MAIL", "SHIP"]) && $0.lReceiptdate >= begin && $0.lReceiptdate < begin.adding(years: 1) }
            .filter { $0.lCommitdate < $0.lReceiptdate && $0.lShipdate < $0.lCommitdate }
        return t.orders.join(late) { $0.oOrderkey == $1.lOrderkey }
            .grouped(by: \.lShipmode)
            .aggregate {
                (
                    lShipmode: $0.key, highLineCount: $0.count { $0.oOrderpriority.isIn(urgent) },
                    lowLineCount: $0.count { !$0.oOrderpriority.isIn(urgent) }
                )
            }
            .sorted(by: \.lShipmode)
    }
}

extension TPCHQuery {
    static let q7 = TPCHQuery(
        7, "Volume shipping", TPCH.q7,
        sql: """
            SELECT supp_nation, cust_nation, l_year, sum(volume)
            FROM (
                SELECT n1.n_name AS supp_nation, n2.n_name AS cust_nation, extract(year FROM l_shipdate) AS l_year,
                    l_extendedprice * (1 - l_discount) AS volume
                FROM supplier, lineitem, orders, customer, nation n1, nation n2
                WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey
                    AND s_nationkey = n1.n_nationkey AND c_nationkey = n2.n_nationkey
                    AND ((n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY') OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE'))
                    AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31') AS shipping
            GROUP BY supp_nation, cust_nation, l_year
            ORDER BY supp_nation, cust_nation, l_year
            """)

    static let q8 = TPCHQuery(
        8, "National market share", TPCH.q8,
        sql: """
            SELECT o_year, sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume)
            FROM (
                SELECT extract(year FROM o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) AS volume, n2.n_name AS nation
                FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
                WHERE p_partkey = l_partkey AND s_suppkey = l_suppkey AND l_orderkey = o_orderkey AND o_custkey = c_custkey
                    AND c_nationkey = n1.n_nationkey AND n1.n_regionkey = r_regionkey AND r_name = 'AMERICA'
                    AND s_nationkey = n2.n_nationkey AND o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'
                    AND p_type = 'ECONOMY ANODIZED STEEL') AS all_nations
            GROUP BY o_year
            ORDER BY o_year
            """)

    static let q9 = TPCHQuery(
        9, "Product type profit measure", TPCH.q9,
        sql: """
            SELECT nation, o_year, sum(amount)
            FROM (
                SELECT n_name AS nation, extract(year FROM o_orderdate) AS o_year,
                    l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
                FROM part, supplier, lineitem, partsupp, orders, nation
                WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey AND p_partkey = l_partkey
                    AND o_orderkey = l_orderkey AND s_nationkey = n_nationkey AND p_name LIKE '%green%') AS profit
            GROUP BY nation, o_year
            ORDER BY nation, o_year DESC
            """)

    static let q10 = TPCHQuery(
        10, "Returned item reporting", TPCH.q10,
        sql: """
            SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_address, c_phone, c_comment
            FROM customer, orders, lineitem, nation
            WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey
                AND o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1993-10-01' + INTERVAL 3 MONTH
                AND l_returnflag = 'R' AND c_nationkey = n_nationkey
            GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
            ORDER BY revenue DESC
            LIMIT 20
            """)

    static let q11 = TPCHQuery(
        11, "Important stock identification", TPCH.q11,
        scaledSQL: { scaleFactor in
            """
            SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
            FROM partsupp, supplier, nation
            WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY'
            GROUP BY ps_partkey
            HAVING sum(ps_supplycost * ps_availqty) > (
                SELECT sum(ps_supplycost * ps_availqty) * \(0.0001 / scaleFactor)
                FROM partsupp, supplier, nation
                WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY')
            ORDER BY value DESC
            """
        })

    static let q12 = TPCHQuery(
        12, "Shipping modes and order priority", TPCH.q12,
        sql: """
            SELECT l_shipmode, sum(CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN 1 ELSE 0 END),
                sum(CASE WHEN o_orderpriority <> '1-URGENT' AND o_orderpriority <> '2-HIGH' THEN 1 ELSE 0 END)
            FROM orders, lineitem
            WHERE o_orderkey = l_orderkey AND l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate
                AND l_shipdate < l_commitdate AND l_receiptdate >= DATE '1994-01-01'
                AND l_receiptdate < DATE '1994-01-01' + INTERVAL 1 YEAR
            GROUP BY l_shipmode
            ORDER BY l_shipmode
            """)
}

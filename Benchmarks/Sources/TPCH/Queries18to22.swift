public import Foundation
public import SheafTable

extension TPCH {
    public static func q18(_ t: TPCHTables) -> Table<
        (
            cName: Column<String>, cCustkey: Column<Int>, oOrderkey: Column<Int>, oOrderdate: Column<CalendarDate>,
            oTotalprice: Column<Decimal>, quantity: Column<Decimal?>
        )
    > {
        let large = t.lineitem.grouped(by: \.lOrderkey)
            .aggregate { (orderkey: $0.key, quantity: $0.sum(\.lQuantity)) }
            .filter { $0.quantity > 300 }
        return t.customer
            .join(t.orders.semiJoin(large) { $0.oOrderkey == $1.orderkey }) { $0.cCustkey == $1.oCustkey }
            .join(t.lineitem) { $0.oOrderkey == $1.lOrderkey }
            .grouped { (name: $0.cName, customer: $0.cCustkey, order: $0.oOrderkey, date: $0.oOrderdate, price: $0.oTotalprice) }
            .aggregate {
                (
                    cName: $0.key.name, cCustkey: $0.key.customer, oOrderkey: $0.key.order, oOrderdate: $0.key.date,
                    oTotalprice: $0.key.price, quantity: $0.sum(\.lQuantity)
                )
            }
            .sorted { [$0.oTotalprice.descending, $0.oOrderdate.ascending] }
            .limit(100)
    }

    public static func q19(_ t: TPCHTables) -> Table<Column<Decimal?>> {
        typealias Line = Columns<Joined<LineItem, Part>>
        /// Parts of a brand in some containers, ordered in a quantity that suits them.
        func isSuited(_ line: Line, _ brand: String, _ containers: [String], _ quantity: Decimal, _ size: Int32) -> Column<Bool> {
            line.pBrand == brand && line.pContainer.isIn(containers) && line.lQuantity.isBetween(quantity, quantity + 10)
                && line.pSize.isBetween(1, size)
        }
        return t.lineitem
            .filter { $0.lShipmode.isIn(["AIR", "AIR REG"]) && $0.lShipinstruct == "DELIVER IN PERSON" }
            .join(t.part) { $0.lPartkey == $1.pPartkey }
            .filter {
                isSuited($0, "Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
                    || isSuited($0, "Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
                    || isSuited($0, "Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)
            }
            .aggregate { $0.sum(\.revenue) }
    }

    public static func q20(_ t: TPCHTables) -> Table<(sName: Column<String>, sAddress: Column<String>)> {
        let begin = day(1994, 1, 1)
        let stock = t.partsupp.semiJoin(t.part.filter { $0.pName.hasPrefix("forest") }) { $0.psPartkey == $1.pPartkey }
        let shipped = t.lineitem.filter { $0.lShipdate >= begin && $0.lShipdate < begin.adding(years: 1) }
            .semiJoin(stock) { $0.lPartkey == $1.psPartkey && $0.lSuppkey == $1.psSuppkey }
            .grouped { (part: $0.lPartkey, supplier: $0.lSuppkey) }
            .aggregate { (part: $0.key.part, supplier: $0.key.supplier, quantity: $0.sum(\.lQuantity)) }
        let excess = stock.join(shipped) { $0.psPartkey == $1.part && $0.psSuppkey == $1.supplier }
            .filter { $0.psAvailqty.cast(to: Double.self) > 0.5 * $0.quantity.cast(to: Double?.self) }
        return t.supplier
            .join(t.nation.filter { $0.nName == "CANADA" }) { $0.sNationkey == $1.nNationkey }
            .semiJoin(excess) { $0.sSuppkey == $1.psSuppkey }
            .select { (sName: $0.sName, sAddress: $0.sAddress) }
            .sorted(by: \.sName)
    }

    public static func q21(_ t: TPCHTables) -> Table<(sName: Column<String>, numwait: Column<Int>)> {
        let late = t.lineitem.filter { $0.lReceiptdate > $0.lCommitdate }
        return t.supplier
            .join(t.nation.filter { $0.nName == "SAUDI ARABIA" }) { $0.sNationkey == $1.nNationkey }
            .join(late) { $0.sSuppkey == $1.lSuppkey }
            .join(t.orders.filter { $0.oOrderstatus == "F" }) { $0.lOrderkey == $1.oOrderkey }
            .semiJoin(t.lineitem) { $0.lOrderkey == $1.lOrderkey && $0.lSuppkey != $1.lSuppkey }
            .antiJoin(late) { $0.lOrderkey == $1.lOrderkey && $0.lSuppkey != $1.lSuppkey }
            .grouped(by: \.sName)
            .aggregate { (sName: $0.key, numwait: $0.count()) }
            .sorted { [$0.numwait.descending, $0.sName.ascending] }
            .limit(100)
    }

    public static func q22(_ t: TPCHTables) -> Table<(cntrycode: Column<String>, numcust: Column<Int>, totacctbal: Column<Decimal?>)> {
        let customers = t.customer
            .select { (custkey: $0.cCustkey, code: $0.cPhone.substring(from: 0, count: 2), balance: $0.cAcctbal) }
            .filter { $0.code.isIn(["13", "31", "23", "29", "30", "18", "17"]) }
        let usual = customers.filter { $0.balance > 0 }.aggregate { $0.mean(\.balance) }
        return
            customers
            .antiJoin(t.orders) { $0.custkey == $1.oCustkey }
            .join(usual) { $0.balance.cast(to: Double.self) > $1.value }
            .grouped(by: \.code)
            .aggregate { (cntrycode: $0.key, numcust: $0.count(), totacctbal: $0.sum(\.balance)) }
            .sorted(by: \.cntrycode)
    }
}

extension TPCHQuery {
    static let q18 = TPCHQuery(
        18, "Large volume customer", TPCH.q18,
        sql: """
            SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity)
            FROM customer, orders, lineitem
            WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING sum(l_quantity) > 300)
                AND c_custkey = o_custkey AND o_orderkey = l_orderkey
            GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
            ORDER BY o_totalprice DESC, o_orderdate
            LIMIT 100
            """)

    static let q19 = TPCHQuery(
        19, "Discounted revenue", TPCH.q19,
        sql: """
            SELECT sum(l_extendedprice * (1 - l_discount))
            FROM lineitem, part
            WHERE (p_partkey = l_partkey AND p_brand = 'Brand#12' AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG')
                    AND l_quantity >= 1 AND l_quantity <= 1 + 10 AND p_size BETWEEN 1 AND 5
                    AND l_shipmode IN ('AIR', 'AIR REG') AND l_shipinstruct = 'DELIVER IN PERSON')
                OR (p_partkey = l_partkey AND p_brand = 'Brand#23' AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK')
                    AND l_quantity >= 10 AND l_quantity <= 10 + 10 AND p_size BETWEEN 1 AND 10
                    AND l_shipmode IN ('AIR', 'AIR REG') AND l_shipinstruct = 'DELIVER IN PERSON')
                OR (p_partkey = l_partkey AND p_brand = 'Brand#34' AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG')
                    AND l_quantity >= 20 AND l_quantity <= 20 + 10 AND p_size BETWEEN 1 AND 15
                    AND l_shipmode IN ('AIR', 'AIR REG') AND l_shipinstruct = 'DELIVER IN PERSON')
            """)

    static let q20 = TPCHQuery(
        20, "Potential part promotion", TPCH.q20,
        sql: """
            SELECT s_name, s_address
            FROM supplier, nation
            WHERE s_suppkey IN (
                    SELECT ps_suppkey
                    FROM partsupp
                    WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
                        AND ps_availqty > (
                            SELECT 0.5 * sum(l_quantity)
                            FROM lineitem
                            WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey
                                AND l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR))
                AND s_nationkey = n_nationkey AND n_name = 'CANADA'
            ORDER BY s_name
            """)

    static let q21 = TPCHQuery(
        21, "Suppliers who kept orders waiting", TPCH.q21,
        sql: """
            SELECT s_name, count(*) AS numwait
            FROM supplier, lineitem l1, orders, nation
            WHERE s_suppkey = l1.l_suppkey AND o_orderkey = l1.l_orderkey AND o_orderstatus = 'F'
                AND l1.l_receiptdate > l1.l_commitdate
                AND EXISTS (SELECT * FROM lineitem l2 WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey)
                AND NOT EXISTS (
                    SELECT * FROM lineitem l3
                    WHERE l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey <> l1.l_suppkey AND l3.l_receiptdate > l3.l_commitdate)
                AND s_nationkey = n_nationkey AND n_name = 'SAUDI ARABIA'
            GROUP BY s_name
            ORDER BY numwait DESC, s_name
            LIMIT 100
            """)

    static let q22 = TPCHQuery(
        22, "Global sales opportunity", TPCH.q22,
        sql: """
            SELECT cntrycode, count(*), sum(c_acctbal)
            FROM (
                SELECT substring(c_phone FROM 1 FOR 2) AS cntrycode, c_acctbal
                FROM customer
                WHERE substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17')
                    AND c_acctbal > (
                        SELECT avg(c_acctbal)
                        FROM customer
                        WHERE c_acctbal > 0.00 AND substring(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17'))
                    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
            GROUP BY cntrycode
            ORDER BY cntrycode
            """)
}

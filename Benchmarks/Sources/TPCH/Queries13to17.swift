public import Foundation
public import SheafTable

extension TPCH {
    public static func q13(_ t: TPCHTables) -> Table<(cCount: Column<Int>, custdist: Column<Int>)> {
        t.customer
            .leftJoin(t.orders.filter { !$0.oComment.isLike("%special%requests%") }) { $0.cCustkey == $1.oCustkey }
            .grouped(by: \.cCustkey)
            .aggregate { (cCustkey: $0.key, cCount: $0.count(\.oOrderkey)) }
            .grouped(by: \.cCount)
            .aggregate { (cCount: $0.key, custdist: $0.count()) }
            .sorted { [$0.custdist.descending, $0.cCount.descending] }
    }

    public static func q14(_ t: TPCHTables) -> Table<Column<Double?>> {
        let begin = day(1995, 9, 1)
        return t.lineitem.filter { $0.lShipdate >= begin && $0.lShipdate < begin.adding(months: 1) }
            .join(t.part) { $0.lPartkey == $1.pPartkey }
            .aggregate {
                let promotion = $0.sum { $0.pType.hasPrefix("PROMO").then($0.revenue, else: 0) }
                return 100 * promotion / $0.sum(\.revenue)
            }
    }

    public static func q15(_ t: TPCHTables) -> Table<
        (
            sSuppkey: Column<Int>, sName: Column<String>, sAddress: Column<String>, sPhone: Column<String>, totalRevenue: Column<Decimal?>
        )
    > {
        let begin = day(1996, 1, 1)
        let revenue = t.lineitem.filter { $0.lShipdate >= begin && $0.lShipdate < begin.adding(months: 3) }
            .grouped(by: \.lSuppkey)
            .aggregate { (supplierNo: $0.key, totalRevenue: $0.sum(\.revenue)) }
        let best = revenue.semiJoin(revenue.aggregate { $0.max(\.totalRevenue) }) { $0.totalRevenue == $1.value }
        return t.supplier.join(best) { $0.sSuppkey == $1.supplierNo }
            .select {
                (sSuppkey: $0.sSuppkey, sName: $0.sName, sAddress: $0.sAddress, sPhone: $0.sPhone, totalRevenue: $0.totalRevenue)
            }
            .sorted(by: \.sSuppkey)
    }

    public static func q16(_ t: TPCHTables) -> Table<
        (pBrand: Column<String>, pType: Column<String>, pSize: Column<Int32>, supplierCnt: Column<Int>)
    > {
        let parts = t.part
            .filter { $0.pBrand != "Brand#45" && !$0.pType.hasPrefix("MEDIUM POLISHED") }
            .filter { $0.pSize.isIn([49, 14, 23, 45, 19, 3, 36, 9]) }
        let complained = t.supplier.filter { $0.sComment.isLike("%Customer%Complaints%") }
        return t.partsupp
            .join(parts) { $0.psPartkey == $1.pPartkey }
            .antiJoin(complained) { $0.psSuppkey == $1.sSuppkey }
            .grouped { (brand: $0.pBrand, type: $0.pType, size: $0.pSize) }
            .aggregate { (pBrand: $0.key.brand, pType: $0.key.type, pSize: $0.key.size, supplierCnt: $0.countDistinct(\.psSuppkey)) }
            .sorted { [$0.supplierCnt.descending, $0.pBrand.ascending, $0.pType.ascending, $0.pSize.ascending] }
    }

    public static func q17(_ t: TPCHTables) -> Table<Column<Double?>> {
        let lines = t.lineitem.join(t.part.filter { $0.pBrand == "Brand#23" && $0.pContainer == "MED BOX" }) { $0.lPartkey == $1.pPartkey }
        let usual = lines.grouped(by: \.lPartkey).aggregate { (partkey: $0.key, quantity: $0.mean(\.lQuantity)) }
        return
            lines
            .join(usual) { $0.lPartkey == $1.partkey && $0.lQuantity.cast(to: Double.self) < 0.2 * $1.quantity }
            .aggregate { $0.sum(\.lExtendedprice) / 7 }
    }
}

extension TPCHQuery {
    static let q13 = TPCHQuery(
        13, "Customer distribution", TPCH.q13,
        sql: """
            SELECT c_count, count(*) AS custdist
            FROM (
                SELECT c_custkey, count(o_orderkey) AS c_count
                FROM customer LEFT JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
                GROUP BY c_custkey) AS c_orders
            GROUP BY c_count
            ORDER BY custdist DESC, c_count DESC
            """)

    static let q14 = TPCHQuery(
        14, "Promotion effect", TPCH.q14,
        sql: """
            SELECT 100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END)
                / sum(l_extendedprice * (1 - l_discount))
            FROM lineitem, part
            WHERE l_partkey = p_partkey AND l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-09-01' + INTERVAL 1 MONTH
            """)

    static let q15 = TPCHQuery(
        15, "Top supplier", TPCH.q15,
        sql: """
            WITH revenue AS (
                SELECT l_suppkey AS supplier_no, sum(l_extendedprice * (1 - l_discount)) AS total_revenue
                FROM lineitem
                WHERE l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-01-01' + INTERVAL 3 MONTH
                GROUP BY l_suppkey)
            SELECT s_suppkey, s_name, s_address, s_phone, total_revenue
            FROM supplier, revenue
            WHERE s_suppkey = supplier_no AND total_revenue = (SELECT max(total_revenue) FROM revenue)
            ORDER BY s_suppkey
            """)

    static let q16 = TPCHQuery(
        16, "Parts/supplier relationship", TPCH.q16,
        sql: """
            SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS supplier_cnt
            FROM partsupp, part
            WHERE p_partkey = ps_partkey AND p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%'
                AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
                AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
            GROUP BY p_brand, p_type, p_size
            ORDER BY supplier_cnt DESC, p_brand, p_type, p_size
            """)

    static let q17 = TPCHQuery(
        17, "Small-quantity-order revenue", TPCH.q17,
        sql: """
            SELECT sum(l_extendedprice) / 7.0
            FROM lineitem, part
            WHERE p_partkey = l_partkey AND p_brand = 'Brand#23' AND p_container = 'MED BOX'
                AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey)
            """)
}

public import Foundation
public import SheafTable

// The eight tables of TPC-H. Properties are spelt as the standard's columns are: `lShipdate` is the column `l_shipdate`.
//
// Amounts are `Decimal`, as the standard has them: sums are then exact, equal whatever the order in which threads add, and comparisons
// such as `l_discount BETWEEN 0.05 AND 0.07` mean what they say. DuckDB adds and multiplies its 64-bit decimals about as fast as doubles,
// into which it would have to turn each value first.

public struct Region: TableRow {
    public var rRegionkey: Int
    public var rName: String
    public var rComment: String
}

public struct Nation: TableRow {
    public var nNationkey: Int
    public var nName: String
    public var nRegionkey: Int
    public var nComment: String
}

public struct Supplier: TableRow {
    public var sSuppkey: Int
    public var sName: String
    public var sAddress: String
    public var sNationkey: Int
    public var sPhone: String
    public var sAcctbal: Decimal
    public var sComment: String
}

public struct Customer: TableRow {
    public var cCustkey: Int
    public var cName: String
    public var cAddress: String
    public var cNationkey: Int
    public var cPhone: String
    public var cAcctbal: Decimal
    public var cMktsegment: String
    public var cComment: String
}

public struct Part: TableRow {
    public var pPartkey: Int
    public var pName: String
    public var pMfgr: String
    public var pBrand: String
    public var pType: String
    public var pSize: Int32
    public var pContainer: String
    public var pRetailprice: Decimal
    public var pComment: String
}

public struct PartSupp: TableRow {
    public var psPartkey: Int
    public var psSuppkey: Int
    public var psAvailqty: Int32
    public var psSupplycost: Decimal
    public var psComment: String
}

public struct Order: TableRow {
    public var oOrderkey: Int
    public var oCustkey: Int
    public var oOrderstatus: String
    public var oTotalprice: Decimal
    public var oOrderdate: CalendarDate
    public var oOrderpriority: String
    public var oClerk: String
    public var oShippriority: Int32
    public var oComment: String
}

public struct LineItem: TableRow {
    public var lOrderkey: Int
    public var lPartkey: Int
    public var lSuppkey: Int
    public var lLinenumber: Int32
    public var lQuantity: Decimal
    public var lExtendedprice: Decimal
    public var lDiscount: Decimal
    public var lTax: Decimal
    public var lReturnflag: String
    public var lLinestatus: String
    public var lShipdate: CalendarDate
    public var lCommitdate: CalendarDate
    public var lReceiptdate: CalendarDate
    public var lShipinstruct: String
    public var lShipmode: String
    public var lComment: String
}

extension Columns where Row == LineItem {
    /// The price after the discount: what most queries add up.
    var revenue: Column<Decimal> { self.lExtendedprice * (1 - self.lDiscount) }
}

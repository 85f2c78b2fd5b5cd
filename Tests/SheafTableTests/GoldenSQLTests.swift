import SheafCore
import SheafTable
import Testing

@Suite("SQL of plans")
struct GoldenSQLTests {
    let flights = planning.csv("flights.csv", as: Flight.self)
    let planes = planning.parquet("planes.parquet", as: Plane.self)

    @Test func show() throws {
        let late =
            flights
            .filter { $0.depDelay > 15 }
            .grouped(by: \.carrier)
            .aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\.depDelay)) }
            .sorted(by: \.delay, .descending)
        print(try late.sql())
        print(try late.filter { $0.flights > 3 && $0.delay != nil }.limit(5).sql())
        let joined = flights.leftJoin(planes) { $0.tailnum == $1.tailnum }
        print(
            try joined.filter { $0.right.seats > 100 }.select { (carrier: $0.left.carrier, other: $0.right.carrier, seats: $0.right.seats) }
                .sql())
        let wider = flights.adding { (speed: $0.distance.cast(to: Double.self) / 60, isLate: $0.depDelay > 0) }
        print(try wider.filter { $0.isLate && $0.speed > 3 }.sorted(by: \.carrier).sql())
        print(
            try wider.adding {
                (nth: $0.window(partitionedBy: [$0.carrier.key], orderedBy: [$0.speed.descending]).rowNumber(), x: $0.speed * 2)
            }
            .filter { $0.nth <= 3 }.select { (c: $0.carrier, n: $0.nth, day: $0.flightDate, late: $0.isLate) }.sql())
        print(try planning.sql("SELECT carrier, count(*) FROM flights GROUP BY carrier", tables: ["flights": flights]).sql())
        let selected = flights.select { ($0.carrier, hours: $0.distance / 60, name: $0.carrier.lowercased + "x'y") }.distinct()
        print(try selected.union(selected).sql())
        print(
            try flights.grouped { (c: $0.carrier, year: $0.flightDate.year) }.aggregate {
                (c: $0.key.c, y: $0.key.year, n: $0.count { $0.depDelay > 3 })
            }.sql())
        print(
            try planning.table([Flight(carrier: "A'B", depDelay: nil, distance: 3, flightDate: CalendarDate("2013-01-31")!, tailnum: "x")])
                .sql())
        print(
            try flights.select {
                (
                    x: cases(($0.distance < 500, "short"), ($0.distance < 2000, "medium"), otherwise: "long"),
                    y: $0.carrier.isIn(["AA", "B6"])
                )
            }.sql())
        print(try late.as(LateRow.self).sql())
    }
}
struct LateRow: TableRow { var carrier: String; var flights: Int; var delay: Double? }

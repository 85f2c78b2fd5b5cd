import Foundation
import Sheaf
import Testing

/// The code of Sources/SheafTable/SheafTable.docc/ForIbisPandasAndSparkUsers.md, section by section.
@Suite("The guide for Ibis, pandas and Spark users")
struct TableGuideTests {
    struct Flight: TableRow {
        var id: Int
        var carrier: String
        var depDelay: Double?
        var distance: Int
        var airTime: Double
        var origin: String
        var tailnum: String?
        var time: Date
        var tags: [String]
    }
    struct Airline: TableRow {
        var carrier: String
        var name: String
    }
    struct Plane: TableRow {
        var tailnum: String
        var seats: Int
    }
    struct Weather: TableRow {
        var origin: String
        var time: Date
        var wind: Double
    }
    struct Point: TableRow, Equatable {
        var x: Double
        var y: Double
    }

    static let rows: [Flight] = (0..<200).map { id in
        let delay = id % 10 == 0 ? nil : Double(id % 40)
        let tags = ["a", "b"].prefix(id % 3)
        return Flight(
            id: id, carrier: ["AA", "DL", "UA"][id % 3], depDelay: delay, distance: 100 + id * 10, airTime: Double(30 + id),
            origin: id % 2 == 0 ? "JFK" : "EWR", tailnum: id % 7 == 0 ? nil : "N\(id % 5)",
            time: Date(timeIntervalSince1970: Double(id) * 3600), tags: Array(tags))
    }

    private func inSession(_ body: (Session, Table<Flight>) async throws -> Void) async throws {
        let session = try await Session(options: SessionOptions(workers: 2, memory: 1 << 30))
        do {
            try await body(session, session.table(Self.rows))
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }

    @Test func first() async throws {
        try await inSession { _, flights async throws in
            let late =
                flights
                .filter { $0.depDelay > 15 }
                .grouped(by: \.carrier)
                .aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\.depDelay)) }
                .sorted(by: \.delay, .descending)
            let picture = try await late.preview()
            #expect(picture.contains("carrier") && picture.contains("3 rows"))
        }
    }

    @Test func columns() async throws {
        try await inSession { _, t async throws in
            let speeds = try await t.select { (carrier: $0.carrier, speed: $0.distance.real / ($0.airTime / 60)) }.records()
            #expect(try speeds[0].speed == 200)
            let added = t.adding { (late: $0.depDelay > 15, origin: $0.origin) }
            #expect(try await added.filter { $0.late }.count() == Self.rows.count { ($0.depDelay ?? 0) > 15 })
            let kinds = t.adding("kind") { cases(($0.distance < 500, "short"), otherwise: "long") }
            #expect(try await kinds.filter { $0["kind", as: String.self] == "short" }.count() == 40)
            let names = try #require(try await t.untyped.dropping("origin").renaming(["dep_delay": "delay"]).batches().first)
            #expect(names["origin"] == nil && names["delay"] != nil)
        }
    }

    @Test func rowOperations() async throws {
        try await inSession { _, t async throws in
            #expect(try await t.filter { $0.origin == "JFK" && $0.carrier.isIn(["AA", "DL"]) }.count() == 67)
            #expect(try await t.distinct().count() == 200)
            #expect(try await t.limit(10, offset: 20).count() == 10)
            let sorted = try await t.sorted { [$0.distance.descending, $0.carrier.ascending] }.first()
            #expect(sorted?.id == 199)
            #expect(try await t.sample(.fraction(0.1, seed: 1)).count() < 100)
            #expect(try await t.droppingNulls(in: \.depDelay).count() == 180)
        }
    }

    @Test func groups() async throws {
        try await inSession { _, t async throws in
            let groups = t.grouped { (origin: $0.origin, carrier: $0.carrier) }.aggregate {
                (
                    origin: $0.key.origin, carrier: $0.key.carrier, n: $0.count(), late: $0.count { $0.depDelay > 15 },
                    p95: $0.quantile(\.depDelay, 0.95), planes: $0.countDistinct(\.tailnum)
                )
            }
            let records = try await groups.records()
            #expect(records.count == 6)
            #expect(try records.reduce(0) { try $0 + $1.n } == 200)
        }
    }

    @Test func joins() async throws {
        try await inSession { session, flights async throws in
            let airlines = session.table([Airline(carrier: "AA", name: "American"), Airline(carrier: "DL", name: "Delta")])
            let planes = session.table((0..<3).map { Plane(tailnum: "N\($0)", seats: 100 + $0) })
            let weather = session.table(
                (0..<20).map { Weather(origin: "JFK", time: Date(timeIntervalSince1970: Double($0) * 36_000), wind: Double($0)) })
            let named = flights.join(airlines) { $0.carrier == $1.carrier }
            #expect(try await named.select { (carrier: $0.left.carrier, name: $0.right.name) }.count() == 134)
            let seated = flights.leftJoin(planes) { $0.tailnum == $1.tailnum }.select { (id: $0.left.id, seats: $0.right.seats) }
            #expect(try await seated.filter { $0.seats.isNull }.count() > 0)
            #expect(try await seated.count() == 200)
            let partners = flights.semiJoin(planes) { $0.tailnum == $1.tailnum }
            #expect(try await partners.count() + seated.filter { $0.seats.isNull }.count() == 200)
            let windy = flights.asOfJoin(weather) { $0.origin == $1.origin && $0.time >= $1.time }
            #expect(try await windy.count() == 100)
        }
    }

    @Test func windows() async throws {
        try await inSession { _, t async throws in
            let numbered = t.adding { row in
                let window = row.window(partitionedBy: [row.carrier.key], orderedBy: [row.depDelay.descending])
                return (nth: window.rowNumber(), before: window.lag(row.depDelay))
            }
            let worst = numbered.filter { $0.nth < 4 }
            #expect(try await worst.count() == 9)
        }
    }

    @Test func shapes() async throws {
        try await inSession { session, t async throws in
            let pivoted = t.pivoted(of: \.origin, values: ["EWR", "JFK"], rows: ["carrier"]) { $0.sum(\.distance) }
            #expect(try await pivoted.count() == 3)
            #expect(try await pivoted.unpivoted(["EWR", "JFK"]).count() == 6)
            let tags = Self.rows.reduce(0) { $0 + $1.tags.count }
            #expect(try await t.unnested(\.tags, as: "tag").count() == tags)
            #expect(try await t.union(t).count() == 400)
            #expect(try await t.intersection(t.limit(5)).count() == 5)
            #expect(try await t.subtracting(t.limit(5)).count() == 195)
            let sql = session.sql("SELECT carrier, count(*) AS n FROM flights GROUP BY carrier", tables: ["flights": t])
            #expect(try await sql.preview().contains("67"))
        }
    }

    @Test func otherShapes() async throws {
        try await inSession { session, t async throws in
            let points = t.select { (x: $0.airTime, y: $0.distance.real) }
            let array = try await points.array(\.x, \.y)
            #expect(array.shape == [200, 2])
            let back = try await array.table(as: Point.self).sorted(by: \.x).collect()
            #expect(back.first == Point(x: 30, y: 100))
            let kept = points.as(Point.self).mapBatches(as: Point.self) { batch in batch }
            #expect(try await kept.count() == 200)
            let sums = try await t.bag.map { ($0.carrier, $0.distance) }.reduceByKey(.sum).collect()
            #expect(sums.count == 3)
        }
    }
}

import ArgumentParser
import Sheaf
import SheafDuckDB
import SheafTable

/// Building an expression of thirty operations and compiling it to SQL, many times; nothing is run.
struct TableCompile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "table-compile")
    @Option var size: Int
    @OptionGroup var workers: Workers

    struct Flight: TableRow {
        var carrier: String
        var origin: String
        var dest: String
        var tailnum: String?
        var depDelay: Double?
        var distance: Int
        var airTime: Double?
    }
    struct Plane: TableRow {
        var tailnum: String
        var seats: Int
        var year: Int?
    }

    func run() async throws {
        let session = try await workers.session()
        try await measure(workers, isPerTask: true) {
            var bytes = 0
            for _ in 0..<size { bytes += try thirtyOperations(session).sql().utf8.count }
            return bytes
        } check: { bytes in
            ("\(bytes > 0)", size)
        }
    }

    private func thirtyOperations(_ session: Session) -> some AnyTable {
        let planes = session.parquet("planes.parquet", as: Plane.self)  // 1
            .filter { $0.seats > 10 }.sorted(by: \.seats).limit(10_000)  // 4
        let flights = session.csv("flights.csv", as: Flight.self)  // 5
            .filter { $0.distance > 100 }.filter { $0.depDelay > -60 }.filter { $0.origin.isIn(["JFK", "LGA", "EWR"]) }  // 8
        let more = session.parquet("more.parquet", as: Flight.self).filter { $0.carrier != "XX" }.distinct()  // 11
        let all = flights.union(more).filter { $0.distance < 5000 }  // 13
        let added = all.adding { (speed: $0.distance.cast(to: Double.self) / 60, isLate: $0.depDelay > 15) }  // 14
        let fast = added.filter { $0.speed > 1 }  // 15
        let ranked = fast.adding {  // 16
            (rank: $0.window(partitionedBy: [$0.carrier.key], orderedBy: [$0.speed.descending]).rowNumber(), isFar: $0.distance > 2000)
        }
        let first = ranked.filter { $0.rank <= 1000 }  // 17
        let joined = first.join(planes) { $0.tailnum == $1.tailnum }  // 18
        let smaller = joined.filter { $0.right.seats < 500 }  // 19
        let narrow = smaller.select {  // 20
            (carrier: $0.left.carrier, origin: $0.left.origin, speed: $0.left.speed, seats: $0.right.seats)
        }
        let sane = narrow.filter { $0.speed < 20 }  // 21
        let sums = sane.grouped { (carrier: $0.carrier, origin: $0.origin) }
            .aggregate { (carrier: $0.key.carrier, origin: $0.key.origin, flights: $0.count(), seats: $0.sum(\.seats)) }  // 22
        let many = sums.filter { $0.flights > 10 }  // 23
        let best = many.grouped(by: \.carrier).aggregate { (name: $0.key, most: $0.max(\.flights)) }  // 24
        let better = best.filter { $0.most > 100 }  // 25
        let both = many.join(better) { $0.carrier == $1.name }  // 26
        let result = both.select {  // 27
            (carrier: $0.left.carrier, origin: $0.left.origin, flights: $0.left.flights, most: $0.right.most)
        }
        return result.adding { (share: $0.flights * 100 / $0.most, isMost: $0.flights == $0.most) }  // 28
            .sorted { [$0.carrier.ascending, $0.share.descending] }.limit(100)  // 30
    }
}

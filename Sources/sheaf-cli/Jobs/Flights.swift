import ArgumentParser
import Sheaf

struct Flights: BagJob {
    static let name = "flights"
    static let abstract = "Flights, mean departure delay and share of late departures for each carrier."
    static let columns = ["carrier", "flights", "meanDepDelay", "lateShare"]

    @Argument(help: "A CSV file with a header and the columns “carrier” and “dep_delay” (minutes; empty or NA for cancelled flights).")
    var file: String

    @Option(help: "Minutes from which a departure counts as late.")
    var late = 15

    /// What is known of a carrier.
    struct Summary: Sendable {
        var flights = 0, departed = 0, delay = 0.0, late = 0

        mutating func add(_ delay: Double?, lateFrom limit: Double) {
            flights += 1
            guard let delay else { return }
            departed += 1
            self.delay += delay
            if delay > limit { late += 1 }
        }

        mutating func merge(_ other: Summary) {
            flights += other.flights
            departed += other.departed
            delay += other.delay
            late += other.late
        }
    }

    func plan(_ session: Session) async throws -> Bag<Row> {
        let header = try await session.lines(of: file, as: UTF8Slice.self).first()
        let names = header.map { $0.fields().map { String($0).trimmingQuotes } } ?? []
        let carrier = try position(of: "carrier", in: names), delay = try position(of: "dep_delay", in: names)
        let limit = Double(late)
        return session.lines(of: file, as: UTF8Slice.self, options: TextOptions(skipLines: 1))
            .parse { try Self.fields(of: $0, carrier, delay) }
            .aggregateByKey(Summary()) {
                $0.add($1, lateFrom: limit)
            } merge: {
                $0.merge($1)
            }
            .map { Self.row($0, $1) }
    }

    /// The carrier of a flight, and its delay if it departed.
    static func fields(of line: UTF8Slice, _ carrier: Int, _ delay: Int) throws -> (UTF8Slice, Double?) {
        let last = max(carrier, delay)
        var key: UTF8Slice?, minutes: UTF8Slice?
        var index = 0
        for field in line.fields() {
            if index == carrier { key = field }
            if index == delay { minutes = field }
            if index == last { break }
            index += 1
        }
        guard let key, let minutes else { throw LineError(description: "expected \(last + 1) fields or more, found \(index)") }
        if minutes.isEmpty || (minutes.count == 2 && minutes.hasPrefix("NA")) { return (key, nil) }
        guard let value = Double(minutes) else { throw LineError(description: "dep_delay is “\(minutes)”, not a number") }
        return (key, value)
    }

    static func row(_ carrier: UTF8Slice, _ summary: Summary) -> Row {
        let departed = Double(summary.departed)
        return [
            .text(String(carrier)), .integer(summary.flights),
            summary.departed > 0 ? .real(summary.delay / departed) : .missing,
            summary.departed > 0 ? .real(Double(summary.late) / departed) : .missing,
        ]
    }

    private func position(of column: String, in names: [String]) throws -> Int {
        guard let position = names.firstIndex(of: column) else {
            throw PlanError(
                .inputNotFound, "\(file) has no column “\(column)”", hint: "its columns are: \(names.joined(separator: ", "))")
        }
        return position
    }

    func arrange(_ rows: [Row]) -> [Row] { rows.sorted { Cell.isBefore($1[1], $0[1]) } }
}

extension String {
    var trimmingQuotes: String { count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self }
}

import SheafTable

// What the other files get wrong, put right. It has to compile.
func right(_ flights: Table<Flight>, _ planes: Table<Plane>) async throws {
    _ = flights.filter { $0.depDelay > 3 }
    _ = flights.filter { $0.distance > 3 }
    _ = flights.sorted(by: \.distance)
    _ = flights.grouped(by: \.carrier).aggregate { (carrier: $0.key, far: $0.sum(\.distance)) }
    _ = flights.join(planes) { $0.tailnum == $1.tailnum }
    _ = flights.leftJoin(planes) { $0.tailnum == $1.tailnum }.select { (seats: $0.right.seats.coalesce(0), c: $0.left.carrier) }
    _ = flights.select { (delay: $0.depDelay.coalesce(0), far: $0.distance.real + 0.5) }
    _ = flights.union(flights)
    _ = flights.select { (far: $0.distance, c: $0.carrier) }.filter { $0.far > 3 }
    for record in try await flights.select({ (delay: $0.depDelay, far: $0.distance) }).records() {
        let delay: Double? = try record.delay
        let far: Int = try record.far
        print(delay ?? 0, far)
    }
}

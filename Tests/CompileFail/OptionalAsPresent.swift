import SheafTable

// expected: 'Double?'
func wrong(_ flights: Table<Flight>) async throws {
    for record in try await flights.select({ (delay: $0.depDelay, c: $0.carrier) }).records() {
        let delay: Double = try record.delay
        print(delay)
    }
}

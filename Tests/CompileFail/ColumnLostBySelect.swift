import SheafTable

// expected: 'distance'
func wrong(_ flights: Table<Flight>) {
    let selected = flights.select { (c: $0.carrier, t: $0.tailnum) }
    _ = selected.sorted { [$0.distance.ascending] }
}

import SheafTable

// expected: Double
func wrong(_ flights: Table<Flight>) { _ = flights.select { $0.distance + 0.5 } }

import SheafTable

// expected: 'sum'
func wrong(_ flights: Table<Flight>) { _ = flights.select { $0.sum(\.distance) } }

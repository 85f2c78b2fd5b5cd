import SheafTable

// expected: 'Int'
func wrong(_ flights: Table<Flight>) { _ = flights.filter { $0.distance } }

import SheafTable

// expected: 'Column<String>'
func wrong(_ flights: Table<Flight>) { _ = flights.filter { $0.carrier > 3 } }

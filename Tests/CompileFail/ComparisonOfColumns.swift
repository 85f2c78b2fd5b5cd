import SheafTable

// expected: Column<Int>
func wrong(_ flights: Table<Flight>) { _ = flights.filter { $0.carrier == $0.distance } }

import SheafTable

// expected: Column<Int>
func wrong(_ flights: Table<Flight>, _ planes: Table<Plane>) { _ = flights.join(planes) { $0.carrier == $1.number } }

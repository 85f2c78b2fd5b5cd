import SheafTable

// expected: Table<Plane>
func wrong(_ flights: Table<Flight>, _ planes: Table<Plane>) { _ = flights.union(planes) }

import SheafTable

// expected: ambiguous use of
func wrong(_ flights: Table<Flight>, _ planes: Table<Plane>) {
    let joined = flights.join(planes) { $0.tailnum == $1.tailnum }
    _ = joined.select { $0.tailnum }
}

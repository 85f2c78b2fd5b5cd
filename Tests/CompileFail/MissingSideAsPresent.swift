import SheafTable

// expected: to type 'Column<Int>'
func wrong(_ flights: Table<Flight>, _ planes: Table<Plane>) {
    let joined = flights.leftJoin(planes) { $0.tailnum == $1.tailnum }
    let seats: Column<Int> = joined.columns.right.seats
    print(seats)
}

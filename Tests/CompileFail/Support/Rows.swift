import SheafTable

struct Flight: TableRow {
    var carrier: String
    var depDelay: Double?
    var distance: Int
    var tailnum: String?
    var day: CalendarDate
}

struct Plane: TableRow {
    var tailnum: String
    var number: Int
    var seats: Int
}

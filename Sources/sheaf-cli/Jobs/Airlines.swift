import ArgumentParser
import Sheaf

/// The flights data as tables: joined with airlines and planes.
struct Airlines: TableJob {
    static let name = "airlines"
    static let abstract = "Flights, delays and planes of each airline, from the tables flights, airlines and planes of nycflights13."

    @Argument(help: "The folder with flights.csv, airlines.csv and planes.csv.")
    var folder: String

    struct Flight: TableRow {
        var carrier: String
        var depDelay: Double?
        var distance: Int
        var tailnum: String?
    }

    struct Airline: TableRow {
        var carrier: String
        var name: String
    }

    struct Plane: TableRow {
        var tailnum: String
        var seats: Int
        var year: Int?
    }

    func table(_ session: Session) -> Table<AnyRow> {
        let missing = CSVOptions(nullText: ["NA", ""])
        let flights = session.csv("\(folder)/flights.csv", as: Flight.self, options: missing)
        let planes = session.csv("\(folder)/planes.csv", as: Plane.self, options: missing)
        return
            flights
            .join(session.csv("\(folder)/airlines.csv", as: Airline.self)) { $0.carrier == $1.carrier }
            .leftJoin(planes) { $0.left.tailnum == $1.tailnum }
            .grouped { $0.left.right.name }
            .aggregate {
                (
                    airline: $0.key, flights: $0.count(), planes: $0.countDistinct { $0.left.left.tailnum },
                    meanSeats: $0.mean { $0.right.seats }, built: $0.median { $0.right.year }, meanDelay: $0.mean { $0.left.left.depDelay }
                )
            }
            .sorted(by: \.flights, .descending)
            .untyped
    }
}

import Foundation
import SheafTable

extension GoldenSQL {
    /// Expressions, one or a few in a selection.
    @GoldenList static var expressions: [GoldenSQL] {
        GoldenSQL(
            "arithmetic",
            #"SELECT ("distance" + 1) AS "a", (2 * ("distance" - 3)) AS "b", (- "distance") AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.distance + 1, b: 2 * ($0.distance - 3), c: -$0.distance) } }
        GoldenSQL(
            "quotients",
            #"SELECT ("distance" // 7) AS "a", ("dep_delay" / 7.0e0) AS "b", ("distance" % 7) AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.distance / 7, b: $0.depDelay / 7, c: $0.distance % 7) } }
        GoldenSQL(
            "comparisons",
            #"SELECT ("distance" <> 3) AS "a", ("carrier" <= 'M') AS "b", (3 < "distance") AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.distance != 3, b: $0.carrier <= "M", c: 3 < $0.distance) } }
        GoldenSQL(
            "null",
            #"SELECT coalesce("dep_delay", 0.0e0) AS "a", ("tailnum" IS NOT NULL) AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("tailnum" IS NULL)"#
        ) { $0.flights.filter { $0.tailnum == nil }.select { (a: $0.depDelay.coalesce(0), b: $0.tailnum.isNotNull) } }
        GoldenSQL(
            "logic",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ((NOT (("distance" > 3) AND ("dep_delay" > 1.0e0))) OR ("carrier" = 'AA'))"#
        ) { $0.flights.filter { !($0.distance > 3 && $0.depDelay > 1) || $0.carrier == "AA" } }
        GoldenSQL(
            "is in",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("carrier" IN ('AA', 'B6')) AND FALSE"#
        ) { $0.flights.filter { $0.carrier.isIn(["AA", "B6"]) }.filter { $0.distance.isIn([]) } }
        GoldenSQL(
            "cases",
            #"SELECT CASE WHEN ("distance" < 500) THEN 'short' WHEN ("dep_delay" > 3.0e0) THEN 'late' ELSE 'long' END AS "value" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { cases(($0.distance < 500, "short"), ($0.depDelay > 3, "late"), otherwise: "long") } }
        GoldenSQL(
            "casts",
            #"SELECT CAST("distance" AS FLOAT) AS "a", TRY_CAST("carrier" AS UTINYINT) AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.distance.cast(to: Float.self), b: $0.carrier.tryCast(to: UInt8.self)) } }
        GoldenSQL(
            "doubles",
            #"SELECT ("dep_delay" * 0.1e0) AS "a", ("dep_delay" > 1e+300) AS "b", CAST('-inf' AS DOUBLE) AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.depDelay * 0.1, b: $0.depDelay > 1e300, c: Column(-Double.infinity)) } }
        GoldenSQL(
            "least integer",
            #"SELECT CAST('-9223372036854775808' AS BIGINT) AS "a", 18446744073709551615 AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { _ in (a: Column(Int.min), b: Column(UInt64.max)) } }
        GoldenSQL(
            "texts",
            #"SELECT (lower("carrier") || '!') AS "a", substring("carrier", -2) AS "b", ("carrier" LIKE 'A_') AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (a: $0.carrier.lowercased + "!", b: $0.carrier.substring(from: -2), c: $0.carrier.isLike("A_")) } }
        GoldenSQL(
            "days",
            #"SELECT extract(year FROM "flight_date") AS "a", CAST(date_trunc('month', "flight_date") AS DATE) AS "b", CAST(("flight_date" + to_weeks(2)) AS DATE) AS "c" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) {
            $0.flights.select { (a: $0.flightDate.year, b: $0.flightDate.truncated(to: .month), c: $0.flightDate.adding(2, .week)) }
        }
        GoldenSQL(
            "moments",
            #"SELECT make_timestamp(500000) AS "a", DATE '1970-01-01' AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { _ in (a: Column(Date(timeIntervalSince1970: 0.5)), b: Column(CalendarDate(daysSince1970: 0))) } }
        GoldenSQL(
            "window frames",
            #"SELECT CAST(sum("distance") OVER (PARTITION BY "carrier" ORDER BY "flight_date" ASC NULLS LAST ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS BIGINT) AS "a", lag("distance", 1) OVER (PARTITION BY "carrier" ORDER BY "flight_date" ASC NULLS LAST) AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) {
            $0.flights.select {
                let window = $0.window(
                    partitionedBy: [$0.carrier.key], orderedBy: [$0.flightDate.ascending], frame: .rows(before: 2, after: 0))
                return (a: window.sum($0.distance), b: window.lag($0.distance))
            }
        }
        GoldenSQL(
            "conditional aggregates",
            #"SELECT count(*) FILTER (WHERE ("dep_delay" > 3.0e0)) AS "a", max("dep_delay") FILTER (WHERE (("distance" > 3) AND ("carrier" = 'A'))) AS "b" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) {
            $0.flights.aggregate {
                (a: $0.count { $0.depDelay > 3 }, b: $0.filter { $0.distance > 3 }.filter { $0.carrier == "A" }.max(\.depDelay))
            }
        }
    }
}

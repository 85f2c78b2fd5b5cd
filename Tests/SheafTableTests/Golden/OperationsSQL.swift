import SheafTable

extension GoldenSQL {
    /// One table, its operations put into as few selections as mean the same.
    @GoldenList static var operations: [GoldenSQL] {
        GoldenSQL(
            "source",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights }
        GoldenSQL(
            "filter",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("dep_delay" > 15.0e0)"#
        ) { $0.flights.filter { $0.depDelay > 15 } }
        GoldenSQL(
            "filters",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("dep_delay" > 15.0e0) AND ("carrier" = 'AA')"#
        ) { $0.flights.filter { $0.depDelay > 15 }.filter { $0.carrier == "AA" } }
        GoldenSQL(
            "select",
            #"SELECT "carrier", ("distance" // 60) AS "hours" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (carrier: $0.carrier, hours: $0.distance / 60) } }
        GoldenSQL(
            "filter, then select",
            #"SELECT "carrier" AS "c", "distance" AS "d" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("distance" < 9)"#
        ) { $0.flights.filter { $0.distance < 9 }.select { (c: $0.carrier, d: $0.distance) } }
        GoldenSQL(
            "select, then filter",
            #"SELECT * FROM (SELECT "carrier" AS "c", ("distance" * 2) AS "d" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 WHERE ("d" < 9)"#
        ) { $0.flights.select { (c: $0.carrier, d: $0.distance * 2) }.filter { $0.d < 9 } }
        GoldenSQL(
            "adding",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum", ("distance" > 900) AS "far", "dep_delay" AS "x" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.adding { (far: $0.distance > 900, x: $0.depDelay) } }
        GoldenSQL(
            "adding replaces",
            #"SELECT "carrier", "dep_delay", ("distance" * 2) AS "distance", "flight_date", "tailnum", "distance" AS "x" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.adding { (distance: $0.distance * 2, x: $0.distance) } }
        GoldenSQL(
            "sorted",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) ORDER BY "carrier" DESC NULLS LAST, "dep_delay" ASC NULLS FIRST"#
        ) { $0.flights.sorted { [$0.carrier.descending, $0.depDelay.ascending.nullsFirst] } }
        GoldenSQL(
            "sorted twice",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) ORDER BY "distance" DESC NULLS LAST"#
        ) { $0.flights.sorted(by: \.carrier).sorted(by: \.distance, .descending) }
        GoldenSQL(
            "sorted, then limit",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) ORDER BY "distance" ASC NULLS LAST LIMIT 10 OFFSET 5"#
        ) { $0.flights.sorted(by: \.distance).limit(10, offset: 5) }
        GoldenSQL(
            "limit, then filter",
            #"SELECT * FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) LIMIT 10) AS t1 WHERE ("distance" > 3)"#
        ) { $0.flights.limit(10).filter { $0.distance > 3 } }
        GoldenSQL(
            "limit of limit",
            #"SELECT * FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) LIMIT 10) AS t1 LIMIT 3"#
        ) { $0.flights.limit(10).limit(3) }
        GoldenSQL(
            "distinct",
            #"SELECT DISTINCT "carrier" AS "c", "tailnum" AS "t" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.select { (c: $0.carrier, t: $0.tailnum) }.distinct() }
        GoldenSQL(
            "distinct on",
            #"SELECT DISTINCT ON ("carrier") "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) ORDER BY "distance" ASC NULLS LAST"#
        ) { $0.flights.sorted(by: \.distance).distinct(on: \.carrier) }
        GoldenSQL(
            "sample",
            #"SELECT * FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 TABLESAMPLE bernoulli(25.0 PERCENT) REPEATABLE (7)"#
        ) { $0.flights.sample(.fraction(0.25, seed: 7)) }
        GoldenSQL(
            "sample of rows",
            #"SELECT * FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 TABLESAMPLE reservoir(10 ROWS)"#
        ) { $0.flights.sample(.rows(10)) }
        GoldenSQL(
            "aggregate",
            #"SELECT count(*) AS "n", CAST(sum("distance") AS BIGINT) AS "d" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])"#
        ) { $0.flights.aggregate { (n: $0.count(), d: $0.sum(\.distance)) } }
        GoldenSQL(
            "grouped",
            #"SELECT "carrier", count(*) AS "flights", CAST(avg("dep_delay") AS DOUBLE) AS "delay" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) GROUP BY "carrier""#
        ) {
            $0.flights.grouped(by: \.carrier).aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\.depDelay)) }
        }
        GoldenSQL(
            "grouped, then filter and sorted",
            #"SELECT * FROM (SELECT "carrier", count(*) AS "flights" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) GROUP BY "carrier") AS t1 WHERE ("flights" > 3) ORDER BY "flights" DESC NULLS LAST"#
        ) {
            $0.flights.grouped(by: \.carrier).aggregate { (carrier: $0.key, flights: $0.count()) }
                .filter { $0.flights > 3 }.sorted(by: \.flights, .descending)
        }
        GoldenSQL(
            "group by a number",
            #"SELECT 1 AS "one", count(*) AS "n" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) GROUP BY coalesce(1)"#
        ) { $0.flights.grouped { _ in Column(1) }.aggregate { (one: $0.key, n: $0.count()) } }
        GoldenSQL(
            "window in a filter",
            #"SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum", (row_number() OVER (PARTITION BY "carrier" ORDER BY "distance" DESC NULLS LAST) <= 3) AS "is kept" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 WHERE "is kept""#
        ) {
            $0.flights.filter { $0.rowNumber(partitionedBy: [$0.carrier.key], orderedBy: [$0.distance.descending]) <= 3 }
        }
        GoldenSQL(
            "unpivoted",
            #"SELECT * FROM (SELECT * FROM (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t1 UNPIVOT INCLUDE NULLS ("value" FOR "name" IN ("tailnum", "carrier"))) AS t2"#
        ) { $0.planes.unpivoted(["tailnum", "carrier"]) }
        GoldenSQL(
            "pivoted",
            #"SELECT "tailnum", CAST(sum("seats") FILTER (WHERE ("carrier" = 'AA')) AS BIGINT) AS "AA", CAST(sum("seats") FILTER (WHERE ("carrier" = 'B6')) AS BIGINT) AS "B6" FROM read_parquet('planes.parquet', hive_partitioning = true) GROUP BY "tailnum""#
        ) { $0.planes.pivoted(of: \.carrier, values: ["AA", "B6"], rows: ["tailnum"]) { $0.sum(\.seats) } }
        GoldenSQL(
            "as another row",
            #"SELECT "carrier", "flights", "delay" FROM (SELECT "carrier", count(*) AS "flights", CAST(avg("dep_delay") AS DOUBLE) AS "delay" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) GROUP BY "carrier") AS t1"#
        ) {
            $0.flights.grouped(by: \.carrier).aggregate { (carrier: $0.key, flights: $0.count(), delay: $0.mean(\.depDelay)) }
                .as(LateRow.self)
        }
    }
}

import SheafTable

extension GoldenSQL {
    /// Joins, set operations, plans used twice, and texts of the caller.
    @GoldenList static var several: [GoldenSQL] {
        GoldenSQL(
            "join",
            #"SELECT t1."carrier", t1."dep_delay", t1."distance", t1."flight_date", t1."tailnum", t2."tailnum" AS "tailnum_right", t2."seats", t2."carrier" AS "carrier_right" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2 ON (t1."tailnum" = t2."tailnum")"#
        ) { $0.flights.join($0.planes) { $0.tailnum == $1.tailnum } }
        GoldenSQL(
            "left join, then filter and select",
            #"SELECT t1."carrier", t2."carrier" AS "other" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 LEFT JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2 ON (t1."tailnum" = t2."tailnum") WHERE (t2."seats" > 100)"#
        ) {
            $0.flights.leftJoin($0.planes) { $0.tailnum == $1.tailnum }.filter { $0.right.seats > 100 }
                .select { (carrier: $0.left.carrier, other: $0.right.carrier) }
        }
        GoldenSQL(
            "filter, then join",
            #"SELECT t1."carrier", t1."dep_delay", t1."distance", t1."flight_date", t1."tailnum", t2."tailnum" AS "tailnum_right", t2."seats", t2."carrier" AS "carrier_right" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = ['']) WHERE ("distance" > 3)) AS t1 JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2 ON (t1."tailnum" = t2."tailnum")"#
        ) { $0.flights.filter { $0.distance > 3 }.join($0.planes) { $0.tailnum == $1.tailnum } }
        GoldenSQL(
            "two joins",
            #"SELECT t1."carrier", t1."dep_delay", t1."distance", t1."flight_date", t1."tailnum", t2."tailnum" AS "tailnum_right", t2."seats", t2."carrier" AS "carrier_right", t3."tailnum" AS "tailnum_right_right", t3."seats" AS "seats_right", t3."carrier" AS "carrier_right_right" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2 ON (t1."tailnum" = t2."tailnum") JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t3 ON (t1."carrier" = t3."carrier")"#
        ) {
            $0.flights.join($0.planes) { $0.tailnum == $1.tailnum }.join($0.planes) { $0.left.carrier == $1.carrier }
        }
        GoldenSQL(
            "semi join",
            #"SELECT t1."carrier", t1."dep_delay", t1."distance", t1."flight_date", t1."tailnum" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 SEMI JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("seats" > 3)) AS t2 ON (t1."tailnum" = t2."tailnum")"#
        ) { $0.flights.semiJoin($0.planes.filter { $0.seats > 3 }) { $0.tailnum == $1.tailnum } }
        GoldenSQL(
            "anti join",
            #"SELECT t1."carrier", t1."dep_delay", t1."distance", t1."flight_date", t1."tailnum" FROM (SELECT "carrier", "dep_delay", "distance", "flight_date", "tailnum" FROM read_csv('flights.csv', header = true, types = {'carrier': 'VARCHAR', 'dep_delay': 'DOUBLE', 'distance': 'BIGINT', 'flight_date': 'DATE', 'tailnum': 'VARCHAR'}, nullstr = [''])) AS t1 ANTI JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2 ON ((t1."tailnum" = t2."tailnum") AND (t1."distance" > t2."seats"))"#
        ) { $0.flights.antiJoin($0.planes) { $0.tailnum == $1.tailnum && $0.distance > $1.seats } }
        GoldenSQL(
            "cross join",
            #"SELECT t1."tailnum", t1."seats", t1."carrier", t2."tailnum" AS "tailnum_right", t2."seats" AS "seats_right", t2."carrier" AS "carrier_right" FROM (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t1 CROSS JOIN (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) AS t2"#
        ) { $0.planes.crossJoin($0.planes) }
        GoldenSQL(
            "union",
            #"SELECT * FROM ((SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) LIMIT 3) UNION ALL (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("seats" > 3))) AS t1"#
        ) { $0.planes.limit(3).union($0.planes.filter { $0.seats > 3 }) }
        GoldenSQL(
            "difference",
            #"SELECT * FROM ((SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) EXCEPT (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("seats" > 3))) AS t1"#
        ) { $0.planes.subtracting($0.planes.filter { $0.seats > 3 }) }
        GoldenSQL(
            "a plan used twice",
            #"""
            WITH shared1 AS (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("seats" > 100))
            SELECT t1."tailnum", t1."seats", t1."carrier", t2."tailnum" AS "tailnum_right", t2."seats" AS "seats_right", t2."carrier" AS "carrier_right" FROM shared1 AS t1 JOIN shared1 AS t2 ON ((t1."carrier" = t2."carrier") AND (t1."seats" < t2."seats"))
            """#
        ) { inputs in
            let big = inputs.planes.filter { $0.seats > 100 }
            return big.join(big) { $0.carrier == $1.carrier && $0.seats < $1.seats }
        }
        GoldenSQL(
            "sql over tables",
            #"""
            SELECT * FROM (WITH "p" AS (SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)) SELECT * FROM (SELECT carrier FROM p -- all
            )) AS t1
            """#
        ) { planning.sql("SELECT carrier FROM p -- all", tables: ["p": $0.planes]) }
        GoldenSQL(
            "rows in memory",
            #"SELECT "tailnum", "seats", "carrier" FROM (SELECT CAST("tailnum" AS VARCHAR) AS "tailnum", CAST("seats" AS BIGINT) AS "seats", CAST("carrier" AS VARCHAR) AS "carrier" FROM (VALUES ('N''1', 3, 'Ü'), ('', -3, 'B6')) AS v("tailnum", "seats", "carrier")) AS memory"#
        ) { _ in
            planning.table([Plane(tailnum: "N'1", seats: 3, carrier: "Ü"), Plane(tailnum: "", seats: -3, carrier: "B6")])
        }
        GoldenSQL(
            "no rows in memory",
            #"SELECT "tailnum", "seats", "carrier" FROM (SELECT CAST(NULL AS VARCHAR) AS "tailnum", CAST(NULL AS BIGINT) AS "seats", CAST(NULL AS VARCHAR) AS "carrier" WHERE FALSE) AS memory"#
        ) { _ in planning.table([Plane]()) }
        GoldenSQL(
            "numbers",
            #"SELECT "number" FROM (SELECT range AS "number" FROM range(3, 7)) AS numbers LIMIT 2"#
        ) { _ in planning.numbers(3..<7).limit(2) }
    }
}

import SheafTable

extension GoldenSQL {
    /// Names and values that would end their quotes, were they not written with care.
    @GoldenList static var hostile: [GoldenSQL] {
        GoldenSQL(
            "a value with quotes",
            #"SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("carrier" = 'x''; DROP TABLE y; --')"#
        ) { $0.planes.filter { $0.carrier == "x'; DROP TABLE y; --" } }
        GoldenSQL(
            "a value with a zero",
            #"SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("carrier" = ('a' || chr(0) || '''b'))"#
        ) { $0.planes.filter { $0.carrier == "a\0'b" } }
        GoldenSQL(
            "a value with an accent on a quote",
            #"SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("carrier" = '''\#u{301}')"#
        ) { $0.planes.filter { $0.carrier == "'\u{301}" } }
        GoldenSQL(
            "a value with a backslash",
            #"SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("carrier" = '\''')"#
        ) { $0.planes.filter { $0.carrier == "\\'" } }
        GoldenSQL(
            "a pattern with a quote",
            #"SELECT "tailnum", "seats", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true) WHERE ("carrier" LIKE '%''%')"#
        ) { $0.planes.filter { $0.carrier.isLike("%'%") } }
        GoldenSQL(
            "a name with quotes",
            #"SELECT "tailnum", "seats", "carrier", ("seats" + 1) AS "a""b" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) { $0.planes.adding("a\"b") { $0.seats + 1 } }
        GoldenSQL(
            "a name with an accent on a quote",
            #"SELECT "tailnum", "seats", "carrier", ("seats" + 1) AS """\#u{301}" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) { $0.planes.adding("\"\u{301}") { $0.seats + 1 } }
        GoldenSQL(
            "reserved words",
            #"SELECT "seats" AS "select", "carrier" AS "from", "tailnum" AS "order" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) { $0.planes.select { (select: $0.seats, from: $0.carrier, order: $0.tailnum) } }
        GoldenSQL(
            "an empty name",
            #"SELECT "tailnum", "seats", "carrier", ("seats" + 1) AS "" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) { $0.planes.adding("") { $0.seats + 1 } }
        GoldenSQL(
            "a path with a quote",
            #"SELECT "tailnum", "seats", "carrier" FROM read_csv('it''s.csv', header = true, types = {'tailnum': 'VARCHAR', 'seats': 'BIGINT', 'carrier': 'VARCHAR'}, nullstr = [''])"#
        ) { _ in planning.csv("it's.csv", as: Plane.self) }
        GoldenSQL(
            "a name of another script",
            #"SELECT "tailnum", "seats" AS "座席", "carrier" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) { $0.planes.untyped.renaming(["seats": "座席"]) }
        GoldenSQL(
            "a pivot of hostile values",
            #"SELECT count(*) FILTER (WHERE ("carrier" = 'a''b')) AS "a'b", count(*) FILTER (WHERE ("carrier" = 'c"d')) AS "c""d" FROM read_parquet('planes.parquet', hive_partitioning = true)"#
        ) {
            $0.planes.pivoted(of: \.carrier, values: ["a'b", "c\"d"], rows: []) { $0.count() }
        }
    }
}

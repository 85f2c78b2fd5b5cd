"""DuckDB's own Python client on the table jobs, results as pyarrow tables: JOB FOLDER --workers N --repeats N [--memory BYTES]"""

import duckdb
import pyarrow.compute as pc

from tables import QUERIES, TPCH_TABLES, Part, arguments, arrow_summary, measure, tpch_queries

options = arguments()
folder = options.folder
config = {"threads": options.workers} | ({"memory_limit": f"{options.memory}B"} if options.memory else {})
if options.job in ("receive-columns", "receive-rows", "table-sort"):
    connection = duckdb.connect(str(folder / "six.duckdb"), read_only=True, config=config)
else:
    connection = duckdb.connect(config=config)
    for table in TPCH_TABLES:
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder}/tpch/{table}.parquet')")
    for table in ["groups", "join-left", "join-small", "join-medium", "join-big"]:
        connection.execute(f"CREATE VIEW \"{table.removeprefix('join-')}_\" AS SELECT * FROM read_parquet('{folder}/{table}.parquet')")

GROUPS = {
    "q1": "SELECT id1, sum(v1) AS v1 FROM groups_ GROUP BY id1",
    "q2": "SELECT id1, id2, sum(v1) AS v1 FROM groups_ GROUP BY id1, id2",
    "q3": "SELECT id3, sum(v1) AS v1, mean(v3) AS v3 FROM groups_ GROUP BY id3",
    "q4": "SELECT id4, mean(v1) AS v1, mean(v2) AS v2, mean(v3) AS v3 FROM groups_ GROUP BY id4",
    "q5": "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM groups_ GROUP BY id6",
    "q6": "SELECT id4, id5, median(v3) AS v_median, stddev(v3) AS v_deviation FROM groups_ GROUP BY id4, id5",
    "q7": "SELECT id3, max(v1) - min(v2) AS v_range FROM groups_ GROUP BY id3",
    "q8": "SELECT id6, v3 FROM (SELECT id6, v3, row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) AS n FROM groups_) WHERE n <= 2",
    "q9": "SELECT id2, id4, pow(corr(v1, v2), 2) AS v_r2 FROM groups_ GROUP BY id2, id4",
    "q10": "SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS v_count FROM groups_ GROUP BY id1, id2, id3, id4, id5, id6",
}
JOINS = {
    "q1": "SELECT x.*, y.id4 AS other4, y.v2 FROM left_ x JOIN small_ y USING (id1)",
    "q2": "SELECT x.*, y.id1 AS other1, y.id4 AS other4, y.id5 AS other5, y.v2 FROM left_ x JOIN medium_ y USING (id2)",
    "q3": "SELECT x.*, y.id1 AS other1, y.id4 AS other4, y.id5 AS other5, y.v2 FROM left_ x LEFT JOIN medium_ y USING (id2)",
    "q4": "SELECT x.*, y.id1 AS other1, y.id2 AS other2, y.id4 AS other4, y.v2 FROM left_ x JOIN medium_ y USING (id5)",
    "q5": "SELECT x.*, y.id1 AS other1, y.id2 AS other2, y.id4 AS other4, y.id5 AS other5, y.id6 AS other6, y.v2 "
    "FROM left_ x JOIN big_ y USING (id3)",
}


def arrow(query: str):
    return lambda: connection.execute(query).to_arrow_table()


def rows():
    return connection.execute("SELECT * FROM six").to_arrow_table().select(["id", "key", "part", "price", "amount"])


def sort():
    """Read batch by batch, so that the result need not fit."""
    count, total, last, ordered = 0, 0.0, None, True
    for batch in connection.execute("SELECT * FROM six ORDER BY key").to_arrow_reader(1 << 16):
        keys = batch.column("key").to_numpy()
        if len(keys) == 0:
            continue
        ordered = ordered and bool((keys[1:] >= keys[:-1]).all()) and (last is None or last <= keys[0])
        count, total, last = count + len(keys), total + float(pc.sum(batch.column("key")).as_py()), keys[-1]
    return count, total if ordered else -1.0


def summary(result, columns):
    return result if isinstance(result, tuple) else arrow_summary(result, columns)


jobs = {
    "table-sql": lambda: [Part(name, arrow(query.format(folder))) for name, query in QUERIES.items()],
    "group-by": lambda: [Part(name, arrow(query)) for name, query in GROUPS.items()],
    "table-join": lambda: [Part(name, arrow(query)) for name, query in JOINS.items()],
    "tpch": lambda: [Part(name, arrow(query), None) for name, query in tpch_queries(folder)],
    "receive-columns": lambda: [Part("columns", arrow("SELECT * FROM six"), None)],
    "receive-rows": lambda: [Part("rows", rows, None)],
    "table-sort": lambda: [Part("sort", sort)],
}
measure(options, "duckdb-python", f"duckdb {duckdb.__version__} (Python)", jobs, summary)

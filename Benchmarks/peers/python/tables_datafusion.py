"""DataFusion's side of the table jobs, in SQL: JOB FOLDER --workers N --repeats N"""

import datafusion
import pyarrow as pa

from tables import TPCH_TABLES, Part, arguments, arrow_summary, measure, tpch_queries

options = arguments()
folder = options.folder
context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(options.workers))
for table in ["groups", "join-left", "join-small", "join-medium", "join-big", *(f"tpch/{table}" for table in TPCH_TABLES)]:
    context.register_parquet(table.removeprefix("tpch/").replace("-", "_"), str(folder / f"{table}.parquet"))

GROUPS = {
    "q1": "SELECT id1, sum(v1) AS v1 FROM groups GROUP BY id1",
    "q2": "SELECT id1, id2, sum(v1) AS v1 FROM groups GROUP BY id1, id2",
    "q3": "SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM groups GROUP BY id3",
    "q4": "SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM groups GROUP BY id4",
    "q5": "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM groups GROUP BY id6",
    "q6": "SELECT id4, id5, median(v3) AS v_median, stddev(v3) AS v_deviation FROM groups GROUP BY id4, id5",
    "q7": "SELECT id3, max(v1) - min(v2) AS v_range FROM groups GROUP BY id3",
    "q8": "SELECT id6, v3 FROM (SELECT id6, v3, row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) AS n FROM groups) WHERE n <= 2",
    "q9": "SELECT id2, id4, power(corr(v1, v2), 2) AS v_r2 FROM groups GROUP BY id2, id4",
    "q10": "SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS v_count FROM groups GROUP BY id1, id2, id3, id4, id5, id6",
}
JOINS = {
    "q1": "SELECT x.*, y.id4 AS other4, y.v2 FROM join_left x JOIN join_small y ON x.id1 = y.id1",
    "q2": "SELECT x.*, y.id1 AS other1, y.id4 AS other4, y.id5 AS other5, y.v2 FROM join_left x JOIN join_medium y ON x.id2 = y.id2",
    "q3": "SELECT x.*, y.id1 AS other1, y.id4 AS other4, y.id5 AS other5, y.v2 FROM join_left x LEFT JOIN join_medium y ON x.id2 = y.id2",
    "q4": "SELECT x.*, y.id1 AS other1, y.id2 AS other2, y.id4 AS other4, y.v2 FROM join_left x JOIN join_medium y ON x.id5 = y.id5",
    "q5": "SELECT x.*, y.id1 AS other1, y.id2 AS other2, y.id4 AS other4, y.id5 AS other5, y.id6 AS other6, y.v2 "
    "FROM join_left x JOIN join_big y ON x.id3 = y.id3",
}


def collected(query: str):
    return lambda: context.sql(query).collect()


def summary(batches, columns):
    return arrow_summary(pa.Table.from_batches(batches), columns) if batches else (0, 0.0)


jobs = {
    "group-by": lambda: [Part(name, collected(query)) for name, query in GROUPS.items()],
    "table-join": lambda: [Part(name, collected(query)) for name, query in JOINS.items()],
    "tpch": lambda: [Part(name, collected(query), None) for name, query in tpch_queries(folder)],
}
measure(options, "datafusion", f"DataFusion {datafusion.__version__}", jobs, summary)

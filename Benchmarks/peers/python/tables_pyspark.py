"""PySpark's data frames on the table jobs, in SQL: JOB FOLDER --workers N --repeats N

A result is computed in full and thrown away (Spark's "noop" sink): nothing is sent to Python, which favours Spark.
"""

import os

import pyspark
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import NumericType

from tables import TPCH_TABLES, Part, arguments, measure, tpch_queries

options = arguments()
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
settings = {
    "spark.driver.memory": "8g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # 200 by default, which is for clusters.
    "spark.sql.shuffle.partitions": str(2 * options.workers),
}
builder = SparkSession.builder.master(f"local[{options.workers}]").appName("sheaf-bench")
for name, value in settings.items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
for table in ["groups", "join-left", "join-small", "join-medium", "join-big", *(f"tpch/{table}" for table in TPCH_TABLES)]:
    path = str(options.folder / f"{table}.parquet")
    spark.read.parquet(path).createOrReplaceTempView(table.removeprefix("tpch/").replace("-", "_"))

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


def executed(query: str):
    def run() -> DataFrame:
        # Analysed and planned anew each time, as for the other peers.
        frame = spark.sql(query)
        frame.write.format("noop").mode("overwrite").save()
        return frame

    return run


def summary(frame: DataFrame, columns: str | None) -> tuple[int, float]:
    frame = frame.toDF(*(f"{name}__{position}" for position, name in enumerate(frame.columns)))
    numbers = [
        field.name
        for field in frame.schema
        if isinstance(field.dataType, NumericType) and (columns is None or field.name.startswith(columns))
    ]
    row = frame.agg(f.count(f.lit(1)), *(f.sum(f.col(f"`{name}`").cast("double")) for name in numbers)).first()
    return int(row[0]), float(sum(value or 0 for value in row[1:]))


def parts(queries, columns: str | None = "v"):
    return lambda: [Part(name, executed(query), columns) for name, query in queries]


jobs = {"group-by": parts(GROUPS.items()), "table-join": parts(JOINS.items()), "tpch": parts(tpch_queries(options.folder), None)}
measure(options, "pyspark", f"PySpark {pyspark.__version__}", jobs, summary)
spark.stop()

"""Polars' side of the table jobs: JOB FOLDER --workers N --repeats N. TPC-H is asked in SQL, the rest in expressions."""

from polars_threads import polars
from tables import TPCH_TABLES, Part, arguments, arrow_summary, measure, tpch_queries

options = arguments()
folder = options.folder
pl, version = polars(options.workers)


def scan(name: str):
    return pl.scan_parquet(folder / f"{name}.parquet")


def groups():
    x, c = scan("groups"), pl.col
    return {
        "q1": x.group_by("id1").agg(c("v1").sum()),
        "q2": x.group_by("id1", "id2").agg(c("v1").sum()),
        "q3": x.group_by("id3").agg(c("v1").sum(), c("v3").mean()),
        "q4": x.group_by("id4").agg(c("v1", "v2", "v3").mean()),
        "q5": x.group_by("id6").agg(c("v1", "v2", "v3").sum()),
        "q6": x.group_by("id4", "id5").agg(c("v3").median().alias("v_median"), c("v3").std().alias("v_deviation")),
        "q7": x.group_by("id3").agg((c("v1").max() - c("v2").min()).alias("v_range")),
        "q8": x.group_by("id6").agg(c("v3").top_k(2)).explode("v3"),
        "q9": x.group_by("id2", "id4").agg((pl.corr("v1", "v2") ** 2).alias("v_r2")),
        "q10": x.group_by("id1", "id2", "id3", "id4", "id5", "id6").agg(c("v3").sum(), pl.len().cast(pl.Int64).alias("v_count")),
    }


def joins():
    x, small, medium, big = (scan(f"join-{name}") for name in ("left", "small", "medium", "big"))
    return {
        "q1": x.join(small, on="id1"),
        "q2": x.join(medium, on="id2"),
        "q3": x.join(medium, on="id2", how="left"),
        "q4": x.join(medium, on="id5"),
        "q5": x.join(big, on="id3"),
    }


def tpch():
    context = pl.SQLContext({table: scan(f"tpch/{table}") for table in TPCH_TABLES})
    return {name: (lambda query=query: context.execute(query).collect()) for name, query in tpch_queries(folder)}


jobs = {
    "group-by": lambda: [Part(name, frame.collect) for name, frame in groups().items()],
    "table-join": lambda: [Part(name, frame.collect) for name, frame in joins().items()],
    "tpch": lambda: [Part(name, run, None) for name, run in tpch().items()],
}
measure(options, "polars", version, jobs, lambda frame, columns: arrow_summary(frame.to_arrow(), columns))

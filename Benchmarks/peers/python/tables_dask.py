"""dask.dataframe's side of the table jobs, on its threaded scheduler: JOB FOLDER --workers N --repeats N"""

import dask
import dask.dataframe as dd
import pandas as pd
import pyarrow

from tables import Part, arguments, measure

options = arguments()
dask.config.set(scheduler="threads", num_workers=options.workers)
# dask's threads are the parallelism.
pyarrow.set_cpu_count(1)


def read(name: str, *columns: str) -> dd.DataFrame:
    # A partition for some row groups: one for the file would be no parallelism, one for each group many small tasks.
    return dd.read_parquet(
        options.folder / f"{name}.parquet", columns=list(columns) or None, split_row_groups="adaptive", blocksize="64MiB"
    )


def grouped(keys: list[str], *values: str):
    return read("groups", *keys, *values).groupby(keys, sort=False)


def two_largest() -> pd.DataFrame:
    """Of each partition first: dask has no such operation on groups."""

    def best(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.sort_values("v3", ascending=False).groupby("id6", sort=False).head(2)

    return best(read("groups", "id6", "v3").map_partitions(best).compute())


def squared_correlation() -> pd.DataFrame:
    x = read("groups", "id2", "id4", "v1", "v2").astype({"v1": "float64", "v2": "float64"})
    x = x.assign(xx=x.v1 * x.v1, yy=x.v2 * x.v2, xy=x.v1 * x.v2, n=1)
    s = x.groupby(["id2", "id4"], sort=False)[["n", "v1", "v2", "xx", "yy", "xy"]].sum().compute().reset_index()
    covariance, a, b = s.n * s.xy - s.v1 * s.v2, s.n * s.xx - s.v1**2, s.n * s.yy - s.v2**2
    return s[["id2", "id4"]].assign(v_r2=covariance**2 / (a * b))


def value_range() -> pd.DataFrame:
    s = grouped(["id3"], "v1", "v2").agg({"v1": "max", "v2": "min"}).compute().reset_index()
    return s[["id3"]].assign(v_range=s.v1 - s.v2)


def median_and_deviation() -> pd.DataFrame:
    values = grouped(["id4", "id5"], "v3")["v3"]
    v_median, v_deviation = dask.compute(values.median(), values.std())
    return pd.DataFrame({"v_median": v_median, "v_deviation": v_deviation}).reset_index()


def all_keys() -> pd.DataFrame:
    keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
    s = read("groups", *keys, "v3").assign(v_count=1).groupby(keys, sort=False)[["v3", "v_count"]]
    # Nearly as many groups as rows: they do not go through one partition.
    return s.sum(split_out=options.workers).compute().reset_index()


def groups() -> list[Part]:
    return [
        Part("q1", lambda: grouped(["id1"], "v1").agg({"v1": "sum"}).compute().reset_index()),
        Part("q2", lambda: grouped(["id1", "id2"], "v1").agg({"v1": "sum"}).compute().reset_index()),
        Part("q3", lambda: grouped(["id3"], "v1", "v3").agg({"v1": "sum", "v3": "mean"}).compute().reset_index()),
        Part("q4", lambda: grouped(["id4"], "v1", "v2", "v3").mean().compute().reset_index()),
        Part("q5", lambda: grouped(["id6"], "v1", "v2", "v3").sum().compute().reset_index()),
        Part("q6", median_and_deviation),
        Part("q7", value_range),
        Part("q8", two_largest),
        Part("q9", squared_correlation),
        Part("q10", all_keys),
    ]


def joined(right: str, key: str, how: str = "inner"):
    return lambda: read("join-left").merge(read(f"join-{right}"), on=key, how=how).compute()


def joins() -> list[Part]:
    return [
        Part("q1", joined("small", "id1")),
        Part("q2", joined("medium", "id2")),
        Part("q3", joined("medium", "id2", "left")),
        Part("q4", joined("medium", "id5")),
        Part("q5", joined("big", "id3")),
    ]


def summary(frame: pd.DataFrame, columns: str | None) -> tuple[int, float]:
    numbers = frame.select_dtypes("number")
    return len(frame), float(sum(numbers[name].sum() for name in numbers if columns is None or name.startswith(columns)))


measure(options, "dask-dataframe", f"dask {dask.__version__}", {"group-by": groups, "table-join": joins}, summary)

"""pandas' side of the table jobs: JOB FOLDER --workers N --repeats N. pandas reads Parquet with threads, and computes with one."""

import os
import sys

WORKERS = sys.argv[sys.argv.index("--workers") + 1] if "--workers" in sys.argv else "2"
os.environ["OMP_NUM_THREADS"] = WORKERS

import pandas as pd  # noqa: E402
import pyarrow  # noqa: E402

from tables import Part, arguments, measure  # noqa: E402

options = arguments()
pyarrow.set_cpu_count(options.workers)
by = {"as_index": False, "sort": False, "observed": True, "dropna": False}


def read(name: str, *columns: str) -> pd.DataFrame:
    return pd.read_parquet(options.folder / f"{name}.parquet", columns=list(columns) or None)


def two_largest() -> pd.DataFrame:
    return read("groups", "id6", "v3").sort_values("v3", ascending=False).groupby("id6", sort=False).head(2)


def squared_correlation() -> pd.DataFrame:
    """From sums: a function called for each group would take minutes."""
    x = read("groups", "id2", "id4", "v1", "v2").astype({"v1": "float64", "v2": "float64"})
    x = x.assign(xx=x.v1 * x.v1, yy=x.v2 * x.v2, xy=x.v1 * x.v2)
    s = x.groupby(["id2", "id4"], **by).agg(
        n=("v1", "size"), x=("v1", "sum"), y=("v2", "sum"), xx=("xx", "sum"), yy=("yy", "sum"), xy=("xy", "sum")
    )
    covariance, a, b = s.n * s.xy - s.x * s.y, s.n * s.xx - s.x**2, s.n * s.yy - s.y**2
    return s[["id2", "id4"]].assign(v_r2=covariance**2 / (a * b))


def value_range() -> pd.DataFrame:
    s = read("groups", "id3", "v1", "v2").groupby("id3", **by).agg(v1=("v1", "max"), v2=("v2", "min"))
    return s[["id3"]].assign(v_range=s.v1 - s.v2)


def groups() -> list[Part]:
    keys = ["id1", "id2", "id3", "id4", "id5", "id6"]
    return [
        Part("q1", lambda: read("groups", "id1", "v1").groupby("id1", **by).agg({"v1": "sum"})),
        Part("q2", lambda: read("groups", "id1", "id2", "v1").groupby(["id1", "id2"], **by).agg({"v1": "sum"})),
        Part("q3", lambda: read("groups", "id3", "v1", "v3").groupby("id3", **by).agg({"v1": "sum", "v3": "mean"})),
        Part("q4", lambda: read("groups", "id4", "v1", "v2", "v3").groupby("id4", **by).mean()),
        Part("q5", lambda: read("groups", "id6", "v1", "v2", "v3").groupby("id6", **by).sum()),
        Part(
            "q6",
            lambda: read("groups", "id4", "id5", "v3").groupby(["id4", "id5"], **by).agg(v_median=("v3", "median"), v_deviation=("v3", "std")),
        ),
        Part("q7", value_range),
        Part("q8", two_largest),
        Part("q9", squared_correlation),
        Part("q10", lambda: read("groups", *keys, "v3").groupby(keys, **by).agg(v3=("v3", "sum"), v_count=("v3", "size"))),
    ]


def joins() -> list[Part]:
    return [
        Part("q1", lambda: read("join-left").merge(read("join-small"), on="id1")),
        Part("q2", lambda: read("join-left").merge(read("join-medium"), on="id2")),
        Part("q3", lambda: read("join-left").merge(read("join-medium"), on="id2", how="left")),
        Part("q4", lambda: read("join-left").merge(read("join-medium"), on="id5")),
        Part("q5", lambda: read("join-left").merge(read("join-big"), on="id3")),
    ]


def summary(frame: pd.DataFrame, columns: str | None) -> tuple[int, float]:
    numbers = frame.select_dtypes("number")
    return len(frame), float(sum(numbers[name].sum() for name in numbers if columns is None or name.startswith(columns)))


measure(options, "pandas", f"pandas {pd.__version__}", {"group-by": groups, "table-join": joins}, summary)

"""Answers where engines and libraries differ."""

from collections.abc import Callable

import polars as pl

from tables_columns import by_row
from tables_groups import total
from tables_inputs import baskets, products, sales
from tables_joins import left_join

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col


def nan_fifth() -> pl.DataFrame:
    key = pl.when(c.id == 5).then(float("inf")).otherwise("price")
    return sales.with_columns(key=key).sort("key", "id", nulls_last=True).select("id", "day")


def peers() -> pl.DataFrame:
    """Rows up to the current one and those equal to it."""
    rows = []
    for one in sales.rows(named=True):
        upto = [r["id"] for r in sales.rows(named=True)
                if one["units"] is None or (r["units"] is not None and r["units"] <= one["units"])]
        rows.append((one["id"], len(upto), sum(upto)))
    return pl.DataFrame(rows, schema=["id", "n", "s"], orient="row")


def before() -> pl.DataFrame:
    rows = [(i, min(i - 1, 3), sum(range(max(i - 3, 1), i)) or None) for i in range(1, sales.height + 1)]
    return pl.DataFrame(rows, schema=["id", "n", "s"], orient="row")


def of_nulls() -> pl.DataFrame:
    count = sales["units"].null_count()
    return pl.DataFrame({"n": [count], "k": [0], "s": [None], "m": [None], "d": [0], "l": [None], "p": [None], "sd": [None]})


def described() -> pl.DataFrame:
    rows = [(name, str(column.min()), str(column.max()), len(column)) for name, column in products.to_dict().items()]
    return pl.DataFrame(rows, schema=["column_name", "min", "max", "count"], orient="row")


def many() -> pl.DataFrame:
    rows = [(i, None if i % 3 == 0 else f"o{i % 5}", [] if i % 4 == 0 else [f"t{i}"], None if i % 7 == 0 else [i]) for i in range(100)]
    return pl.DataFrame(rows, schema=["id", "owner", "tags", "scores"], orient="row").filter((c.owner != "o1") & (c.id > 90))


CASES |= {
    "edge: doubles to integers": by_row("price", a=round, b=lambda p: round(-p)),
    "edge: not a number is equal to itself and the greatest": by_row("price", a=lambda _: True, b=lambda _: True, c=lambda _: True),
    "edge: sorted, not a number before nulls only": nan_fifth,
    "edge: whole numbers as decimals": lambda: sales.select("id", a="units", b="price"),
    "edge: decimals summed": lambda: sales.group_by(p=c("product")).agg(s=total(c.price), m=c.price.mean(), most=c.price.max()),
    "edge: quantile of texts": lambda: pl.DataFrame({
        "m": [sorted(sales["product"])[sales.height // 2 - 1]], "low": [min(sales["note"].drop_nulls())],
        "high": [max(sales["note"].drop_nulls())]}),
    "edge: aggregates of nulls only": of_nulls,
    "edge: a window sees its row's equals": peers,
    "edge: a window of nothing": before,
    "edge: in and not in, beside nulls": lambda: sales.select("id", a=c.note.is_in(["", "tea"]), b=pl.lit(True)),
    "edge: empty texts are no nulls": lambda: sales.filter(c.note == "").select("id", n=pl.lit(0), x=pl.lit("x")),
    "edge: intersection counts nulls as equal": lambda: sales.select(r="region", x="express").unique().join(
        sales.filter(c.id > 12).select(r="region", x="express").unique(), on=["r", "x"], how="semi", nulls_equal=True),
    "edge: union by position": lambda: pl.concat([sales.select(a="id", b="units"), sales.select(a=c.id * 10, b=c.units + 1)]),
    "edge: left join on a condition of one side": lambda: left_join(
        products, baskets.select("id"), (c.weight > 1) & (c.id < 3)).select(c="code", i="id"),
    "edge: join with no rows": lambda: sales.select(i="id", c=pl.lit(None)),
    "edge: describe": described,
    "edge: more rows than are written as text": many,
}

"""Answers for joins. A column of the right side whose name the left side has is called `…_right`, and so on."""

from collections.abc import Callable

import polars as pl

from tables_inputs import baskets, products, readings, sales

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col


def pairs(left: pl.DataFrame, right: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return left.join(right, how="cross").filter(condition)


def missing(left: pl.DataFrame, right: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    """The left side's rows without a partner."""
    numbered = left.with_row_index("row")
    partners = pairs(numbered, right, condition)["row"].unique()
    return numbered.filter(~c.row.is_in(partners.implode())).drop("row")


def left_join(left: pl.DataFrame, right: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return pl.concat([pairs(left, right, condition), missing(left, right, condition)], how="diagonal")


sold = pairs(sales, products, c("product") == c.code)


def right_join() -> pl.DataFrame:
    condition = (c("product") == c.code) & (c.units > 4)
    # The condition names columns that only one side has.
    flipped = left_join(products, sales, condition)
    return flipped.select("id", code="code", n="name")


def full_join() -> pl.DataFrame:
    some, condition = sales.filter(c.id < 6), c("product") == c.code
    return pl.concat([left_join(some, products, condition), missing(products, some, condition)], how="diagonal").select(
        "id", "code", key=pl.coalesce("product", "code"))


def as_of() -> pl.DataFrame:
    marks = readings.filter(c.sensor == "b").sort("time").select("time", mark="time", value="value")
    return readings.filter(c.sensor == "a").select("time").sort("time").join_asof(marks, on="time").drop_nulls("mark").select(
        at="time", mark="mark", value="value")


def renamed(table: pl.DataFrame, suffix: str) -> pl.DataFrame:
    return table.rename({name: name + suffix for name in table.columns})


def three() -> pl.DataFrame:
    return pairs(sold, renamed(products, "_2"), c.region == c.region_2).select(
        "id", first="region_right", second="region_2", name="name", other="name_2")


def right_side() -> pl.DataFrame:
    both = pairs(products, products, c.region == c.region_right)
    return pairs(renamed(products, "_0"), both, c.code_0 == c.code_right).select(
        a="name_0", b="name", c="name_right", r="region_right")


def of_joins() -> pl.DataFrame:
    some = sold.filter(c.id < 9)
    return pairs(some, renamed(some, "_2"), (c.region == c.region_2) & (c.id < c.id_2)).select(
        a="id", b="id_2", x="name", y="name_2")


def left_joins() -> pl.DataFrame:
    first = left_join(products, products.filter(c.weight > 1), (c.region == c.region_right) & (c.code != c.code_right))
    second = left_join(first, baskets.select("id"), c.name_right.str.len_chars().cast(pl.Int64) == c.id)
    return second.select(a="code", b="code_right", c="id")


CASES |= {
    "join": lambda: sold.select("id", "name"),
    "join keeps all columns": lambda: sold.filter(c.id < 4),
    "join, equal names of both": lambda: sold.select("id", own="region", other="region_right", same=c.region == c.region_right),
    "join on two conditions": lambda: sold.filter(c.region == c.region_right).select("id", "code"),
    "join on an inequality": lambda: pairs(sales, products, c.price < c.weight).select("id", "code"),
    "left join": lambda: left_join(sales, products, c("product") == c.code).select("id", "name"),
    "left join, rows without partner": lambda: missing(sales, products, c("product") == c.code).select("id", p="product"),
    "right join": right_join,
    "full join": full_join,
    "join on nullable columns": lambda: pairs(sales, products, c.region == c.region_right).select("id", "code"),
    "semi join": lambda: products.join(sales.filter(c.units > 4), left_on="code", right_on="product", how="semi"),
    "anti join": lambda: products.join(sales, left_on="code", right_on="product", how="anti"),
    "anti join, nulls": lambda: sales.join(products, on="region", how="anti").select("id", r="region"),
    "cross join": lambda: products.join(baskets, how="cross").select("code", "id"),
    "as-of join": as_of,
    "self join": lambda: pairs(sales, sales, (c("product") == c.product_right) & (c.id < c.id_right)).select(a="id", b="id_right"),
    "three tables with equal names": three,
    "a join on the right side": right_side,
    "join of joins": of_joins,
    "join, then adding": lambda: sold.with_columns(load=c.units * c.weight, near=c.region == c.region_right).filter(c.load > 1).select(
        "id", "load", "near", r="region_right"),
    "adding, then join": lambda: products.select(
        a="name", size=c.name.str.len_chars().cast(pl.Int64), b="region"),
    "join, then grouped": lambda: sold.group_by(region="region_right").agg(
        n=pl.len(), units=pl.when(c.units.count() > 0).then(c.units.sum()), weight=c.weight.max()),
    "left join, then left join": left_joins,
    "join with aggregates of the same table": lambda: sales.select(
        "id", share=c.units.cast(pl.Float64) / c.units.sum().over("product")),
    "join of tables with unknown columns": lambda: sold.select("id", own="region", other="region_right", code="code"),
    "semi join of tables with unknown columns": lambda: sales.filter(c("product").is_in(products["code"].implode()) & (c.id > 20)).select(
        "id", "product"),
}

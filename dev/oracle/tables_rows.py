"""Answers for choosing rows and columns, set operations and reshaping."""

from collections.abc import Callable
from datetime import date

import polars as pl

from tables_inputs import baskets, products, sales

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col
by_id = sales.sort("id")


def filters(**conditions: pl.Expr) -> None:
    for name, condition in conditions.items():
        CASES[name] = lambda condition=condition: sales.filter(condition)


filters(**{
    "filter greater": c.units > 3,
    "filter greater or equal of two columns": c.units.cast(pl.Float64) >= c.price,
    "filter equal text": c("product") == "tea",
    "filter unequal leaves nulls out": c.region != "north",
    "filter and, or": ((c.units > 3) | c.express) & (c.region == "south"),
    "filter not": ~(c.units > 3),
    "filter nullable condition": c.express,
    "filter is nil": c.region.is_null(),
    "filter is not nil": c.region.is_not_null(),
    "filter twice": (c.units > 1) & (c.price < 5),
    "filter is in": c("product").is_in(["tea", "salt"]),
    "filter is in nothing": pl.lit(False),
    "filter is not in": ~c.region.is_in(["north", "west"]),
    "filter is between": c.price.is_between(2.5, 5),
    "filter is between columns": c.id.is_between(c.units, c.units * 4),
    "filter by day": c.day >= date(2024, 3, 1),
    "filter text with quotes": c.note == "it's \"so\"",
    "filter by a window": c.id == c.id.max().over("product"),
    "filter everything out": pl.lit(False),
})


def last(table: pl.DataFrame, *keys: str, descending: list[bool] | bool = False, nulls_last: bool = True) -> pl.DataFrame:
    return table.sort(*keys, descending=descending, nulls_last=nulls_last)


def with_products(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(r=c.region, p=c("product"))


CASES |= {
    "is same as, with nulls": lambda: sales.select("id", same=c.region.eq_missing(c.note)),
    "sorted ascending": lambda: last(sales, "units", "id"),
    "sorted descending, nulls first": lambda: sales.sort("price", "id", descending=True, nulls_last=[False, True]),
    "sorted by text": lambda: last(sales, "note", "id"),
    "sorted by key path": lambda: products.sort("name", descending=True),
    "sorted by an expression": lambda: last(sales.with_columns(k=-c.units), "k", "id").drop("k"),
    "sorted, then selected without the key": lambda: last(sales, "day", "id", descending=[True, False]).select("id", twice=c.units * 2),
    "sorted, then a column of the key's name": lambda: by_id.select(id=-c.id, day=c.day),
    "sorted, then filtered": lambda: by_id.reverse().filter(c.units > 2),
    "sorted twice": lambda: by_id,
    "limit": lambda: by_id.head(5),
    "limit with offset": lambda: by_id.slice(3, 5),
    "limit of limit": lambda: by_id.slice(2, 9).slice(1, 4),
    "limit, then filter": lambda: by_id.head(10).filter(c("product") == "tea"),
    "limit, then sorted": lambda: by_id.head(6).reverse(),
    "limit, then selected": lambda: by_id.head(3).select(n=c.id + 1, p=c("product")),
    "head": lambda: by_id.head(3),
    "top": lambda: last(products, "weight", descending=True).head(2),
    "bottom": lambda: last(products, "weight").head(2),
    "distinct": lambda: sales.select("region", "product").unique(),
    "distinct, then limited": lambda: sales.select("product", x=c("product").str.len_chars()).unique().sort("product").head(2),
    "distinct on, first of an order": lambda: last(sales, "price", "id", descending=[True, False]).unique("product", keep="first", maintain_order=True),
    "distinct on all of some": lambda: by_id.unique(["region", "express"], keep="first", maintain_order=True),
    "distinct on, of limited rows": lambda: by_id.reverse().head(8).unique("product", keep="first", maintain_order=True),
    "union of all": lambda: pl.concat([sales.filter(c.id < 4), sales.filter(c.id < 6)]),
    "union without duplicates": lambda: sales.filter(c.id < 6),
    "union of one plan with itself": lambda: pl.concat([sales.filter(c.units > 3).select("id", "units")] * 2),
    "union of limited tables": lambda: pl.concat([by_id.head(2), by_id.reverse().head(2)]),
    "union, then grouped": lambda: pl.concat([sales, sales]).group_by(p=c("product")).agg(n=pl.len()),
    "intersection": lambda: with_products(sales).unique().join(
        with_products(sales.filter(c.units > 2)).unique(), on=["r", "p"], how="semi", nulls_equal=True),
    "subtracting": lambda: with_products(sales).unique().join(
        with_products(sales.filter(c.units > 2)).unique(), on=["r", "p"], how="anti", nulls_equal=True),
    "dropping nulls of all columns": lambda: sales.drop_nulls(),
    "dropping nulls of some columns": lambda: sales.drop_nulls(["units", "region"]),
    "filling nulls": lambda: sales.with_columns(c.units.fill_null(0), c.region.fill_null("nowhere")),
    "replacing a column": lambda: sales.with_columns(price=c.price * 2 + 1),
    "value counts": lambda: last(
        sales.group_by(value=c.region).agg(count=pl.len()), "count", "value", descending=[True, False]),
    "sample of all": lambda: sales,
    "numbers": lambda: pl.DataFrame({"n": [3, 4, 5, 6], "square": [9, 16, 25, 36]}),
}

total = (c.price * c.units.cast(pl.Float64)).alias("total")
CASES |= {
    "select columns": lambda: sales.select("product", "id"),
    "select one": lambda: sales.select("units").filter(c.units > 3),
    "select one expression": lambda: sales.select(value=c.units + 1),
    "select literals": lambda: sales.select("id", one=pl.lit(1), x=pl.lit("it's"), no=pl.lit(None)),
    "select, then filter by an alias": lambda: sales.select("id", double=c.units * 2).filter(c.double > 6),
    "select swaps names": lambda: sales.select(id=c.units, units=c.id),
    "select twice": lambda: sales.select(c=c.id + 1, d=c.units),
    "adding two": lambda: sales.with_columns(total, is_big=c.units > 3),
    "adding, then filter by both": lambda: sales.with_columns(total, is_big=c.units > 3).filter((c.total > 6) & (c.id < 15)),
    "adding one": lambda: sales.with_columns(value=c.id * 10).filter((c.value > 100) & (c.id < 15)),
    "adding replaces": lambda: sales.with_columns(units=c.units.cast(pl.String), x=c.id).filter(c.units == "4"),
    "adding after adding": lambda: sales.select("id", c=(c.id + 1) * (c.id + 2), d=c.id, a=c.id + 1),
    "adding to aggregates": lambda: sales.group_by(p=c("product")).agg(n=pl.len()).with_columns(twice=c.n * 2, more=c.n + 1),
    "adding by name": lambda: sales.with_columns(half=c.id // 2).filter(c.half == 3),
    "as another row": lambda: sales.select("product", "id").filter(c.id > 20),
    "untyped select": lambda: sales.select("id", "region"),
    "untyped dropping": lambda: sales.drop("note", "express", "price", "day"),
    "untyped renaming": lambda: products.rename({"code": "id", "name": "Title"}),
    "untyped sorted": lambda: products.sort("code", descending=True),
    "sql over tables": lambda: sales.filter(c.id > 4).group_by("product").agg(n=pl.len()),
    "sql with one name for two tables": lambda: sales.filter((c.id < 3) | (c.id > 22)).select("id"),
    "sql, then operations": lambda: sales.filter(c.units > 5).select("units", c.id * 2),
    "sql, adding a new column to unknown ones": lambda: sales.select("id", "units", more=c.id * 2),
}


def pivoted(table: pl.DataFrame, of: str, values: list[str], rows: list[str], value: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    cells = [value((c(of) == one).fill_null(False)).alias(one) for one in values]
    return table.group_by(rows).agg(*cells) if rows else table.select(*cells)


def total_or_null(column: pl.Expr) -> pl.Expr:
    """SQL's sum: null rather than 0 when there is no value."""
    return pl.when(column.count() > 0).then(column.sum())


CASES |= {
    "pivot of sums": lambda: pivoted(
        sales, "product", ["tea", "salt", "none"], ["region"], lambda rows: total_or_null(c.units.filter(rows))),
    "pivot of counts": lambda: pivoted(sales, "product", ["tea", "salt"], ["region", "express"], lambda rows: rows.sum().cast(pl.Int64)),
    "pivot of conditional expressions": lambda: pivoted(
        sales, "region", ["north", "south"], ["product"], lambda rows: pl.when(rows.sum() > 2).then(total_or_null(c.units.filter(rows)))),
    "pivot without rows": lambda: pivoted(sales, "product", ["tea", "salt"], [], lambda rows: c.price.filter(rows).max()),
    "unpivoted": lambda: products.select("code", "name", "region").unpivot(
        ["name", "region"], index="code", variable_name="which").rename({"which": "name"}),
    "unpivoted, named": lambda: sales.select("id", "units", length=c("product").str.len_chars().cast(pl.Int64)).unpivot(
        ["units", "length"], index="id", variable_name="which", value_name="number").filter(c.number > 4),
    "unnested": lambda: baskets.select("id", tag="tags").filter(c.tag.list.len() > 0).explode("tag"),
    "unnested nullable": lambda: baskets.select("id", score="scores").filter(c.score.list.len() > 0).explode("score"),
    "unnested, then counted": lambda: baskets.select(tag="tags").filter(c.tag.list.len() > 0).explode("tag").group_by("tag").agg(n=pl.len()),
    "list count": lambda: baskets.select("id", tags=c.tags.list.len(), scores=c.scores.list.len()),
    "list contains": lambda: baskets.filter(c.tags.list.contains("ü")).select("id", has=c.scores.list.contains(3)),
    "list elements": lambda: baskets.select(
        "id", first=c.tags.list.get(0, null_on_oob=True), last=c.tags.list.get(-1, null_on_oob=True),
        third=c.scores.list.get(2, null_on_oob=True)),
    "list sorted, reversed, distinct": lambda: baskets.select(
        "id", s=c.scores.list.sort(), r=c.scores.list.reverse(), d=c.tags.list.unique().list.sort()),
    "list joined": lambda: baskets.select("id", text=c.tags.list.join("+")),
    "list numbers": lambda: baskets.select(
        "id", sum=pl.when(c.scores.list.len() > 0).then(c.scores.list.sum()), mean=c.scores.list.mean(), min=c.scores.list.min(),
        max=c.scores.list.max()),
}

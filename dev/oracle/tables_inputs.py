"""The tables that the cases of dev/oracle/tables.py are about: small, with nulls, ties, duplicates, empty texts, other scripts, negative
numbers, zeros, leap days and days at the ends of weeks and years. Prices are positive, as logarithms are asked for."""

from datetime import date, datetime, timezone
from functools import partialmethod

import polars as pl

# The same script writes the same file: rows without an order stay in that in which they came.
pl.DataFrame.group_by = partialmethod(pl.DataFrame.group_by, maintain_order=True)
_unique = pl.DataFrame.unique


def _unique_in_order(table: pl.DataFrame, *arguments, **options) -> pl.DataFrame:
    return _unique(table, *arguments, **{"keep": "first"} | options | {"maintain_order": True})


pl.DataFrame.unique = _unique_in_order

_days = """2024-02-29 2023-12-31 2024-01-01 2021-01-03 1969-12-31 2023-01-31 2024-01-31 2023-02-28 2024-12-30 2024-03-01 2000-02-29
2024-02-28 2024-02-29 2023-06-15 2024-03-31 2024-03-01 2023-12-31 2022-08-08 2024-10-31 1970-01-01 2023-03-31 2024-01-28 2024-05-05
2024-02-29""".split()
_regions = ["north", "south", None, "west", "north", "", "south", None, "north", "Süd", "south", "north", None, "west", "south", "north",
            "", "south", "Süd", None, "north", "south", "west", "south"]
_products = ["tea", "salt", "tea", "sugar", "käse", "salt", "tea", "Tea", "pie", "salt", "tea", "sugar", "käse", "tea", "salt", "pie",
             "sugar", "tea", "käse", "salt", "Tea", "tea", "sugar", "salt"]
_units = [4, 2, None, 7, 0, 3, 8, -2, 4, None, 1, 5, 6, 4, 2, None, 3, 5, -1, 7, 0, None, 4, 6]
_prices = [2.5, 4.5, 8.0, 0.5, 12.25, 2.0, None, 4.5, 3.125, 8.0, 1.75, 2.5, None, 0.25, 6.5, 4.5, 9.75, 5.0, 1.5, 0.75, 3.5, 10.5, 7.25,
           None]
_express = [True, False, None, True, False, True, None, False, True, True, False, None, True, False, False, None, True, False, True, None,
            False, True, True, False]
_notes = ["it's \"so\"", None, "", "100%", " a ", "12", "1.5", "-7", "abc", "ü", "tea", "2024-02-29", "2023-02-29", "north", " 7", "1e3",
          "Ångström", None, "a_b", "south", "日本", "\ttab", "zebra", "Zebra"]

SALES = [
    {"id": index + 1, "day": date.fromisoformat(day), "region": region, "product": product, "units": units, "price": price,
     "express": express, "note": note}
    for index, (day, region, product, units, price, express, note) in enumerate(
        zip(_days, _regions, _products, _units, _prices, _express, _notes, strict=True))
]

PRODUCTS = [dict(zip(("code", "name", "weight", "region"), row, strict=True)) for row in [
    ("tea", "The green tea", 0.25, "north"),
    ("salt", "salt of the Sea", 1.5, "south"),
    ("sugar", "Brown  Sugar", 1.0, "north"),
    ("käse", "Käse Straße", 3.75, None),
    ("none", "Nothing", None, "west"),
    ("oats", "Oats", 10.0, "south"),
    ("Tea", "cafe\u0301 e\u0301te\u0301", 0.0, ""),
    ("ice", "", -0.5, "Süd"),
]]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


READINGS = [dict(zip(("time", "sensor", "value"), (_moment(time), sensor, value), strict=True)) for time, sensor, value in [
    ("2024-02-29 08:00:00", "a", 1.5), ("2024-02-29 09:59:59", "a", None), ("2024-02-29 10:00:00", "b", -3.0),
    ("2024-02-29 10:15:00", "a", 0.0), ("2024-02-29 10:15:00.500000", "b", 2.25), ("2024-02-29 11:00:00", "a", 4.0),
    ("2024-02-29 11:00:00.500000", "b", None), ("2024-02-29 23:59:59.999999", "a", -1.0), ("2024-03-01 00:00:00", "b", 7.0),
    ("2023-12-31 23:30:00", "a", 9.0), ("1969-12-31 23:59:59", "b", -7.5), ("2024-03-31 12:34:56", "a", 9.0),
]]

BASKETS = [dict(zip(("id", "owner", "tags", "scores"), row, strict=True)) for row in [
    (1, "Ann", ["red", "ü", "red"], [3, 1, 2]),
    (2, None, [], None),
    (3, "Bo", ["it's", ""], []),
    (4, "Ann", ["日本"], [5, 5, -5, 0]),
    (15, "", ["b", "a", "c", "a"], [3]),
]]

sales = pl.DataFrame(SALES, schema={
    "id": pl.Int64, "day": pl.Date, "region": pl.String, "product": pl.String, "units": pl.Int64, "price": pl.Float64,
    "express": pl.Boolean, "note": pl.String})
products = pl.DataFrame(PRODUCTS, schema={"code": pl.String, "name": pl.String, "weight": pl.Float64, "region": pl.String})
readings = pl.DataFrame(READINGS, schema={"time": pl.Datetime("us"), "sensor": pl.String, "value": pl.Float64})
baskets = pl.DataFrame(BASKETS, schema={"id": pl.Int64, "owner": pl.String, "tags": pl.List(pl.String), "scores": pl.List(pl.Int64)})


def encoded() -> dict[str, list[dict]]:
    """As the Swift structures of the rows are decoded from JSON."""
    epoch = date(1970, 1, 1)
    return {
        "sales": [row | {"day": {"daysSince1970": (row["day"] - epoch).days}} for row in SALES],
        "products": PRODUCTS,
        "readings": [row | {"time": row["time"].replace(tzinfo=timezone.utc).timestamp()} for row in READINGS],
        "baskets": BASKETS,
    }

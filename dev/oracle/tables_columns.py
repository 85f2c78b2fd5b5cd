"""Answers for functions of numbers, truths, nulls, days and moments."""

import bisect
import calendar
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction

import polars as pl

from tables_inputs import readings, sales

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col
real = c.id.cast(pl.Float64)


def sold(**columns: pl.Expr) -> Callable[[], pl.DataFrame]:
    return lambda: sales.select("id", **columns)


def each(table: pl.DataFrame, names: list[str], **functions: Callable) -> pl.DataFrame:
    """Python functions of some columns of each row; null where one of the columns is."""
    columns = {}
    for name, function in functions.items():
        columns[name] = [None if None in row else function(*row) for row in table.select(names).rows()]
    return pl.DataFrame(columns, strict=False)


def by_row(*names: str, **functions: Callable) -> Callable[[], pl.DataFrame]:
    return lambda: pl.concat([sales.select("id"), each(sales, list(names), **functions)], how="horizontal")


def quotient(a: int, b: int) -> int | None:
    """Towards zero, as Swift's and SQL's; Python's goes down."""
    return None if b == 0 else int(math.copysign(1, a) * math.copysign(1, b)) * (abs(a) // abs(b))


def remainder(a: int, b: int) -> int | None:
    return None if b == 0 else a - b * quotient(a, b)


def rounded(value: float, places: int = 0) -> float:
    """Halves away from zero."""
    unit = Fraction(10) ** places
    whole = math.floor(abs(Fraction(value)) * unit + Fraction(1, 2))
    return math.copysign(float(whole / unit), value)


def angle(function: Callable) -> Callable:
    return lambda price, _: function(price)


CASES |= {
    "arithmetic of integers": sold(a=c.id + 2, b=c.units - 10, c=c.units * c.units, d=3 * c.id),
    "arithmetic of mixed nullability": sold(a=c.id + c.units, b=c.units - c.id, c=c.id * c.units),
    "quotient of integers": lambda: pl.concat([
        by_row("id", a=lambda i: quotient(i - 12, 5))(), each(sales, ["units"], b=lambda u: quotient(u, 2)),
        each(sales, ["id"], c=lambda i: quotient(100, i))], how="horizontal"),
    "quotient of integers of mixed nullability": by_row("id", "units", a=quotient, b=lambda i, u: quotient(u, i)),
    "quotient by zero": by_row("id", a=lambda i: quotient(i, i - 5), b=lambda i: remainder(i, i - 5)),
    "remainder": lambda: pl.concat([
        by_row("id", a=lambda i: remainder(i - 12, 5))(), each(sales, ["units"], b=lambda u: remainder(u, 3))], how="horizontal"),
    "quotient of doubles": sold(a=c.price / 2, b=c.price / real, c=1 / (c.price + 10)),
    "negated": sold(a=-c.id, b=c.units, c=pl.lit(3), d=pl.lit(3)),
    "magnitude, sign": sold(a=(c.id - 12).abs(), b=(c.id - 12).sign(), c=(c.price - 4).sign()),
    "rounded": lambda: pl.concat([
        by_row("price", a=rounded, b=lambda p: rounded(p / 3, 2))(), each(sales, ["id"], c=lambda i: int(rounded(i * 37, -2)))],
        how="horizontal"),
    "rounded down and up": sold(a=c.price.floor(), b=c.price.ceil(), c=c.id, d=-c.price.floor()),
    "roots, powers, logarithms": by_row(
        "price", a=math.sqrt, b=lambda p: p ** 1.5, c=math.log, d=math.log2, e=math.log10, f=lambda p: math.exp(p / 4), g=math.cbrt),
    "trigonometry": by_row(
        "price", "id", a=angle(math.sin), b=angle(math.cos), c=angle(math.tan), d=angle(lambda p: math.asin(p / 20)),
        e=angle(lambda p: math.acos(p / 20)), f=angle(math.atan), g=math.atan2, h=angle(math.degrees), i=angle(math.radians)),
    "hyperbolic functions": by_row("price", a=lambda p: math.sinh(p / 4), b=lambda p: math.cosh(p / 4), c=math.tanh),
    "not a number": by_row("price", a=lambda _: True, b=lambda _: False, c=lambda _: None),
    "clamped": sold(a=c.units.clip(2, 4), b=c.id.clip(5, 10)),
    "bins": by_row("price", a=lambda p: bisect.bisect_right([2, 4.5, 8], p)),
    "greatest, least": sold(a=pl.max_horizontal("units", "id"), b=pl.min_horizontal(c.units, pl.lit(3))),
    "bits": sold(a=c.id & 6, b=c.id | c.units.fill_null(0)),
    "cast to text and back": sold(a=c.id.cast(pl.String), b=c.units),
    "cast of a truth": sold(a=c.express.cast(pl.Int64)),
    "cast of an integer to a double": sold(a=real / 8),
    "small and unsigned integers": sold(a=c.id + 100, b=c.id * 2, c=c.id - 50),
    "single precision": sold(a=(real + 0.5) * 2),
    "comparison of literals on the left": sold(a=c.units > 3, b=c.id <= 5, c=c.units == 4, d=c.id != 4),
}

CASES |= {
    "null: is null": sold(a=c.region.is_null(), b=c.units.is_not_null(), c=c.express.is_null()),
    "null: coalesce": sold(a=c.units.fill_null(-1), b=pl.coalesce("region", "note"), c=pl.coalesce("note", "product")),
    "null: null if": sold(a=pl.when(c("product") != "tea").then("product"), b=pl.when(c.units != 4).then("units")),
    "null: comparisons": sold(a=c.units > 3, b=c.units == c.id, c=c.id != c.units, d=~c.express),
    "null: and, or, not": sold(
        a=c.express & (c.units > 3), b=c.express | (c.units > 3), c=~c.express, d=(c.id > 5) & c.express, e=c.express | (c.id > 5)),
    "null: arithmetic": sold(a=c.units + 1, b=c.price * c.units),
    "null: is in": sold(a=c.units.is_in([3, 4]), b=~c.units.is_in([3, 4]), c=c.units.is_between(2, 4)),
    "cases of values": sold(a=pl.when(c.units < 2).then(pl.lit("few")).when(c.units < 5).then(pl.lit("some")).otherwise(pl.lit("many"))),
    "cases of columns": sold(
        a=pl.when(c.units > 4).then("product").when(c.id < 4).then(c("product") + "!").otherwise(pl.lit("-"))),
    "then, else": sold(
        a=pl.when("express").then(pl.lit("fast")).otherwise(pl.lit("slow")), b=pl.when(c.id > 9).then("units"),
        c=pl.when(c.id > 9).then("id").otherwise(-c.id)),
    "mapped": sold(a=c.region.replace_strict({"north": 1, "south": 2}, default=0)),
    "null: text": sold(
        a=c.note.str.to_uppercase(), b=c.note.str.contains("a", literal=True), c=c.note + c.region),
}


def months_later(day: date | datetime, months: int) -> date | datetime:
    """The last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(end: date, start: date) -> int:
    """The most whole months that can be added to the earlier one without passing the later one."""
    if end < start:
        return -months_between(start, end)
    months = 0
    while months_later(start, months + 1) <= end:
        months += 1
    return months


def cut(span: timedelta, unit: timedelta) -> int:
    return quotient(span // timedelta(microseconds=1), unit // timedelta(microseconds=1))


def of_readings(**functions: Callable) -> Callable[[], pl.DataFrame]:
    return lambda: each(readings, ["time"], **functions)


second, hour, ten = timedelta(seconds=1), timedelta(hours=1), datetime(2024, 2, 29, 10)

CASES |= {
    "day: parts": by_row("day", y=lambda d: d.year, q=lambda d: (d.month + 2) // 3, m=lambda d: d.month, d=lambda d: d.day),
    "day: of week and year": by_row(
        "day", w=lambda d: d.isoweekday(), n=lambda d: d.timetuple().tm_yday, k=lambda d: d.isocalendar().week),
    "day: truncated": by_row(
        "day", y=lambda d: d.replace(month=1, day=1), q=lambda d: d.replace(month=(d.month - 1) // 3 * 3 + 1, day=1),
        m=lambda d: d.replace(day=1), w=lambda d: d - timedelta(days=d.isoweekday() - 1)),
    "day: formatted": by_row("day", a=lambda d: d.strftime("%Y/%m/%d"), b=lambda d: d.strftime("%j")),
    "day: names": by_row("day", a=lambda d: calendar.day_name[d.weekday()], b=lambda d: calendar.month_name[d.month]),
    "day: adding": by_row(
        "day", "id", a=lambda d, _: d + timedelta(days=30), b=lambda d, _: months_later(d, 1), c=lambda d, _: months_later(d, -12),
        d=lambda d, _: d + timedelta(days=14), e=lambda d, i: d + timedelta(days=i)),
    "day: last of month": by_row("day", a=lambda d: d.replace(day=calendar.monthrange(d.year, d.month)[1])),
    "day: differences": by_row(
        "day", days=lambda d: (d - date(2024, 1, 28)).days, months=lambda d: months_between(d, date(2023, 1, 31)), back=lambda _: 10),
    "day: grouped by month": lambda: sales.group_by(month=c.day.dt.truncate("1mo")).agg(n=pl.len()),
    "day: least and greatest": lambda: sales.select(first=c.day.min(), last=c.day.max()),
    "time: parts": lambda: pl.concat([
        each(readings, ["time"], h=lambda t: t.hour, m=lambda t: t.minute, s=lambda t: t.second, d=lambda t: t.date()),
        readings.select(v="value")], how="horizontal"),
    "time: truncated": of_readings(
        h=lambda t: t.replace(minute=0, second=0, microsecond=0), m=lambda t: t.replace(second=0, microsecond=0),
        d=lambda t: t.replace(hour=0, minute=0, second=0, microsecond=0)),
    "time: adding": of_readings(a=lambda t: t + 90 * second, b=lambda t: t + 2 * hour, c=lambda t: months_later(t, 1)),
    "time: differences": of_readings(s=lambda t: cut(t - ten, second), h=lambda t: cut(t - ten, hour)),
    "time: formatted, seconds since 1970": of_readings(
        a=lambda t: t.strftime("%H:%M:%S"), b=lambda t: (t - datetime(1970, 1, 1)).total_seconds()),
    "time: filter": lambda: readings.filter(c.time > datetime(2024, 2, 29, 11)),
}

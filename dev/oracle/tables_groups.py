"""Answers for groups and windows."""

from collections.abc import Callable

import polars as pl

from tables_inputs import sales
from tables_rows import total_or_null as total

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col
number = pl.Float64


def grouped(*aggregates: pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    return sales.group_by(p=c("product")).agg(*aggregates, **named)


def whole(**named: pl.Expr) -> pl.DataFrame:
    return sales.select(**named)


def kept(column: pl.Expr, condition: pl.Expr) -> pl.Expr:
    return column.filter(condition.fill_null(False))


def discrete(values: pl.Series) -> int:
    ordered = sorted(values)
    return ordered[-(-len(ordered) // 2) - 1]


def texts(column: pl.Expr) -> pl.Expr:
    known = column.sort_by("id").drop_nulls()
    return pl.when(known.len() > 0).then(known.str.join(","))


def truth(column: pl.Expr, how: str) -> pl.Expr:
    known = column.drop_nulls()
    return pl.when(known.len() > 0).then(getattr(known, how)())


def listed(column: pl.Expr) -> pl.Expr:
    known = column.drop_nulls()
    return pl.when(known.len() > 0).then(known.implode())


def no_rows() -> pl.DataFrame:
    return pl.DataFrame({"n": [0], "s": [None], "l": [None], "m": [None]})


CASES |= {
    "group: count": lambda: sales.group_by(key=c("product")).agg(count=pl.len()),
    "group: null is a key": lambda: sales.group_by("region").agg(n=pl.len(), k=c.region.count()),
    "group: two keys": lambda: sales.group_by(r=c.region, e=c.express).agg(n=pl.len(), u=total(c.units)),
    "group: by an expression": lambda: sales.group_by(rest=c.id % 3).agg(n=pl.len(), least=c.id.min()),
    "group: by a constant": lambda: pl.DataFrame({"one": [1], "n": [sales.height]}),
    "group: key of an aggregate's name": lambda: sales.group_by(key=c("product")).agg(product=pl.len()).select("product", "key"),
    "group: counts": lambda: grouped(
        units=c.units.count(), nulls=c.units.is_null().sum(), many=(c.units > 3).sum(), regions=c.region.drop_nulls().n_unique(),
        pairs=kept(pl.struct("region", "express"), c.region.is_not_null() & c.express.is_not_null()).n_unique()),
    "group: about how many different": lambda: whole(n=c.express.drop_nulls().n_unique(), p=c("product").n_unique()),
    "group: sum, mean, least, greatest": lambda: grouped(
        s=total(c.units), m=c.units.mean(), low=c.price.min(), high=c.price.max(), text=c.region.max()),
    "group: of expressions": lambda: grouped(
        total=total(c.price * c.units), mean=(c.units * 2).mean(), low=(-c.id).min(),
        high=(c("product").str.len_chars().cast(pl.Int64) + c.id).max()),
    "group: arithmetic of aggregates": lambda: grouped(
        spread=c.price.max() - c.price.min(), ratio=total(c.units).cast(number) / pl.len().cast(number)),
    "group: deviation and variance": lambda: grouped(
        sd=c.price.std(), v=c.price.var(), psd=c.price.std(ddof=0), pv=c.price.var(ddof=0)),
    "group: median, quantiles": lambda: grouped(
        m=c.price.median(), q=c.price.quantile(0.9, "linear"), u=c.units.median()),
    "group: quantile that is a value": lambda: pl.DataFrame(
        [(key[0], discrete(rows["id"])) for key, rows in sales.group_by("product")], schema=["p", "d"], orient="row"),
    "group: correlation, covariance": lambda: sales.drop_nulls(["price", "units"]).select(
        corr=pl.corr("price", "units"), cov=pl.cov("price", "units")),
    "group: skewness, kurtosis": lambda: whole(s=c.price.skew(bias=False), k=c.price.kurtosis(bias=False)),
    "group: product": lambda: sales.group_by(e=c.express).agg(p=c.units.cast(number).product()),
    "group: first, last": lambda: grouped(f=c.units.sort_by("id").first(), l=c.units.sort_by("id").last()),
    "group: value at least and greatest": lambda: sales.drop_nulls("price").group_by(p=c("product")).agg(
        a=c.id.sort_by("price").first(), b=c.id.sort_by("price").last()),
    "group: list": lambda: grouped(u=c.units.sort_by("id").drop_nulls()),
    "group: different values as a list": lambda: grouped(r=c.region.drop_nulls().unique().sort()),
    "group: joined texts": lambda: grouped(r=texts(c.region)),
    "group: any, all": lambda: grouped(
        any=truth(c.units > 6, "any"), all=truth(c.units > 0, "all"), e=truth(c.express, "any")),
    "group: most frequent": lambda: whole(m=c("product").mode().first(), one=pl.lit(True)),
    "group: filtered": lambda: grouped(
        s=total(kept(c.units, c.express)), n=kept(c.id, (c.units > 2) & (c.id < 12)).len(), m=kept(c.price, c.id > 5).mean(),
        c=kept(c.id, (c.id > 5) & c.express).len()),
    "group: whole table": lambda: whole(n=pl.len(), s=c.units.sum(), first=c.day.min()),
    "group: no rows": no_rows,
    "group: no rows, with a key": lambda: pl.DataFrame({"p": [], "n": []}),
    "group: one aggregate": lambda: whole(value=c.units.sum()),
    "group: filter on aggregates": lambda: grouped(n=pl.len()).filter(c.n > 4),
    "group: sorted by aggregates": lambda: grouped(n=pl.len(), s=total(c.units)).sort("n", "p", descending=[True, False]).head(3),
    "group: of groups": lambda: sales.group_by(r=c.region, p=c("product")).agg(n=pl.len()).group_by("r").agg(
        products=pl.len(), most=c.n.max()),
    "group: keys may be null": lambda: sales.group_by(e=c.express, u=c.units.is_null()).agg(n=pl.len()),
}

ordered = sales.sort("id")


def running(column: pl.Expr) -> pl.Expr:
    """SQL's sum of the rows so far: null while there is no value."""
    return pl.when(column.is_not_null().cum_sum() > 0).then(column.fill_null(0).cum_sum())


def frames(before: int, after: int) -> pl.DataFrame:
    rows = []
    for place in range(ordered.height):
        frame = ordered.slice(max(place - before, 0), place + after + 1 - max(place - before, 0))
        rows.append((ordered["id"][place], frame["units"].min(), frame["units"].max(), frame.height, frame["id"][0], frame["id"][-1]))
    return pl.DataFrame(rows, schema=["id", "low", "high", "n", "f", "l"], orient="row")


def ranks() -> pl.DataFrame:
    # Nulls come last and are equal.
    key = c.units.fill_null(1000)
    return sales.select(
        "id", r=key.rank("min"), d=key.rank("dense"), p=(key.rank("min").cast(number) - 1) / (pl.len() - 1))


def tiles(count: int) -> pl.DataFrame:
    """The first parts have one row more where the rows do not divide."""
    size, rest = divmod(ordered.height, count)
    numbers = [part + 1 for part in range(count) for _ in range(size + (part < rest))]
    return ordered.select("id", t=pl.Series(numbers))


def over(expression: pl.Expr) -> pl.Expr:
    return expression.over("product")


by_price = sales.sort("price", "id", descending=[True, False], nulls_last=True)

CASES |= {
    "window: row number": lambda: ordered.select("id", n=sales.height + 1 - c.id),
    "window: row number in partitions": lambda: by_price.select("id", n=over(pl.int_range(1, pl.len() + 1))),
    "window: ranks": ranks,
    "window: tiles": lambda: tiles(5),
    "window: lag, lead": lambda: ordered.select(
        "id", a=over(c.id.shift(1)), b=over(c.units.shift(-1)), c=over(c("product").shift(2))),
    "window: difference to the row before": lambda: ordered.select("id", d=over(c.id - c.id.shift(1))),
    "window: cumulative sum": lambda: ordered.select("id", s=over(running(c.units))),
    "window: moving mean": lambda: ordered.select("id", m=c.id.cast(number).rolling_mean(3, min_samples=1)),
    "window: frame on both sides": lambda: frames(1, 2),
    "window: whole partition": lambda: sales.select(
        "id", n=over(pl.len()), share=c.units.cast(number) / over(c.units.sum()), mean=over(c.price.mean())),
    "window: first and last of the partition": lambda: ordered.select("id", f=over(c.id.min()), l=over(c.id.max())),
    "window: in adding, then filtered": lambda: ordered.select("id", nth=over(pl.int_range(1, pl.len() + 1)), x=c.id * 2).filter(c.nth <= 2),
    "window: filter by a comparison": lambda: sales.filter(c.price > over(c.price.mean())),
    "window: over aggregates": lambda: grouped(n=pl.len()).sort("n", "p", descending=[True, False]).select(
        "p", r=pl.int_range(1, pl.len() + 1), all=c.n.sum()),
    "window: sorted by it": lambda: sales.with_columns(n=over(pl.len())).sort("n", "id", descending=[True, False]).select("id", "product"),
}

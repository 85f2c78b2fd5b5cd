"""join with Polars' native hash join: LEFT RIGHT --workers N"""

from checks import JoinTotals, join_totals
from contract import Stopwatch, arguments, report
from polars_threads import polars


def main() -> None:
    options = arguments("left", "right")
    pl, version = polars(options.workers)
    with Stopwatch() as watch:
        left = pl.scan_csv(options.left, has_header=False, schema={"id": pl.Int64, "value": pl.Int64})
        right = pl.scan_csv(options.right, has_header=False, schema={"id": pl.Int64, "weight": pl.Int64})
        rows = left.join(right, on="id", how="inner")
        totals = rows.select(
            pl.len(),
            product=(pl.col("value") * pl.col("weight")).sum(),
            keyed=(pl.col("id") * (pl.col("value") + pl.col("weight"))).sum(),
        ).collect()
    report("join", "polars", version, watch.seconds, *join_totals([JoinTotals(*totals.row(0))]))


if __name__ == "__main__":
    main()

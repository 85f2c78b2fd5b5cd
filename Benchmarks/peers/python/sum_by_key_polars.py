"""sum-by-key with Polars' native CSV scan: FILE --workers N"""

from checks import key_sums
from contract import Stopwatch, arguments, report
from polars_threads import polars


def main() -> None:
    options = arguments("file")
    pl, version = polars(options.workers)
    with Stopwatch() as watch:
        facts = pl.scan_csv(options.file, has_header=False, schema={"id": pl.Int64, "value": pl.Int64})
        sums = facts.group_by("id").agg(pl.col("value").sum()).collect()
    report("sum-by-key", "polars", version, watch.seconds, *key_sums(sums.rows()))


if __name__ == "__main__":
    main()

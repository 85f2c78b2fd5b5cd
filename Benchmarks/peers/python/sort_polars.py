"""sort with Polars' native sort: FILE --workers N"""

from checks import sorted_runs, summarise_columns
from contract import Stopwatch, arguments, report
from polars_threads import polars


def main() -> None:
    options = arguments("file")
    pl, version = polars(options.workers)
    with Stopwatch() as watch:
        pairs = pl.scan_csv(options.file, has_header=False, schema={"key": pl.Int64, "value": pl.Int64})
        sorted_pairs = pairs.sort("key").collect()
    run = summarise_columns(sorted_pairs["key"].to_numpy(), sorted_pairs["value"].to_numpy())
    report("sort", "polars", version, watch.seconds, *sorted_runs([run]))


if __name__ == "__main__":
    main()

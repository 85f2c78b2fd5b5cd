"""word-count with Polars' native string operations: FILE --workers N"""

from checks import word_counts
from contract import Stopwatch, arguments, report
from polars_threads import polars


def main() -> None:
    options = arguments("file")
    pl, version = polars(options.workers)
    with Stopwatch() as watch:
        words = pl.scan_lines(options.file, name="word").select(pl.col("word").str.split(" ").explode())
        counts = words.group_by("word").len().collect()
    report("word-count", "polars", version, watch.seconds, *word_counts(counts.rows()))


if __name__ == "__main__":
    main()

"""join with PySpark RDDs: LEFT RIGHT --workers N"""

from typing import Iterable, Iterator

from checks import JoinTotals, join_totals, summarise_join
from contract import Stopwatch, arguments, report
from spark_local import VERSION, spark


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def summarise(partition: Iterable[tuple[int, tuple[int, int]]]) -> Iterator[JoinTotals]:
    yield summarise_join((key, value, weight) for key, (value, weight) in partition)


def main() -> None:
    options = arguments("left", "right")
    with spark(options.workers) as context:
        with Stopwatch() as watch:
            left, right = (context.textFile(path).map(parse) for path in (options.left, options.right))
            totals = left.join(right).mapPartitions(summarise).collect()
    report("join", "pyspark-rdd", VERSION, watch.seconds, *join_totals(totals))


if __name__ == "__main__":
    main()

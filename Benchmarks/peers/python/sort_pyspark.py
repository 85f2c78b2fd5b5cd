"""sort with PySpark RDDs: FILE --workers N"""

from typing import Iterable, Iterator

from checks import SortedRun, sorted_runs, summarise_run
from contract import Stopwatch, arguments, report
from spark_local import VERSION, spark


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def summarise(partition: Iterable[tuple[int, int]]) -> Iterator[SortedRun]:
    yield summarise_run(list(partition))


def main() -> None:
    options = arguments("file")
    with spark(options.workers) as context:
        with Stopwatch() as watch:
            pairs = context.textFile(options.file).map(parse)
            runs = pairs.sortByKey().mapPartitions(summarise).collect()
    report("sort", "pyspark-rdd", VERSION, watch.seconds, *sorted_runs(runs))


if __name__ == "__main__":
    main()

"""sum-by-key with PySpark RDDs: FILE --workers N"""

from operator import add

from checks import key_sums
from contract import Stopwatch, arguments, report
from spark_local import VERSION, spark


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def main() -> None:
    options = arguments("file")
    with spark(options.workers) as context:
        with Stopwatch() as watch:
            sums = context.textFile(options.file).map(parse).reduceByKey(add).collect()
    report("sum-by-key", "pyspark-rdd", VERSION, watch.seconds, *key_sums(sums))


if __name__ == "__main__":
    main()

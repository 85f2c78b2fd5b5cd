"""word-count with PySpark RDDs: FILE --workers N"""

from operator import add

from checks import word_counts
from contract import Stopwatch, arguments, report
from spark_local import VERSION, spark


def main() -> None:
    options = arguments("file")
    with spark(options.workers) as context:
        with Stopwatch() as watch:
            words = context.textFile(options.file).flatMap(str.split)
            counts = words.map(lambda word: (word, 1)).reduceByKey(add).collect()
    report("word-count", "pyspark-rdd", VERSION, watch.seconds, *word_counts(counts))


if __name__ == "__main__":
    main()

"""The jobs of `sheaf compare` with PySpark's RDDs, in a local JVM: JOB OPERANDS --workers N --repeat N"""

import random
from argparse import Namespace
from functools import partial
from math import pi as PI
from operator import add

from common import Jobs, Result, arguments, fail, measure
from text import NOTHING, add_flight, add_summaries, flight_columns, flight_rows, has_header, key_rows, word_rows

try:
    import byte_ranges
    import pyspark
    import text
    from spark_local import VERSION, spark
except ModuleNotFoundError as error:
    fail(f"{error} (dev/setup-bench installs it)")

PIECE = 1 << 20


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def draw(seed: int, piece: tuple[int, int]) -> int:
    number, count = piece
    generator = random.Random(f"{seed}-{number}").random
    return sum(generator() ** 2 + generator() ** 2 < 1 for _ in range(count))


def jobs(context: pyspark.SparkContext) -> Jobs:
    def lines(options: Namespace) -> pyspark.RDD[str]:
        return context.textFile(",".join(options.files))

    def word_count(options: Namespace) -> Result:
        counts = lines(options).flatMap(str.split).map(lambda word: (word, 1)).reduceByKey(add).collect()
        return Result(word_rows(counts, options.top))

    def sum_by_key(options: Namespace) -> Result:
        records = lines(options)
        if has_header(options.files[0]):
            records = records.filter(lambda line: line[:1].isdigit() or line[:1] == "-")
        return Result(key_rows(records.map(parse).reduceByKey(add).collect()))

    def flights(options: Namespace) -> Result:
        carrier, delay = flight_columns(options.files[0])
        late = options.late
        records = lines(options)
        header = records.first()
        fields = records.filter(lambda line: line != header).map(lambda line: line.split(","))
        summaries = fields.map(lambda flight: (flight[carrier], flight[delay])).aggregateByKey(
            NOTHING, lambda summary, value: add_flight(summary, value, late), add_summaries
        )
        return Result(flight_rows(summaries.collect()))

    def pi(options: Namespace) -> Result:
        pieces = [
            (number, min(PIECE, options.samples - start))
            for number, start in enumerate(range(0, options.samples, PIECE))
        ]
        hits = context.parallelize(pieces, len(pieces)).map(partial(draw, options.seed)).reduce(add)
        estimate = 4 * hits / options.samples
        return Result([[options.samples, estimate, abs(estimate - PI)]], len(pieces))

    def dot(options: Namespace) -> Result:
        parts = -(-options.length // options.chunk)
        total = context.range(options.length, numSlices=parts).map(lambda i: (i % 1000) * (i % 7)).sum()
        return Result([[options.length, total]], parts)

    return {"word-count": word_count, "sum-by-key": sum_by_key, "flights": flights, "pi": pi, "dot": dot}


def main() -> None:
    options = arguments()
    with spark(options.workers) as context:
        for module in (byte_ranges, text):
            context.addPyFile(module.__file__)
        measure(options, VERSION, jobs(context))


if __name__ == "__main__":
    main()

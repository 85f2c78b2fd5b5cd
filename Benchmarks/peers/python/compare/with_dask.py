"""The jobs of `sheaf compare` with dask.bag and dask.array on worker processes: JOB OPERANDS --workers N --repeat N"""

from argparse import Namespace
from operator import add, itemgetter
from typing import Any

from common import BLOCK, Jobs, Result, arguments, fail, measure
from text import NOTHING, add_flight, add_summaries, flight_columns, flight_rows, has_header, key_rows, word_rows

try:
    import dask
    import dask.array as da
    import dask.bag as db
    from dask.distributed import Client, LocalCluster
except ModuleNotFoundError as error:
    fail(f"{error} (dev/engines installs it)")


def compute(value: Any) -> tuple[Any, int]:
    """The value, and the number of tasks it took."""
    (optimised,) = dask.optimize(value)
    return optimised.compute(), len(optimised.__dask_graph__())


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def add_value(total: int, pair: tuple[int, int]) -> int:
    return total + pair[1]


def word_count(options: Namespace) -> Result:
    lines = db.read_text(options.files, blocksize=BLOCK)
    counts, tasks = compute(lines.map(str.split).flatten().frequencies())
    return Result(word_rows(counts, options.top), tasks)


def sum_by_key(options: Namespace) -> Result:
    lines = db.read_text(options.files, blocksize=BLOCK)
    if has_header(options.files[0]):
        lines = lines.filter(lambda line: line[:1].isdigit() or line[:1] == "-")
    sums, tasks = compute(lines.map(parse).foldby(itemgetter(0), add_value, 0, add, 0))
    return Result(key_rows(sums), tasks)


def flights(options: Namespace) -> Result:
    carrier, delay = flight_columns(options.files[0])
    late = options.late
    with open(options.files[0], encoding="utf-8") as file:
        header = file.readline()
    fields = (
        db.read_text(options.files, blocksize=BLOCK)
        .filter(lambda line: line != header)
        .map(lambda line: line.strip().split(","))
    )
    summaries, tasks = compute(
        fields.foldby(
            itemgetter(carrier),
            lambda sums, flight: add_flight(sums, flight[delay], late),
            NOTHING,
            add_summaries,
            NOTHING,
        )
    )
    return Result(flight_rows(summaries), tasks)


def pi(options: Namespace) -> Result:
    generator = da.random.default_rng(options.seed)
    points = generator.random((2, options.samples), chunks=(2, 1 << 20))
    hits, tasks = compute(((points * points).sum(axis=0) < 1).sum())
    estimate = 4 * int(hits) / options.samples
    return Result([[options.samples, estimate, abs(estimate - 3.141592653589793)]], tasks)


def dot(options: Namespace) -> Result:
    index = da.arange(options.length, chunks=options.chunk)
    total, tasks = compute(((index % 1000) * (index % 7)).sum())
    return Result([[options.length, int(total)]], tasks)


def matmul(options: Namespace) -> Result:
    generator = da.random.default_rng(options.seed)
    shape = (options.size, options.size)
    a, b = generator.random(shape, chunks=options.chunk), generator.random(shape, chunks=options.chunk)
    total, tasks = compute((a @ b).sum())
    return Result([[options.size, options.chunk, float(total)]], tasks)


JOBS: Jobs = {
    "word-count": word_count,
    "sum-by-key": sum_by_key,
    "flights": flights,
    "pi": pi,
    "dot": dot,
    "matmul": matmul,
}


def main() -> None:
    options = arguments()
    with LocalCluster(
        host="127.0.0.1", n_workers=options.workers, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster, Client(cluster):
        measure(options, f"dask {dask.__version__}", JOBS)


if __name__ == "__main__":
    main()

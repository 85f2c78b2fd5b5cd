"""The jobs of `sheaf compare` with Ray tasks, as its guides write them: JOB OPERANDS --workers N --repeat N"""

import os
import random
from argparse import Namespace
from math import pi as PI

# A trial cluster of its own must not be seen from outside, nor tell anybody about itself.
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from common import Jobs, Result, arguments, blocks, fail, measure  # noqa: E402
from text import (  # noqa: E402
    count_words,
    flight_columns,
    flight_rows,
    has_header,
    key_rows,
    merge_counts,
    merge_flights,
    merge_sums,
    sum_keys,
    summarise_flights,
    word_rows,
)

try:
    import numpy as np
    import ray
except ModuleNotFoundError as error:
    fail(f"{error} (dev/engines installs it)")

PIECE = 1 << 20
OBJECT_STORE = 2 << 30


@ray.remote
def draw(seed: int, number: int, count: int) -> int:
    generator = random.Random(f"{seed}-{number}").random
    return sum(generator() ** 2 + generator() ** 2 < 1 for _ in range(count))


@ray.remote
def multiply(start: int, end: int) -> int:
    index = np.arange(start, end)
    return int(((index % 1000) * (index % 7)).sum())


@ray.remote
def random_block(seed: int, row: int, column: int, height: int, width: int) -> np.ndarray:
    return np.random.default_rng([seed, row, column]).random((height, width))


@ray.remote
def block_product(count: int, *operands: np.ndarray) -> np.ndarray:
    """The sum of the products of `count` blocks of a row with as many of a column."""
    return sum(a @ b for a, b in zip(operands[:count], operands[count:]))


@ray.remote
def block_sum(block: np.ndarray) -> float:
    return float(block.sum())


def word_count(options: Namespace) -> Result:
    count = ray.remote(count_words)
    parts = [count.remote(block) for block in blocks(options.files)]
    counts = merge_counts(ray.get(parts))
    return Result(word_rows(((word.decode(), number) for word, number in counts.items()), options.top), len(parts))


def sum_by_key(options: Namespace) -> Result:
    header = has_header(options.files[0])
    add_up = ray.remote(sum_keys)
    parts = [add_up.remote(block, header and block[1] == 0) for block in blocks(options.files)]
    sums = merge_sums(ray.get(parts))
    return Result(key_rows((int(key), total) for key, total in sums.items()), len(parts))


def flights(options: Namespace) -> Result:
    carrier, delay = flight_columns(options.files[0])
    summarise = ray.remote(summarise_flights)
    parts = [summarise.remote(block, carrier, delay, options.late) for block in blocks(options.files)]
    return Result(flight_rows(merge_flights(ray.get(parts)).items()), len(parts))


def pi(options: Namespace) -> Result:
    parts = [
        draw.remote(options.seed, number, min(PIECE, options.samples - start))
        for number, start in enumerate(range(0, options.samples, PIECE))
    ]
    estimate = 4 * sum(ray.get(parts)) / options.samples
    return Result([[options.samples, estimate, abs(estimate - PI)]], len(parts))


def dot(options: Namespace) -> Result:
    parts = [
        multiply.remote(start, min(start + options.chunk, options.length))
        for start in range(0, options.length, options.chunk)
    ]
    return Result([[options.length, sum(ray.get(parts))]], len(parts))


def matmul(options: Namespace) -> Result:
    sizes = [min(options.chunk, options.size - start) for start in range(0, options.size, options.chunk)]
    count = len(sizes)

    def matrix(seed: int) -> list[list[ray.ObjectRef]]:
        return [
            [random_block.remote(seed, row, column, height, width) for column, width in enumerate(sizes)]
            for row, height in enumerate(sizes)
        ]

    a, b = matrix(2 * options.seed), matrix(2 * options.seed + 1)
    products = [
        block_product.remote(count, *a[row], *(b[k][column] for k in range(count)))
        for row in range(count)
        for column in range(count)
    ]
    total = sum(ray.get([block_sum.remote(product) for product in products]))
    return Result([[options.size, options.chunk, total]], 4 * count * count)


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
    ray.init(
        num_cpus=options.workers,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=OBJECT_STORE,
        _node_ip_address="127.0.0.1",
    )
    try:
        measure(options, f"Ray {ray.__version__}", JOBS)
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()

"""The jobs of `sheaf compare` with multiprocessing.Pool: JOB OPERANDS --workers N --repeat N

Plain Python, but for matrices.
"""

import math
import os
import random
from argparse import Namespace
from functools import partial
from multiprocessing import Pool, get_context
from multiprocessing.pool import Pool as PoolType
from typing import Any

from common import Jobs, Result, arguments, blocks, fail, measure, python_version
from text import (
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

PIECE = 1 << 20


def draw(piece: tuple[int, int, int]) -> int:
    seed, number, count = piece
    generator = random.Random(f"{seed}-{number}").random
    return sum(generator() ** 2 + generator() ** 2 < 1 for _ in range(count))


def multiply(bounds: tuple[int, int]) -> int:
    return sum((i % 1000) * (i % 7) for i in range(*bounds))


# Both matrices of a product, which the workers inherit.
matrices: list[Any] = []


def product_sum(bounds: tuple[int, int]) -> float:
    """The sum of the elements of some rows of the product."""
    a, b = matrices
    return float((a[bounds[0] : bounds[1]] @ b).sum())


def matmul(options: Namespace) -> Result:
    # Nobody multiplies matrices in plain Python; the workers are the parallelism.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    try:
        import numpy as np
    except ModuleNotFoundError as error:
        fail(f"{error} (dev/engines installs it)")
    generator = np.random.default_rng(options.seed)
    matrices[:] = [generator.random((options.size, options.size)) for _ in range(2)]
    pieces = [(start, start + options.chunk) for start in range(0, options.size, options.chunk)]
    with get_context("fork").Pool(options.workers) as pool:
        return Result([[options.size, options.chunk, sum(pool.imap_unordered(product_sum, pieces))]], len(pieces))


def jobs(pool: PoolType) -> Jobs:
    def word_count(options: Namespace) -> Result:
        parts = blocks(options.files)
        counts = merge_counts(pool.imap_unordered(count_words, parts))
        return Result(word_rows(((word.decode(), count) for word, count in counts.items()), options.top), len(parts))

    def sum_by_key(options: Namespace) -> Result:
        header = has_header(options.files[0])
        parts = [(block, header and block[1] == 0) for block in blocks(options.files)]
        sums = merge_sums(pool.starmap(sum_keys, parts, chunksize=1))
        return Result(key_rows((int(key), total) for key, total in sums.items()), len(parts))

    def flights(options: Namespace) -> Result:
        carrier, delay = flight_columns(options.files[0])
        parts = blocks(options.files)
        work = partial(summarise_flights, carrier=carrier, delay=delay, late=options.late)
        return Result(flight_rows(merge_flights(pool.imap_unordered(work, parts)).items()), len(parts))

    def pi(options: Namespace) -> Result:
        pieces = [
            (options.seed, number, min(PIECE, options.samples - start))
            for number, start in enumerate(range(0, options.samples, PIECE))
        ]
        estimate = 4 * sum(pool.imap_unordered(draw, pieces)) / options.samples
        return Result([[options.samples, estimate, abs(estimate - math.pi)]], len(pieces))

    def dot(options: Namespace) -> Result:
        pieces = [
            (start, min(start + options.chunk, options.length)) for start in range(0, options.length, options.chunk)
        ]
        return Result([[options.length, sum(pool.imap_unordered(multiply, pieces))]], len(pieces))

    return {
        "word-count": word_count,
        "sum-by-key": sum_by_key,
        "flights": flights,
        "pi": pi,
        "dot": dot,
        "matmul": matmul,
    }


def main() -> None:
    options = arguments()
    with Pool(options.workers) as pool:
        measure(options, f"multiprocessing of {python_version()}", jobs(pool))


if __name__ == "__main__":
    main()

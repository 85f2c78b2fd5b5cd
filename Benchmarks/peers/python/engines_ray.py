"""The jobs on Ray, in Python, on a cluster of its own: JOB [FILE] --size N --workers N"""

import os
from collections import Counter

# Must neither be seen from outside nor tell anybody about itself; each worker is one thread.
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import ray  # noqa: E402

from byte_ranges import line_blocks  # noqa: E402
from checks import word_counts  # noqa: E402
from engines import (  # noqa: E402
    CHUNK,
    DRAWS,
    PLACES,
    Work,
    arguments,
    distances,
    draw,
    measure,
    monte_carlo_check,
    nothing,
    number_check,
    pieces,
    sum_check,
)

BLOCK = 32 << 20
OBJECT_STORE = 2 << 30


def count_words(path: str, start: int, end: int) -> Counter[bytes]:
    counts: Counter[bytes] = Counter()
    for lines in line_blocks(path, start, end):
        counts.update(lines.split())
    return counts


def total(*numbers: int) -> int:
    return sum(numbers)


def block(row: int, column: int, height: int, width: int) -> np.ndarray:
    i, j = np.arange(row, row + height, dtype=float), np.arange(column, column + width, dtype=float)
    return np.cos(i[:, None] * 0.37 + j[None, :] * 0.11)


def product_sum(count: int, *operands: np.ndarray) -> float:
    """The sum of the elements of the product of a row of blocks with a column."""
    return float(abs(sum(a @ b for a, b in zip(operands[:count], operands[count:]))).sum())


def main() -> None:
    options = arguments()
    size = options.size

    def empty_nodes() -> Work:
        node, add = ray.remote(nothing), ray.remote(total)
        return Work(
            lambda: ray.get(add.remote(*(node.remote(number) for number in range(size)))), sum_check(size), size + 1
        )

    def word_count() -> Work:
        node = ray.remote(count_words)
        length = os.path.getsize(options.file)

        def counts() -> list[tuple[str, int]]:
            result: Counter[bytes] = Counter()
            for part in ray.get(
                [node.remote(options.file, start, min(start + BLOCK, length)) for start in range(0, length, BLOCK)]
            ):
                result.update(part)
            return [(word.decode(), count) for word, count in result.items()]

        return Work(counts, word_counts)

    def monte_carlo() -> Work:
        node = ray.remote(draw)
        return Work(
            lambda: sum(ray.get([node.remote(piece) for piece in pieces(size, DRAWS)])), monte_carlo_check(size)
        )

    def haversine() -> Work:
        node = ray.remote(distances)
        return Work(lambda: sum(ray.get([node.remote(piece) for piece in pieces(size, PLACES)])), number_check(size))

    def matmul() -> Work:
        make, multiply = ray.remote(block), ray.remote(product_sum)

        def product() -> float:
            cuts = pieces(size, CHUNK)
            a = [[make.remote(row, column, height, width) for column, width in cuts] for row, height in cuts]
            many = len(cuts)
            sums = [
                multiply.remote(many, *a[row], *(a[k][column] for k in range(many)))
                for row in range(many)
                for column in range(many)
            ]
            return sum(ray.get(sums))

        return Work(product, number_check(size))

    jobs = {
        "empty-nodes": empty_nodes,
        "word-count": word_count,
        "monte-carlo": monte_carlo,
        "haversine": haversine,
        "matmul": matmul,
    }
    ray.init(
        num_cpus=options.workers,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=OBJECT_STORE,
        _node_ip_address="127.0.0.1",
    )
    try:
        measure(options.job, "ray-python", f"Ray {ray.__version__}", jobs)
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()

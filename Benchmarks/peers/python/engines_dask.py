"""The jobs on Dask, in Python, on a cluster of worker processes: JOB [FILE] --size N --workers N"""

import dask
import dask.array as da
import dask.bag as db
from dask.distributed import Client, LocalCluster

from checks import word_counts
from engines import (
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

BLOCK = "32MiB"


def main() -> None:
    options = arguments()
    size = options.size

    def empty_nodes() -> Work:
        node = dask.delayed(nothing, pure=False)
        total = dask.delayed(sum)
        return Work(lambda: total([node(number) for number in range(size)]).compute(), sum_check(size), size + 1)

    def word_count() -> Work:
        lines = db.read_text(options.file, blocksize=BLOCK)
        return Work(lambda: lines.map(str.split).flatten().frequencies().compute(), word_counts)

    def monte_carlo() -> Work:
        node = dask.delayed(draw, pure=False)
        return Work(lambda: sum(dask.compute(*map(node, pieces(size, DRAWS)))), monte_carlo_check(size))

    def haversine() -> Work:
        node = dask.delayed(distances, pure=False)
        return Work(lambda: sum(dask.compute(*map(node, pieces(size, PLACES)))), number_check(size))

    def matmul() -> Work:
        def product() -> float:
            index = da.arange(size, dtype=float, chunks=CHUNK)
            a = da.cos(index[:, None] * 0.37 + index[None, :] * 0.11)
            return abs(a @ a).sum().compute()

        return Work(product, number_check(size))

    jobs = {
        "empty-nodes": empty_nodes,
        "word-count": word_count,
        "monte-carlo": monte_carlo,
        "haversine": haversine,
        "matmul": matmul,
    }
    with LocalCluster(
        host="127.0.0.1", n_workers=options.workers, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster, Client(cluster):
        measure(options.job, "dask-python", f"dask {dask.__version__}", jobs)


if __name__ == "__main__":
    main()

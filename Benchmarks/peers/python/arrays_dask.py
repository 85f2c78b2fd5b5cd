"""dask.array's side of the array jobs, on its threaded scheduler: JOB --size N --workers N [--memory BYTES]"""

import os

# dask's threads are the parallelism: each calls BLAS for itself.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import dask  # noqa: E402
import dask.array as da  # noqa: E402
import numpy as np  # noqa: E402

from arrays import Work, arguments, measure, number  # noqa: E402

options = arguments()
size = options.size
dask.config.set(scheduler="threads", num_workers=options.workers)


def ramp(start: float = 0.0) -> da.Array:
    return ((da.arange(size, chunks=1 << 22) + start) * 1e-8).persist()


def pattern(rows: int, columns: int, chunks: tuple[int, int]) -> da.Array:
    i, j = da.arange(rows, chunks=chunks[0])[:, None], da.arange(columns, chunks=chunks[1])[None, :]
    return (da.cos(i * 0.37 + j * j * 0.11) + (i % columns == j)).persist()


def stencil(grid: da.Array) -> da.Array:
    def step(block: np.ndarray) -> np.ndarray:
        result = np.zeros_like(block)
        result[1:-1, 1:-1] = 0.2 * (
            block[1:-1, 1:-1] + block[:-2, 1:-1] + block[2:, 1:-1] + block[1:-1, :-2] + block[1:-1, 2:]
        )
        return result

    for _ in range(10):
        grid = da.map_overlap(step, grid, depth=1, boundary=0.0, dtype=float)
    return grid.persist()


def transposed_sum(_: None) -> np.ndarray:
    """An array of four times the memory: made, transposed, cut the other way, and summed."""
    rows = max(size // 16, 1)
    i, j = da.arange(size, chunks=rows)[:, None], da.arange(size, chunks=size)[None, :]
    x = da.cos(i * 0.37 + j * 0.11)
    return x.T.rechunk((rows, size)).sum(axis=1).compute()


jobs = {
    "square-mean": Work(ramp, lambda x: (x * x + 10).mean().compute(), number),
    "sum-of-products": Work(lambda: (ramp(), ramp(1.0)), lambda ab: (ab[0] * ab[1]).sum().compute(), number),
    "expression": Work(
        lambda: (ramp(), ramp(1.0)),
        lambda ab: ((ab[0] * ab[0] + ab[1]) * (ab[0] - ab[1]) / (ab[1] + 2.0) - (ab[0] + 1.0) * 3.0).persist(),
        lambda y: number(y[size // 2].compute()),
    ),
    "matmul": Work(
        lambda: pattern(size, size, (2048, 2048)), lambda a: (a @ a).persist(),
        lambda c: number(c[size // 2, size // 3].compute()), 1,
    ),
    "tall-qr": Work(
        lambda: pattern(size, 100, (50_000, 100)), lambda a: dask.persist(*da.linalg.qr(a)),
        lambda qr: number(abs(qr[1][0, 0].compute())), 1,
    ),
    "random-svd": Work(
        lambda: pattern(size, 1000, (5000, 1000)),
        lambda a: dask.compute(*da.linalg.svd_compressed(a, 10, n_power_iter=2, seed=7))[1],
        lambda s: f"{float(s[0]):.3e}", 1,
    ),
    "stencil": Work(
        lambda: pattern(size, size, (2000, 2000)), stencil, lambda g: number(g[size // 2, size // 3].compute()), 1
    ),
    "small-chunks": Work(
        lambda: da.ones(size, chunks=1000).persist(), lambda x: (x + 1).sum().compute(), number, 1
    ),
    "out-of-core": Work(lambda: None, transposed_sum, lambda s: number(s[size // 3]), 1),
}
measure(options.job, "dask-array", f"dask {dask.__version__}, NumPy {np.__version__}", jobs, {}, size)

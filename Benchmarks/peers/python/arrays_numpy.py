"""NumPy's side of the array jobs: JOB --size N --workers N. BLAS uses the workers; everything else of NumPy is one thread."""

import os
import sys

WORKERS = sys.argv[sys.argv.index("--workers") + 1] if "--workers" in sys.argv else "2"
os.environ["OPENBLAS_NUM_THREADS"] = WORKERS

import numpy as np  # noqa: E402  BLAS reads its environment when it is loaded

from arrays import Work, arguments, measure, number  # noqa: E402

options = arguments()
size = options.size


def ramp(start: float = 0.0) -> np.ndarray:
    return (np.arange(size) + start) * 1e-8


def stencil(grid: np.ndarray) -> np.ndarray:
    for _ in range(10):
        padded = np.pad(grid, 1)
        grid = 0.2 * (padded[1:-1, 1:-1] + padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:])
    return grid


def pattern(rows: int, columns: int) -> np.ndarray:
    """The same matrix for every peer, of full rank."""
    i, j = np.arange(rows)[:, None], np.arange(columns)[None, :]
    return np.cos(i * 0.37 + j * j * 0.11) + (i % columns == j)


jobs = {
    "square-mean": Work(ramp, lambda x: (x * x + 10).mean(), number),
    "sum-of-products": Work(lambda: (ramp(), ramp(1.0)), lambda ab: (ab[0] * ab[1]).sum(), number),
    "expression": Work(
        lambda: (ramp(), ramp(1.0)),
        lambda ab: (ab[0] * ab[0] + ab[1]) * (ab[0] - ab[1]) / (ab[1] + 2.0) - (ab[0] + 1.0) * 3.0,
        lambda y: number(y[size // 2]),
    ),
    "matmul": Work(lambda: pattern(size, size), lambda a: a @ a, lambda c: number(c[size // 2, size // 3]), 1),
    "tall-qr": Work(lambda: pattern(size, 100), lambda a: np.linalg.qr(a), lambda qr: number(abs(qr[1][0, 0])), 1),
    "stencil": Work(lambda: pattern(size, size), stencil, lambda g: number(g[size // 2, size // 3]), 1),
}
measure(options.job, "numpy", f"NumPy {np.__version__}", jobs, {}, size)

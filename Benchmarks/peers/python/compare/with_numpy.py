"""The jobs of `sheaf compare` with NumPy, in one process: JOB OPERANDS --workers N --repeat N

Its BLAS has the workers as threads.
"""

import os
import sys
from argparse import Namespace

# NumPy's BLAS looks at it when it is loaded.
if "--workers" in sys.argv[:-1]:
    os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[sys.argv.index("--workers") + 1]

from common import Result, arguments, fail, measure  # noqa: E402

try:
    import numpy as np
except ModuleNotFoundError as error:
    fail(f"{error} (dev/engines installs it)")


def pi(options: Namespace) -> Result:
    generator = np.random.default_rng(options.seed)
    hits = np.int64(0)
    # All at once would need gigabytes.
    for start in range(0, options.samples, 1 << 20):
        points = generator.random((2, min(1 << 20, options.samples - start)))
        hits += np.count_nonzero((points * points).sum(axis=0) < 1)
    estimate = 4 * int(hits) / options.samples
    return Result([[options.samples, estimate, abs(estimate - np.pi)]])


def dot(options: Namespace) -> Result:
    index = np.arange(options.length)
    return Result([[options.length, int(((index % 1000) * (index % 7)).sum())]])


def matmul(options: Namespace) -> Result:
    generator = np.random.default_rng(options.seed)
    a, b = generator.random((options.size, options.size)), generator.random((options.size, options.size))
    return Result([[options.size, options.chunk, float((a @ b).sum())]])


def main() -> None:
    measure(arguments(), f"NumPy {np.__version__}", {"pi": pi, "dot": dot, "matmul": matmul})


if __name__ == "__main__":
    main()

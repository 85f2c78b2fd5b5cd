"""What the processor allows for matmul: one dgemm call of OpenBLAS with all workers: matmul --size N --workers N

Each set of kernels that OpenBLAS has for this processor is tried in a process of its own, since it is chosen when the library is loaded; the
best counts.
"""

import ctypes
import glob
import json
import os
import subprocess
import sys
import time

from arrays import arguments
from contract import report

CORES = ["", "Haswell", "SkylakeX", "Zen"]


def library() -> str:
    cache = os.environ.get("SHEAF_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sheaf"
    )
    found = sorted(glob.glob(os.path.join(cache, "openblas", "**", "*openblas*.so*"), recursive=True))
    if not found:
        sys.exit("no OpenBLAS in the cache: run dev/setup test")
    return found[-1]


def measure_here(size: int, workers: int) -> float:
    import numpy as np

    blas = ctypes.CDLL(library())
    prefix = "scipy_" if hasattr(blas, "scipy_cblas_dgemm") else ""
    getattr(blas, prefix + "openblas_set_num_threads")(workers)
    a, b, c = (np.ones((size, size)) for _ in range(3))
    pointer = ctypes.POINTER(ctypes.c_double)
    dgemm = getattr(blas, prefix + "cblas_dgemm")
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        dgemm(
            101, 111, 111, size, size, size, ctypes.c_double(1.0), a.ctypes.data_as(pointer), size,
            b.ctypes.data_as(pointer), size, ctypes.c_double(0.0), c.ctypes.data_as(pointer), size,
        )
        best = min(best, time.perf_counter() - begin)
    return best


if os.environ.get("SHEAF_BENCH_CORE") is not None:
    print(json.dumps(measure_here(int(sys.argv[1]), int(sys.argv[2]))))
    sys.exit(0)

options = arguments()
# A smaller product tells the kernels apart.
trial = min(options.size, 2048)
times = {}
for core in CORES:
    environment = dict(os.environ, SHEAF_BENCH_CORE=core)
    if core:
        environment["OPENBLAS_CORETYPE"] = core
    command = [sys.executable, __file__, str(trial), str(options.workers)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    if done.returncode == 0:
        times[core] = json.loads(done.stdout)
best_core = min(times, key=times.get)
environment = dict(os.environ, SHEAF_BENCH_CORE=best_core)
if best_core:
    environment["OPENBLAS_CORETYPE"] = best_core
done = subprocess.run(
    [sys.executable, __file__, str(options.size), str(options.workers)],
    env=environment, capture_output=True, text=True, timeout=600, check=True,
)
report("matmul", "limit", f"dgemm of OpenBLAS, {best_core or 'its own choice of'} kernels", json.loads(done.stdout), "", options.size)

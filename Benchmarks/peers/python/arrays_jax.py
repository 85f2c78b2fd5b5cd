"""JAX's side of the array jobs, compiled for the CPU: JOB --size N --workers N"""

import os
import sys

# XLA takes the processors that it may run on, so the workers are set from outside.
WORKERS = int(sys.argv[sys.argv.index("--workers") + 1]) if "--workers" in sys.argv else 2
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:WORKERS])

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

from arrays import Work, arguments, measure, number  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
options = arguments()
size = options.size


def ramp(start: float = 0.0) -> jax.Array:
    return ((jnp.arange(size) + start) * 1e-8).block_until_ready()


square_mean = jax.jit(lambda x: (x * x + 10).mean())
sum_of_products = jax.jit(lambda a, b: (a * b).sum())
expression = jax.jit(lambda a, b: (a * a + b) * (a - b) / (b + 2.0) - (a + 1.0) * 3.0)

jobs = {
    "square-mean": Work(ramp, lambda x: square_mean(x).block_until_ready(), number),
    "sum-of-products": Work(
        lambda: (ramp(), ramp(1.0)), lambda ab: sum_of_products(*ab).block_until_ready(), number
    ),
    "expression": Work(
        lambda: (ramp(), ramp(1.0)), lambda ab: expression(*ab).block_until_ready(), lambda y: number(y[size // 2])
    ),
}
measure(options.job, "jax", f"JAX {jax.__version__}", jobs, {}, size)

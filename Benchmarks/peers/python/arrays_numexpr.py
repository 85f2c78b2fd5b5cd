"""numexpr's side of the array jobs: JOB --size N --workers N"""

import numexpr as ne
import numpy as np

from arrays import Work, arguments, measure, number

options = arguments()
size = options.size
ne.set_num_threads(options.workers)


def ramp(start: float = 0.0) -> np.ndarray:
    return (np.arange(size) + start) * 1e-8


jobs = {
    "square-mean": Work(ramp, lambda x: ne.evaluate("sum(x * x + 10)", {"x": x}) / size, number),
    "sum-of-products": Work(
        lambda: (ramp(), ramp(1.0)), lambda ab: ne.evaluate("sum(a * b)", {"a": ab[0], "b": ab[1]}), number
    ),
    "expression": Work(
        lambda: (ramp(), ramp(1.0)),
        lambda ab: ne.evaluate("(a * a + b) * (a - b) / (b + 2.0) - (a + 1.0) * 3.0", {"a": ab[0], "b": ab[1]}),
        lambda y: number(y[size // 2]),
    ),
}
measure(options.job, "numexpr", f"numexpr {ne.__version__}", jobs, {}, size)

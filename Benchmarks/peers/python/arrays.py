"""What the array peers share: their arguments, and how a job is timed.

A job is `(make, work, check)`: `make()` prepares the inputs, which is not timed; `work(inputs)` is, once to warm up and then
`REPEATS` times in the same process, of which the median counts; `check(result)` gives the text that all peers must agree on.
"""

import argparse
import statistics
import time
from typing import Any, Callable, NamedTuple

from contract import positive, report, report_unsupported

REPEATS = 5


class Work(NamedTuple):
    make: Callable[[], Any]
    work: Callable[[Any], Any]
    check: Callable[[Any], str]
    repeats: int = REPEATS


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("job")
    parser.add_argument("--size", type=positive, required=True)
    parser.add_argument("--workers", type=positive, default=2)
    parser.add_argument("--memory", type=positive, help="bytes")
    return parser.parse_args()


def number(value: float) -> str:
    """Equal for all peers although each adds in an order of its own."""
    return f"{float(value):.6e}"


def measure(job: str, peer: str, version: str, jobs: dict[str, Work], reasons: dict[str, str], items: int) -> None:
    if job not in jobs:
        report_unsupported(job, peer, version, reasons.get(job, f"{peer} has no such operation"))
    work = jobs[job]
    inputs = work.make()
    result = work.work(inputs)
    seconds = []
    for _ in range(work.repeats):
        begin = time.perf_counter()
        result = work.work(inputs)
        seconds.append(time.perf_counter() - begin)
    more = {}
    if job == "small-chunks":
        # An addition and a sum for each chunk of 1000.
        tasks = 2 * (items // 1000)
        more = {"tasks": tasks, "secondsPerTask": statistics.median(seconds) / tasks}
    report(job, peer, version, statistics.median(seconds), work.check(result), items, **more)

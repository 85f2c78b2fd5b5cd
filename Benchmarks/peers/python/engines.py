"""What the Python sides of the jobs on other engines share: arguments, timing, and what a task computes.

Each is done once to warm up and then `REPEATS` times, of which the median counts. What a task computes is plain
Python, as it is written where no library does the work; only the matrices are NumPy's.
"""

import argparse
import math
import random
import statistics
import time
from typing import Any, Callable, NamedTuple

from contract import positive, report, report_unsupported

REPEATS = 3
DRAWS = 1_000_000
PLACES = 100_000
CHUNK = 1024


class Work(NamedTuple):
    # The result of one run, measured.
    run: Callable[[], Any]
    # The text that all sides agree on, and the items.
    check: Callable[[Any], tuple[str, int]]
    # Calls or nodes that the time is divided by, where that is what compares.
    tasks: int | None = None
    # The seconds of one of them, where the result tells; else the time divided by them.
    per_task: Callable[[Any], float] | None = None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("job")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--size", type=positive, default=1)
    parser.add_argument("--workers", type=positive, default=2)
    parser.add_argument("--chunks", action="store_true", help="send many calls at a time")
    return parser.parse_args()


def measure(job: str, peer: str, version: str, jobs: dict[str, Callable[[], Work]]) -> None:
    """`jobs` has the names without the engine's."""
    make = jobs.get(job.split("-", 1)[1])
    if make is None:
        report_unsupported(job, peer, version, f"{peer} has no such operation")
        return
    work = make()
    result = work.run()
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        result = work.run()
        seconds.append(time.perf_counter() - begin)
    median = statistics.median(seconds)
    more: dict[str, Any] = {}
    if work.tasks is not None:
        each = work.per_task(result) if work.per_task else median / work.tasks
        more = {"tasks": work.tasks, "secondsPerTask": each}
    report(job, peer, version, median, *work.check(result), **more)


def pieces(total: int, size: int) -> list[tuple[int, int]]:
    return [(start, min(size, total - start)) for start in range(0, total, size)]


def nothing(number: int) -> int:
    return number


def draw(piece: tuple[int, int]) -> int:
    start, count = piece
    generator = random.Random(start).random
    return sum(generator() ** 2 + generator() ** 2 < 1 for _ in range(count))


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Of two places in degrees, in kilometres."""
    latitude, longitude, other_latitude, other_longitude = map(
        math.radians, (latitude, longitude, other_latitude, other_longitude)
    )
    a = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(a))


def distances(piece: tuple[int, int]) -> float:
    start, count = piece
    return sum(
        distance(i * 37 % 180 - 90, i * 91 % 360 - 180, i * 53 % 180 - 90, i * 29 % 360 - 180)
        for i in range(start, start + count)
    )


def monte_carlo_check(total: int) -> Callable[[int], tuple[str, int]]:
    """As exactly as all sides agree, each with random numbers of its own."""
    return lambda hits: (f"{4 * hits / total:.2f}", total)


def number_check(items: int) -> Callable[[float], tuple[str, int]]:
    return lambda value: (f"{float(value):.6e}", items)


def sum_check(items: int) -> Callable[[int], tuple[str, int]]:
    return lambda value: (str(value), items)

"""What every Python peer shares: its arguments, its clock and the one JSON line it prints. See Benchmarks/README.md.

Importing this module is cheap on purpose: worker processes import it again.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any


def existing_file(text: str) -> str:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text} (Benchmarks/data/generate.py writes it)")
    return text


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def arguments(*files: str) -> argparse.Namespace:
    """Parses `FILE… --workers N`; each name in `files` becomes a positional argument holding a path."""
    parser = argparse.ArgumentParser()
    for name in files:
        parser.add_argument(name, type=existing_file)
    parser.add_argument("--workers", type=positive, default=2)
    return parser.parse_args()


class Stopwatch:
    """Wall seconds of a `with` block: the work only, without interpreter or session start-up."""

    seconds = 0.0

    def __enter__(self) -> "Stopwatch":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def python_version() -> str:
    return f"Python {platform.python_version()}"


def report(job: str, peer: str, version: str, seconds: float, check: str, items: int, **more: Any) -> None:
    line = {"job": job, "peer": peer, "version": version, "seconds": seconds, "check": check, "items": items, **more}
    print(json.dumps(line))


def report_tasks(job: str, peer: str, version: str, seconds: float, check: int, tasks: int) -> None:
    """For the graphs of tiny tasks, where peers run different numbers of them and only time per task compares."""
    report(job, peer, version, seconds, str(check), tasks, tasks=tasks, secondsPerTask=seconds / tasks)


def report_unsupported(job: str, peer: str, version: str, reason: str) -> None:
    print(json.dumps({"job": job, "peer": peer, "version": version, "unsupported": True, "reason": reason}))
    sys.exit(0)

"""What the native versions of the jobs of `sheaf compare` share: arguments, clock, and the one JSON line.

A program is called as `with_SYSTEM.py JOB OPERANDS --workers N --repeat N`, and prints one line:

    {"seconds": [0.21], "tasks": 16, "columns": ["word", "count"], "rows": [["the", 7]], "version": "dask 2026.8.0"}

`seconds` are the wall times of the measured runs, after one that is not measured and without the start of workers;
`tasks`, which may be missing, is what the system was given in one run. What cannot be done is `{"error": "…"}`.
"""

import argparse
import glob
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, NamedTuple, NoReturn

PEERS = Path(__file__).resolve().parent.parent
# Workers in processes of their own import these modules, too.
for folder in (str(PEERS), str(PEERS / "compare")):
    if folder not in sys.path:
        sys.path.append(folder)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(PEERS / "compare"), str(PEERS), os.environ.get("PYTHONPATH", "")]
).rstrip(os.pathsep)

from contract import positive, python_version  # noqa: E402

__all__ = ["Result", "Jobs", "arguments", "measure", "fail", "blocks", "python_version"]

# As large as the blocks into which the other peers cut their files.
BLOCK = 32 << 20

COLUMNS = {
    "word-count": ["word", "count"],
    "sum-by-key": ["id", "sum"],
    "flights": ["carrier", "flights", "meanDepDelay", "lateShare"],
    "pi": ["samples", "pi", "error"],
    "dot": ["length", "dot"],
    "matmul": ["size", "chunk", "sum"],
}


class Result(NamedTuple):
    rows: list[list[Any]]
    tasks: int | None = None


Jobs = dict[str, Callable[[argparse.Namespace], Result]]


def arguments() -> argparse.Namespace:
    """The command line. From here on the program also ends when the one that started it does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=COLUMNS)
    parser.add_argument("files", nargs="*")
    for name in ("samples", "length", "size", "chunk", "top"):
        parser.add_argument(f"--{name}", type=positive)
    parser.add_argument("--late", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=positive, default=2)
    parser.add_argument("--repeat", type=positive, default=3)
    options = parser.parse_args()
    options.files = [path for pattern in options.files for path in sorted(glob.glob(pattern)) or [pattern]]
    for path in options.files:
        if not os.path.isfile(path):
            fail(f"no such file: {path}")
        if path.endswith((".gz", ".zst")):
            fail(f"{path} is compressed, and this program reads plain files only")
    follow_parent()
    return options


def follow_parent() -> None:
    """Ends this process in good order on SIGTERM, and when standard input ends, which the parent holds open."""

    def end(*_: object) -> NoReturn:
        sys.exit(143)

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    # A pool ends its workers with this signal, and they have nothing to put in order.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    threading.Thread(target=wait, daemon=True).start()


def measure(options: argparse.Namespace, version: str, jobs: Jobs) -> None:
    """Runs the job once to warm up, then as often as asked, and prints the line."""
    job = jobs.get(options.job)
    if job is None:
        fail(f"{options.job} was not written for it")
    result = job(options)
    seconds = []
    for _ in range(options.repeat):
        begin = time.perf_counter()
        result = job(options)
        seconds.append(time.perf_counter() - begin)
    say(
        {
            "seconds": seconds,
            "tasks": result.tasks,
            "columns": COLUMNS[options.job],
            "rows": result.rows,
            "version": version,
        }
    )


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def fail(reason: str) -> NoReturn:
    say({"error": reason})
    sys.exit(0)


def blocks(files: list[str]) -> list[tuple[str, int, int]]:
    """The files cut into ranges of bytes, for `byte_ranges.line_blocks`."""
    return [
        (path, start, min(start + BLOCK, size))
        for path in files
        if (size := os.path.getsize(path)) > 0
        for start in range(0, size, BLOCK)
    ]

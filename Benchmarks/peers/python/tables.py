"""What the table peers share: their arguments, and how their queries are timed.

A job is a list of parts `(name, run)`. `run()` gives a result, and is called once to warm up and then `--repeats` times, of which the
median counts; the job's time is the sum over its parts. `summary(result)` gives the number of rows and the sum that all peers must
agree on; it is not timed.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any, Callable, Iterable, NamedTuple

from contract import positive, report_unsupported

# The SQL of table-sql; {0} is the folder.
QUERIES = {
    "few rows": "SELECT id1, id2, sum(v1) AS v1, avg(v3) AS v3 FROM read_parquet('{0}/groups.parquet') GROUP BY id1, id2",
    "a million rows": "SELECT * FROM read_parquet('{0}/groups.parquet') WHERE id4 <= 10",
    "a join": "SELECT x.id3, x.v1, y.v2 FROM read_parquet('{0}/join-left.parquet') x "
    "JOIN read_parquet('{0}/join-medium.parquet') y USING (id2) WHERE x.v1 < 50",
}
TPCH_TABLES = "customer lineitem nation orders part partsupp region supplier".split()


class Part(NamedTuple):
    name: str
    run: Callable[[], Any]
    # The first letter of the columns that are summed; all numbers when it is None.
    columns: str | None = "v"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("job")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=positive, default=2)
    parser.add_argument("--repeats", type=positive, default=1)
    parser.add_argument("--memory", type=positive, help="bytes")
    parser.add_argument("--scale", type=float, default=1.0)
    return parser.parse_args()


def tpch_queries(folder: Path) -> Iterable[tuple[str, str]]:
    """The SQL that `sheaf-jobs tpch-sql` wrote: the queries by hand."""
    return ((f"q{number}", (folder / f"tpch/sql/q{number:02}.sql").read_text()) for number in range(1, 23))


def arrow_summary(table: Any, columns: str | None) -> tuple[int, float]:
    import pyarrow as pa
    import pyarrow.compute as pc

    total = 0.0
    for field in table.schema:
        is_number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
        if is_number and (columns is None or field.name.startswith(columns)):
            column = table[field.name]
            total += float(pc.sum(column if pa.types.is_floating(field.type) else column.cast(pa.float64())).as_py() or 0)
    return table.num_rows, total


def measure(
    options: argparse.Namespace,
    peer: str,
    version: str,
    jobs: dict[str, Callable[[], Iterable[Part]]],
    summary: Callable[[Any, str | None], tuple[int, float]] = arrow_summary,
) -> None:
    if options.job not in jobs:
        report_unsupported(options.job, peer, version, f"{peer} has no such operation")
    parts, checks, items = {}, [], 0
    for part in jobs[options.job]():
        result = part.run()
        rows, total = summary(result, part.columns)
        checks.append(f"{part.name}:{rows}/{total:.4e}")
        items += rows
        seconds = []
        for _ in range(options.repeats):
            # The memory of the last result is free before the next is made.
            result = None
            begin = time.perf_counter()
            result = part.run()
            seconds.append(time.perf_counter() - begin)
        parts[part.name] = statistics.median(seconds)
    line = {"job": options.job, "peer": peer, "version": version, "seconds": sum(parts.values()), "check": " ".join(checks)}
    print(json.dumps(line | {"items": items, "parts": parts}))

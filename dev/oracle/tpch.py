"""Checks the typed queries of TPC-H against SQL written by hand, in DuckDB's own Python client.

    sheaf-jobs tpch --print-sql SQL --data DATA [--scale S]
    python tpch.py SQL DATA [--answers] [--time] [--threads 2] [--only 3 17]

SQL is the folder that the first command wrote, DATA that of the Parquet files of `tpchgen-cli parquet`. For each query the rows of
`qNN.typed.sql` and `qNN.sql` must be the same, in the same order. With --answers they must also be those published for scale factor 1,
which DuckDB's extension "tpch" carries (`pip install duckdb-extension-tpch`); with --time the medians of five runs of both are compared.
Needs duckdb; exits with 1 when rows differ.
"""

import argparse
import datetime
import decimal
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

TABLES = "customer lineitem nation orders part partsupp region supplier".split()
# The typed queries may take this many times as long as those by hand.
LIMIT = 1.1


def connect(data: Path, threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": threads})
    for table in TABLES:
        path = str(data / f"{table}.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path}')")
    return connection


def published(connection: duckdb.DuckDBPyConnection) -> dict[int, list[list[str]]]:
    """The answers for scale factor 1, as text: without the line of names."""
    import duckdb_extension_tpch

    [extension] = Path(duckdb_extension_tpch.__file__).parent.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension")
    connection.load_extension(str(extension))
    answers = connection.execute("SELECT query_nr, answer FROM tpch_answers() WHERE scale_factor = 1").fetchall()
    return {number: [line.split("|") for line in answer.splitlines()[1:]] for number, answer in answers}


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same but for the last digits of a floating-point number. `b` may be text."""
    if a is None or b is None:
        return a is b or b in ("", "NULL")
    if isinstance(b, str) and isinstance(a, (int, float, decimal.Decimal)):
        b = float(b)
    if isinstance(a, (float, decimal.Decimal)) or isinstance(b, (float, decimal.Decimal)):
        return math.isclose(float(a), float(b), rel_tol=1e-9)
    if isinstance(a, datetime.date) and isinstance(b, str):
        return a.isoformat() == b
    return a == b


def difference(rows: list, expected: list) -> str | None:
    """Where rows differ first; nil where they do not."""
    if len(rows) != len(expected):
        return f"{len(rows)} rows instead of {len(expected)}"
    for number, (row, other) in enumerate(zip(rows, expected)):
        if len(row) != len(other) or not all(map(same, row, other)):
            return f"row {number}: {row} instead of {other}"
    return None


def seconds(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    start = time.perf_counter()
    connection.execute(query).fetchall()
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sql", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", type=int, nargs="*", default=range(1, 23))
    options = parser.parse_args()

    connection = connect(options.data, options.threads)
    answers = published(connection) if options.answers else {}
    failures, slow, totals = 0, [], [0.0, 0.0]
    for number in options.only:
        typed, by_hand = ((options.sql / f"q{number:02}{kind}.sql").read_text() for kind in (".typed", ""))
        try:
            rows, expected = (connection.execute(query).fetchall() for query in (typed, by_hand))
            problem = difference(rows, expected)
            if problem is None and options.answers:
                problem = difference(rows, answers[number])
        except duckdb.Error as error:
            problem = str(error)
        line = f"Q{number:<3}" + (f"DIFFERS: {problem}" if problem else f"{len(rows)} rows agree")
        failures += problem is not None
        if options.time and problem is None:
            # In turns, so that both meet the same machine.
            times = list(zip(*((seconds(connection, typed), seconds(connection, by_hand)) for _ in range(5))))
            ours, theirs = map(statistics.median, times)
            totals = [totals[0] + ours, totals[1] + theirs]
            line = f"{line:<24}typed {ours:.3f} s, by hand {theirs:.3f} s, ratio {ours / theirs:.2f}"
            if ours > LIMIT * theirs:
                slow.append(number)
        print(line, flush=True)
    if options.time and totals[1]:
        print(f"sum  typed {totals[0]:.3f} s, by hand {totals[1]:.3f} s, ratio {totals[0] / totals[1]:.2f}")
        if slow:
            print("above", LIMIT, "times the query by hand:", ", ".join(f"Q{number}" for number in slow))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

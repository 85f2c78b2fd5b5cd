#!/usr/bin/env python3
"""Writes what the tests of TPC-H's queries read: data of a small scale factor, and the answers of programs other than DuckDB.

    sheaf-jobs tpch --print-sql SQL --data SQL --scale 0.01
    python tpch_small.py SQL Tests/TPCHTests/Data

SQL is the folder that the first command wrote: the queries by hand. They are run by DataFusion and by Polars; both must agree where both
know the SQL, and one of them must. Columns that no query reads are left empty, which saves two thirds of the space.
Needs tpchgen-cli, datafusion, polars and pyarrow: Benchmarks/peers/python/requirements.txt.
"""

import argparse
import datetime
import decimal
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import datafusion
import polars
import pyarrow as pa
import pyarrow.parquet as pq

SCALE = 0.01
TABLES = "customer lineitem nation orders part partsupp region supplier".split()
UNREAD = {
    "lineitem": ["l_comment"], "orders": ["o_clerk"], "part": ["p_comment", "p_retailprice"], "partsupp": ["ps_comment"],
    "region": ["r_comment"], "nation": ["n_comment"],
}


def shrink(source: Path, target: Path, name: str) -> None:
    table = pq.read_table(source)
    for column in UNREAD.get(name, []):
        position = table.schema.get_field_index(column)
        field = table.schema.field(position)
        empty = "" if pa.types.is_string(field.type) or pa.types.is_string_view(field.type) else decimal.Decimal(0)
        table = table.set_column(position, field, pa.array([empty] * len(table), type=field.type))
    pq.write_table(table, target, compression="zstd", compression_level=19)


def text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def by_datafusion(data: Path, query: str) -> list[list[Any]]:
    context = datafusion.SessionContext()
    for table in TABLES:
        context.register_parquet(table, str(data / f"{table}.parquet"))
    batches = context.sql(query).collect()
    return [list(row.values()) for batch in batches for row in batch.to_pylist()]


def by_polars(data: Path, query: str) -> list[list[Any]]:
    context = polars.SQLContext({table: polars.scan_parquet(data / f"{table}.parquet") for table in TABLES})
    return [list(row) for row in context.execute(query).collect().rows()]


def agree(a: Any, b: Any) -> bool:
    if isinstance(a, (float, decimal.Decimal)) and isinstance(b, (float, decimal.Decimal)):
        # Decimals of averages have fewer places in one than in the other.
        return math.isclose(float(a), float(b), rel_tol=1e-5, abs_tol=1e-6)
    return text(a) == text(b)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sql", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        generator = Path(sys.executable).with_name("tpchgen-cli")
        subprocess.run([generator, "parquet", "-s", str(SCALE), "-o", scratch], check=True)
        for table in TABLES:
            shrink(Path(scratch) / f"{table}.parquet", options.folder / f"{table}.parquet", table)

    answers, problems = {}, 0
    for number in range(1, 23):
        query = (options.sql / f"q{number:02}.sql").read_text()
        given: dict[str, list[list[Any]]] = {}
        for run in (by_datafusion, by_polars):
            try:
                given[run.__name__[3:]] = run(options.folder, query)
            except BaseException as error:  # what Rust code panics with is no Exception
                print(f"Q{number} {run.__name__}: {str(error)[:150]}", file=sys.stderr)
        rows = list(given.values())
        same = len(rows) == 1 or (
            len(rows) == 2
            and len(rows[0]) == len(rows[1])
            and all(len(a) == len(b) and all(map(agree, a, b)) for a, b in zip(*rows))
        )
        problems += not same
        print(f"Q{number}: {len(rows[0]) if rows else 0} rows by {' and '.join(given) or 'nobody'}{'' if same else ': THEY DIFFER'}")
        if same:
            answers[str(number)] = {"by": " and ".join(given), "rows": [[text(value) for value in row] for row in rows[0]]}
    with open(options.folder / "answers.json", "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(f'"{number}": {json.dumps(answer)}' for number, answer in answers.items()) + "\n}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

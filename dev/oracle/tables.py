#!/usr/bin/env python3
"""Computes the answers that the tests of tables compare with, and writes them to Tests/SheafTableTests/Oracle/tables.json.

Usage: dev/oracle/tables.py [FILE]

Uses Polars, and Python's standard library where Polars means something else by a function, so that the answers do not come from the
engine under test. Needs polars==2.1.0; other versions give the same answers unless they say otherwise in their notes. The questions are
in Tests/SheafTableTests/Cases under the same names; what a function means where libraries differ is said by its documentation in Swift.
"""
import json
import pathlib
import sys
from datetime import date, datetime

import polars as pl

import tables_columns
import tables_edges
import tables_groups
import tables_inputs
import tables_joins
import tables_rows
import tables_text

SUBJECTS = [tables_rows, tables_columns, tables_text, tables_groups, tables_joins, tables_edges]


def cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [cell(one) for one in value]
    return value


def line(name: str, answer: pl.DataFrame) -> str:
    text = json.dumps({"columns": answer.columns, "rows": [[cell(one) for one in row] for row in answer.rows()]}, allow_nan=False)
    # ASCII only: an editor or a tool that normalises text must not change what is tested.
    return f"{json.dumps(name)}: {text}"


def main() -> None:
    default = pathlib.Path(__file__).resolve().parents[2] / "Tests/SheafTableTests/Oracle/tables.json"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    inputs = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in tables_inputs.encoded().items())
    answers = {}
    for subject in SUBJECTS:
        for name, make in subject.CASES.items():
            assert name not in answers, f"two cases are called {name}"
            answers[name] = line(name, make())
    text = ",\n".join(answers.values())
    path.write_text('{"inputs": {\n' + inputs + '\n},\n"answers": {\n' + text + "\n}}\n", encoding="ascii")
    print(f"{len(answers)} answers", file=sys.stderr)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Computes what the tests of bags compare with, and writes it to Tests/SheafBagTests/Oracle.

Usage: dev/oracle/generate.py [FOLDER]

Uses the standard library only, so that the values do not come from the code under test. The same script writes the same
files; they are checked in, and so are the compressed ones, whose bytes depend on the versions of zlib and zstd. Where the
zstd tool is missing, the files made with it are left as they are.
"""
import json
import pathlib
import sys

import elements
import joins
import keyed
import sorting
import statistics_of_doubles
import text

SUBJECTS = {
    "elements.json": elements.cases,
    "keyed.json": keyed.cases,
    "joins.json": joins.cases,
    "sorting.json": sorting.cases,
    "statistics.json": statistics_of_doubles.cases,
    "text.json": text.cases,
}


def main() -> None:
    default = pathlib.Path(__file__).resolve().parents[2] / "Tests/SheafBagTests/Oracle"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SUBJECTS.items():
        # ASCII only: an editor or a tool that normalises text must not change what is tested.
        lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in make())
        (folder / name).write_text(f"[\n{lines}\n]\n", encoding="ascii")
    text.write_files(folder / "files")


if __name__ == "__main__":
    main()

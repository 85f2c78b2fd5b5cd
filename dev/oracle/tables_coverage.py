#!/usr/bin/env python3
"""Writes docs/tables/coverage.md: every public method of Ibis' tables and columns, and every function of pyspark.sql, and what it is here.

Usage: dev/oracle/tables_coverage.py

Needs ibis-framework==12.0.0 and pyspark==4.3.0, from which the names are taken, so that none is forgotten: one that no line is about is an
error. So is a line that names a function which is not in Sources/SheafTable.

A line is: names, or regular expressions of names, a colon, and what they are here ("= " first when it is composed of other operations,
"- " first when it is left out, and why). The first line that a name fits counts.
"""

import pathlib
import re
import sys

import ibis
import ibis.expr.types as types
import pyspark
from pyspark.sql import DataFrame, functions

from tables_coverage_lines import COLUMNS, FUNCTIONS, TABLES

ROOT = pathlib.Path(__file__).resolve().parents[2]
sources = "\n".join(path.read_text() for path in (ROOT / "Sources/SheafTable").rglob("*.swift"))
declared = set(re.findall(r"(?:func|var|let|case|struct|enum) +`?(\w+)`?", sources))


def lines(text: str) -> list[tuple[list[str], str]]:
    result = []
    for line in filter(None, text.splitlines()):
        names, said = line.split(": ", 1)
        result.append((names.split(), said))
        for name in re.findall(r"[.]([a-zA-Z]\w*)", " ".join(re.findall(r"`([^`]*)`", said))):
            if not said.startswith("- ") and name not in declared | {"self"}:
                sys.exit(f"{names}: there is no “{name}” in Sources/SheafTable")
    return result


def camel(name: str) -> str:
    return name.replace("_", "").lower()


def entry(name: str, table: list[tuple[list[str], str]]) -> tuple[str, str]:
    for names, said in table:
        if any(re.fullmatch(one, name) for one in names):
            if said.startswith("- "):
                return "left out", said[2:]
            if said.startswith("= "):
                return "composed", said[2:]
            own = re.findall(r"[.(`]([a-zA-Z]\w*)", said)
            return ("here" if camel(name) in map(camel, own) else "here, named differently"), said
    raise KeyError(name)


def public(kind: type) -> list[str]:
    return [name for name in vars(kind) if not name.startswith("_")]


column_kinds = [kind for name, kind in vars(types).items() if isinstance(kind, type) and name.endswith(("Value", "Column"))
                and not re.match("Geo|Point|Line|Poly|Multi|MACADDR|INET|JSON|UUID|Map|Struct|Binary|Interval", name)]
columns = list(dict.fromkeys(name for kind in column_kinds for name in public(kind)))
SECTIONS = [
    (f"Tables of Ibis {ibis.__version__}", "Table.", sorted(public(types.Table)), lines(TABLES)),
    (f"Columns of Ibis {ibis.__version__}", "", sorted(columns), lines(COLUMNS + FUNCTIONS)),
    (f"`DataFrame` of pyspark.sql {pyspark.__version__}", "DataFrame.",
     sorted(name for name in dir(DataFrame) if not name.startswith("_")), lines(TABLES)),
    ("`functions` of pyspark.sql", "", sorted(name for name in dir(functions)
                                            if name.islower() and not name.startswith("_")
                                            and getattr(getattr(functions, name), "__module__", "").startswith("pyspark.sql.functions")),
     lines(FUNCTIONS + COLUMNS)),
]


def main() -> None:
    output, counts, absent = [], {}, []
    for title, prefix, names, table in SECTIONS:
        output += ["", f"## {title}", "", "| there | here | |", "|---|---|---|"]
        for name in names:
            try:
                status, said = entry(name, table)
            except KeyError:
                absent.append(prefix + name)
                continue
            counts[status] = counts.get(status, 0) + 1
            output.append(f"| `{prefix}{name}` | {status} | {said.replace('|', chr(92) + '|')} |")
    if absent:
        sys.exit(f"no line for {len(absent)}: {' '.join(absent)}")
    summary = ", ".join(f"{counts[one]} {one}" for one in ["here", "here, named differently", "composed", "left out"])
    head = f"""# Tables, function by function

Every public method of Ibis' tables and columns and every name of `pyspark.sql`'s `DataFrame` and `functions`, and what it is in Sheaf. The
names are taken from the installed packages by `dev/oracle/tables_coverage.py`, which fails when one has no line, or a line names something
that `SheafTable` does not have.

Of {sum(counts.values())} names: {summary}. *Composed* means that an expression of others says it. What is left out
can be said in SQL: `session.sql(text, tables:)` is a table like any other. `t` is a table, `c` a column in a closure, `g` a group, `w` a window.
"""
    path = ROOT / "docs/tables/coverage.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(head + "\n".join(output) + "\n")
    print(summary)


if __name__ == "__main__":
    main()

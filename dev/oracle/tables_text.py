"""Answers for functions of texts. Characters are code points, and regular expressions' classes such as \\w are ASCII, as RE2 has them."""

import re
from collections.abc import Callable
from datetime import date, datetime

import polars as pl

from tables_columns import by_row, each
from tables_inputs import products, sales

CASES: dict[str, Callable[[], pl.DataFrame]] = {}
c = pl.col


def of_products(*names: str, **functions: Callable) -> Callable[[], pl.DataFrame]:
    return lambda: pl.concat([products.select("code"), each(products, list(names), **functions)], how="horizontal")


def upper(text: str) -> str:
    """Letter by letter: ß has one of its own, which Python writes as two."""
    return text.replace("ß", "ẞ").upper()


lower = str.lower


def capitalized(text: str) -> str:
    return upper(text[:1]) + lower(text[1:])


def found(pattern: str, group: int = 0) -> Callable[[str], str]:
    def find(text: str) -> str:
        match = re.search(pattern, text, re.ASCII)
        return match.group(group) if match else ""
    return find


def part(text: str, position: int) -> str:
    parts = text.split(" ")
    return parts[position] if -len(parts) <= position < len(parts) else ""


def without_accents(text: str) -> str:
    import unicodedata
    return unicodedata.normalize("NFC", "".join(x for x in unicodedata.normalize("NFD", text) if not unicodedata.combining(x)))


def distance(a: str, b: str) -> int:
    """In bytes of UTF-8."""
    a, b = a.encode(), b.encode()
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        return None


def joined(*parts: str | None) -> str:
    return "|".join(one for one in parts if one is not None)


CASES |= {
    "text: case": of_products("name", a=upper, b=lower),
    "text: count": lambda: sales.select("id", a=c("product").str.len_chars(), b=c.note.str.len_chars()),
    "text: reversed": lambda: products.select("code", a=c.code.str.reverse()),
    "text: trimmed": lambda: sales.select(
        "id", a=c.note.str.strip_chars(" "), b=c.note.str.strip_chars_start(" "), c=c.note.str.strip_chars_end(" "),
        d=c("product").str.strip_chars("ta")),
    "text: prefix, suffix, contains": lambda: sales.select(
        "id", a=c("product").str.starts_with("s"), b=c.note.str.ends_with(" "), c=c.note.str.contains("'", literal=True),
        d=c.note.str.contains("%", literal=True)),
    "text: contains a column": of_products(
        "name", "code", a=lambda name, code: code in name, b=str.startswith, c=str.endswith),
    "text: like": of_products(
        "name", a=lambda name: "a" in name, b=lambda name: name.startswith("T") and len(name) >= 3,
        c=lambda name: name.lower().startswith("t")),
    "text: matches": of_products(
        "name", "code", a=lambda name, _: bool(re.search("[aeiou]{2}", name)), b=lambda _, code: bool(re.fullmatch("[a-z]+", code))),
    "text: first match": of_products("name", a=found("[a-z]+"), b=found(r"(\w)(\w)", 2)),
    "text: all matches": of_products("name", a=lambda name: re.findall("[aeiou]", name)),
    "text: replacing": of_products(
        "name", "code", a=lambda name, _: name.replace("e", "<'>"), b=lambda _, code: code.translate(str.maketrans("ae", "xy"))),
    "text: replacing matches": of_products(
        "name", a=lambda name: re.sub("([aeiou])", r"<\1>", name), b=lambda name: re.sub("[aeiou]", "*", name, count=1)),
    "text: substring": of_products(
        "name", a=lambda name: name[1:4], b=lambda name: name[2:], c=lambda name: name[-2:]),
    "text: first and last characters": of_products("name", a=lambda name: name[:2], b=lambda name: name[-3:]),
    "text: parts": of_products("name", a=lambda n: part(n, 0), b=lambda n: part(n, 1), c=lambda n: part(n, -1)),
    "text: split": of_products("name", a=lambda name: name.split(" ")),
    "text: padded": of_products(
        "code", "name", a=lambda code, _: code.rjust(5), b=lambda code, _: code.ljust(6, "."), c=lambda _, name: name.rjust(3)),
    "text: repeated": of_products("code", a=lambda code: code * 2),
    "text: first index": of_products("name", a=lambda name: name.index("e") if "e" in name else None),
    "text: capitalized": lambda: pl.concat(
        [of_products("code", a=capitalized)(), each(products, ["region"], b=capitalized)], how="horizontal"),
    "text: without accents": of_products("name", a=without_accents),
    "text: edit distance": of_products("code", a=lambda code: distance(code, "salt")),
    "text: concatenated": lambda: sales.select(
        "id", a=c("product") + "-" + c("product"), b=c.region + c("product"), c="<" + c.note + ">", d=c("product") + c.note),
    "text: joined, without nulls": lambda: sales.select(
        "id", a=pl.Series([joined(*row) for row in sales.select("region", "product", "note").rows()])),
    "text: to a day": lambda: pl.concat([sales.select("id", a="day"), each(sales, ["note"], b=day)], how="horizontal"),
    "text: compared": lambda: sales.select("id", a=c("product") < "salt", b=c.region >= "south", c=c("product") == c.note),
    "text: quotes, reserved words, other scripts": lambda: pl.DataFrame(
        {"code": ["Tea"], "select": ["a'b''c\"d"], "from": ["日本\u0301'\u0301"], "order": ["\0x\0"], "group": ["\\n--"]}),
    "cast that may fail": by_row(
        "note", a=lambda note: {"12": 12, "1.5": 2, "-7": -7, " 7": 7, "1e3": 1000}.get(note),
        b=lambda note: {"12": 12.0, "1.5": 1.5, "-7": -7.0, " 7": 7.0, "1e3": 1000.0}.get(note)),
}

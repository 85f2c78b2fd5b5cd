"""Keyed operations, by the two ideas of equal text: canonical equivalence (`String`) and bytes (`UTF8Slice`)."""
import functools
from typing import Callable

import inputs


def by_key(pairs: list[tuple[str, int]], identity: Callable[[str], str]) -> list[dict]:
    groups: dict[str, list[int]] = {}
    first: dict[str, str] = {}
    for key, value in pairs:
        groups.setdefault(identity(key), []).append(value)
        first.setdefault(identity(key), key)
    return [
        {
            "key": first[identified],
            "values": values,
            "sum": sum(values),
            "min": min(values),
            "max": max(values),
            "count": len(values),
            "mean": sum(values) / len(values),
            "xor": functools.reduce(lambda a, b: a ^ b, values),
            "or": functools.reduce(lambda a, b: a | b, values),
            "positives": [sum(1 for value in values if value > 0), len(values)],
        }
        for identified, values in groups.items()
    ]


def case(name: str, pairs: list[tuple[str, int]]) -> dict:
    return {
        "name": name,
        "input": [{"key": key, "value": value} for key, value in pairs],
        "byString": by_key(pairs, inputs.canonical),
        "byBytes": by_key(pairs, lambda key: key),
    }


def cases() -> list[dict]:
    return [case(name, pairs) for name, pairs in inputs.pairs().items()]

"""The joins and cogroup."""
import random

import inputs


def grouped(pairs: list[tuple[str, int]]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for key, value in pairs:
        groups.setdefault(inputs.canonical(key), []).append(value)
    return groups


def rows(left: dict[str, list[int]], right: dict[str, list[int]], keep_left: bool, keep_right: bool) -> list[dict]:
    result = []
    for key in list(left) + [key for key in right if key not in left]:
        lefts = left.get(key, [None] if keep_right else [])
        rights = right.get(key, [None] if keep_left else [])
        result += [{"key": key, "left": a, "right": b} for a in lefts for b in rights]
    return result


def case(name: str, left: list[tuple[str, int]], right: list[tuple[str, int]]) -> dict:
    a, b = grouped(left), grouped(right)
    return {
        "name": name,
        "left": [{"key": key, "value": value} for key, value in left],
        "right": [{"key": key, "value": value} for key, value in right],
        "inner": rows(a, b, False, False),
        "leftOuter": rows(a, b, True, False),
        "rightOuter": rows(a, b, False, True),
        "full": rows(a, b, True, True),
        "cogroup": [
            {"key": key, "left": a.get(key, []), "right": b.get(key, [])} for key in list(a) + [key for key in b if key not in a]
        ],
    }


def cases() -> list[dict]:
    pairs = inputs.pairs()
    numbers = random.Random(4711)
    some = [(numbers.choice(inputs.WORDS), numbers.randint(0, 9)) for _ in range(40)]
    return [
        case("both empty", [], []),
        case("left empty", [], pairs["empty keys"]),
        case("right empty", pairs["empty keys"], []),
        case("nothing in common", [("a", 1), ("b", 2)], [("c", 3), ("d", 4)]),
        case("many to many", [("k", 1), ("k", 1), ("k", 2)], [("k", 7), ("j", 8), ("k", 7)]),
        case("equivalent", pairs["equivalent"], [("\u00e9", 100), ("\u212a", 200), ("A\u030a", 300), ("missing", 400)]),
        case("random", pairs["random"][:80], some),
    ]

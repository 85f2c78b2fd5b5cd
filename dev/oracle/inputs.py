"""The inputs that several subjects share: duplicates, empty strings, negative numbers, text beyond ASCII, nothing at all."""
import random
import unicodedata

# Pairs of these are canonically equivalent, so equal as Swift strings and different as bytes: é, Å (three ways), 한, and the
# Kelvin sign, which is equivalent to a letter of ASCII.
EQUIVALENT = [
    "\u00e9", "e\u0301", "K", "\u212a", "\u00c5", "A\u030a", "\u212b", "\ud55c", "\u1112\u1161\u11ab",
]
WORDS = EQUIVALENT + [
    "", " ", "a", "A", "aa", "ab", "b", "caf\u00e9", "cafe\u0301", "stra\u00dfe", "STRASSE", "\u4f60\u597d", "\U0001f44d",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "x" * 15, "x" * 16, "x" * 40, "line\ttab", "nul\u0000nul", "-1", "0",
    # The order by code points is not the order by UTF-16 units.
    "\uff5e", "\U0001d11e",
]
LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def canonical(word: str) -> str:
    """What words have in common that Swift's `String` holds for equal."""
    return unicodedata.normalize("NFC", word)


def integers() -> dict[str, list[int]]:
    random_numbers = random.Random(20130101)
    return {
        "empty": [],
        "single": [7],
        "duplicates": [3, 3, 3, 3, 3],
        "signs": [0, -1, 1, -2, 2, -0, -7, 7, -1],
        "extremes": [LARGEST, SMALLEST, 0, LARGEST, SMALLEST, 1],
        "random": [random_numbers.randint(-50, 50) for _ in range(200)],
    }


def pairs() -> dict[str, list[tuple[str, int]]]:
    random_numbers = random.Random(19700101)

    def draw(count: int, words: list[str]) -> list[tuple[str, int]]:
        return [(random_numbers.choice(words), random_numbers.randint(-100, 100)) for _ in range(count)]

    return {
        "empty": [],
        "single": [("only", -5)],
        "one key": [("k", value) for value in (5, -5, 0, 5, 12, -7)],
        "empty keys": [("", 1), ("", 2), ("a", 3), ("", -4)],
        "equivalent": [(word, index - 4) for index, word in enumerate(EQUIVALENT)] * 2,
        "all different": [(f"key {index}", index * index) for index in range(60)],
        "random": draw(300, WORDS),
    }

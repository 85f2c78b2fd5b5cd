"""The jobs on text, piece by piece: what one task does with a range of bytes, and how results are put together.

The same for every system whose users write this themselves.
"""

from collections import Counter
from typing import Any, Iterable

from byte_ranges import line_blocks

Range = tuple[str, int, int]


def count_words(block: Range) -> Counter[bytes]:
    counts: Counter[bytes] = Counter()
    for lines in line_blocks(*block):
        counts.update(lines.split())
    return counts


def merge_counts(parts: Iterable[Counter[bytes]]) -> Counter[bytes]:
    total: Counter[bytes] = Counter()
    for part in parts:
        total.update(part)
    return total


def word_rows(counts: Iterable[tuple[str, int]], top: int | None) -> list[list[Any]]:
    """The most frequent first, of equals the first in the alphabet."""
    return [list(pair) for pair in sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:top]]


def has_header(path: str) -> bool:
    """Whether no field of the first line is an integer."""
    with open(path, encoding="utf-8") as file:
        fields = file.readline().strip().split(",")

    def is_integer(text: str) -> bool:
        try:
            int(text)
        except ValueError:
            return False
        return True

    return not any(is_integer(field) for field in fields)


def sum_keys(block: Range, skip: bool) -> dict[bytes, int]:
    """The sums of each key of a block; `skip` leaves out the first line."""
    sums: dict[bytes, int] = {}
    for lines in line_blocks(*block):
        records = lines.splitlines()
        if skip:
            records, skip = records[1:], False
        for line in records:
            key, value = line.split(b",")
            sums[key] = sums.get(key, 0) + int(value)
    return sums


def merge_sums(parts: Iterable[dict[bytes, int]]) -> dict[bytes, int]:
    total: dict[bytes, int] = {}
    for part in parts:
        for key, value in part.items():
            total[key] = total.get(key, 0) + value
    return total


def key_rows(sums: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [list(pair) for pair in sorted(sums)]


# Flights, departures, minutes of delay, late departures.
Summary = tuple[int, int, float, int]
NOTHING: Summary = (0, 0, 0.0, 0)


def flight_columns(path: str) -> tuple[int, int]:
    with open(path, encoding="utf-8") as file:
        names = [name.strip('"') for name in file.readline().strip().split(",")]
    return names.index("carrier"), names.index("dep_delay")


def add_flight(summary: Summary, delay: str, late: int) -> Summary:
    flights, departed, minutes, lates = summary
    if delay in ("", "NA"):
        return flights + 1, departed, minutes, lates
    value = float(delay)
    return flights + 1, departed + 1, minutes + value, lates + (value > late)


def add_summaries(left: Summary, right: Summary) -> Summary:
    return left[0] + right[0], left[1] + right[1], left[2] + right[2], left[3] + right[3]


def summarise_flights(block: Range, carrier: int, delay: int, late: int) -> dict[str, Summary]:
    """The summary of each carrier; the file's first line holds its columns' names."""
    summaries: dict[str, Summary] = {}
    skip = block[1] == 0
    for lines in line_blocks(*block):
        for line in lines.decode().splitlines():
            if skip:
                skip = False
                continue
            fields = line.split(",")
            summaries[fields[carrier]] = add_flight(summaries.get(fields[carrier], NOTHING), fields[delay], late)
    return summaries


def merge_flights(parts: Iterable[dict[str, Summary]]) -> dict[str, Summary]:
    total: dict[str, Summary] = {}
    for part in parts:
        for carrier, summary in part.items():
            total[carrier] = add_summaries(total.get(carrier, NOTHING), summary)
    return total


def flight_rows(summaries: Iterable[tuple[str, Summary]]) -> list[list[Any]]:
    return [
        [carrier, flights, minutes / departed if departed else None, lates / departed if departed else None]
        for carrier, (flights, departed, minutes, lates) in sorted(summaries, key=lambda pair: -pair[1][0])
    ]

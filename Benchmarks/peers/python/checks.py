"""The values that must be equal across peers. None depends on the order in which a peer delivers its rows.

The reductions that run inside a timed region are the cheapest that still see every row, and run in C where they can.
"""

from typing import Iterable, NamedTuple

import numpy as np

WORD = 2**64  # The sums of products wrap around, as they do in 64-bit integers.


def key_sums(sums: Iterable[tuple[int, int]]) -> tuple[str, int]:
    """Check and item count of sum-by-key. `weighted` ties every sum to its key."""
    keys = total = largest = weighted = 0
    for key, value in sums:
        keys += 1
        total += value
        largest = max(largest, value)
        weighted += key * value
    return f"keys={keys} total={total} max={largest} weighted={weighted}", keys


def word_counts(counts: Iterable[tuple[str, int]]) -> tuple[str, int]:
    """Check and item count of word-count. `letters` ties every count to its word, by its length in UTF-8."""
    words = total = largest = letters = 0
    for word, count in counts:
        words += 1
        total += count
        largest = max(largest, count)
        letters += len(word.encode("utf-8")) * count
    return f"words={words} total={total} max={largest} letters={letters}", words


class SortedRun(NamedTuple):
    """One sorted partition, summed up where it lies so that ten million pairs need not travel to be checked."""

    count: int
    first: int
    last: int
    keys: int  # Σ key
    positions: int  # Σ position in the run × key
    pairs: int  # Σ key × value
    ordered: bool


def summarise_run(pairs: list[tuple[int, int]]) -> SortedRun:
    count = len(pairs)
    keys = np.fromiter((key for key, _ in pairs), dtype=np.int64, count=count)
    values = np.fromiter((value for _, value in pairs), dtype=np.int64, count=count)
    return summarise_columns(keys, values)


def summarise_columns(keys: np.ndarray, values: np.ndarray) -> SortedRun:
    if len(keys) == 0:
        return SortedRun(0, 0, 0, 0, 0, 0, True)
    unsigned = keys.astype(np.uint64)
    return SortedRun(
        count=len(keys),
        first=int(keys[0]),
        last=int(keys[-1]),
        keys=int(unsigned.sum()),
        positions=int((unsigned * np.arange(len(keys), dtype=np.uint64)).sum()),
        pairs=int((unsigned * values.astype(np.uint64)).sum()),
        ordered=bool((keys[:-1] <= keys[1:]).all()),
    )


def sorted_runs(runs: Iterable[SortedRun]) -> tuple[str, int]:
    """Check and item count of sort, from its partitions in order. `positions` is over the whole sequence."""
    runs = [run for run in runs if run.count > 0]
    ordered = all(run.ordered for run in runs) and all(a.last <= b.first for a, b in zip(runs, runs[1:]))
    count = positions = pairs = 0
    for run in runs:
        positions += run.positions + count * run.keys
        pairs += run.pairs
        count += run.count
    first, last = (runs[0].first, runs[-1].last) if runs else (0, 0)
    check = f"count={count} ordered={str(ordered).lower()} first={first} last={last}"
    return f"{check} positions={positions % WORD} pairs={pairs % WORD}", count


class JoinTotals(NamedTuple):
    rows: int
    product: int  # Σ value × weight
    keyed: int  # Σ key × (value + weight)


def summarise_join(rows: Iterable[tuple[int, int, int]]) -> JoinTotals:
    """The work after the join: what a program would compute over its rows `(key, value, weight)`."""
    count = product = keyed = 0
    for key, value, weight in rows:
        count += 1
        product += value * weight
        keyed += key * (value + weight)
    return JoinTotals(count, product, keyed)


def join_totals(totals: Iterable[JoinTotals]) -> tuple[str, int]:
    """Check and item count of join, from its partitions in any order."""
    totals = list(totals)
    rows, product, keyed = (sum(column) for column in zip(*totals)) if totals else (0, 0, 0)
    return f"rows={rows} product={product % WORD} keyed={keyed % WORD}", rows

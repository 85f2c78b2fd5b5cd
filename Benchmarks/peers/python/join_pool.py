"""join with multiprocessing.Pool and a dictionary of the smaller side: LEFT RIGHT --workers N"""

from multiprocessing import Pool
from typing import Iterator

from byte_ranges import byte_ranges, line_blocks
from checks import JoinTotals, join_totals, summarise_join
from contract import Stopwatch, arguments, python_version, report


def read_weights(path: str) -> dict[bytes, int]:
    with open(path, "rb") as file:
        return {key: int(weight) for key, weight in (line.split(b",") for line in file)}


def joined_rows(path: str, start: int, end: int, weights: dict[bytes, int]) -> Iterator[tuple[int, int, int]]:
    for block in line_blocks(path, start, end):
        for line in block.splitlines():
            key, value = line.split(b",")
            weight = weights.get(key)
            if weight is not None:
                yield int(key), int(value), weight


def join_range(left: str, start: int, end: int, right: str) -> JoinTotals:
    # Each worker reads the small side itself: cheaper than sending it a dictionary.
    return summarise_join(joined_rows(left, start, end, read_weights(right)))


def main() -> None:
    options = arguments("left", "right")
    with Pool(options.workers) as pool:
        with Stopwatch() as watch:
            ranges = byte_ranges(options.left, options.workers)
            totals = pool.starmap(join_range, [(options.left, *bounds, options.right) for bounds in ranges])
    report("join", "pool", python_version(), watch.seconds, *join_totals(totals))


if __name__ == "__main__":
    main()

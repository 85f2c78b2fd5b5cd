"""join with dask.bag on its multiprocessing scheduler: LEFT RIGHT --workers N"""

from operator import itemgetter
from typing import Iterable

import dask.bag

from checks import JoinTotals, join_totals, summarise_join
from contract import Stopwatch, arguments, report
from dask_processes import BLOCK, VERSION, processes

Pair = tuple[int, int]


def parse(line: str) -> Pair:
    key, value = line.split(",")
    return int(key), int(value)


def summarise(partition: Iterable[tuple[Pair, Pair]]) -> list[JoinTotals]:
    # dask.bag delivers the row of the other side first.
    return [summarise_join((key, value, weight) for (_, weight), (key, value) in partition)]


def main() -> None:
    options = arguments("left", "right")
    with processes(options.workers):
        with Stopwatch() as watch:
            left = dask.bag.read_text(options.left, blocksize=BLOCK).map(parse)
            # dask.bag joins with one partition on the right.
            right = dask.bag.read_text(options.right).map(parse)
            totals = left.join(right, on_self=itemgetter(0)).map_partitions(summarise).compute()
    report("join", "dask-bag", VERSION, watch.seconds, *join_totals(totals))


if __name__ == "__main__":
    main()

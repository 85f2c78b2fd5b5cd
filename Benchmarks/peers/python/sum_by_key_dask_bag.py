"""sum-by-key with dask.bag on its multiprocessing scheduler: FILE --workers N"""

from operator import add, itemgetter

import dask.bag

from checks import key_sums
from contract import Stopwatch, arguments, report
from dask_processes import BLOCK, VERSION, processes


def parse(line: str) -> tuple[int, int]:
    key, value = line.split(",")
    return int(key), int(value)


def add_value(total: int, pair: tuple[int, int]) -> int:
    return total + pair[1]


def main() -> None:
    options = arguments("file")
    with processes(options.workers):
        with Stopwatch() as watch:
            pairs = dask.bag.read_text(options.file, blocksize=BLOCK).map(parse)
            sums = pairs.foldby(itemgetter(0), add_value, 0, add, 0).compute()
    report("sum-by-key", "dask-bag", VERSION, watch.seconds, *key_sums(sums))


if __name__ == "__main__":
    main()

"""word-count with dask.bag on its multiprocessing scheduler: FILE --workers N"""

import dask.bag

from checks import word_counts
from contract import Stopwatch, arguments, report
from dask_processes import BLOCK, VERSION, processes


def main() -> None:
    options = arguments("file")
    with processes(options.workers):
        with Stopwatch() as watch:
            lines = dask.bag.read_text(options.file, blocksize=BLOCK)
            counts = lines.map(str.split).flatten().frequencies().compute()
    report("word-count", "dask-bag", VERSION, watch.seconds, *word_counts(counts))


if __name__ == "__main__":
    main()

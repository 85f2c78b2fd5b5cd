"""word-count with multiprocessing.Pool and a hand-written loop over byte ranges: FILE --workers N"""

from collections import Counter
from multiprocessing import Pool

from byte_ranges import byte_ranges, line_blocks
from checks import word_counts
from contract import Stopwatch, arguments, python_version, report


def count_range(path: str, start: int, end: int) -> Counter[bytes]:
    counts: Counter[bytes] = Counter()
    for block in line_blocks(path, start, end):
        counts.update(block.split())
    return counts


def main() -> None:
    options = arguments("file")
    with Pool(options.workers) as pool:
        with Stopwatch() as watch:
            ranges = byte_ranges(options.file, options.workers)
            counts, *others = pool.starmap(count_range, [(options.file, *bounds) for bounds in ranges])
            for other in others:
                counts.update(other)
            result = {word.decode("utf-8"): count for word, count in counts.items()}
    report("word-count", "pool", python_version(), watch.seconds, *word_counts(result.items()))


if __name__ == "__main__":
    main()

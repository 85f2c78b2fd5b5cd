"""sort with multiprocessing.Pool, written by hand: FILE --workers N

Each worker parses and sorts one byte range and cuts the sorted run at the bounds; then each worker merges the runs of
one range of keys. Runs travel through files of 64-bit integers, which is cheaper than pickling tuples to the parent.
"""

from array import array
from bisect import bisect_left
from itertools import chain
from multiprocessing import Pool
from operator import itemgetter
from tempfile import TemporaryDirectory

from byte_ranges import byte_ranges, line_blocks
from checks import SortedRun, sorted_runs, summarise_run
from contract import Stopwatch, arguments, python_version, report

SAMPLED_BYTES = 256 << 10
key_of = itemgetter(0)


def parse(block: bytes) -> list[tuple[int, int]]:
    pairs = []
    for line in block.splitlines():
        key, value = line.split(b",")
        pairs.append((int(key), int(value)))
    return pairs


def sample_bounds(path: str, workers: int) -> list[int]:
    """The keys at which to cut, from the head of each byte range."""
    sample = []
    for start, end in byte_ranges(path, workers):
        for block in line_blocks(path, start, min(end, start + SAMPLED_BYTES)):
            sample += [key for key, _ in parse(block)]
    sample.sort()
    return [sample[len(sample) * part // workers] for part in range(1, workers)]


def sort_range(path: str, source: int, start: int, end: int, bounds: list[int], folder: str) -> None:
    pairs = []
    for block in line_blocks(path, start, end):
        pairs += parse(block)
    pairs.sort(key=key_of)
    cuts = [0, *(bisect_left(pairs, bound, key=key_of) for bound in bounds), len(pairs)]
    for target, (low, high) in enumerate(zip(cuts, cuts[1:])):
        with open(run_path(folder, source, target), "wb") as file:
            array("q", chain.from_iterable(pairs[low:high])).tofile(file)


def merge_runs(target: int, sources: int, folder: str) -> SortedRun:
    pairs = []
    for source in range(sources):
        flat = array("q")
        with open(run_path(folder, source, target), "rb") as file:
            flat.frombytes(file.read())
        pairs += zip(flat[0::2], flat[1::2])
    # Sorting a concatenation of sorted runs is one merge each: Python's sort finds the runs.
    pairs.sort(key=key_of)
    return summarise_run(pairs)


def run_path(folder: str, source: int, target: int) -> str:
    return f"{folder}/{source}-{target}"


def main() -> None:
    options = arguments("file")
    workers = options.workers
    with Pool(workers) as pool, TemporaryDirectory(prefix="sheaf-bench-") as folder:
        with Stopwatch() as watch:
            bounds = sample_bounds(options.file, workers)
            ranges = enumerate(byte_ranges(options.file, workers))
            pool.starmap(sort_range, [(options.file, part, *ends, bounds, folder) for part, ends in ranges])
            runs = pool.starmap(merge_runs, [(target, workers, folder) for target in range(workers)])
    report("sort", "pool", python_version(), watch.seconds, *sorted_runs(runs))


if __name__ == "__main__":
    main()

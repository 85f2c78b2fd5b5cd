"""sum-by-key with multiprocessing.Pool and a hand-written loop over byte ranges: FILE --workers N"""

from multiprocessing import Pool

from byte_ranges import byte_ranges, line_blocks
from checks import key_sums
from contract import Stopwatch, arguments, python_version, report


def sum_range(path: str, start: int, end: int) -> dict[bytes, int]:
    sums: dict[bytes, int] = {}
    for block in line_blocks(path, start, end):
        for line in block.splitlines():
            # The key stays bytes in the loop: it is converted once per key at the end, not once per line.
            key, value = line.split(b",")
            sums[key] = sums.get(key, 0) + int(value)
    return sums


def main() -> None:
    options = arguments("file")
    with Pool(options.workers) as pool:
        with Stopwatch() as watch:
            ranges = byte_ranges(options.file, options.workers)
            sums, *others = pool.starmap(sum_range, [(options.file, *bounds) for bounds in ranges])
            for other in others:
                for key, value in other.items():
                    sums[key] = sums.get(key, 0) + value
            result = {int(key): value for key, value in sums.items()}
    report("sum-by-key", "pool", python_version(), watch.seconds, *key_sums(result.items()))


if __name__ == "__main__":
    main()

"""Calls of worker processes with multiprocessing.Pool: JOB --size N --workers N [--chunks]"""

import statistics
import time
from multiprocessing import Pool

from contract import python_version
from engines import Work, arguments, measure, nothing, sum_check

LARGE_CALLS = 10


def main() -> None:
    options = arguments()
    size = options.size
    with Pool(options.workers) as pool:

        def empty_call() -> Work:
            def calls() -> tuple[int, list[float]]:
                total, seconds = 0, []
                for number in range(size):
                    begin = time.perf_counter()
                    total += pool.apply(nothing, (number,))
                    seconds.append(time.perf_counter() - begin)
                return total, seconds

            return Work(calls, lambda result: (str(result[0]), size), size, lambda result: statistics.median(result[1]))

        def small_calls() -> Work:
            if options.chunks:
                # So the caller gathers calls; by default, four messages for each worker.
                return Work(lambda: sum(pool.map(nothing, range(size))), sum_check(size), size)
            return Work(lambda: sum(pool.imap(nothing, range(size))), sum_check(size), size)

        def large_argument() -> Work:
            data = b"\1" * size
            return Work(
                lambda: sum(pool.apply(len, (data,)) for _ in range(LARGE_CALLS)), sum_check(LARGE_CALLS), LARGE_CALLS
            )

        jobs = {"empty-call": empty_call, "small-calls": small_calls, "large-argument": large_argument}
        measure(options.job, "pool-map" if options.chunks else "pool", python_version(), jobs)


if __name__ == "__main__":
    main()

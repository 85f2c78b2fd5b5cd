"""dask's multiprocessing scheduler, its worker processes started before anything is timed."""

from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Iterator

import dask
import dask.bag

VERSION = f"dask {dask.__version__}"
# As large as the blocks into which Spark splits a local file.
BLOCK = "32MiB"


@contextmanager
def processes(workers: int) -> Iterator[None]:
    # "spawn" is what dask itself chooses.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # By default dask sends six tasks at a time to a worker, which would leave the other one idle here.
        with dask.config.set(scheduler="processes", pool=pool, num_workers=workers, chunksize=1):
            dask.bag.from_sequence(range(8 * workers), npartitions=4 * workers).map(str).frequencies().compute()
            yield

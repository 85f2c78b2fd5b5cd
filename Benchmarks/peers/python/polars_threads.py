"""Polars with a given number of threads, which it reads from the environment when it is imported, and never again."""

import os
from types import ModuleType


def polars(workers: int) -> tuple[ModuleType, str]:
    """The module and its name and version."""
    os.environ["POLARS_MAX_THREADS"] = str(workers)
    import polars

    assert polars.thread_pool_size() == workers, "polars was imported before its thread count was set"
    return polars, f"Polars {polars.__version__}"

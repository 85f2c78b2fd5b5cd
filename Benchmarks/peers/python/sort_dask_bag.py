"""sort with dask.bag, which has none: FILE --workers N"""

from contract import arguments, report_unsupported
from dask_processes import VERSION


def main() -> None:
    arguments("file")
    report_unsupported("sort", "dask-bag", VERSION, "dask.bag has no sort (only topk)")


if __name__ == "__main__":
    main()

"""Graphs of tiny tasks on dask's threaded scheduler: (tree|wavefront|independent) --size N --workers N

Building the graph is part of the measured time, as for every peer.
"""

import argparse
from typing import Any

import dask
import dask.threaded

from contract import Stopwatch, positive, report_tasks

MODULUS = 1_000_007
# A key of the graph is a tuple, so that no plain number in a task can be mistaken for one.
Graph = dict[tuple, Any]


def leaf(index: int) -> int:
    return index


def add(left: int, right: int) -> int:
    return left + right


def add_modulo(up: int, left: int) -> int:
    return (up + left) % MODULUS


def scramble(index: int) -> int:
    return (index * 31 + 7) % MODULUS


def tree(leaves: int) -> tuple[Graph, list[tuple]]:
    graph: Graph = {("sum", 0, index): (leaf, index) for index in range(leaves)}
    level, width = 0, leaves
    while width > 1:
        level, width = level + 1, width // 2
        for index in range(width):
            graph["sum", level, index] = (add, ("sum", level - 1, 2 * index), ("sum", level - 1, 2 * index + 1))
    return graph, [("sum", level, 0)]


def wavefront(side: int) -> tuple[Graph, list[tuple]]:
    graph: Graph = {("cell", 0, 0): (leaf, 1)}
    for index in range(1, side):
        graph["cell", 0, index] = (leaf, ("cell", 0, index - 1))
        graph["cell", index, 0] = (leaf, ("cell", index - 1, 0))
    for row in range(1, side):
        for column in range(1, side):
            graph["cell", row, column] = (add_modulo, ("cell", row - 1, column), ("cell", row, column - 1))
    return graph, [("cell", side - 1, side - 1)]


def independent(count: int) -> tuple[Graph, list[tuple]]:
    graph: Graph = {("task", index): (scramble, index) for index in range(count)}
    return graph, list(graph)


BUILDERS = {"tree": tree, "wavefront": wavefront, "independent": independent}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("job", choices=BUILDERS)
    parser.add_argument("--size", type=positive, required=True, help="leaves (a power of two), side or count")
    parser.add_argument("--workers", type=positive, default=2)
    options = parser.parse_args()
    if options.job == "tree" and options.size & (options.size - 1):
        parser.error(f"the tree needs a power of two as its number of leaves, not {options.size}")

    # Loads the scheduler's modules and starts its threads.
    dask.threaded.get({("warm", 0): (leaf, 0)}, [("warm", 0)], num_workers=options.workers)
    with Stopwatch() as watch:
        graph, keys = BUILDERS[options.job](options.size)
        check = sum(dask.threaded.get(graph, keys, num_workers=options.workers))
    version = f"dask {dask.__version__}"
    report_tasks(options.job, "dask-threaded", version, watch.seconds, check, len(graph))


if __name__ == "__main__":
    main()

"""Splits a file of lines by bytes, for the hand-written multiprocessing peers."""

import os
from typing import Iterator

BLOCK = 16 << 20


def byte_ranges(path: str, parts: int) -> list[tuple[int, int]]:
    size = os.path.getsize(path)
    bounds = [size * part // parts for part in range(parts + 1)]
    return list(zip(bounds, bounds[1:]))


def line_blocks(path: str, start: int, end: int) -> Iterator[bytes]:
    """Blocks of whole lines: those that begin in `start..<end`, wherever they end."""
    with open(path, "rb") as file:
        if start > 0:
            # A line that began before `start` belongs to the range before.
            file.seek(start - 1)
            file.readline()
        while (position := file.tell()) < end:
            block = file.read(min(BLOCK, end - position))
            yield block + file.readline() if not block.endswith(b"\n") else block

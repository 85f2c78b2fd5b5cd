"""What several tests need."""

from __future__ import annotations

import os
import struct
import sys
import time
import unittest
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from sheaf_bridge.program import Program, Wanted, hash_of_file  # noqa: E402

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.py")


def wanted(path: str = PROGRAM) -> Wanted:
    return Wanted(path, os.path.getsize(path), hash_of_file(path), os.uname().machine)


def program(path: str = PROGRAM) -> Program:
    return Program(wanted(path), path, is_copy=False)


def prefix(text: str) -> bytes:
    """A call's prefix, as tests/program.py reads it."""
    return struct.pack("<Q", len(text.encode())) + text.encode()


def number(value: int) -> bytes:
    return struct.pack("<Q", value)


def is_alive(pid: int) -> bool:
    """Whether a process runs, or a thread of it; one that has ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            # Its first thread may be gone while others, which are to end, have its sockets open.
            return file.read().rpartition(")")[2].split()[0] not in "ZX" or len(os.listdir(f"/proc/{pid}/task")) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


def sleepers(folder: str) -> list[int]:
    """The processes of the calls that sleep, as they have written into a folder: two for each call."""
    found: list[int] = []
    for name in os.listdir(folder):
        with open(os.path.join(folder, name)) as file:
            found += map(int, file.read().split())
    return found


def eventually(test: unittest.TestCase, condition: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    """Waits until something holds that no event tells of; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            test.fail(f"not within {seconds} seconds: {what}")
        time.sleep(0.005)

"""What a program's process has kept of the values that it was given or has returned, so that they are not sent again."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable

# Values with fewer bytes are always sent; the program knows this number, too.
SMALLEST = 1 << 16
# Bytes that a process may keep: a part of what each core has of this machine's memory.
KEPT_BYTES = min(256 << 20, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (16 * (os.cpu_count() or 1)))


class Known:
    """The numbers under which a process has kept values, by the values' names. The last used are kept."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()  # the last used at the end
        self._bytes = 0
        self._number = 0
        self._dropped: list[int] = []

    def find(self, name: Hashable) -> int:
        """A value's number; 0 where the process does not have it."""
        found = self._values.get(name)
        if found is None:
            return 0
        self._values.move_to_end(name)
        return found[0]

    def new_number(self) -> int:
        self._number += 1
        return self._number

    def add(self, name: Hashable, number: int, count: int, used: int = 0) -> bool:
        """Takes note of a value that the process keeps, and has others dropped where they are too many, but none of the `used` that were
        used last. False where there is no room for it.
        """
        self.forget(name)
        while self._bytes + count > self._limit:
            if len(self._values) <= used:
                return False
            _, (oldest, freed) = self._values.popitem(last=False)
            self._bytes -= freed
            self._dropped.append(oldest)
        self._values[name] = (number, count)
        self._bytes += count
        return True

    def forget(self, name: Hashable) -> None:
        """Has a value dropped, if the process has it."""
        found = self._values.pop(name, None)
        if found is not None:
            self._bytes -= found[1]
            self._dropped.append(found[0])

    def drop(self, number: int) -> None:
        """Has a value dropped that no note was taken of."""
        self._dropped.append(number)

    def take_dropped(self) -> list[int]:
        """What the process has not been told to drop yet."""
        dropped, self._dropped = self._dropped, []
        return dropped

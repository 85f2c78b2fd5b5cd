"""A process that clears up after the sidecar, however that ends: `python -c TEXT FOLDER` with this text, with the
sidecar at its stdin.

It reads which processes there are, one a line, as a number and the time when it was started. When stdin ends it asks
them to end, kills those that do not, and removes the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO

END_SECONDS = 2.0


# A socket's path may have 107 bytes, and Ray's own part of one has up to 70.
SHORT = 18


def make_folder(prefix: str) -> str:
    """A private folder, whose path is short enough for sockets in it."""
    usual = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix=prefix, dir=usual if len(usual) <= SHORT or not os.path.isdir("/tmp") else "/tmp")


class Lifeline:
    """The sidecar's side."""

    def __init__(self, folder: str) -> None:
        from . import source  # the process itself is of no package

        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", source("lifeline"), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def watch(self, pid: int) -> None:
        """A process that is not to outlive the sidecar."""
        if pid == self._process.pid:
            return
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(f"{pid} {_state(pid)[1]}\n")
        stdin.flush()

    def close(self) -> None:
        """Clears up now, and returns when that is done."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        self._process.wait()


def _state(pid: int) -> tuple[str, str]:
    """Whether a process runs, and when it was started. A number that has ended may be given to another process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            words = file.read().rpartition(")")[2].split()
            return words[0], words[19]
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return "X", ""
        try:
            os.kill(pid, 0)
            return "?", ""
        except OSError:
            return "X", ""


def processes_below(pid: int) -> list[int]:
    """All processes that a process has started, and those that they have; none on a system without /proc."""
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        return []
    return found + [below for child in found for below in processes_below(child)]


def _runs(pid: int, started: str) -> bool:
    state, since = _state(pid)
    return state not in "ZX" and since == started


def main(folder: str, stdin: IO[str]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    processes = [(int(pid), started) for pid, _, started in (line.rstrip("\n").partition(" ") for line in stdin)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + END_SECONDS
        for pid, started in processes:
            if _runs(pid, started):
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
        while any(_runs(*process) for process in processes) and time.monotonic() < until:
            time.sleep(0.02)
    # What ends now may still write, so it has to be gone for a while.
    until = time.monotonic() + 5 * END_SECONDS
    gone = 0
    while gone < 3 and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        gone = 0 if os.path.exists(folder) else gone + 1
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin)

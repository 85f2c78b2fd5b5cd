"""A process that clears up after the sidecar, however that ends: `python -c TEXT FOLDER` with this text, with the sidecar at its stdin.

It reads the numbers of processes, one a line. When stdin ends it asks them to end, kills those that do not, and removes the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import IO

END_SECONDS = 10.0


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
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(f"{pid}\n")
        stdin.flush()

    def close(self) -> None:
        """Clears up now, and returns when that is done."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.close()
        self._process.wait()


def _ends(pid: int, until: float) -> bool:
    while time.monotonic() < until:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    return True
        except FileNotFoundError:
            try:
                os.kill(pid, 0)  # a system without /proc
            except ProcessLookupError:
                return True
        time.sleep(0.02)
    return False


def main(folder: str, stdin: IO[str]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    pids = [int(line) for line in stdin]
    until = time.monotonic() + END_SECONDS
    for pid in pids:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    for pid in pids:
        if not _ends(pid, until):
            try:
                os.killpg(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
    # What ends now may still write.
    while os.path.exists(folder) and time.monotonic() < until + END_SECONDS:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin)

"""Real clusters on the loopback device, for tests: started here, and stopped by their process ids."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from typing import Any

from . import support

BIN = os.path.dirname(sys.executable)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class DaskCluster:
    """`dask scheduler` and `dask worker` processes with one thread each."""

    def __init__(self, workers: int = 2) -> None:
        self.folder = tempfile.mkdtemp(prefix="sheaf-test-dask-")
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[Any]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        self.workers = [self.add_worker() for _ in range(workers)]

    def _start(self, *arguments: str) -> subprocess.Popen[Any]:
        process = subprocess.Popen(
            [os.path.join(BIN, "dask"), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def add_worker(self, *more: str) -> subprocess.Popen[Any]:
        """A worker without a nanny, so that its process is the one that is killed; one with a nanny is the caller's wish."""
        arguments = more or ("--no-nanny",)
        return self._start(
            "worker", f"tcp://{self.address}", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
            "--local-directory", self.folder, *arguments,
        )  # fmt: skip

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def programs_alive(path: str = support.PROGRAM) -> list[int]:
    """The processes that run a program of a test."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if path.encode() in words and support.is_alive(int(name)):
                found.append(int(name))
    return found

"""Real clusters on the loopback device, for tests: started here, and stopped by their process ids."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any

from . import support
from sheaf_bridge.lifeline import Lifeline, processes_below

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
        self.lifeline = Lifeline(self.folder)  # in case that the tests are killed
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
        self.lifeline.watch(process.pid)
        return process

    def add_worker(self, *more: str) -> subprocess.Popen[Any]:
        """A worker without a nanny, so that its process is the one that is killed; one with a nanny is the caller's
        wish."""
        arguments = more or ("--no-nanny",)
        return self._start(
            "worker", f"tcp://{self.address}", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
            "--resources", "spindle=1", "--local-directory", self.folder, *arguments,
        )  # fmt: skip

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.lifeline.close()


# Where it is ignored (a shell's background), Ray's workers would inherit that, and could not be cancelled.
signal.signal(signal.SIGINT, signal.default_int_handler)


class RayCluster:
    """A head of Ray with two cores. With a token, clients need it as well."""

    def __init__(self, token: str = "") -> None:
        authentication = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {"RAY_AUTH_MODE": "disabled"}
        self.environment = {
            **os.environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0", **authentication,
        }  # fmt: skip
        # A short path: a socket's may have 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="sheaf-t-", dir="/tmp")
        self.lifeline = Lifeline(self.folder)  # in case that the tests are killed
        for _ in range(5):  # somebody else may take the port first
            port = free_port()
            self.address = f"127.0.0.1:{port}"
            self.process = self._start(port)
            deadline = time.monotonic() + 30
            while self.process.poll() is None and time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    for pid in [self.process.pid, *processes_below(self.process.pid)]:
                        self.lifeline.watch(pid)
                    return
                except OSError:
                    time.sleep(0.05)
            self._end()
        raise AssertionError("Ray does not start")

    def _start(self, port: int) -> subprocess.Popen[Any]:
        # `--block` keeps it in the foreground: `ray stop` would end every Ray process on the machine.
        return subprocess.Popen(
            [
                os.path.join(BIN, "ray"), "start", "--head", "--block",
                "--port", str(port), "--node-ip-address", "127.0.0.1",
                "--num-cpus", "2", "--resources", '{"spindle": 1}', "--include-dashboard", "false", "--object-store-memory", "200000000",
                "--temp-dir", os.path.join(self.folder, "r"),
            ],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def kill(self) -> None:
        """Ends the head as a power cut would."""
        for pid in [self.process.pid, *processes_below(self.process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def _end(self) -> None:
        if self.process.poll() is None:
            below = processes_below(self.process.pid)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for pid in below:
                if support.is_alive(pid):
                    os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        self._end()
        self.lifeline.close()


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

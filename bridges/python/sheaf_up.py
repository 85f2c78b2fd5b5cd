"""Keeps a small trial cluster of Dask or Ray on this machine running until standard input ends; started by `sheaf up`.

The one message that it is sent says what to start; it answers with the address, and says `failed` should the cluster
end by itself.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any, Protocol

from sheaf_bridge.lifeline import Lifeline, make_folder

# How long a cluster may take to start, and to end before it is killed.
START_SECONDS = 60.0
STOP_SECONDS = 15.0


class Cluster(Protocol):
    address: str
    dashboard: str | None

    def watch(self) -> str:
        """Waits until it has ended by itself, and says how."""

    def stop(self) -> None: ...


class StartFailure(Exception):
    """A cluster that cannot be started, with the reason."""


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class DaskCluster:
    def __init__(self, workers: int, port: int, folder: str) -> None:
        import dask
        import distributed

        dask.config.set({"temporary-directory": folder, "distributed.worker.daemon": True})
        has_dashboard = importlib.util.find_spec("bokeh") is not None
        self.cluster = distributed.LocalCluster(
            host="127.0.0.1",
            scheduler_port=port,
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0" if has_dashboard else None,
            local_directory=folder,
        )
        self.address = self.cluster.scheduler_address.removeprefix("tcp://")
        self.dashboard = self.cluster.dashboard_link if has_dashboard else None

    def watch(self) -> str:
        while self.cluster.scheduler.status.name == "running":
            time.sleep(0.5)
        return "the scheduler has ended"

    def stop(self) -> None:
        self.cluster.close(timeout=STOP_SECONDS)


class RayCluster:
    def __init__(self, workers: int, port: int, folder: str, lifeline: Lifeline) -> None:
        has_dashboard = all(importlib.util.find_spec(name) is not None for name in ("aiohttp_cors", "opencensus"))
        # On loopback only.
        environment = dict(os.environ, RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0")
        command = [
            sys.executable,
            "-m",
            "ray.scripts.scripts",
            "start",
            "--head",
            "--block",
            "--node-ip-address=127.0.0.1",
        ]
        command += [f"--port={port}", f"--num-cpus={workers}", f"--temp-dir={folder}", "--disable-usage-stats"]
        command += [f"--include-dashboard={'true' if has_dashboard else 'false'}"]
        self.log = open(os.path.join(folder, "start.log"), "w+b")
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )
        lifeline.watch(self.process.pid)
        self.address = f"127.0.0.1:{port}"
        self.dashboard = "http://127.0.0.1:8265" if has_dashboard else None
        try:
            self._wait_until_ready()
        except StartFailure:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        limit = time.monotonic() + START_SECONDS
        # What `--block` prints once everything runs.
        while b"--block" not in (text := self._said()):
            if self.process.poll() is not None:
                raise StartFailure(
                    f"Ray ended with status {self.process.returncode}: {text.decode(errors='replace')[-2000:]}"
                )
            if time.monotonic() > limit:
                raise StartFailure(
                    f"Ray was not ready after {START_SECONDS:g} seconds: {text.decode(errors='replace')[-2000:]}"
                )
            time.sleep(0.05)

    def _said(self) -> bytes:
        self.log.seek(0)
        return self.log.read()

    def watch(self) -> str:
        return f"Ray's head has ended with status {self.process.wait()}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        # What it has started and left behind.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()
        self.log.close()


class Channel:
    def __init__(self) -> None:
        self.input, self.output = os.dup(0), os.dup(1)
        os.dup2(2, 1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self.lock = threading.Lock()

    def read(self, count: int) -> bytes:
        parts = b""
        while len(parts) < count:
            part = os.read(self.input, count - len(parts))
            if not part:
                raise EOFError
            parts += part
        return parts

    def receive(self) -> dict[str, Any]:
        count, buffers = struct.unpack("<II", self.read(8))
        self.read(8 * buffers)
        message: dict[str, Any] = json.loads(self.read(count))
        return message

    def send(self, message: dict[str, Any]) -> None:
        text = json.dumps(message).encode()
        data = struct.pack("<II", len(text), 0) + text
        with self.lock:
            while data:
                data = data[os.write(self.output, data) :]


def start(wanted: dict[str, Any], folder: str, lifeline: Lifeline) -> Cluster:
    engine, workers, port = wanted["engine"], int(wanted["workers"]), int(wanted["port"])
    if not port_is_free(port):
        raise StartFailure(f"port {port} on 127.0.0.1 is taken; choose another with --port, or end what uses it")
    return DaskCluster(workers, port, folder) if engine == "dask" else RayCluster(workers, port, folder, lifeline)


def serve(channel: Channel, folder: str, lifeline: Lifeline) -> int:
    wanted = channel.receive()
    try:
        cluster = start(wanted, folder, lifeline)
    except (StartFailure, OSError, RuntimeError) as error:
        channel.send({"op": "answer", "id": wanted["id"], "ok": False, "kind": "engine", "text": str(error)})
        return 1
    channel.send(
        {"op": "answer", "id": wanted["id"], "ok": True, "address": cluster.address, "dashboard": cluster.dashboard}
    )
    stopping = threading.Event()

    def watch() -> None:
        text = cluster.watch()
        if not stopping.is_set():
            channel.send({"op": "failed", "text": text})

    threading.Thread(target=watch, name="sheaf-watch", daemon=True).start()
    try:
        channel.receive()
    except EOFError:
        pass
    stopping.set()
    cluster.stop()
    return 0


def main() -> int:
    # Whoever wants it to end closes its standard input; a signal to all of a terminal's processes is not for it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    channel = Channel()
    folder = make_folder("sheaf-up-")
    # Ends the cluster and removes the folder also when this process is killed.
    lifeline = Lifeline(folder)
    try:
        return serve(channel, folder, lifeline)
    except EOFError:
        return 0
    finally:
        lifeline.close()

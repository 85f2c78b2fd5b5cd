"""A cluster of Dask's: joined, or made; what is there; the program brought to it."""

from __future__ import annotations

import os
import platform
import socket
import tempfile
import time
from typing import Any

import dask
import distributed
import numpy

from .engine import EngineFailure, read_program, text_of
from .lifeline import Lifeline, processes_below
from .program import pack
from .shipping import Shipment


class DaskCluster:
    def __init__(self) -> None:
        self.client: Any = None
        self.address = ""
        # Whether values can be fetched from workers without the scheduler in between.
        self.direct = False
        # Whether workers and scheduler have numpy.
        self.arrays = True
        self.own: Any = None
        self.lifeline: Lifeline | None = None

    def join(self, message: dict[str, Any]) -> None:
        dask.config.set(
            {
                "distributed.admin.large-graph-warning-threshold": "1TiB",
                "distributed.comm.timeouts.connect": f"{message['timeout']}s",
                "distributed.diagnostics.computations.nframes": 0,
            }
        )
        address = message["address"]
        if address == "":
            self._start(message["workers"])
            address = self.own.scheduler_address
        elif "://" not in address:
            address = f"tcp://{address}"
        self.address = address
        timeout, workers = message["timeout"], message["min_workers"]
        try:
            self.client = distributed.Client(address, timeout=timeout, name="sheaf")
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineFailure(
                f"no Dask scheduler answers at {address} within {timeout:g} seconds ({text_of(error)});"
                " start one with `dask scheduler` and workers with `dask worker ADDRESS`, or look at the address"
            ) from None
        try:
            self.client.wait_for_workers(workers, timeout=timeout)
        except TimeoutError:
            raise EngineFailure(
                f"the Dask scheduler at {address} has {len(self.workers())} workers, and {workers} are wanted;"
                f" start more with `dask worker {address}`"
            ) from None

    def _start(self, workers: int) -> None:
        folder = tempfile.mkdtemp(prefix="sheaf-dask-")
        self.lifeline = Lifeline(folder)
        dask.config.set({"temporary-directory": folder, "distributed.worker.daemon": True})
        self.own = distributed.LocalCluster(
            host="127.0.0.1",
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
        )
        for pid in processes_below(os.getpid()):
            self.lifeline.watch(pid)

    def bring(self, message: dict[str, Any], session: str) -> tuple[Any, Any]:
        """Brings the program and the code to the cluster, and begins to watch the session.

        Returns the code's modules for workers and for the scheduler, under the names that they have there.
        """
        content = read_program(message)
        shipment = Shipment(message["hash"], "dask_watch", "dask_side")
        is_there = self.client.run_on_scheduler(eval, f"{shipment.name!r} in __import__('sys').modules")
        side, watch = shipment.module("dask_side"), shipment.module("dask_watch")
        if not is_there:
            is_local = all(_host(worker) in ("127.0.0.1", "::1", "localhost") for worker in self.workers())
            wanted = (message["program"], len(content), message["hash"], message["arch"])
            packed = pack(content, compressed=not is_local)
            # The scheduler's comes last: it tells the next client that both are there.
            self.client.register_plugin(side.WorkerSide(shipment.release, wanted, packed, shipment))
            self.client.register_plugin(watch.SchedulerSide(shipment.release, shipment))
        self.client.register_plugin(watch.Watch(session, self.client.id, shipment))
        found = self._probe(side, shipment.name, message["timeout"])
        for worker, answer in found.items():
            if answer["error"] is not None:
                kind, text, name = answer["error"]
                raise EngineFailure(f"worker {name or worker}: {text}", kind)
        has_numpy = "__import__('importlib.util').util.find_spec('numpy') is not None"
        self.arrays = all(answer["numpy"] for answer in found.values()) and self.client.run_on_scheduler(
            eval, has_numpy
        )
        self.direct = self._reaches_workers()
        return side, watch

    def _probe(self, side: Any, package: str, timeout: float) -> dict[str, Any]:
        """What each worker says of the program."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                found: dict[str, Any] = self.client.run(side.probe)
                return found
            except Exception as error:
                # Another client brings the same program at the same time, and has not come to all workers.
                if package not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def _reaches_workers(self) -> bool:
        for worker in self.workers():
            try:
                socket.create_connection((_host(worker), int(worker.rsplit(":", 1)[1])), timeout=1.0).close()
            except (OSError, ValueError, IndexError):
                return False
        return True

    def is_gone(self) -> bool:
        return self.client.status not in ("running", "newly-created")

    def info(self) -> dict[str, Any]:
        services = self.client.scheduler_info(n_workers=0).get("services") or {}
        return {
            "workers": [
                {"name": str(worker["name"]), "cores": worker["nthreads"], "memory": worker.get("memory_limit") or 0}
                for worker in self.workers().values()
            ],
            "dashboard": self.client.dashboard_link if "dashboard" in services and self.own is None else None,
            "versions": {
                "python": platform.python_version(),
                "dask": dask.__version__,
                "distributed": distributed.__version__,
                "numpy": numpy.__version__,
            },
        }

    def leave(self, is_connected: bool) -> None:
        if self.client is not None and self.client.status == "running":
            self.client.close(timeout=5)
        if self.own is not None:
            self.own.close(timeout=10)
        if self.lifeline is not None and is_connected:
            self.lifeline.close()  # else it clears up when this process has ended


def _host(address: str) -> str:
    return address.rpartition("://")[2].rsplit(":", 1)[0].strip("[]")

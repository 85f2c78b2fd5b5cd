"""A cluster of Ray's: joined, or made; what is there; the program brought to it."""

from __future__ import annotations

import logging
import os
import platform
import secrets
import socket
import time
from typing import Any

import numpy

from .engine import EngineFailure, read_program, text_of
from .lifeline import Lifeline, make_folder, processes_below
from .program import Wanted
from .shipping import Shipment

# Before Ray is imported: no reports of usage, no switching to another network device where the loopback is meant, no
# words about errors of values that nobody has asked for.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
os.environ.setdefault("RAY_IGNORE_UNHANDLED_ERRORS", "1")

import ray  # noqa: E402
import ray.exceptions as errors  # noqa: E402
from ray._private.authentication.authentication_token_setup import (  # noqa: E402
    maybe_enable_token_auth_if_token_available,
)

logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)


class RayCluster:
    def __init__(self) -> None:
        self.address = ""
        self.dashboard: str | None = None
        self.cores = 1
        self.resources: list[dict[str, float]] = []  # of each node
        self.folder = ""
        self.lifeline: Lifeline | None = None

    def join(self, message: dict[str, Any]) -> Any:
        """Joins or makes a cluster, with the program; returns the code's module, under the name that it has there."""
        # A short path: a socket's may have 107 bytes.
        self.folder = make_folder("sheaf-ray-")
        self.lifeline = Lifeline(self.folder)
        side, package = self._pack(message)
        address = message["address"]
        options: dict[str, Any] = {
            "runtime_env": {"py_modules": [package]},
            "log_to_driver": False,
            "logging_level": "ERROR",
        }
        if address == "":
            # Others on this machine cannot use the cluster, and no token is written into the home folder.
            os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
            options |= {
                "address": "local",
                "num_cpus": message["workers"],
                "include_dashboard": False,
                "_temp_dir": os.path.join(self.folder, "ray"),
                "_node_ip_address": "127.0.0.1",
            }
        else:
            if address == "auto":
                address = _running_address()
            _look_for_head(address, message["timeout"])
            _take_token(address)
            options["address"] = address
        try:
            context: Any = ray.init(**options)
        except (ConnectionError, OSError, RuntimeError, ValueError, errors.RayError) as error:
            raise EngineFailure(f"the Ray cluster at {address or 'local'} cannot be joined: {text_of(error)}") from None
        if address == "":
            # Most of them end with the driver, but not all.
            for pid in processes_below(os.getpid()):
                self.lifeline.watch(pid)
        self.address = context.address_info["gcs_address"]
        self.dashboard = f"http://{context.dashboard_url}" if context.dashboard_url else None
        self._wait_for_nodes(message["min_workers"], message["timeout"])
        return side

    def _pack(self, message: dict[str, Any]) -> tuple[Any, str]:
        """The folder that Ray brings to the workers."""
        content = read_program(message)
        shipment = Shipment(message["hash"], "ray_side")
        side = shipment.module("ray_side")
        folder = os.path.join(self.folder, shipment.name)
        os.mkdir(folder)
        wanted = Wanted(message["program"], len(content), message["hash"], message["arch"])
        for name, text in [("__init__", ""), *shipment.modules, ("wanted", side.wanted_text(wanted))]:
            with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as file:
                file.write(text)
        program = os.path.join(folder, side.PROGRAM)
        with open(program, "wb") as file:
            file.write(content)
        os.chmod(program, 0o700)
        return side, folder

    def _wait_for_nodes(self, wanted: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while len(found := self._nodes()) < wanted:
            if time.monotonic() > deadline:
                raise EngineFailure(f"the Ray cluster has {len(found)} nodes, and {wanted} are wanted")
            time.sleep(0.1)

    def _nodes(self) -> list[dict[str, Any]]:
        return [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]

    def is_gone(self) -> bool:
        """Ray's own client would wait for a minute, and then end the process."""
        return not _answers(self.address)

    def info(self) -> dict[str, Any]:
        nodes = self._nodes()
        self.cores = int(sum(node["Resources"]["CPU"] for node in nodes)) or 1
        self.resources = [node["Resources"] for node in nodes]
        return {
            "workers": [
                {
                    "name": node.get("NodeName") or node["NodeManagerAddress"],
                    "cores": int(node["Resources"]["CPU"]),
                    "memory": int(node["Resources"].get("memory", 0)),
                }
                for node in nodes
            ],
            "dashboard": self.dashboard,
            "versions": {"python": platform.python_version(), "ray": ray.__version__, "numpy": numpy.__version__},
        }

    def leave(self, is_connected: bool, has_failed: bool) -> None:
        if ray.is_initialized() and not has_failed:
            ray.shutdown()
        if self.lifeline is not None and is_connected:
            self.lifeline.close()  # else it clears up when this process has ended


def _look_for_head(address: str, timeout: float) -> None:
    """Ray itself would try for minutes."""
    deadline = time.monotonic() + timeout
    while not _answers(address):
        if time.monotonic() > deadline:
            raise EngineFailure(
                f"no Ray head answers at {address} within {timeout:g} seconds;"
                " start one with `ray start --head --port PORT`, or look at the address"
            )
        time.sleep(0.1)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=2.0).close()
        return True
    except (OSError, ValueError):
        return False


def _take_token(address: str) -> None:
    """Uses the token of the home folder for a head on this machine that asks for one.

    Ray's own client does so only for a head that it has found by itself. A cluster of another machine is not to see
    this one's.
    """
    look = getattr(getattr(ray._raylet, "InnerGcsClient", None), "standalone", None)
    if look is None:
        return  # another version of Ray; then ray.init says what is wrong
    try:
        look(address, None, 2000)
        return
    except errors.AuthenticationError:
        pass
    except errors.RayError:
        return
    mode = os.environ.get("RAY_AUTH_MODE")
    if mode is None and _is_here(address) and maybe_enable_token_auth_if_token_available(warn_if_disabled=False):
        try:
            look(address, None, 2000)
            return
        except errors.RayError:
            pass
    raise EngineFailure(
        f"the Ray head at {address} asks for another token; set RAY_AUTH_MODE=token and the cluster's token in"
        " RAY_AUTH_TOKEN, or name its file in RAY_AUTH_TOKEN_PATH"
    )


def _is_here(address: str) -> bool:
    """Whether an address is this machine's."""
    try:
        found = socket.gethostbyname(address.rpartition(":")[0].strip("[]") or "127.0.0.1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((found, 0))
        return True
    except OSError:
        return False


def _running_address() -> str:
    """The address of the cluster that `ray start` has noted on this machine."""
    address = os.environ.get("RAY_ADDRESS", "")
    if address in ("", "auto"):
        import ray._private.services as services

        found = services.find_gcs_addresses()
        if not found:
            raise EngineFailure("no Ray cluster runs on this machine; start one with `ray start --head`")
        address = sorted(found)[0]
    return address

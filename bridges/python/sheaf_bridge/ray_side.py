"""What runs inside Ray's workers. The package lies there as files, beside the program, as Ray has unpacked it."""

from __future__ import annotations

import os
import pickle
import threading
import time
from typing import Any

import ray

from .failures import TaskError
from .pool import Held, Pool
from .program import Program, Wanted, find, hash_of_file

PROGRAM = "program"
# Ray packs and unpacks small values faster as bytes than as arrays.
SMALL = 4096


class _Here:
    """The program in this process."""

    lock = threading.Lock()
    pool: Pool | None = None
    name = ""


def wanted_text(wanted: Wanted) -> str:
    """The text of the module `wanted` of the package, which says which program it has to be."""
    values = (wanted.path, wanted.size, wanted.hash, wanted.architecture)
    return f'"""Which program lies here."""\n\nWANTED = {values!r}\n'


def _pool() -> Pool:
    if _Here.pool is None:
        with _Here.lock:
            if _Here.pool is None:
                _Here.name = f"{ray.util.get_node_ip_address()}/{os.getpid()}"
                try:
                    _Here.pool = Pool(_program(), _Here.name)
                except TaskError as error:
                    raise error.located(_Here.name, "") from None
                except OSError as error:
                    raise TaskError("program", f"the program cannot be used: {error}", _Here.name) from None
    return _Here.pool


def _program() -> Program:
    from .wanted import WANTED

    wanted = Wanted(*WANTED)
    found = find(wanted)
    if found is not None:
        return found
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), PROGRAM)
    received = hash_of_file(path)
    if received != wanted.hash:
        raise TaskError("program", f"the program arrived with the hash {received[:16]} instead of {wanted.hash[:16]}")
    if not os.access(path, os.X_OK):
        os.chmod(path, 0o700)
    # Ray removes it with the package.
    return Program(wanted, path, is_copy=False)


def call(task: bytes, *arguments: Any) -> tuple[Any, bytes]:
    """A task: calls a function of the program with the values of other tasks.

    `task` is its key, its token, what is to be prepared, the call's prefix, how often it may be repeated and the
    arguments' names, pickled: one argument of bytes, since Ray takes its time for each and for everything else. Where
    what is to be prepared is a value of its own (Ellipsis), it comes before the arguments.

    Gives the value, and apart from it what the client wants to know: the value's bytes, when the call began and ended,
    the worker, the logs, and when it failed before. Ray itself repeats a task only when its worker was lost.
    """
    key, token, prepare, prefix, retries, names = pickle.loads(task)
    if prepare is ...:
        prepare, *arguments = arguments  # type: ignore[assignment]
    logs: list[str | bytes] = []
    failed: list[float] = []
    while True:
        begun = time.time()
        try:
            value = _pool().call(key, token, prepare, prefix, arguments, logs.append, names, key)
        except TaskError as error:
            if len(failed) < retries and error.kind in ("failure", "crashed"):
                failed.append(time.time())
                continue
            raise error.with_logs(logs) from None
        count = len(value)
        if count <= SMALL:
            value = bytes(value)
        return value, pickle.dumps((count, begun, time.time(), _Here.name, logs, failed))


def probe() -> None:
    """Raises TaskError where the program does not run."""
    _pool().warm()


class Actor:
    """An object of the program with a process of its own, as an actor of Ray's. It ends with its worker."""

    def __init__(self, key: str, prefix: bytes, *arguments: Any) -> None:
        self.logs: list[str | bytes] = []
        self.held: Held | None = None
        # Ray tells little of an error that is thrown here.
        self.error: TaskError | None = None
        try:
            self.held = _pool().hold(key, prefix, arguments, self.logs.append)
        except TaskError as error:
            self.error = error

    def ready(self) -> list[str | bytes]:
        """Returns when it is made."""
        self._made()
        return self._take_logs()

    def call(self, number: int, prefix: bytes, *arguments: Any) -> tuple[Any, list[str | bytes]]:
        held = self._made()
        try:
            return held.call(number, prefix, arguments), self._take_logs()
        except TaskError as error:
            raise error.with_logs(self._take_logs()) from None

    def stop(self, number: int) -> None:
        """Tells a call that its result is not wanted; on a thread beside that of calls."""
        if self.held is not None:
            self.held.stop(number)

    def _made(self) -> Held:
        if self.held is None:
            raise self.error or TaskError("engine", "the actor was not made", _Here.name)
        return self.held

    def _take_logs(self) -> list[str | bytes]:
        logs = list(self.logs)
        self.logs.clear()
        return logs

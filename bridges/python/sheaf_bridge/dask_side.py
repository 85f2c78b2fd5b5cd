"""What runs inside Dask's workers: calls, and the objects of actors."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from .child import has_numpy
from .dask_watch import topic_of
from .failures import TaskError
from .pool import Pool
from .program import Wanted, place


class _Here:
    """The program in this process. Several workers in one process share it."""

    lock = threading.Lock()
    pool: Pool | None = None
    error: TaskError | None = None
    users = 0


class WorkerSide(WorkerPlugin):
    """Puts the program onto each worker, now and later; ends calls whose task was cancelled."""

    idempotent = True

    def __init__(self, release: str, wanted: tuple[Any, ...], packed: bytes, shipment: Any = None) -> None:
        self.name = f"sheaf-{release}"
        self.release, self.wanted, self.packed, self.shipment = release, wanted, packed, shipment

    def __reduce__(self) -> Any:
        return self.shipment.reduced("dask_side", "WorkerSide", self.release, self.wanted, self.packed)

    def setup(self, worker: Any) -> None:
        packed, self.packed = self.packed, b""
        with _Here.lock:
            _Here.users += 1
            if _Here.pool is None:
                try:
                    program = place(Wanted(*self.wanted), packed, worker.local_directory)
                    _Here.pool, _Here.error = Pool(program, str(worker.name)), None
                except TaskError as error:
                    _Here.error = error.located(str(worker.name), "")
                except OSError as error:
                    _Here.error = TaskError("program", f"the program cannot be stored: {error}", str(worker.name))

    def teardown(self, worker: Any) -> None:
        with _Here.lock:
            _Here.users -= 1
            if _Here.users == 0 and _Here.pool is not None:
                _Here.pool.close()
                _Here.pool = None

    def transition(self, key: Any, start: str, finish: str, **kwargs: Any) -> None:
        # Dask cannot interrupt a thread: the task is only marked, and its process is ended here.
        if start in ("executing", "long-running") and finish in ("cancelled", "resumed", "released", "forgotten"):
            if _Here.pool is not None:
                _Here.pool.cancel(key)
        elif start == "memory" and _Here.pool is not None:
            _Here.pool.let_go(key)


def _pool() -> Pool:
    pool = _Here.pool
    if pool is None:
        raise _Here.error or TaskError("engine", "the program is not on this worker", str(get_worker().name))
    return pool


def call(
    key: str, token: str | None, prepare: Any, prefix: bytes, names: tuple[str | None, ...], *arguments: Any
) -> Any:
    """A task: calls a function of the program with the values of other tasks, whose keys are the names."""

    def log(said: str | bytes) -> None:
        message = {"log": said} if isinstance(said, str) else {"remarks": [key, said]}
        get_worker().log_event(topic_of(key.rsplit("-", 3)[1]), message)

    while True:
        try:
            return _pool().call(key, token, prepare, prefix, arguments, log, names, key)
        except TaskError as error:
            # The scheduler may take a task back and give it here again while its process is being ended.
            if error.kind != "cancelled" or not _is_wanted(key):
                raise


def _is_wanted(key: str) -> bool:
    task = get_worker().state.tasks.get(key)
    return task is not None and task.state == "executing"


def data(value: Any) -> Any:
    """A task whose value the client has sent; it can be made again when a worker is lost."""
    return value


async def probe() -> dict[str, Any]:
    """Whether the program runs on this worker."""

    def start() -> None:
        _pool().warm()

    found: dict[str, Any] = {"numpy": has_numpy(), "error": None}
    try:
        await asyncio.to_thread(start)
    except TaskError as error:
        found["error"] = [error.kind, error.text, error.worker]
    return found


async def drain() -> None:
    """Ends the idle processes."""
    pool = _Here.pool
    if pool is not None:
        await asyncio.to_thread(pool.drain)


class Actor:
    """An object of the program with a process of its own, as one of Dask's actors. It ends when its key is released."""

    def __init__(self, key: str, prefix: bytes, arguments: list[Any]) -> None:
        self.key = key
        self.held = _pool().hold(key, prefix, arguments, self._log)
        # Dask has one thread for all actors of a worker: a busy one would keep the others waiting.
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="sheaf-actor")

    def _log(self, said: str | bytes) -> None:
        if isinstance(said, str):
            get_worker().log_event(topic_of(self.key.rsplit("-", 3)[1]), {"log": said})

    async def call(self, number: int, prefix: bytes, arguments: list[Any]) -> Any:
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(
            self.thread, run, self.held.call, number, prefix, arguments
        )

    async def stop(self, number: int) -> None:
        """Tells a call that its result is not wanted."""
        self.held.stop(number)

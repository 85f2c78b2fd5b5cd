"""What runs inside Dask: in the workers the calls, in the scheduler the watch over a session's tasks.

A task's key is "LABEL-SESSION-RUN-INDEX", and RUN ends with the letter of what is to be told of it: `p` for progress, `t` for every
task, `d` for nothing: data.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin

from .child import numpy
from .failures import TaskError
from .pool import Pool
from .program import Program, Wanted, place

TELL_SECONDS = 0.1


def topic_of(session: str) -> str:
    return f"sheaf-{session}"


def ended_topic_of(session: str) -> str:
    """Where the client says that a run has ended."""
    return f"sheaf-ended-{session}"


# --- Workers --------------------------------------------------------------------------------------------------------------------


class _Here:
    """The program in this process. Several workers in one process share it."""

    lock = threading.Lock()
    pool: Pool | None = None
    error: TaskError | None = None
    users = 0


class WorkerSide(WorkerPlugin):  # type: ignore[misc]
    """Puts the program onto each worker, now and later; ends calls whose task was cancelled."""

    idempotent = True

    def __init__(self, release: str, wanted: tuple[Any, ...], packed: bytes, shipment: Any = None) -> None:
        self.name = f"sheaf-{release}"
        self.release, self.wanted, self.packed, self.shipment = release, wanted, packed, shipment

    def __reduce__(self) -> tuple[Any, ...]:
        return self.shipment.reduced("WorkerSide", self.release, self.wanted, self.packed)

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


def call(key: str, token: str | None, prepare: Any, prefix: bytes, *arguments: Any) -> Any:
    """A task: calls a function of the program with the values of other tasks."""

    def log(text: str) -> None:
        get_worker().log_event(topic_of(key.rsplit("-", 3)[1]), {"log": text})

    while True:
        try:
            return _pool().call(key, token, prepare, prefix, arguments, log)
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

    found: dict[str, Any] = {"numpy": numpy is not None, "error": None}
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

    def __init__(self, key: str, prefix: bytes, arguments: list[Any], restarts: int) -> None:
        self.key = key
        self.held = _pool().hold(key, prefix, arguments, restarts, self._log)

    def _log(self, text: str) -> None:
        get_worker().log_event(topic_of(self.key.rsplit("-", 3)[1]), {"log": text})

    def call(self, prefix: bytes, arguments: list[Any]) -> Any:
        return self.held.call(prefix, arguments)


# --- Scheduler ------------------------------------------------------------------------------------------------------------------


class SchedulerSide(SchedulerPlugin):  # type: ignore[misc]
    """Brings the code into the scheduler, which unpickles graphs, by being unpickled there."""

    idempotent = True

    def __init__(self, release: str, shipment: Any = None) -> None:
        self.name = f"sheaf-{release}"
        self.release, self.shipment = release, shipment

    def __reduce__(self) -> tuple[Any, ...]:
        return self.shipment.reduced("SchedulerSide", self.release)


def are_there(keys: list[str], dask_scheduler: Any = None) -> bool:
    """Whether the scheduler knows any of these tasks."""
    return any(key in dask_scheduler.tasks for key in keys)


class PerTask:
    """Annotations that differ from task to task."""

    def __init__(self, values: dict[str, int]) -> None:
        self.values = values

    def __call__(self, key: Any) -> int:
        return self.values.get(key, 0)


class _Run:
    def __init__(self, told: str) -> None:
        self.every_task = told == "t"
        self.running = 0
        self.done: set[int] = set()
        self.failed: set[int] = set()
        self.events: list[list[Any]] = []
        self.outputs: list[list[int]] = []
        self.has_changed = False


class Watch(SchedulerPlugin):  # type: ignore[misc]
    """Counts the tasks of one session, and tells its client at most every 100 ms; of outputs and errors at once."""

    idempotent = False

    def __init__(self, session: str, client: str, shipment: Any = None) -> None:
        self.name = f"sheaf-watch-{session}"
        self.session, self.client, self.shipment = session, client, shipment
        self.marker = f"-{session}-"
        self.runs: dict[str, _Run] = {}
        self.timer: Any = None
        self.told = 0.0
        self.messages = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return self.shipment.reduced("Watch", self.session, self.client)

    async def start(self, scheduler: Any) -> None:
        self.scheduler = scheduler
        self.loop = asyncio.get_running_loop()

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        if type(key) is not str or self.marker not in key:
            return
        _, name, index = key.rsplit("-", 2)
        told = name[-1]
        if told == "d":
            return
        run = self.runs.get(name)
        if finish == "processing":
            if run is None:
                run = self.runs[name] = _Run(told)
            run.running += 1
            at_once = False
        elif run is not None and start == "processing":
            run.running -= 1
            at_once = self._after(run, key, int(index), finish, kwargs)
        else:
            return
        run.has_changed = True
        self._soon(at_once)

    def _after(self, run: _Run, key: str, number: int, finish: str, kwargs: dict[str, Any]) -> bool:
        at_once = False
        told = "retried"
        if finish == "memory":
            told = "finished"
            run.done.add(number)
            task = self.scheduler.tasks.get(key)
            if task is not None and task.who_wants:
                run.outputs.append([number, int(kwargs.get("nbytes") or 0)])
                at_once = True
        elif finish == "erred":
            told = "failed"
            run.failed.add(number)
            at_once = True
        if run.every_task:
            worker = kwargs.get("worker")
            state = self.scheduler.workers.get(worker)
            place = str(state.name) if state is not None else str(worker or "")
            begun = ended = time.time()
            for span in kwargs.get("startstops") or ():
                if span.get("action") == "compute":
                    begun, ended = span["start"], span["stop"]
            if told == "finished":
                run.events.append([number, "started", begun, place])
            run.events.append([number, told, ended, place])
        return at_once

    def _soon(self, at_once: bool) -> None:
        if at_once:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = self.loop.call_soon(self._tell)
        elif self.timer is None:
            self.timer = self.loop.call_at(max(self.told + TELL_SECONDS, self.loop.time()), self._tell)

    def _tell(self) -> None:
        self.timer = None
        self.told = self.loop.time()
        changes = []
        for name, run in self.runs.items():
            if run.has_changed:
                changes.append([name[:-1], len(run.done), run.running, len(run.failed), run.outputs, run.events])
                run.outputs, run.events, run.has_changed = [], [], False
        if changes:
            self.scheduler.log_event(topic_of(self.session), {"runs": changes})
            self.messages += 1
            if self.messages % 100 == 0:
                self._forget()

    def _forget(self) -> None:
        """Dask keeps what was told, up to 100000 messages of each topic."""
        broker = getattr(self.scheduler, "_broker", None)
        if broker is not None:
            broker.truncate(topic_of(self.session))
            broker.truncate(ended_topic_of(self.session))

    def log_event(self, topic: str, message: Any) -> None:
        if topic == ended_topic_of(self.session):
            for told in "pt":
                self.runs.pop(f"{message}{told}", None)

    def remove_client(self, scheduler: Any, client: str) -> None:
        if client == self.client:
            if self.timer is not None:
                self.timer.cancel()
            self._forget()
            if self.name in scheduler.plugins:
                scheduler.remove_plugin(self.name)

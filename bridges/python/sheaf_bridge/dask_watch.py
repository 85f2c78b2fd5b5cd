"""What runs inside Dask's scheduler: the watch over a session's tasks.

A task's key is "LABEL-SESSION-RUN-INDEX", and RUN ends with the letter of what is to be told of it: `p` for progress,
`t` for every task, `d` for nothing: data.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from distributed.diagnostics.plugin import SchedulerPlugin

TELL_SECONDS = 0.1


def topic_of(session: str) -> str:
    return f"sheaf-{session}"


def ended_topic_of(session: str) -> str:
    """Where the client says that a run has ended."""
    return f"sheaf-ended-{session}"


class SchedulerSide(SchedulerPlugin):
    """Brings the code into the scheduler, which unpickles graphs, by being unpickled there."""

    idempotent = True

    def __init__(self, release: str, shipment: Any = None) -> None:
        self.name = f"sheaf-{release}"
        self.release, self.shipment = release, shipment

    def __reduce__(self) -> Any:
        return self.shipment.reduced("dask_watch", "SchedulerSide", self.release)


def are_there(keys: list[str], dask_scheduler: Any = None) -> bool:
    """Whether the scheduler knows any of these tasks."""
    return any(key in dask_scheduler.tasks for key in keys)


class PerTask:
    """Annotations that differ from task to task."""

    def __init__(self, values: dict[str, Any], other: Any = 0) -> None:
        self.values, self.other = values, other

    def __call__(self, key: Any) -> Any:
        return self.values.get(key, self.other)


class _Run:
    def __init__(self, told: str) -> None:
        self.every_task = told == "t"
        self.running = 0
        self.done: set[int] = set()
        self.failed: set[int] = set()
        self.events: list[list[Any]] = []
        self.outputs: list[list[int]] = []
        self.has_changed = False


class Watch(SchedulerPlugin):
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

    def __reduce__(self) -> Any:
        return self.shipment.reduced("dask_watch", "Watch", self.session, self.client)

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

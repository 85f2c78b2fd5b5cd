"""What the sidecar's halves of Dask and Ray have in common: the state of the client's runs, and what it is told."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from collections.abc import Callable

from .failures import TaskError
from .frames import WireError
from .messages import Submission

Send = Callable[..., None]
PROGRESS_SECONDS = 0.1


class EngineFailure(Exception):
    """A request that cannot be done; the client is told the kind and the text."""

    def __init__(self, text: str, kind: str = "engine") -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


class Line:
    """Does one thing after another, on a thread of its own."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def add(self, work: Callable[[], None]) -> None:
        self._work.put(work)

    def close(self) -> None:
        """After what has been added the thread ends."""
        self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


@dataclass
class Run:
    """What is known of a run. Only its outputs are held."""

    name: str
    keys: list[str]
    outputs: set[str]
    number: int
    detail: str
    finishes: bool = False
    ready: set[str] = field(default_factory=set)
    # Outputs that will not come, because of an error.
    lost: set[str] = field(default_factory=set)
    has_error: bool = False
    has_ended: bool = False
    is_cancelled: bool = False
    counts: tuple[int, int, int] = (0, 0, 0)
    told: float = 0.0
    told_counts: tuple[int, int, int] | None = None
    state: Any = None


class Engine:
    """The part of an engine's half that tells the client. All its methods may be called from any thread."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.lock = threading.RLock()
        self.runs: dict[str, Run] = {}
        self.number = 0
        self.is_connected = False
        self.is_closing = False
        self.has_failed = False

    # --- What an engine does ------------------------------------------------------------------------------------------

    def connect(self, message: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def info(self) -> dict[str, Any]:
        raise NotImplementedError

    def submit(self, submission: Submission) -> None:
        raise NotImplementedError

    def cancel(self, run: str) -> None:
        raise NotImplementedError

    def put(self, key: str, buffer: Any) -> None:
        raise NotImplementedError

    def fetch(self, key: str) -> Callable[[], Any]:
        """Looks for a value; what is returned waits for it."""
        raise NotImplementedError

    def release(self, keys: list[str]) -> None:
        raise NotImplementedError

    def actor_new(self, actor: str, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        """Begins to make an object; what is returned waits until it is there."""
        raise NotImplementedError

    def actor_call(self, actor: str, number: int, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        """Begins a call; what is returned waits for its value. Calls are begun and waited for in their order."""
        raise NotImplementedError

    def actor_cancel(self, actor: str, number: int) -> None:
        """Tells a call that its result is not wanted; it ends when it likes. May block."""
        raise NotImplementedError

    def actor_end(self, actor: str) -> None:
        """Ends an object's process, also in the middle of a call."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def check_resources(self, submission: Submission, workers: list[dict[str, float]]) -> None:
        """Raises EngineFailure for a task whose resources no worker has: it would wait for ever."""
        seen: set[tuple[tuple[str, float], ...]] = set()
        for task in submission.tasks:
            wanted = tuple(sorted(task.resources.items()))
            if not wanted or wanted in seen:
                continue
            seen.add(wanted)
            if not any(all(worker.get(name, 0) >= amount for name, amount in wanted) for worker in workers):
                asked = ", ".join(f"{amount:g} of {name!r}" for name, amount in wanted)
                raise EngineFailure(f"no worker has what {task.name!r} asks for: {asked}", "resources")

    # --- What the client is told --------------------------------------------------------------------------------------

    def begin(self, submission: Submission) -> Run:
        with self.lock:
            if submission.run in self.runs:
                raise WireError(f"a second run {submission.run!r:.100}")
            self.number += 1
            run = Run(
                submission.run,
                [task.key for task in submission.tasks],
                set(submission.outputs),
                self.number,
                submission.detail,
                submission.finishes,
            )
            self.runs[run.name] = run
            return run

    def tell_progress(self, run: Run, done: int, running: int, failed: int, at_end: bool = False) -> None:
        with self.lock:
            run.counts = (done, running, failed)
            now = time.monotonic()
            if run.has_ended or run.counts == run.told_counts or (not at_end and now - run.told < PROGRESS_SECONDS):
                return
            run.told, run.told_counts = now, run.counts
            waiting = max(0, len(run.keys) - done - running - failed)
            self.send(
                {
                    "op": "progress",
                    "run": run.name,
                    "done": done,
                    "running": running,
                    "failed": failed,
                    "waiting": waiting,
                }
            )

    def tell_events(self, run: Run, events: list[list[Any]]) -> None:
        with self.lock:
            if events and not run.has_ended and run.detail == "tasks":
                self.send({"op": "tasks", "run": run.name, "events": events})

    def tell_remarks(self, run: Run, key: str, remarks: bytes) -> None:
        """What a task had to say beside its result, in the program's words."""
        with self.lock:
            if not run.has_ended:
                self.send({"op": "remarks", "run": run.name, "key": key}, [remarks])

    def tell_output(self, run: Run, key: str, count: int) -> None:
        """One more output is ready; the last of them ends the run."""
        with self.lock:
            if run.has_ended or key in run.ready or key not in run.outputs:
                return
            run.ready.add(key)
            self.send({"op": "output", "run": run.name, "key": key, "bytes": count})

    def end_if_ready(self, run: Run) -> bool:
        with self.lock:
            if run.has_ended or len(run.ready | run.lost) < len(run.outputs):
                return False
            if not run.has_error:
                run.counts = (len(run.keys), 0, 0)
            self.end(run, not run.has_error)
            return True

    def tell_error(self, run: Run, error: TaskError | EngineFailure, key: str = "") -> bool:
        """Tells the first error of a run, which ends it unless what does not need that task is done all the same.

        True when the run ends.
        """
        with self.lock:
            if run.has_ended:
                return False
            goes_on = run.finishes and isinstance(error, TaskError) and error.kind in ("failure", "crashed")
            if run.has_error:
                if not goes_on:
                    self.end(run, False)
                return not goes_on
            run.has_error = True
            header = {"op": "error", "run": run.name, "key": key, "kind": error.kind, "text": error.text, "worker": ""}
            buffers: list[Any] = []
            if isinstance(error, TaskError):
                header["worker"] = error.worker
                if error.kind == "failure":
                    buffers = [error.payload]
            self.send(header, buffers)
            if not goes_on:
                self.end(run, False)
            return not goes_on

    def end(self, run: Run, ok: bool) -> None:
        with self.lock:
            if run.has_ended:
                return
            done, _, failed = run.counts
            self.tell_progress(run, done, 0, failed, at_end=True)
            run.has_ended = True
            del self.runs[run.name]
            self.send({"op": "done", "run": run.name, "ok": ok})

    def tell_failed(self, text: str) -> None:
        """The engine is gone: all runs have ended, and so has the sidecar."""
        with self.lock:
            if self.has_failed or self.is_closing:
                return
            self.has_failed = True
            for run in list(self.runs.values()):
                self.tell_error(run, EngineFailure(text))
            self.send({"op": "failed", "text": text})


def text_of(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def read_program(message: dict[str, Any]) -> bytes:
    """The client's program, as its connection names it."""
    path = message["program"]
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise EngineFailure(f"the program {path} cannot be read: {error.strerror}", "program") from None
    found = hashlib.sha256(content).hexdigest()
    if found != message["hash"]:
        raise EngineFailure(
            f"the program {path} has the hash {found[:16]} instead of {message['hash'][:16]}", "program"
        )
    return content


def no_value(key: str) -> EngineFailure:
    return EngineFailure(f"the value {key!r} is not on the engine: it was released, or never computed")

"""What the sidecar's halves of Dask and Ray have in common: the client's messages, checked, and the state of its runs."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Sequence

from .failures import TaskError
from .frames import WireError

Send = Callable[..., None]
# Larger buffers become values of the engine's own, sent once.
INLINE_BYTES = 100_000
PROGRESS_SECONDS = 0.1


class EngineFailure(Exception):
    """A request that cannot be done; the client is told the kind and the text."""

    def __init__(self, text: str, kind: str = "engine") -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


def get(message: dict[str, Any], name: str, kind: type | tuple[type, ...], *default: Any) -> Any:
    """A field of a message. Raises WireError where it is missing or of another type."""
    if name not in message and default:
        return default[0]
    value = message.get(name)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise WireError(f"a message {message.get('op')!r} whose {name!r} is {value!r:.100}")
    return value


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


NULLABLE = (str, type(None))


@dataclass
class Task:
    """One task of a submission."""

    key: str
    name: str
    prefix: bytes
    # ("key", an earlier task's or value's) or ("buffer", index)
    arguments: list[tuple[str, Any]]
    retries: int
    priority: int


@dataclass
class Submission:
    run: str
    token: str | None
    prepare: int | None
    tasks: list[Task]
    outputs: list[str]
    detail: str
    buffers: list[Any]
    # Whether what does not need a task that failed is done all the same.
    finishes: bool = False


def _index(value: Any, buffers: Sequence[Any]) -> int:
    if type(value) is not int or not 0 <= value < len(buffers):
        raise WireError(f"a message that names the buffer {value!r:.50} of {len(buffers)}")
    return value


def parse_arguments(value: Any, buffers: Sequence[Any]) -> list[tuple[str, Any]]:
    if not isinstance(value, list):
        raise WireError(f"arguments that are {value!r:.100}")
    arguments: list[tuple[str, Any]] = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2:
            raise WireError(f"an argument that is {item!r:.100}")
        if item[0] == "buffer":
            arguments.append(("buffer", _index(item[1], buffers)))
        elif item[0] == "key" and isinstance(item[1], str):
            arguments.append(("key", item[1]))
        else:
            raise WireError(f"an argument that is {item!r:.100}")
    return arguments


def parse_call(message: dict[str, Any], buffers: list[Any]) -> tuple[bytes, list[Any]]:
    """The prefix of an actor's call and its arguments, those in buffers in place of their indices."""
    prefix = bytes(buffers[_index(message.get("prefix"), buffers)])
    arguments = parse_arguments(message.get("args", []), buffers)
    return prefix, [(form, buffers[value] if form == "buffer" else value) for form, value in arguments]


def parse_submission(message: dict[str, Any], buffers: list[Any]) -> Submission:
    """Raises WireError for what does not follow the protocol."""
    tasks, seen = [], set()
    for item in get(message, "tasks", list):
        if not isinstance(item, dict):
            raise WireError(f"a task that is {item!r:.100}")
        key = get(item, "key", str)
        if key in seen:
            raise WireError(f"two tasks with the key {key!r:.100}")
        seen.add(key)
        tasks.append(
            Task(
                key,
                get(item, "name", str, "task"),
                bytes(buffers[_index(item.get("prefix"), buffers)]),
                parse_arguments(item.get("args", []), buffers),
                get(item, "retries", int, 0),
                get(item, "priority", int, 0),
            )
        )
    outputs = get(message, "outputs", list)
    for output in outputs:
        if not isinstance(output, str):
            raise WireError(f"an output that is {output!r:.100}")
    prepare = message.get("prepare")
    return Submission(
        get(message, "run", str),
        get(message, "token", NULLABLE, None),
        None if prepare is None else _index(prepare, buffers),
        tasks,
        outputs,
        get(message, "detail", str, "progress"),
        buffers,
        get(message, "on_error", str, "cancel") == "finish",
    )


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

    # --- What an engine does ----------------------------------------------------------------------------------------------------

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

    def fetch(self, key: str) -> Any:
        raise NotImplementedError

    def release(self, keys: list[str]) -> None:
        raise NotImplementedError

    def actor_new(self, actor: str, prefix: bytes, arguments: list[Any], restarts: int) -> Callable[[], Any]:
        """Begins to make an object; what is returned waits until it is there."""
        raise NotImplementedError

    def actor_call(self, actor: str, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        """Begins a call; what is returned waits for its value. Calls are begun and waited for in their order."""
        raise NotImplementedError

    def actor_end(self, actor: str) -> None:
        """Ends an object's process, also in the middle of a call."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    # --- What the client is told ------------------------------------------------------------------------------------------------

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
                {"op": "progress", "run": run.name, "done": done, "running": running, "failed": failed, "waiting": waiting}
            )

    def tell_events(self, run: Run, events: list[list[Any]]) -> None:
        with self.lock:
            if events and not run.has_ended and run.detail == "tasks":
                self.send({"op": "tasks", "run": run.name, "events": events})

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
        """Tells the first error of a run, which ends it unless what does not need that task is done all the same. True when it ends."""
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

"""The sidecar's half of Dask: runs, values and actors on a cluster."""

from __future__ import annotations

import contextlib
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Any

import distributed
import numpy
from dask._task_spec import Task as DaskTask
from dask._task_spec import TaskRef

from .dask_cluster import DaskCluster
from .engine import Engine, EngineFailure, Run, Send, no_value, text_of
from .failures import TaskError
from .messages import Submission

WATCH_SECONDS = 0.25
# How long the scheduler may take to cancel.
CANCEL_SECONDS = 5.0
# Values in the graph can be made again when a worker is lost, but the scheduler keeps them; beyond so many bytes of a
# run they go to the workers directly.
GRAPH_BYTES = 128 << 20


def label_of(name: str) -> str:
    """A function's name as a part of a key; Dask groups tasks by what comes before the first dash."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name)[:60] or "task"


class DaskEngine(Engine):
    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self.session = uuid.uuid4().hex[:12]
        self.cluster = DaskCluster()
        # By the client's keys: what holds a value, and how large it is.
        self.values: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.by_number: dict[int, Run] = {}
        self.actors: dict[str, Any] = {}

    @property
    def client(self) -> Any:
        return self.cluster.client

    def connect(self, message: dict[str, Any]) -> dict[str, Any]:
        self.cluster.join(message)
        self.side, self.watch = self.cluster.bring(message, self.session)
        self.client.subscribe_topic(self.watch.topic_of(self.session), self._on_event)
        threading.Thread(target=self._watch_scheduler, name="sheaf-watch", daemon=True).start()
        self.is_connected = True
        return self.info()

    def info(self) -> dict[str, Any]:
        return self.cluster.info()

    def _watch_scheduler(self) -> None:
        stop = threading.Event()
        while not self.is_closing and not stop.wait(WATCH_SECONDS):
            if self._is_gone():
                return

    def _is_gone(self) -> bool:
        """Tells that the scheduler is gone, if it is."""
        if self.is_closing or not self.cluster.is_gone():
            return False
        self.tell_failed(f"the Dask scheduler at {self.cluster.address} is gone: the connection to it has ended")
        return True

    # --- Runs ---------------------------------------------------------------------------------------------------------

    def _value(self, buffer: Any) -> Any:
        """A buffer as a value on the engine."""
        if not self.cluster.arrays:
            return bytearray(buffer)
        return buffer if isinstance(buffer, numpy.ndarray) else numpy.frombuffer(buffer, dtype=numpy.uint8)

    def submit(self, submission: Submission) -> None:
        run = self.begin(submission)
        try:
            if any(task.resources for task in submission.tasks):
                self.check_resources(submission, [worker.get("resources") or {} for worker in self.cluster.workers().values()])
            self._submit(run, submission)
        except EngineFailure as failure:
            self.tell_error(run, failure)
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            self.tell_error(run, EngineFailure(f"the tasks could not be sent: {text_of(error)}"))

    def _submit(self, run: Run, submission: Submission) -> None:
        told = "t" if submission.detail == "tasks" else "p"
        tail = f"-{self.session}-{run.number}{told}-"
        keys = {task.key: f"{label_of(task.name)}{tail}{index}" for index, task in enumerate(submission.tasks)}
        graph: dict[str, Any] = {}
        held: list[Any] = []
        refs: dict[int, TaskRef] = {}

        room = GRAPH_BYTES

        def from_buffer(index: int) -> Any:
            nonlocal room
            buffer = submission.buffers[index]
            if submission.is_inline(index):
                return buffer
            if index not in refs:
                key = f"data-{self.session}-{run.number}d-{index}"
                if len(buffer) <= room:
                    room -= len(buffer)
                    graph[key] = DaskTask(key, self.side.data, self._value(buffer))
                else:
                    held.append(self._scatter(key, buffer))
                refs[index] = TaskRef(key)
            return refs[index]

        def from_key(key: str) -> TaskRef:
            if key in keys:
                return TaskRef(keys[key])
            return TaskRef(self._future(key).key)

        prepare = None if submission.prepare is None else from_buffer(submission.prepare)
        retries: dict[str, int] = {}
        priorities: dict[str, int] = {}
        resources: dict[str, dict[str, float]] = {}
        call = self.side.call
        for task in submission.tasks:
            key = keys[task.key]
            arguments = [from_buffer(value) if form == "buffer" else from_key(value) for form, value in task.arguments]
            names = tuple(argument.key if isinstance(argument, TaskRef) else None for argument in arguments)
            graph[key] = DaskTask(key, call, key, submission.token, prepare, task.prefix, names, *arguments)
            if task.retries:
                retries[key] = task.retries
            if task.priority:
                priorities[key] = task.priority
            if task.resources:
                resources[key] = task.resources
        wanted = {}
        for output in submission.outputs:
            if output in keys:
                wanted[output] = keys[output]
            elif output in self.values:
                self.tell_output(run, output, self.sizes.get(output, 0))
            else:
                raise EngineFailure(f"the output {output!r} is no task's")
        options: dict[str, Any] = {}
        if retries:
            options["retries"] = self.watch.PerTask(retries)
        if priorities:
            options["priority"] = self.watch.PerTask(priorities)
        if resources:
            options["resources"] = self.watch.PerTask(resources, {})
        names = list(wanted)
        with self.lock:
            self.by_number[run.number] = run
            if run.is_cancelled:
                return
            futures = self.client.get(graph, [wanted[name] for name in names], sync=False, **options)
            # `held` keeps what was scattered until the scheduler knows that tasks need it; the outputs' futures do so
            # longer.
            run.state = (dict(zip(names, futures, strict=True)), held)
            for name, future in zip(names, futures, strict=True):
                self.values[name] = future
                future.add_done_callback(lambda future, name=name: self._on_future(run, name, future))
        self._end_if_ready(run)

    def _scatter(self, key: str, buffer: Any) -> Any:
        return self.client.scatter({key: self._value(buffer)}, direct=self.cluster.direct, hash=False)[key]

    def _on_event(self, event: Any) -> None:
        """From the scheduler; on the client's event loop."""
        message = event[1]
        if "log" in message:
            self.send({"op": "log", "text": message["log"]})
        if "remarks" in message:
            key, remarks = message["remarks"]
            with self.lock:
                run = self.by_number.get(int(key.rsplit("-", 2)[1][:-1]))
            if run is not None:
                self.tell_remarks(run, self._task_key(run, key), remarks)
        for number, done, running, failed, outputs, events in message.get("runs", ()):
            with self.lock:
                run = self.by_number.get(int(number))
            if run is None or run.has_ended:
                continue
            self.tell_progress(run, done, running, failed)
            self.tell_events(run, [[run.keys[index], *rest] for index, *rest in events])
            for index, count in outputs:
                key = run.keys[index]
                self.sizes[key] = count
                self.tell_output(run, key, count)
            self._end_if_ready(run)

    def _end_if_ready(self, run: Run) -> None:
        if self.end_if_ready(run):
            self._forget(run)

    def _on_future(self, run: Run, key: str, future: Any) -> None:
        """An output's future has ended, well or not."""
        if run.has_ended or run.is_cancelled or future.status == "finished" or self._is_gone():
            return
        if future.status != "error":
            text = f"a value that the run needs was lost with its worker ({future.status})"
            self._give_up(run, TaskError("lost", text, key=key), key)
            return
        error = future.exception()
        if isinstance(error, self.side.TaskError):
            if error.kind == "cancelled" and not run.is_cancelled:
                # Its process was ended for a task that the scheduler had taken back for a while.
                self.client.retry([future])
                future.add_done_callback(lambda future: self._on_future(run, key, future))
                return
            told = TaskError(error.kind, error.text, error.worker, self._task_key(run, error.key), error.payload)
        elif isinstance(error, distributed.scheduler.KilledWorker):
            worker = getattr(error.last_worker, "name", "") or getattr(error.last_worker, "address", "")
            text = f"the workers that ran it were lost {error.allowed_failures + 1} times"
            told = TaskError("lost", text, str(worker), self._task_key(run, str(error.task)))
        else:
            told = TaskError("engine", text_of(error), key=key)
        self._give_up(run, told, key)

    def _task_key(self, run: Run, key: str) -> str:
        try:
            return run.keys[int(key.rsplit("-", 1)[1])]
        except (ValueError, IndexError):
            return ""

    def _give_up(self, run: Run, error: TaskError, output: str) -> None:
        if self.tell_error(run, error, error.key):
            self._stop(run)
            return
        with self.lock:
            if run.has_ended:
                return
            run.lost.add(output)
            self.values.pop(output, None)
        self._end_if_ready(run)

    def _stop(self, run: Run) -> None:
        """Cancels what has not ended; what is ready stays until it is released."""
        with self.lock:
            run.is_cancelled = True
            futures, _ = run.state or ({}, [])
            for key in futures:
                if key not in run.ready:
                    self.values.pop(key, None)
        self.client.cancel([future for key, future in futures.items() if key not in run.ready], force=True)
        self._forget(run)

    def _forget(self, run: Run) -> None:
        with self.lock:
            self.by_number.pop(run.number, None)
            run.state = None
        self.client.loop.add_callback(self._say_ended, str(run.number))

    async def _say_ended(self, number: str) -> None:
        try:
            await self.client.scheduler.log_event(topic=self.watch.ended_topic_of(self.session), msg=number)
        except (OSError, ValueError, RuntimeError):
            pass  # the scheduler is gone, and so is what it would forget

    def cancel(self, name: str) -> None:
        with self.lock:
            run = self.runs.get(name)
            if run is None:
                return
            run.is_cancelled = True
        threading.Thread(target=self._cancel, args=(run,), name="sheaf-cancel", daemon=True).start()

    def _cancel(self, run: Run) -> None:
        """Tells the client once the scheduler has cancelled: nothing more starts then."""
        with self.lock:
            futures, _ = run.state or ({}, [])
            keys = [future.key for key, future in futures.items() if key not in run.ready]
        self._stop(run)
        deadline = time.monotonic() + CANCEL_SECONDS
        try:
            # The message that cancels goes another way than questions do.
            while self.client.run_on_scheduler(self.watch.are_there, keys) and time.monotonic() < deadline:
                time.sleep(0.005)
        except (OSError, TimeoutError, ValueError, RuntimeError):
            pass  # the scheduler is gone, and what it would start
        self.end(run, False)

    # --- Values -------------------------------------------------------------------------------------------------------

    def put(self, key: str, buffer: Any) -> None:
        name = f"data-{self.session}-{uuid.uuid4().hex[:12]}d-0"
        if len(buffer) <= GRAPH_BYTES:
            (future,) = self.client.get({name: DaskTask(name, self.side.data, self._value(buffer))}, [name], sync=False)
            if (error := future.exception()) is not None:
                raise EngineFailure(f"the value could not be stored: {text_of(error)}")
        else:
            future = self._scatter(name, buffer)
        with self.lock:
            self.values[key] = future
            self.sizes[key] = len(buffer)

    def _future(self, key: str) -> Any:
        with self.lock:
            future = self.values.get(key)
        if future is None:
            raise no_value(key)
        return future

    def fetch(self, key: str) -> Callable[[], Any]:
        future = self._future(key)
        return lambda: self._gather(key, future)

    def _gather(self, key: str, future: Any) -> Any:
        try:
            return self.client.gather(future, direct=self.cluster.direct)
        except self.side.TaskError as error:
            raise EngineFailure(str(error), error.kind) from None
        except distributed.scheduler.KilledWorker as error:
            raise EngineFailure(text_of(error), "lost") from None
        except (CancelledError, OSError, TimeoutError, KeyError) as error:
            raise EngineFailure(f"the value {key!r} was lost: {text_of(error)}", "lost") from None

    def release(self, keys: list[str]) -> None:
        with self.lock:
            for key in keys:
                self.values.pop(key, None)
                self.sizes.pop(key, None)
                for run in self.runs.values():
                    if run.state and key in run.ready:
                        run.state[0].pop(key, None)

    # --- Actors -------------------------------------------------------------------------------------------------------

    def _inline(self, arguments: list[Any]) -> Callable[[], list[Any]]:
        """Arguments as they are sent to an actor; what is returned waits for those that are values on the engine."""
        found = [(self.fetch(value) if form == "key" else value) for form, value in arguments]
        return lambda: [bytes(value()) if callable(value) else value for value in found]

    def actor_new(self, actor: str, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        key = f"actor-{self.session}-0d-{len(self.actors)}{uuid.uuid4().hex[:8]}"
        made = self.client.submit(
            self.side.Actor, key, prefix, self._inline(arguments)(), actor=True, key=key, pure=False
        )
        self.actors[actor] = made

        def wait() -> None:
            with self._told_as_lost():
                made.result()

        return wait

    def actor_call(self, actor: str, number: int, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        made = self.actors.get(actor)
        if made is None:
            raise EngineFailure(f"there is no actor {actor!r}")
        inline = self._inline(arguments)

        def wait() -> Any:
            # Dask promises no order of calls that are under way together.
            with self._told_as_lost():
                return made.result().call(number, prefix, inline()).result()

        return wait

    def actor_cancel(self, actor: str, number: int) -> None:
        made = self.actors.get(actor)
        if made is None:
            return
        try:
            with self._told_as_lost():
                made.result().stop(number).result()
        except (EngineFailure, self.side.TaskError):
            pass  # it is lost, and so is the call

    @contextlib.contextmanager
    def _told_as_lost(self) -> Iterator[None]:
        try:
            yield
        except (CancelledError, OSError, TimeoutError, ValueError, distributed.scheduler.KilledWorker) as error:
            raise EngineFailure(f"the actor was lost with its worker: {text_of(error)}", "lost") from None

    def actor_end(self, actor: str) -> None:
        made = self.actors.pop(actor, None)
        if made is not None:
            self.client.cancel([made], force=True)

    # --- The end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self.is_closing = True
        if self.client is not None and self.client.status == "running":
            for name in list(self.runs):
                self.cancel(name)
            for actor in list(self.actors):
                self.actor_end(actor)
            self.values.clear()
            if self.is_connected:
                try:
                    self.client.sync(self._leave, callback_timeout=5)
                except (OSError, TimeoutError, ValueError, RuntimeError):
                    pass  # the cluster is going away, too
        self.cluster.leave(self.is_connected)

    async def _leave(self) -> None:
        await self.client._run(self.side.drain, on_error="ignore")

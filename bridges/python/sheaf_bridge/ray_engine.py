"""The sidecar's half of Ray: runs, values and actors on a cluster."""

from __future__ import annotations

import pickle
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy

from .engine import Engine, EngineFailure, Run, Send, no_value, text_of
from .failures import TaskError
from .messages import Submission, Task
from .ray_cluster import RayCluster, errors, ray

PROBE_SECONDS = 0.25
# So long others may do something before more is read about tasks that have ended.
BATCH_SECONDS = 0.002
# How long a cancelled task has before it is cancelled again; more than its process has to tidy up.
INSIST_SECONDS = 2.0
# How often a task may lose its worker.
LOSSES = 3


@dataclass
class _State:
    """What is known of a run's tasks."""

    # By its index, the reference of the answer of each task that has not ended; it holds no value.
    pending: dict[int, Any] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)  # for each task, how many of its arguments are not ready
    dependents: list[list[int]] = field(default_factory=list)
    ready: int = 0  # tasks that could run, or do
    done: int = 0


class RayEngine(Engine):
    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self.cluster = RayCluster()
        # By the client's keys: what holds a value, and how large it is.
        self.values: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.ended: queue.SimpleQueue[tuple[Run, int, Any] | None] = queue.SimpleQueue()
        self.actors: dict[str, Any] = {}
        # By a function's name and what it asks for, the remote function that bears it.
        self.labelled: dict[tuple[Any, ...], Any] = {}

    def connect(self, message: dict[str, Any]) -> dict[str, Any]:
        self.side = side = self.cluster.join(message)
        threading.Thread(target=self._watch_head, name="sheaf-watch", daemon=True).start()
        self.remote = ray.remote(num_cpus=1, num_returns=2, max_retries=LOSSES, retry_exceptions=False)(side.call)
        try:
            probe = ray.remote(num_cpus=0.001, max_retries=0)(side.probe)
            ray.get(probe.remote(), timeout=max(60.0, message["timeout"]))
        except errors.RayTaskError as error:
            failure = self._cause(error, "")
            raise EngineFailure(f"worker {failure.worker}: {failure.text}", failure.kind) from None
        except errors.RayError as error:
            raise EngineFailure(f"the program could not be brought onto the cluster: {text_of(error)}") from None
        threading.Thread(target=self._watch_tasks, name="sheaf-tasks", daemon=True).start()
        self.is_connected = True
        return self.info()

    def info(self) -> dict[str, Any]:
        return self.cluster.info()

    def _watch_head(self) -> None:
        stop = threading.Event()
        while not self.is_closing and not stop.wait(PROBE_SECONDS):
            if self.cluster.is_gone() and not stop.wait(PROBE_SECONDS) and self.cluster.is_gone():
                address = self.cluster.address
                self.tell_failed(f"the head of the Ray cluster at {address} is gone: nothing answers there any more")
                return

    # --- Runs ---------------------------------------------------------------------------------------------------------

    def _put(self, buffer: Any) -> Any:
        return ray.put(buffer if isinstance(buffer, numpy.ndarray) else numpy.frombuffer(buffer, dtype=numpy.uint8))

    def submit(self, submission: Submission) -> None:
        run = self.begin(submission)
        run.state = _State()
        try:
            self.check_resources(submission, self.cluster.resources)
            self._submit(run, submission)
        except EngineFailure as failure:
            self._give_up(run, failure)
        except (errors.RayError, OSError, RuntimeError, ValueError, TypeError) as error:
            self._give_up(run, EngineFailure(f"the tasks could not be sent: {text_of(error)}"))

    def _submit(self, run: Run, submission: Submission) -> None:
        places = {task.key: index for index, task in enumerate(submission.tasks)}
        tasks = submission.tasks
        state: _State = run.state
        state.missing = [0] * len(tasks)
        state.dependents = [[] for _ in tasks]
        refs: dict[str, Any] = {}
        buffers: dict[int, Any] = {}

        def from_buffer(index: int) -> Any:
            buffer = submission.buffers[index]
            if submission.is_inline(index):
                return buffer
            if index not in buffers:
                buffers[index] = self._put(buffer)
            return buffers[index]

        def from_key(key: str) -> Any:
            return refs[key] if key in refs else self._reference(key)

        def name_of(buffer: int) -> str | None:
            return None if submission.is_inline(buffer) else f"{run.name}/{run.number}:{buffer}"

        prepare = None if submission.prepare is None else from_buffer(submission.prepare)
        before = []
        if isinstance(prepare, ray.ObjectRef):
            prepare, before = ..., [prepare]
        wanted = run.outputs
        for index in self._order(tasks, places, state):
            task = tasks[index]
            arguments = [from_buffer(value) if form == "buffer" else from_key(value) for form, value in task.arguments]
            names = [value if form == "key" else name_of(value) for form, value in task.arguments]
            what = pickle.dumps((task.key, submission.token, prepare, task.prefix, task.retries, names))
            value, answer = self._remote(task).remote(what, *before, *arguments)
            refs[task.key] = value
            with self.lock:
                if run.is_cancelled:
                    ray.cancel(answer)
                    return
                if task.key in wanted:
                    self.values[task.key] = value
                state.pending[index] = answer
                state.ready += state.missing[index] == 0
            answer.future().add_done_callback(lambda told, index=index: self.ended.put((run, index, told)))
        for output in submission.outputs:
            if output not in places:
                if output not in self.values:
                    raise EngineFailure(f"the output {output!r} is no task's")
                self.tell_output(run, output, self.sizes.get(output, 0))
        self.end_if_ready(run)

    def _order(self, tasks: list[Any], places: dict[str, int], state: _State) -> list[int]:
        """The tasks' indices, each after those that it needs."""
        missing = state.missing
        for index, task in enumerate(tasks):
            for form, value in task.arguments:
                if form == "key" and value in places:
                    missing[index] += 1
                    state.dependents[places[value]].append(index)
        left = list(missing)
        order = [index for index in range(len(tasks)) if left[index] == 0]
        for index in order:  # grows
            for dependent in state.dependents[index]:
                left[dependent] -= 1
                if left[dependent] == 0:
                    order.append(dependent)
        if len(order) < len(tasks):
            raise EngineFailure("the tasks need one another in a circle")
        return order

    def _remote(self, task: Task) -> Any:
        """The remote function for a task: with its name, and with what it asks for."""
        key = (task.name, task.cores, task.memory, *sorted(task.resources.items()))
        found = self.labelled.get(key)
        if found is None:
            options: dict[str, Any] = {"name": re.sub(r"[^\w.:-]+", "_", task.name)[:100] or "task"}
            if task.cores > 1:
                # A wish: a task for which no node is large enough would wait for ever.
                largest = max((node["CPU"] for node in self.cluster.resources), default=1)
                options["num_cpus"] = min(task.cores, int(largest))
            if task.memory and any(node.get("memory", 0) >= task.memory for node in self.cluster.resources):
                options["memory"] = task.memory
            named = dict(task.resources)
            if "GPU" in named:
                options["num_gpus"] = named.pop("GPU")
            if named:
                options["resources"] = named
            found = self.labelled[key] = self.remote.options(**options)
        return found

    def _watch_tasks(self) -> None:
        """Takes note of the tasks that have ended, many at a time."""
        while (first := self.ended.get()) is not None:
            by_run: dict[str, tuple[Run, list[tuple[int, Any]]]] = {}
            while first is not None:
                run, index, told = first
                by_run.setdefault(run.name, (run, []))[1].append((index, told))
                try:
                    first = self.ended.get_nowait()
                except queue.Empty:
                    break
            for run, answers in by_run.values():
                self._ended(run, answers)
            if first is None:
                return
            time.sleep(BATCH_SECONDS)

    def _ended(self, run: Run, answers: list[tuple[int, Any]]) -> None:
        events: list[list[Any]] = []
        failure: TaskError | None = None
        with self.lock:
            state = run.state
            if run.has_ended or state is None:
                return
            for index, future in answers:
                if state.pending.pop(index, None) is None:
                    continue
                key = run.keys[index]
                state.ready -= 1
                if (thrown := future.exception()) is not None:
                    error = self._cause(thrown, key)
                    self._tell_logs(error.logs)
                    if failure is None or _weight(error) < _weight(failure):
                        failure = error
                    events.append([error.key or key, "failed", time.time(), error.worker])
                    if key in run.outputs:
                        run.lost.add(key)
                        self.values.pop(key, None)
                    continue
                count, begun, ended, worker, logs, failed = pickle.loads(future.result())
                self._tell_logs(logs)
                for said in logs:
                    if isinstance(said, bytes):
                        self.tell_remarks(run, key, said)
                state.done += 1
                for dependent in state.dependents[index]:
                    state.missing[dependent] -= 1
                    state.ready += state.missing[dependent] == 0
                events += [[key, "retried", when, worker] for when in failed]
                events += [[key, "started", begun, worker], [key, "finished", ended, worker]]
                if key in run.outputs:
                    self.sizes[key] = count
                    self.tell_output(run, key, count)
            self.tell_events(run, events)
            running = min(self.cluster.cores, max(0, state.ready))
            self.tell_progress(run, state.done, running, 1 if failure else 0)
        if failure is not None:
            self._give_up(run, failure)
        self.end_if_ready(run)

    def _cause(self, error: BaseException, key: str) -> TaskError:
        """What a task's error means."""
        cause = getattr(error, "cause", None)
        if isinstance(cause, self.side.TaskError):
            return TaskError(*cause.args)
        if isinstance(
            error,
            (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.LocalRayletDiedError),
        ):
            return TaskError("lost", f"the worker that ran it was lost {LOSSES + 1} times: {text_of(error)}", key=key)
        if isinstance(error, (errors.ObjectLostError, errors.OwnerDiedError)):
            return TaskError("lost", f"a value that it needs was lost: {text_of(error)}", key=key)
        if isinstance(error, errors.TaskCancelledError):
            return TaskError("cancelled", "the run was cancelled", key=key)
        return TaskError("engine", text_of(error), key=key)

    def _give_up(self, run: Run, error: TaskError | EngineFailure) -> None:
        if self.tell_error(run, error, getattr(error, "key", "")):
            self._stop(run)

    def _stop(self, run: Run) -> None:
        """Cancels what has not ended; what is ready stays until it is released."""
        with self.lock:
            run.is_cancelled = True
            state, run.state = run.state, None
            for key in run.outputs - run.ready:
                self.values.pop(key, None)
        if state is not None and state.pending:
            # The last first: a task whose arguments are ready would begin when another has made room.
            answers = list(reversed(state.pending.values()))
            _cancel(answers)
            self._insist_later(answers, False)

    def _insist_later(self, answers: list[Any], force: bool) -> None:
        """Cancels again what has not ended in a while: an interrupt can come where Python does not pass it on."""

        def insist() -> None:
            if self.is_closing or self.has_failed:
                return
            _, left = ray.wait(answers, num_returns=len(answers), timeout=0, fetch_local=False)
            if left:
                _cancel(left, force)
                if not force:
                    self._insist_later(left, True)

        timer = threading.Timer(INSIST_SECONDS, insist)
        timer.daemon = True
        timer.start()

    def cancel(self, name: str) -> None:
        with self.lock:
            run = self.runs.get(name)
            if run is None:
                return
            run.is_cancelled = True
        # The engine first: once the client is told, nothing more starts.
        self._stop(run)
        self.end(run, False)

    # --- Values -------------------------------------------------------------------------------------------------------

    def put(self, key: str, buffer: Any) -> None:
        try:
            value = self._put(buffer)
        except errors.RayError as error:
            raise EngineFailure(f"the value could not be stored: {text_of(error)}") from None
        with self.lock:
            self.values[key] = value
            self.sizes[key] = len(buffer)

    def _reference(self, key: str) -> Any:
        with self.lock:
            found = self.values.get(key)
        if found is None:
            raise no_value(key)
        return found

    def fetch(self, key: str) -> Callable[[], Any]:
        value = self._reference(key)

        def wait() -> Any:
            try:
                return ray.get(value)
            except errors.RayError as error:
                failure = self._cause(error, key)
                raise EngineFailure(failure.text, failure.kind) from None

        return wait

    def release(self, keys: list[str]) -> None:
        with self.lock:
            for key in keys:
                self.values.pop(key, None)
                self.sizes.pop(key, None)

    # --- Actors -------------------------------------------------------------------------------------------------------

    def _references(self, arguments: list[Any]) -> list[Any]:
        return [self._reference(value) if form == "key" else value for form, value in arguments]

    def actor_new(self, actor: str, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        # No share of a core: an object that waits would keep it from tasks. Calls have one thread, what stops them
        # another.
        options: dict[str, Any] = {"num_cpus": 0, "max_restarts": 0, "concurrency_groups": {"control": 1}}
        made = ray.remote(**options)(self.side.Actor).remote(actor, prefix, *self._references(arguments))
        self.actors[actor] = made
        ready = made.ready.remote()
        return lambda: self._tell_logs(self._wait(ready))

    def actor_call(self, actor: str, number: int, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        made = self.actors.get(actor)
        if made is None:
            raise EngineFailure(f"there is no actor {actor!r}")
        # Ray does an actor's calls in the order in which they are made here.
        answer = made.call.remote(number, prefix, *self._references(arguments))

        def wait() -> Any:
            value, logs = self._wait(answer)
            self._tell_logs(logs)
            return value

        return wait

    def actor_cancel(self, actor: str, number: int) -> None:
        made = self.actors.get(actor)
        if made is not None:
            made.stop.options(concurrency_group="control").remote(number)

    def _tell_logs(self, logs: Sequence[str | bytes]) -> None:
        for text in logs:
            if isinstance(text, str):
                self.send({"op": "log", "text": text})

    def _wait(self, answer: Any) -> Any:
        try:
            return ray.get(answer)
        except errors.RayActorError as error:
            raise EngineFailure(f"the actor was lost with its worker: {text_of(error)}", "lost") from None
        except errors.RayError as error:
            failure = self._cause(error, "")
            self._tell_logs(failure.logs)
            raise failure from None

    def actor_end(self, actor: str) -> None:
        made = self.actors.pop(actor, None)
        if made is not None:
            ray.kill(made)

    # --- The end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self.is_closing = True
        if self.is_connected and not self.has_failed:
            for name in list(self.runs):
                self.cancel(name)
            for actor in list(self.actors):
                self.actor_end(actor)
            self.values.clear()
        self.ended.put(None)
        self.cluster.leave(self.is_connected, self.has_failed)


def _cancel(answers: list[Any], force: bool = False) -> None:
    for answer in answers:
        try:
            ray.cancel(answer, recursive=False, force=force)
        except (errors.RayError, ValueError, TypeError):
            pass  # it has ended


def _weight(error: TaskError) -> int:
    """Which of several errors is the cause."""
    return {"failure": 0, "crashed": 0, "program": 0, "engine": 2, "cancelled": 3}.get(error.kind, 1)

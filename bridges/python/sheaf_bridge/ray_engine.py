"""The sidecar's half of Ray: a driver on a cluster, or on a small one of its own."""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import platform
import queue
import re
import secrets
import socket
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Sequence

import numpy

from .engine import INLINE_BYTES, Engine, EngineFailure, Run, Send, Submission
from .failures import TaskError
from .lifeline import Lifeline, processes_below
from .program import Wanted
from .shipping import Shipment

# Before Ray is imported: no reports of usage, no switching to another network device where the loopback is meant, no words about
# errors of values that nobody has asked for.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
os.environ.setdefault("RAY_IGNORE_UNHANDLED_ERRORS", "1")

import ray  # noqa: E402
import ray.exceptions as errors  # noqa: E402
from ray._private.authentication.authentication_token_setup import (  # noqa: E402
    maybe_enable_token_auth_if_token_available,
)

logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)

PROBE_SECONDS = 0.25
# So long others may do something before more is read about tasks that have ended.
BATCH_SECONDS = 0.002
# How often a task may lose its worker.
LOSSES = 3


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


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
        self.values: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.lifeline: Lifeline | None = None
        self.folder = ""
        self.address = ""
        self.dashboard: str | None = None
        self.cores = 1
        self.ended: queue.SimpleQueue[tuple[Run, int, Any] | None] = queue.SimpleQueue()
        self.actors: dict[str, Any] = {}

    # --- Connecting -------------------------------------------------------------------------------------------------------------

    def connect(self, message: dict[str, Any]) -> dict[str, Any]:
        # A short path: a socket's may have 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="sheaf-ray-")
        self.lifeline = Lifeline(self.folder)
        package = self._package(message)
        options: dict[str, Any] = {
            "runtime_env": {"py_modules": [package]},
            "log_to_driver": False,
            "logging_level": "ERROR",
        }
        address = message["address"]
        if address == "":
            # A token of its own: others on this machine cannot use the cluster, and none is written into the home folder.
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
            self._look_for_head(address, message["timeout"])
            _take_token(address)
            options["address"] = address
        try:
            context = ray.init(**options)
        except (ConnectionError, OSError, RuntimeError, ValueError, errors.RayError) as error:
            raise EngineFailure(f"the Ray cluster at {address or 'local'} cannot be joined: {_text(error)}") from None
        if address == "":
            # Most of them end with the driver, but not all.
            for pid in processes_below(os.getpid()):
                self.lifeline.watch(pid)
        self.address = context.address_info["gcs_address"]
        self.dashboard = f"http://{context.dashboard_url}" if context.dashboard_url else None
        threading.Thread(target=self._watch_head, name="sheaf-watch", daemon=True).start()
        self._wait_for_nodes(message["min_workers"], message["timeout"])
        side = self.side
        self.remote = ray.remote(num_cpus=1, num_returns=2, max_retries=LOSSES, retry_exceptions=False)(side.call)
        self.labelled: dict[str, Any] = {}
        try:
            ray.get(ray.remote(num_cpus=0.001, max_retries=0)(side.probe).remote(), timeout=max(60.0, message["timeout"]))
        except errors.RayTaskError as error:
            failure = self._cause(error, "")
            raise EngineFailure(f"worker {failure.worker}: {failure.text}", failure.kind) from None
        except errors.RayError as error:
            raise EngineFailure(f"the program could not be brought onto the cluster: {_text(error)}") from None
        threading.Thread(target=self._watch_tasks, name="sheaf-tasks", daemon=True).start()
        self.is_connected = True
        return self.info()

    def _package(self, message: dict[str, Any]) -> str:
        """The folder that Ray brings to the workers."""
        path = message["program"]
        try:
            with open(path, "rb") as file:
                content = file.read()
        except OSError as error:
            raise EngineFailure(f"the program {path} cannot be read: {error.strerror}", "program") from None
        found = hashlib.sha256(content).hexdigest()
        if found != message["hash"]:
            raise EngineFailure(f"the program {path} has the hash {found[:16]} instead of {message['hash'][:16]}", "program")
        shipment = Shipment("ray_side", found)
        self.side = shipment.module()
        folder = os.path.join(self.folder, shipment.name)
        os.mkdir(folder)
        wanted = Wanted(path, len(content), found, message["arch"])
        for name, text in [("__init__", ""), *shipment.modules, ("wanted", self.side.wanted_text(wanted))]:
            with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as file:
                file.write(text)
        program = os.path.join(folder, self.side.PROGRAM)
        with open(program, "wb") as file:
            file.write(content)
        os.chmod(program, 0o700)
        return folder

    def _look_for_head(self, address: str, timeout: float) -> None:
        """Ray itself would try for minutes."""
        deadline = time.monotonic() + timeout
        while not _answers(address):
            if time.monotonic() > deadline:
                raise EngineFailure(
                    f"no Ray head answers at {address} within {timeout:g} seconds;"
                    " start one with `ray start --head --port PORT`, or look at the address"
                )
            time.sleep(0.1)

    def _wait_for_nodes(self, wanted: int, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while len(found := self._nodes()) < wanted:
            if time.monotonic() > deadline:
                raise EngineFailure(f"the Ray cluster has {len(found)} nodes, and {wanted} are wanted")
            time.sleep(0.1)

    def _nodes(self) -> list[dict[str, Any]]:
        return [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]

    def _watch_head(self) -> None:
        stop = threading.Event()
        while not self.is_closing and not stop.wait(PROBE_SECONDS):
            if not _answers(self.address) and not stop.wait(PROBE_SECONDS) and not _answers(self.address):
                self.tell_failed(f"the head of the Ray cluster at {self.address} is gone: nothing answers there any more")
                return

    def info(self) -> dict[str, Any]:
        nodes = self._nodes()
        self.cores = int(sum(node["Resources"]["CPU"] for node in nodes)) or 1
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

    # --- Runs -------------------------------------------------------------------------------------------------------------------

    def _put(self, buffer: Any) -> Any:
        return ray.put(buffer if isinstance(buffer, numpy.ndarray) else numpy.frombuffer(buffer, dtype=numpy.uint8))

    def submit(self, submission: Submission) -> None:
        run = self.begin(submission)
        run.state = _State()
        try:
            self._submit(run, submission)
        except EngineFailure as failure:
            self._give_up(run, failure)
        except (errors.RayError, OSError, RuntimeError, ValueError, TypeError) as error:
            self._give_up(run, EngineFailure(f"the tasks could not be sent: {_text(error)}"))

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
            if len(buffer) <= INLINE_BYTES:
                return buffer
            if index not in buffers:
                buffers[index] = self._put(buffer)
            return buffers[index]

        def from_key(key: str) -> Any:
            found = refs.get(key)
            if found is None:
                with self.lock:
                    found = self.values.get(key)
            if found is None:
                raise EngineFailure(f"the value {key!r} is not on the engine: it was released, or never computed")
            return found

        prepare = None if submission.prepare is None else from_buffer(submission.prepare)
        before = []
        if isinstance(prepare, ray.ObjectRef):
            prepare, before = ..., [prepare]
        wanted = run.outputs
        for index in self._order(tasks, places, state):
            task = tasks[index]
            arguments = [from_buffer(value) if form == "buffer" else from_key(value) for form, value in task.arguments]
            what = pickle.dumps((task.key, submission.token, prepare, task.prefix, task.retries))
            value, answer = self._labelled(task.name).remote(what, *before, *arguments)
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

    def _labelled(self, name: str) -> Any:
        found = self.labelled.get(name)
        if found is None:
            label = re.sub(r"[^\w.:-]+", "_", name)[:100] or "task"
            found = self.labelled[name] = self.remote.options(name=label)
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
                    continue
                count, begun, ended, worker, logs, failed = pickle.loads(future.result())
                self._tell_logs(logs)
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
            running = min(self.cores, max(0, state.ready))
            self.tell_progress(run, state.done, running, 1 if failure else 0)
        if failure is not None:
            self._give_up(run, failure)
        else:
            self.end_if_ready(run)

    def _cause(self, error: BaseException, key: str) -> TaskError:
        """What a task's error means."""
        cause = getattr(error, "cause", None)
        if isinstance(cause, self.side.TaskError):
            return TaskError(*cause.args)
        if isinstance(error, (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.LocalRayletDiedError)):
            return TaskError("lost", f"the worker that ran it was lost {LOSSES + 1} times: {_text(error)}", key=key)
        if isinstance(error, (errors.ObjectLostError, errors.OwnerDiedError)):
            return TaskError("lost", f"a value that it needs was lost: {_text(error)}", key=key)
        if isinstance(error, errors.TaskCancelledError):
            return TaskError("cancelled", "the run was cancelled", key=key)
        return TaskError("engine", _text(error), key=key)

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
        if state is not None:
            # The last first: a task whose arguments are ready would begin when another has made room.
            for answer in reversed(list(state.pending.values())):
                try:
                    ray.cancel(answer, recursive=False)
                except (errors.RayError, ValueError, TypeError):
                    pass  # it has ended

    def cancel(self, name: str) -> None:
        with self.lock:
            run = self.runs.get(name)
            if run is None:
                return
            run.is_cancelled = True
            self.end(run, False)
        self._stop(run)

    # --- Values -----------------------------------------------------------------------------------------------------------------

    def put(self, key: str, buffer: Any) -> None:
        try:
            value = self._put(buffer)
        except errors.RayError as error:
            raise EngineFailure(f"the value could not be stored: {_text(error)}") from None
        with self.lock:
            self.values[key] = value
            self.sizes[key] = len(buffer)

    def fetch(self, key: str) -> Any:
        with self.lock:
            value = self.values.get(key)
        if value is None:
            raise EngineFailure(f"the value {key!r} is not on the engine: it was released, or never computed")
        try:
            return ray.get(value)
        except errors.RayError as error:
            failure = self._cause(error, key)
            raise EngineFailure(failure.text, failure.kind) from None

    def release(self, keys: list[str]) -> None:
        with self.lock:
            for key in keys:
                self.values.pop(key, None)
                self.sizes.pop(key, None)

    # --- Actors -----------------------------------------------------------------------------------------------------------------

    def _references(self, arguments: list[Any]) -> list[Any]:
        found = []
        for form, value in arguments:
            if form == "key":
                with self.lock:
                    reference = self.values.get(value)
                if reference is None:
                    raise EngineFailure(f"the value {value!r} is not on the engine: it was released, or never computed")
                value = reference
            found.append(value)
        return found

    def actor_new(self, actor: str, prefix: bytes, arguments: list[Any], restarts: int) -> Callable[[], Any]:
        # No share of a core: an object that waits would keep it from tasks.
        options = {"num_cpus": 0, "max_restarts": restarts, "max_task_retries": 0}
        made = ray.remote(**options)(self.side.Actor).remote(actor, restarts, prefix, *self._references(arguments))
        self.actors[actor] = made
        ready = made.ready.remote()
        return lambda: self._tell_logs(self._wait(ready))

    def actor_call(self, actor: str, prefix: bytes, arguments: list[Any]) -> Callable[[], Any]:
        made = self.actors.get(actor)
        if made is None:
            raise EngineFailure(f"there is no actor {actor!r}")
        # Ray does an actor's calls in the order in which they are made here.
        answer = made.call.remote(prefix, *self._references(arguments))

        def wait() -> Any:
            value, logs = self._wait(answer)
            self._tell_logs(logs)
            return value

        return wait

    def _tell_logs(self, logs: Sequence[str]) -> None:
        for text in logs:
            self.send({"op": "log", "text": text})

    def _wait(self, answer: Any) -> Any:
        try:
            return ray.get(answer)
        except errors.RayActorError as error:
            raise EngineFailure(f"the actor was lost with its worker: {_text(error)}", "lost") from None
        except errors.RayError as error:
            failure = self._cause(error, "")
            self._tell_logs(failure.logs)
            raise failure from None

    def actor_end(self, actor: str) -> None:
        made = self.actors.pop(actor, None)
        if made is not None:
            ray.kill(made)

    # --- The end ----------------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        self.is_closing = True
        if ray.is_initialized() and not self.has_failed:
            for name in list(self.runs):
                self.cancel(name)
            for actor in list(self.actors):
                self.actor_end(actor)
            self.values.clear()
            self.ended.put(None)
            ray.shutdown()
        if self.lifeline is not None and self.is_connected:
            self.lifeline.close()  # else it clears up when this process has ended


def _weight(error: TaskError) -> int:
    """Which of several errors is the cause."""
    return {"failure": 0, "crashed": 0, "program": 0, "engine": 2, "cancelled": 3}.get(error.kind, 1)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]") or "127.0.0.1", int(port)), timeout=2.0).close()
        return True
    except (OSError, ValueError):
        return False


def _take_token(address: str) -> None:
    """Uses the token of the home folder for a head on this machine that asks for one.

    Ray's own client does so only for a head that it has found by itself. A cluster of another machine is not to see this one's.
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
        f"the Ray head at {address} asks for another token; set RAY_AUTH_MODE=token and the cluster's token in RAY_AUTH_TOKEN,"
        " or name its file in RAY_AUTH_TOKEN_PATH"
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

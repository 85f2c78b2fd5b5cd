"""A sidecar without an engine, for tests: runs tasks itself, on a few threads, each with a child in bridge mode.

The address chooses how it behaves: `garble`, `cut`, `leave`, `silent`, `nobody`, `wrong` and `lose` are ways to fail.
"""
import json
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable

FRAME = struct.Struct("<HBBIQ")


def exactly(read, count: int) -> bytes:
    parts = []
    while count > 0:
        part = read(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class Child:
    """A process of the program, which runs one call at a time."""

    def __init__(self, program: str) -> None:
        self.socket, other = socket.socketpair()
        number = other.fileno()
        environment = dict(os.environ, SHEAF_WORKER="bridge", SWIFT_BACKTRACE="enable=no")
        self.process = subprocess.Popen(
            [program], env=environment, pass_fds=(3,), preexec_fn=lambda: os.dup2(number, 3), start_new_session=True)
        other.close()
        kind, _, _ = self.receive()
        assert kind == 1
        self.number = 0
        self.tokens: set[str] = set()

    def receive(self) -> tuple[int, int, bytes]:
        magic, version, kind, call, count = FRAME.unpack(exactly(self.socket.recv, FRAME.size))
        assert magic == 0x4853 and version == 1
        return kind, call, exactly(self.socket.recv, count)

    def send(self, kind: int, payload: bytes = b"") -> None:
        self.socket.sendall(FRAME.pack(0x4853, 1, kind, self.number, len(payload)) + payload)

    def prepare(self, token: str, payload: bytes) -> None:
        if token not in self.tokens:
            self.tokens.add(token)
            self.send(10, payload)

    def call(self, prefix: bytes, arguments: list[bytes], remark: Callable[[bytes], None]) -> tuple[int, bytes]:
        self.number += 1
        parts = [prefix, struct.pack("<I", len(arguments))]
        for argument in arguments:
            parts += [struct.pack("<BQ", 0, len(argument)), argument]
        self.send(2, b"".join(parts))
        kind, _, payload = self.receive()
        while kind == 12:
            remark(payload)
            kind, _, payload = self.receive()
        return kind, payload

    def end(self) -> str:
        self.socket.close()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        status = self.process.wait()
        return f"exit {status}" if status >= 0 else signal.Signals(-status).name


class Actor:
    """An object of the program with a process of its own, and a thread for its calls."""

    def __init__(self, sidecar: "Sidecar", program: str) -> None:
        self.sidecar, self.child = sidecar, Child(program)
        self.calls: queue.Queue = queue.Queue()
        self.lock = threading.Lock()
        self.asked = 0
        self.is_gone = False
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        while (call := self.calls.get()) is not None:
            message, buffers = call
            header = {"op": "answer", "id": message["id"], "ok": False, "kind": "gone", "text": "the process has ended"}
            payload = b""
            if not self.is_gone:
                self.asked = message["id"]
                try:
                    values = [buffers[place] for _, place in message["args"]]
                    kind, payload = self.child.call(buffers[message["prefix"]], values, lambda remarks: None)
                    if kind == 3:
                        header, payload = {"op": "answer", "id": message["id"], "ok": True}, payload[9:]
                    else:
                        header["kind"] = "failure"
                except (EOFError, OSError):
                    self.is_gone = True
                    header["kind"], header["text"] = "crashed", self.child.end()
                self.asked = 0
            self.sidecar.send(header, payload)
        self.child.end()

    def cancel(self, call: int) -> None:
        if self.asked == call:
            self.child.send(7)

    def end(self) -> None:
        try:
            os.killpg(self.child.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.calls.put(None)


class Run:
    def __init__(self, message: dict, buffers: list[bytes]) -> None:
        self.name, self.detail = message["run"], message["detail"]
        self.token, self.prepare = message.get("token"), message.get("prepare")
        self.outputs = set(message["outputs"])
        self.tasks = {task["key"]: task for task in message["tasks"]}
        self.buffers = buffers
        self.lock = threading.Lock()
        self.values: dict[str, bytes] = {}
        self.left = {key: len(self.inputs(key)) for key in self.tasks}
        self.users: dict[str, list[str]] = {}
        for key in self.tasks:
            for used in self.inputs(key):
                self.users.setdefault(used, []).append(key)
        self.waiting = set(self.tasks)
        self.running: dict[str, Child | None] = {}
        self.finished = self.failed = 0
        self.error = self.cancelled = False

    def inputs(self, key: str) -> set[str]:
        return {place for kind, place in self.tasks[key]["args"] if kind == "key" and place in self.tasks}

    def drop(self, key: str) -> None:
        """What needs a task that has failed does not run."""
        for user in self.users.get(key, []):
            if user in self.waiting:
                self.waiting.discard(user)
                self.drop(user)


class Sidecar:
    def __init__(self) -> None:
        # Its children have their socket as descriptor 3, so nothing of this process may be there.
        assert os.open(os.devnull, os.O_RDONLY) == 3
        self.out = os.dup(1)
        os.dup2(2, 1)
        self.sending = threading.Lock()
        self.stored: dict[str, bytes] = {}
        self.runs: dict[str, Run] = {}
        self.actors: dict[str, Actor] = {}
        self.ready: queue.Queue = queue.Queue()
        self.program, self.behaviour = "", ""

    def send(self, header: dict, *buffers: bytes) -> None:
        text = json.dumps(header).encode()
        lengths = b"".join(struct.pack("<Q", len(buffer)) for buffer in buffers)
        data = b"".join((struct.pack("<II", len(text), len(buffers)), lengths, text, *buffers))
        with self.sending:
            while data:
                data = data[os.write(self.out, data):]

    def serve(self) -> None:
        while True:
            count, buffers = struct.unpack("<II", exactly(lambda n: os.read(0, n), 8))
            lengths = struct.unpack(f"<{buffers}Q", exactly(lambda n: os.read(0, n), 8 * buffers))
            message = json.loads(exactly(lambda n: os.read(0, n), count))
            parts = [exactly(lambda n: os.read(0, n), length) for length in lengths]
            if message["op"] == "close":
                self.send({"op": "closed"})
                return
            getattr(self, message["op"])(message, parts)

    def connect(self, message: dict, _: list[bytes]) -> None:
        self.program, self.behaviour = message["program"], message["address"]
        if self.behaviour == "nobody":
            self.send({"op": "answer", "id": message["id"], "ok": False, "kind": "unreachable", "text": "connection refused"})
            return
        if self.behaviour == "wrong":
            self.send({"op": "answer", "id": message["id"], "ok": False, "kind": "program", "text": "it is for riscv64"})
            return
        for _ in range(message.get("workers", 2)):
            threading.Thread(target=self.work, daemon=True).start()
        self.workers = message.get("workers", 2)
        self.info(message, [])

    def info(self, message: dict, _: list[bytes]) -> None:
        workers = [{"name": f"w{n}", "cores": 1, "memory": 1 << 30} for n in range(self.workers)]
        self.send({"op": "answer", "id": message["id"], "ok": True, "workers": workers, "dashboard": "http://nowhere",
                   "versions": {"fake": "1"}})

    def put(self, message: dict, buffers: list[bytes]) -> None:
        self.stored[message["key"]] = buffers[0]
        self.send({"op": "answer", "id": message["id"], "ok": True})

    def fetch(self, message: dict, _: list[bytes]) -> None:
        self.send({"op": "answer", "id": message["id"], "ok": True}, self.stored[message["key"]])

    def release(self, message: dict, _: list[bytes]) -> None:
        for key in message["keys"]:
            del self.stored[key]

    def actor_new(self, message: dict, buffers: list[bytes]) -> None:
        self.actors[message["actor"]] = Actor(self, self.program)
        self.actor_call(message, buffers)

    def actor_call(self, message: dict, buffers: list[bytes]) -> None:
        self.actors[message["actor"]].calls.put((message, buffers))

    def actor_cancel(self, message: dict, _: list[bytes]) -> None:
        if actor := self.actors.get(message["actor"]):
            actor.cancel(message["call"])

    def actor_end(self, message: dict, _: list[bytes]) -> None:
        if actor := self.actors.pop(message["actor"], None):
            actor.end()

    def submit(self, message: dict, buffers: list[bytes]) -> None:
        if self.behaviour == "garble":
            os.write(self.out, b"\xff" * 100)
        elif self.behaviour == "cut":
            os.write(self.out, struct.pack("<II", 100, 0) + b"{}")
            os._exit(0)
        elif self.behaviour == "leave":
            print("no more", file=sys.stderr)
            os._exit(7)
        elif self.behaviour == "lose":
            self.send({"op": "failed", "text": "the scheduler is gone"})
        elif self.behaviour == "stray":
            self.send({"op": "output", "run": message["run"], "key": "nobody's", "bytes": 1})
        elif self.behaviour == "mute":
            pass
        else:
            run = Run(message, buffers)
            self.runs[run.name] = run
            for key, left in run.left.items():
                if left == 0:
                    self.ready.put((run, key))
            if not run.left:
                self.settle(run)

    def cancel(self, message: dict, _: list[bytes]) -> None:
        run = self.runs.get(message["run"])
        if run is None:
            return
        with run.lock:
            run.cancelled = True
            run.waiting.clear()
            children = [child for child in run.running.values() if child is not None]
        for child in children:
            child.send(7)
        threading.Timer(0.3, self.insist, (run, children)).start()
        self.settle(run)

    def insist(self, run: Run, children: list[Child]) -> None:
        with run.lock:
            for child in children:
                if child in run.running.values():
                    os.killpg(child.process.pid, signal.SIGKILL)

    def work(self) -> None:
        child = None
        while True:
            run, key = self.ready.get()
            with run.lock:
                if key not in run.waiting:
                    continue
                run.waiting.discard(key)
                run.running[key] = None
            task = run.tasks[key]
            arguments = [
                run.buffers[place] if kind == "buffer" else run.values.get(place) or self.stored[place] for kind, place in task["args"]]
            for attempt in range(task["retries"] + 1):
                self.tell(run, key, "started")
                child = child or Child(self.program)
                with run.lock:
                    run.running[key] = child
                    if run.cancelled:
                        break
                try:
                    if run.token is not None:
                        child.prepare(run.token, run.buffers[run.prepare])
                    kind, payload = child.call(
                        run.buffers[task["prefix"]], arguments,
                        lambda remarks: self.send({"op": "remarks", "run": run.name, "key": key}, remarks))
                except (EOFError, OSError):
                    kind, payload = 0, child.end().encode()
                    child = None
                if kind == 3 or run.cancelled:
                    break
                if attempt < task["retries"]:
                    self.tell(run, key, "retried")
            self.ended(run, key, kind, payload)

    def tell(self, run: Run, key: str, what: str) -> None:
        if run.detail == "tasks":
            self.send({"op": "tasks", "run": run.name, "events": [[key, what, time.time(), "w"]]})

    def ended(self, run: Run, key: str, kind: int, payload: bytes) -> None:
        if kind == 3:
            value = payload[9:]
            self.tell(run, key, "finished")
            with run.lock:
                run.values[key] = value
                run.finished += 1
                for user in run.users.get(key, []):
                    run.left[user] -= 1
                    if run.left[user] == 0:
                        self.ready.put((run, user))
            if key in run.outputs and not run.cancelled:
                self.stored[key] = value
                self.send({"op": "output", "run": run.name, "key": key, "bytes": len(value)})
        elif not run.cancelled:
            self.tell(run, key, "failed")
            with run.lock:
                is_first = not run.error
                run.error = True
                run.failed += 1
                run.drop(key)
            if is_first:
                self.send(
                    {"op": "error", "run": run.name, "key": key, "kind": "failure" if kind == 4 else "crashed",
                     "text": "" if kind == 4 else payload.decode(), "worker": "w"}, *([payload] if kind == 4 else []))
        with run.lock:
            del run.running[key]
        self.settle(run)

    def settle(self, run: Run) -> None:
        with run.lock:
            self.send({"op": "progress", "run": run.name, "done": run.finished, "running": len(run.running),
                       "failed": run.failed, "waiting": len(run.waiting)})
            if run.waiting or run.running or self.runs.pop(run.name, None) is None:
                return
        self.send({"op": "done", "run": run.name, "ok": not run.error and not run.cancelled})


def main() -> int:
    try:
        Sidecar().serve()
    except EOFError:
        pass
    sys.stderr.flush()
    os._exit(0)

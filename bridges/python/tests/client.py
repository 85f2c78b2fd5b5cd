"""The client's end of the sidecar's protocol, for tests."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from typing import Any

from . import support
from sheaf_bridge import frames

SECONDS = 60.0


class Sidecar:
    """A sidecar, started for a test. Messages that are no answers are collected."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sheaf_bridge.sidecar"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        self.identifier = 0
        self.run_number = 0
        self.answers: queue.Queue[tuple[dict[str, Any], list[Any]]] = queue.Queue()
        self.messages: list[tuple[dict[str, Any], list[Any]]] = []
        self.changed = threading.Condition()
        self.has_ended = False
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        while True:
            try:
                received = frames.read_message(self.process.stdout)  # type: ignore[arg-type]
            except (frames.WireError, ValueError):
                received = None
            if received is not None and received[0]["op"] == "answer":
                self.answers.put(received)
                continue
            with self.changed:
                if received is None:
                    self.has_ended = True
                else:
                    self.messages.append(received)
                self.changed.notify_all()
            if received is None:
                return

    def send(self, header: dict[str, Any], *buffers: Any) -> None:
        stdin = self.process.stdin
        assert stdin is not None
        for part in frames.message_parts(header, buffers):
            stdin.write(part)
        stdin.flush()

    def ask(self, header: dict[str, Any], *buffers: Any, seconds: float = SECONDS) -> tuple[dict[str, Any], list[Any]]:
        """One request at a time."""
        self.identifier += 1
        self.send({**header, "id": self.identifier}, *buffers)
        answer, received = self.answers.get(timeout=seconds)
        assert answer["id"] == self.identifier, answer
        return answer, received

    def connect(self, engine: str, address: str = "", program: str = support.PROGRAM, **more: Any) -> dict[str, Any]:
        wanted = support.wanted(program)
        return self.ask(
            {
                "op": "connect",
                "engine": engine,
                "address": address,
                "program": program,
                "hash": wanted.hash,
                "arch": wanted.architecture,
                "min_workers": 1,
                "timeout": 30.0,
                **more,
            }
        )[0]

    def submit(
        self, tasks: dict[str, tuple[Any, ...]], outputs: list[str], detail: str = "progress", **more: Any
    ) -> str:
        """Submits `{key: (what, argument…)}`; an argument is a key or bytes. Returns the run."""
        self.run_number += 1
        run = str(self.run_number)
        buffers: list[Any] = []
        places: dict[int, int] = {}

        def buffer(value: Any) -> int:
            if id(value) not in places:
                places[id(value)] = len(buffers)
                buffers.append(value)
            return places[id(value)]

        sent = []
        keep = []
        for key, (what, *arguments) in tasks.items():
            prefix = support.prefix(what)
            keep.append(prefix)
            sent.append(
                {
                    "key": key,
                    "name": what.partition(":")[0],
                    "prefix": buffer(prefix),
                    "args": [["key", a] if isinstance(a, str) else ["buffer", buffer(a)] for a in arguments],
                    "retries": more.get("retries", 0),
                    **more.get("hints", {}),
                }
            )
        prepare = more.get("prepare")
        self.send(
            {
                "op": "submit",
                "run": run,
                "token": more.get("token"),
                "prepare": None if prepare is None else buffer(prepare),
                "tasks": sent,
                "outputs": outputs,
                "detail": detail,
                "on_error": more.get("on_error", "cancel"),
            },
            *buffers,
        )
        return run

    def of(self, op: str, run: str | None = None) -> list[dict[str, Any]]:
        with self.changed:
            return [h for h, _ in self.messages if h["op"] == op and (run is None or h.get("run") == run)]

    def wait_for(self, op: str, run: str | None = None, seconds: float = SECONDS) -> dict[str, Any]:
        """The first message of a kind."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                for header, _ in self.messages:
                    if header["op"] == op and (run is None or header.get("run") == run):
                        return header
                if self.has_ended:
                    raise AssertionError(f"the sidecar ended before {op!r}: {self.messages}")
                if not self.changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {op!r} of run {run} within {seconds} seconds: {self.messages[-5:]}")

    def failure(self, run: str) -> bytes:
        """The payload of a run's error."""
        with self.changed:
            for header, buffers in self.messages:
                if header["op"] == "error" and header["run"] == run:
                    return bytes(buffers[0])
        raise AssertionError("no error")

    def done(self, run: str, seconds: float = SECONDS) -> bool:
        return bool(self.wait_for("done", run, seconds)["ok"])

    def compute(self, tasks: dict[str, tuple[Any, ...]], output: str, **more: Any) -> bytes:
        """The value of one output of a run, which has to go well."""
        run = self.submit(tasks, [output], **more)
        if not self.done(run):
            raise AssertionError(self.of("error", run))
        return self.fetch(output)

    def fetch(self, key: str) -> bytes:
        answer, buffers = self.ask({"op": "fetch", "key": key})
        if not answer["ok"]:
            raise AssertionError(answer)
        return bytes(buffers[0])

    def end_of_input(self, seconds: float = SECONDS) -> int:
        """Closes its stdin; the status that it ends with."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        status = self.process.wait(seconds)
        self.reader.join(seconds)
        return status

    def kill(self) -> None:
        """Ends it however it is, for clean-ups."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.reader.join(10)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass

    def close(self) -> None:
        """Ends it as a client does."""
        try:
            if self.process.poll() is None:
                self.end_of_input()
        finally:
            self.kill()

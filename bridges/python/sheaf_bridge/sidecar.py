"""The process beside the Swift client: `python -m sheaf_bridge.sidecar`, messages at stdin and stdout.

It ends when stdin ends. Nothing that blocks is done on the thread that reads.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from collections.abc import Callable

from . import frames
from .engine import Engine, EngineFailure, Line
from .frames import WireError
from .messages import get, parse_call, parse_submission

# After so long the sidecar ends, whatever the engine's client still waits for.
CLOSE_SECONDS = 30.0


class Output:
    """Messages to the client, from any thread; written by a thread of its own, so that a client that is slow stops
    nobody."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None]) -> None:
        self.descriptor, self.on_gone = descriptor, on_gone
        self.messages: queue.SimpleQueue[list[Any] | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._write, name="sheaf-output", daemon=True)
        self.thread.start()

    def send(self, header: dict[str, Any], buffers: Any = ()) -> None:
        self.messages.put(frames.message_parts(header, buffers))

    def close(self) -> None:
        """Returns when everything is written."""
        self.messages.put(None)
        self.thread.join(CLOSE_SECONDS)

    def _write(self) -> None:
        try:
            while (parts := self.messages.get()) is not None:
                for part in parts:
                    view = memoryview(part).cast("B") if len(part) else memoryview(b"")
                    while len(view):
                        view = view[os.write(self.descriptor, view) :]
        except OSError:
            self.on_gone()


class Sidecar:
    def __init__(self, stdin: Any, stdout: int) -> None:
        self.stdin = stdin
        self.output = Output(stdout, self.stop)
        self.engine: Engine | None = None
        self.connected = threading.Event()
        self.closing = threading.Lock()
        self.lines: dict[str, Line] = {}
        # Requests that take their time: one may wait for another's value, so there are several.
        self.pool = ThreadPoolExecutor(8, thread_name_prefix="sheaf-request")

    def stop(self) -> None:
        """The client does not read any more."""
        self.end(1)

    def run(self) -> int:
        import numpy

        def allocate(length: int) -> Any:
            return numpy.empty(length, dtype=numpy.uint8)

        try:
            while True:
                received = frames.read_message(self.stdin, allocate)
                if received is None:
                    return 0
                if not self.handle(*received):
                    return 0
                received = None  # not to hold its buffers until the next one arrives
        except WireError as error:
            self.output.send({"op": "failed", "text": f"the sidecar received {error}"})
            return 2

    # --- Messages -----------------------------------------------------------------------------------------------------

    def handle(self, message: dict[str, Any], buffers: list[Any]) -> bool:
        """Starts what a message asks for. False for the last one."""
        op = message["op"]
        if op == "connect":
            self._connect(message)
        elif op == "close":
            identifier = get(message, "id", int)
            self.close_engine()
            self.output.send({"op": "answer", "id": identifier, "ok": True})
            self.output.send({"op": "closed"})
            return False
        else:
            handler = getattr(self, f"_on_{op}", None) if op.isidentifier() else None
            if handler is None:
                raise WireError(f"a message of the unknown kind {op!r:.100}")
            if not self.connected.is_set() or self.engine is None:
                raise WireError(f"a message {op!r} before the connection")
            handler(self.engine, message, buffers)
        return True

    def _answer(self, message: dict[str, Any], work: Callable[[], Any], line: Line | None = None) -> None:
        """Answers with what `work` returns, a dictionary or a buffer; on another thread, on that of `line` in its
        order."""
        identifier = get(message, "id", int)

        def answer() -> None:
            header: dict[str, Any] = {"op": "answer", "id": identifier, "ok": True}
            buffers: list[Any] = []
            try:
                found = work()
                if isinstance(found, dict):
                    header |= found
                elif found is not None:
                    buffers = [memoryview(found)]
            except EngineFailure as failure:
                header |= {"ok": False, "kind": failure.kind, "text": failure.text}
            except Exception as error:
                kind = getattr(error, "kind", None)
                if isinstance(kind, str):  # a TaskError, of this module or of the one that was shipped
                    header |= {"ok": False, "kind": kind, "text": error.text, "worker": error.worker}  # type: ignore[attr-defined]
                    buffers = [error.payload] if kind == "failure" else []  # type: ignore[attr-defined]
                else:
                    traceback.print_exc()
                    header |= {"ok": False, "kind": "engine", "text": f"{type(error).__name__}: {error}"}
            self.output.send(header, buffers)

        if line is None:
            self.pool.submit(answer)
        else:
            line.add(answer)

    def _connect(self, message: dict[str, Any]) -> None:
        if self.engine is not None:
            raise WireError("a second 'connect'")
        wanted = {
            "engine": get(message, "engine", str),
            "address": get(message, "address", str),
            "program": get(message, "program", str),
            "hash": get(message, "hash", str),
            "arch": get(message, "arch", str, ""),
            "min_workers": get(message, "min_workers", int, 1),
            "timeout": float(get(message, "timeout", (int, float), 30.0)),
            "workers": get(message, "workers", int, 2),
        }
        self.engine = engine = self._make_engine(wanted["engine"])

        def work() -> dict[str, Any]:
            answer = engine.connect(wanted)
            self.connected.set()
            return answer

        self._answer(message, work)

    def _make_engine(self, name: str) -> Engine:
        if name == "dask":
            from .dask_engine import DaskEngine

            return DaskEngine(self.output.send)
        if name == "ray":
            from .ray_engine import RayEngine

            return RayEngine(self.output.send)
        raise WireError(f"a connection to the unknown engine {name!r:.100}")

    def _on_info(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        self._answer(message, engine.info)

    def _on_submit(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        engine.submit(parse_submission(message, buffers))

    def _on_cancel(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        engine.cancel(get(message, "run", str))

    def _on_put(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        key = get(message, "key", str)
        if len(buffers) != 1:
            raise WireError(f"a message 'put' with {len(buffers)} buffers")

        def work() -> None:
            engine.put(key, buffers[0])

        self._answer(message, work)

    def _on_fetch(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        key = get(message, "key", str)
        self._in_order(message, None, lambda: engine.fetch(key))

    def _on_release(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        keys = get(message, "keys", list)
        if not all(isinstance(key, str) for key in keys):
            raise WireError("a message 'release' whose keys are no texts")
        engine.release(keys)

    def _on_actor_new(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        actor = get(message, "actor", str)
        if actor in self.lines:
            raise WireError(f"a second actor {actor!r:.100}")
        prefix, arguments = parse_call(message, buffers)
        self.lines[actor] = line = Line(f"sheaf-actor-{actor}")

        def begin() -> Callable[[], Any]:
            wait = engine.actor_new(actor, prefix, arguments)

            def made() -> Any:
                try:
                    return wait()
                except BaseException:
                    engine.actor_end(actor)  # nothing is left of one that could not be made
                    raise

            return made

        self._in_order(message, line, begin)

    def _on_actor_call(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        actor = get(message, "actor", str)
        if actor not in self.lines:
            raise WireError(f"a call of the actor {actor!r:.100}, which does not exist")
        number = get(message, "id", int)
        prefix, arguments = parse_call(message, buffers)
        self._in_order(message, self.lines[actor], lambda: engine.actor_call(actor, number, prefix, arguments))

    def _on_actor_cancel(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        actor, number = get(message, "actor", str), get(message, "call", int)

        def cancel() -> None:
            try:
                engine.actor_cancel(actor, number)
            except Exception:
                traceback.print_exc()

        if actor in self.lines:
            self.pool.submit(cancel)

    def _in_order(self, message: dict[str, Any], line: Line | None, begin: Callable[[], Callable[[], Any]]) -> None:
        """Begins something now, and waits for it after what was begun before it."""
        try:
            wait = begin()
        except EngineFailure as failure:
            told = failure

            def wait() -> Any:
                raise told

        self._answer(message, wait, line)

    def _on_actor_end(self, engine: Engine, message: dict[str, Any], buffers: list[Any]) -> None:
        actor = get(message, "actor", str)
        line = self.lines.pop(actor, None)
        if line is not None:
            engine.actor_end(actor)
            line.close()

    # --- The end ------------------------------------------------------------------------------------------------------

    def close_engine(self) -> None:
        if self.engine is not None:
            try:
                self.engine.close()
            except Exception:
                traceback.print_exc()

    def end(self, status: int) -> None:
        """Clears up and ends the process; once."""
        if not self.closing.acquire(blocking=False):
            return
        watchdog = threading.Timer(CLOSE_SECONDS, os._exit, (3,))
        watchdog.daemon = True
        watchdog.start()
        self.close_engine()
        if threading.current_thread() is not self.output.thread:
            self.output.close()
        sys.stderr.flush()
        # The engines' clients have threads that may still wait for something.
        os._exit(status)


def main() -> None:
    # The protocol has descriptors of its own: what anybody prints goes to stderr.
    stdout = os.dup(1)
    stdin = os.dup(0)
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    # Started from a script's background, SIGINT is ignored, also in what is started here; Ray cancels with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sidecar = Sidecar(os.fdopen(stdin, "rb", buffering=1 << 20), stdout)
    status = 1
    try:
        status = sidecar.run()
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        traceback.print_exc()
        sidecar.output.send({"op": "failed", "text": f"the sidecar has an error: {type(error).__name__}: {error}"})
    sidecar.end(status)


if __name__ == "__main__":
    main()

"""The processes of one program in one worker: as many as calls run at a time, the last used first."""

from __future__ import annotations

import threading
import time
from typing import Any
from collections.abc import Callable, Hashable, Sequence

from .child import GRACE_SECONDS, Child, Log
from .failures import ChildGone, TaskError
from .frames import Bytes
from .known import KEPT_BYTES
from .program import Program

# Processes that nobody has called for so long are ended.
IDLE_SECONDS = 5.0


# How often a call is repeated whose process somebody else has ended, such as the system for lack of memory: that says
# nothing of the call.
LOSSES = 3


class _Killed(Exception):
    """The process of a call was ended from outside."""

    def __init__(self, ending: str) -> None:
        super().__init__(ending)
        self.ending = ending


class Pool:
    """Runs calls in processes of a program; from any number of threads."""

    def __init__(
        self, program: Program, worker: str, idle_seconds: float = IDLE_SECONDS, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self.program, self.worker, self.idle_seconds, self.kept_bytes = program, worker, idle_seconds, kept_bytes
        self._lock = threading.Condition()
        self._idle: list[tuple[float, Child]] = []  # the last used at the end
        self._running: dict[str, Child | None] = {}  # None: its process is being found
        self._cancelled: set[str] = set()
        self._held: dict[str, Held] = {}
        self._janitor: threading.Thread | None = None

    def call(
        self,
        key: str,
        token: str | None,
        prepare: Bytes | None,
        prefix: Bytes,
        arguments: Sequence[Bytes],
        log: Log,
        names: Sequence[Hashable | None] = (),
        name: Hashable | None = None,
    ) -> Any:
        """The value of a call; see `Child.call` for the names. Raises TaskError."""
        losses = 0
        while True:
            try:
                return self._call(key, token, prepare, lambda child: child.call(prefix, arguments, log, names, name))
            except _Killed as killed:
                losses += 1
                if losses > LOSSES:
                    raise self.error("crashed", f"{killed.ending}; and so did {LOSSES} before it", key) from None

    def _call(self, key: str, token: str | None, prepare: Bytes | None, call: Callable[[Child], Any]) -> Any:
        with self._lock:
            self._running[key] = None
        child = None
        try:
            child = self._take(key)
            if token is not None and prepare is not None:
                child.prepare(token, prepare)
            value = call(child)
            self._give_back(child)
            return value
        except ChildGone as gone:
            assert child is not None
            ending = child.ending(gone)
            child.close()
            if self._was_cancelled(key):
                raise self.error("cancelled", "the run was cancelled", key) from None
            if child.was_killed() and not str(gone):
                raise _Killed(ending) from None
            raise self.error("crashed", ending, key) from None
        except TaskError as error:
            if child is not None and error.kind == "failure":
                self._give_back(child)
            if self._was_cancelled(key):
                raise self.error("cancelled", "the run was cancelled", key) from None
            raise error.located(self.worker, key) from None
        except BaseException:  # above all an interrupt of the thread, which cancels the call
            if child is not None:
                child.stop()
                child.close()
            raise
        finally:
            with self._lock:
                self._running.pop(key, None)
                self._cancelled.discard(key)

    def warm(self) -> None:
        """Looks whether the program can be started, and keeps the process. Raises TaskError."""
        try:
            with self._lock:
                if self._idle:
                    return
            self._give_back(Child(self.program, self.kept_bytes))
        except TaskError as error:
            raise error.located(self.worker, "") from None

    def hold(self, key: str, prefix: Bytes, arguments: Sequence[Bytes], log: Log) -> Held:
        """An object of the program in a process of its own."""
        held = Held(self, key, prefix, arguments, log)
        with self._lock:
            self._held[key] = held
        return held

    def let_go(self, key: str) -> None:
        """Ends the process of an object, also in the middle of a call."""
        with self._lock:
            held = self._held.pop(key, None)
        if held is not None:
            held.close()

    def cancel(self, key: str) -> None:
        """Ends a call that runs: by telling its process, which is ended when it does not listen."""
        with self._lock:
            if key not in self._running:
                return
            self._cancelled.add(key)
            child = self._running[key]
            if child is None:
                return
            if not child.ask_to_stop():
                child.kill()
                return
        timer = threading.Timer(GRACE_SECONDS, self._insist, (key, child))
        timer.daemon = True
        timer.start()

    def _insist(self, key: str, child: Child) -> None:
        with self._lock:
            if self._running.get(key) is child:
                child.kill()

    def drain(self) -> None:
        """Ends the processes that nobody calls."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._lock.notify_all()
        for _, child in idle:
            child.close()

    def close(self) -> None:
        """Ends all processes and removes a copied program."""
        with self._lock:
            for key, child in self._running.items():
                self._cancelled.add(key)
                if child is not None:
                    child.kill()
            held = list(self._held)
        for key in held:
            self.let_go(key)
        self.drain()
        self.program.remove()

    def error(self, kind: str, text: str, key: str) -> TaskError:
        return TaskError(kind, text, self.worker, key)

    def _was_cancelled(self, key: str) -> bool:
        with self._lock:
            return key in self._cancelled

    def _take(self, key: str) -> Child:
        while True:
            with self._lock:
                child = self._idle.pop()[1] if self._idle else None
            if child is None:
                child = Child(self.program, self.kept_bytes)
            elif child.has_ended():
                child.close()
                continue
            with self._lock:
                if key not in self._cancelled:
                    self._running[key] = child
                    return child
            self._give_back(child)
            raise self.error("cancelled", "the run was cancelled", key)

    def _give_back(self, child: Child) -> None:
        with self._lock:
            self._idle.append((time.monotonic(), child))
            if self._janitor is None:
                self._janitor = threading.Thread(target=self._clean, name="sheaf-idle", daemon=True)
                self._janitor.start()

    def _clean(self) -> None:
        """Ends processes that have been idle for long; returns when there is none."""
        while True:
            with self._lock:
                if not self._idle:
                    self._janitor = None
                    return
                oldest, child = self._idle[0]
                rest = oldest + self.idle_seconds - time.monotonic()
                if rest > 0:
                    self._lock.wait(rest)
                    continue
                self._idle.pop(0)
            child.close()


class Held:
    """A process that one object lives in, made by a first call. When it ends, whoever asked for it makes another."""

    def __init__(self, pool: Pool, key: str, prefix: Bytes, arguments: Sequence[Bytes], log: Log) -> None:
        self._pool, self._key, self._log = pool, key, log
        self._lock = threading.Lock()  # calls are made one after another
        self._number = self._unwanted = 0  # the call that runs, or ran last; the one that was cancelled last
        self._child: Child | None = self._made(prefix, arguments)

    def call(self, number: int, prefix: Bytes, arguments: Sequence[Bytes]) -> Any:
        """The value of a call. One whose process ends is not repeated: nobody knows how far it came."""
        with self._lock:
            self._number = number
            child = self._child
            if child is None:
                raise self._pool.error("gone", "the object's process has ended", self._key)
            if child.has_ended():
                raise self._ended(child, "gone", ChildGone())
            try:
                return child.call(prefix, arguments, self._log, is_unwanted=lambda: self._unwanted == number)
            except TaskError as error:
                raise error.located(self._pool.worker, self._key) from None
            except ChildGone as gone:
                raise self._ended(child, "crashed", gone) from None
            except BaseException:
                self._child = None
                child.kill()
                child.close()
                raise

    def stop(self, number: int) -> None:
        """Tells a call, which may not have begun, that its result is not wanted; from any thread."""
        self._unwanted = number
        child = self._child
        if child is not None:
            asked = child.asked  # before the number, which is set before a call is sent
            if asked and self._number == number:
                child.ask_to_stop(asked)

    def close(self) -> None:
        child = self._child
        if child is not None:
            child.kill()  # a call that runs ends now
        with self._lock:
            child, self._child = self._child, None
            if child is not None:
                child.close()

    def _ended(self, child: Child, kind: str, gone: ChildGone) -> TaskError:
        self._child = None
        ending = child.ending(gone)
        child.close()
        return self._pool.error(kind, ending, self._key)

    def _made(self, prefix: Bytes, arguments: Sequence[Bytes]) -> Child:
        try:
            child = Child(self._pool.program)
        except TaskError as error:
            raise error.located(self._pool.worker, self._key) from None
        try:
            child.call(prefix, arguments, self._log)
        except TaskError as error:
            child.close()
            raise error.located(self._pool.worker, self._key) from None
        except ChildGone as gone:
            ending = child.ending(gone)
            child.close()
            raise self._pool.error("crashed", ending, self._key) from None
        return child

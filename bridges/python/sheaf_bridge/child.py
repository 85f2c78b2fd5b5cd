"""One process of the user's program: started, called, ended."""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import threading
import time
from typing import Any
from collections.abc import Callable, Hashable, Sequence

from . import frames
from .failures import ChildGone, TaskError
from .known import KEPT_BYTES, SMALLEST, Known
from .program import Program, says_nothing
from .start import spawn

try:
    import numpy
except ImportError:  # a worker without numpy
    numpy = None  # type: ignore[assignment]

# Takes text for whoever watches the run, and as bytes what a call has to say to the client beside its result.
Log = Callable[[str | bytes], None]
WORDS = 4096
HELLO_SECONDS = 30.0
# Signals that do not come of what a program does.
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
# How long a call that is cancelled may take to tidy up; as the engine `processes` has it.
GRACE_SECONDS = 0.5
# How often a wait looks for an interrupt: a KeyboardInterrupt that is raised from another thread wakes no system call.
TICK = 0.05
LOOSE = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN})


def has_numpy() -> bool:
    return numpy is not None


def allocate(count: int) -> Any:
    """Memory for a value."""
    return bytearray(count) if numpy is None else numpy.empty(count, dtype=numpy.uint8)


class Child:
    """A process of the program, in a process group of its own, with a socket to it. One call at a time.

    All methods but `kill` are for one thread at a time.
    """

    def __init__(self, program: Program, kept_bytes: int = KEPT_BYTES) -> None:
        self.program = program
        self.tokens: set[str] = set()
        self._known = Known(kept_bytes)
        self._words = bytearray()
        self._call = 0
        self._asked = 0  # the call whose answer is awaited
        self._status: int | None = None
        self._ending = threading.Lock()
        self._received = bytearray(1 << 16)
        self._from = self._to = 0  # what of it is unread
        program.check()
        ours, theirs = socket.socketpair()
        out, err = os.pipe()
        try:
            self.pid = spawn(program, theirs.fileno(), err)
        except BaseException:
            ours.close()
            os.close(out)
            raise
        finally:
            theirs.close()
            os.close(err)
        self._socket, self._stderr = ours, out
        ours.setblocking(False)
        os.set_blocking(out, False)
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._poll.register(out, select.POLLIN)
        try:
            self._greet()
        except BaseException:
            self.kill()
            self.close()
            raise

    # --- Start --------------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        try:
            kind, _, length = self._frame(time.monotonic() + HELLO_SECONDS)
            if kind != frames.HELLO or length > 64 << 20:
                raise frames.WireError(f"a frame of kind {kind} instead of a greeting")
            self.identity, self.architecture = frames.parse_texts(self._take(length), 2)
        except TimeoutError:
            self.kill()
            ending = f"it said nothing for {HELLO_SECONDS:.0f} seconds and was ended"
            raise says_nothing(self.program.wanted, self.program.path, ending, self._last_words()) from None
        except ChildGone:
            ending = self._reap()
            raise says_nothing(self.program.wanted, self.program.path, ending, self._last_words()) from None
        except frames.WireError as error:
            self.kill()
            ending = f"it sent {error} and was ended"
            raise says_nothing(self.program.wanted, self.program.path, ending, self._last_words()) from None

    # --- Calls --------------------------------------------------------------------------------------------------------

    def prepare(self, token: str, payload: frames.Bytes) -> None:
        """What calls with this token need; sent once."""
        if token in self.tokens:
            return
        header = frames.FRAME.pack(frames.MAGIC, frames.VERSION, frames.PREPARE, 0, len(payload))
        self._send([header, payload])
        self.tokens.add(token)

    def call(
        self,
        prefix: frames.Bytes,
        arguments: Sequence[frames.Bytes],
        log: Log,
        names: Sequence[Hashable | None] = (),
        name: Hashable | None = None,
        is_unwanted: Callable[[], bool] = lambda: False,
    ) -> Any:
        """The value of a call; one that is not wanted any more when it has been sent is told so.

        `names` are those of the arguments, and `name` the result's: values of one name are the same, and large ones are
        kept by the process, so that they are not sent again. None is for a value that is not worth it.

        Raises TaskError for one that the function threw, ChildGone where the process is gone; then `ending` says how.
        """
        self._words.clear()
        self._call = call = (self._call + 1) & 0xFFFF_FFFF or 1
        forms, sent = self._forms(arguments, names)
        number = 0 if name is None else self._known.new_number()
        parts = frames.call_parts(call, prefix, arguments, forms)
        dropped = self._known.take_dropped()
        if number or dropped:
            parts.insert(0, frames.keep_frame(dropped, number))
        self._send(parts)
        self._asked = call
        if is_unwanted():
            self.ask_to_stop()
        try:
            value = self._answer(call, log)
        except TaskError:
            self._asked = 0
            for argument in sent:  # nobody knows how far it came with them
                self._known.forget(argument)
            raise
        # Not after an interrupt: the process is still in the call.
        self._asked = 0
        if name is not None and len(value) >= SMALLEST and not self._known.add(name, number, len(value)):
            self._known.drop(number)
        return value

    def _forms(
        self, arguments: Sequence[frames.Bytes], names: Sequence[Hashable | None]
    ) -> tuple[list[tuple[int, int]], list[Hashable]]:
        """How each argument is sent, and the names of those that the process gets and is to keep."""
        forms: list[tuple[int, int]] = []
        sent: list[Hashable] = []
        known, used = self._known, 0
        large = {
            name for name, argument in zip(names, arguments) if name is not None and len(argument) >= SMALLEST
        }
        if not large:
            return forms, sent
        for name in large:  # they are now the last used, so that none of them is dropped
            used += known.find(name) != 0
        for name, argument in zip(names, arguments, strict=True):
            form = (frames.INLINE, 0)
            if name in large:
                number = known.find(name)
                if number:
                    form = (frames.KNOWN, number)
                else:
                    number = known.new_number()
                    if known.add(name, number, len(argument), used):
                        form = (frames.KEPT, number)
                        sent.append(name)
                        used += 1
            forms.append(form)
        return forms, sent

    def _answer(self, call: int, log: Log) -> Any:
        while True:
            kind, answered, length = self._frame()
            if kind == frames.LOG:
                log(str(self._take(length), "utf-8", "replace"))
            elif kind == frames.REMARKS:
                log(bytes(self._take(length)))
            elif answered != call:
                raise ChildGone(f"it answered call {answered} instead of {call}")
            elif kind == frames.RESULT:
                return self._value(length)
            elif kind == frames.FAILURE:
                raise TaskError("failure", "the function threw", payload=bytes(self._take(length)))
            else:
                raise ChildGone(f"it sent a frame of kind {kind}")

    def _value(self, length: int) -> Any:
        if length < frames.VALUE.size:
            raise ChildGone("it sent a result without a value")
        form, count = frames.VALUE.unpack(self._take(frames.VALUE.size))
        if form != 0 or count != length - frames.VALUE.size:
            raise ChildGone("it sent a value of an unknown form")
        return self._take(count)

    def ending(self, why: ChildGone) -> str:
        """How the process ended and what it said last. Ends it where it has not ended by itself."""
        if str(why):
            self.kill()
        how = self._reap()
        words = self._last_words().strip()
        said = f"; its last words: {words}" if words else ""
        return f"the program's process ended: {str(why) + '; ' if str(why) else ''}{how}{said}"

    def was_killed(self) -> bool:
        """Whether somebody else has ended the process."""
        status = self._status
        return status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) in FROM_OUTSIDE

    # --- End ----------------------------------------------------------------------------------------------------------

    @property
    def asked(self) -> int:
        """The call whose answer is awaited; 0 where there is none."""
        return self._asked

    def ask_to_stop(self, call: int = 0) -> bool:
        """Tells the process that its call's result is not wanted; from any thread. False where it cannot be told."""
        call = call or self._asked
        if not call:
            return False
        header = frames.FRAME.pack(frames.MAGIC, frames.VERSION, frames.CANCEL, call, 0)
        try:
            return self._socket.send(header) == len(header)
        except OSError:
            return False

    def stop(self) -> None:
        """Ends the process; one that is in a call may tidy up first, for a moment."""
        if self.ask_to_stop():
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            poll.poll(GRACE_SECONDS * 1000)
        self.kill()

    def kill(self) -> None:
        """Ends the process and all that it has started, at once; from any thread."""
        with self._ending:  # a number that has been waited for may be somebody else's
            if self._status is None:
                try:
                    os.killpg(self.pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass

    def close(self) -> None:
        """Ends the process. It does so by itself when its socket closes."""
        if self._socket.fileno() >= 0:
            self._socket.close()
            self._reap()
            os.close(self._stderr)

    def has_ended(self) -> bool:
        """Whether an idle process has ended, or has sent something that nobody asked for."""
        if self._from != self._to:
            return True
        try:
            self._socket.recv(1, socket.MSG_PEEK)
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _reap(self) -> str:
        """Waits until the process has ended, ends it where it does not, and says how it ended."""
        deadline = time.monotonic() + 1.0
        pause = 0.0005
        while self._status is None:
            with self._ending:
                try:
                    pid, status = os.waitpid(self.pid, os.WNOHANG)
                    if pid:
                        self._status = status
                except ChildProcessError:  # somebody else has waited for it
                    self._status = -1
            if self._status is None:
                if time.monotonic() > deadline:
                    self.kill()
                self._read_words()  # what waits to be read may be what it waits for
                time.sleep(pause)
                pause = min(pause * 2, 0.02)
        if self._status == -1:
            return "exit status unknown"
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return f"exit status {code}"
        try:
            return f"signal {-code} ({signal.Signals(-code).name})"
        except ValueError:
            return f"signal {-code}"

    # --- Bytes --------------------------------------------------------------------------------------------------------

    def _wait(self, events: int, deadline: float | None = None) -> None:
        """Waits for the socket; meanwhile takes what the program writes to its stderr."""
        self._poll.modify(self._socket, events)
        while True:
            ready = False
            for descriptor, event in self._poll.poll(TICK * 1000):
                if descriptor != self._stderr:
                    ready = True
                elif not self._read_words() and event & select.POLLHUP:
                    self._poll.unregister(self._stderr)
            if ready:
                return
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError

    def _read_words(self) -> bool:
        """Passes on what the program has written, and keeps the end of it."""
        any_words = False
        while True:
            try:
                words = os.read(self._stderr, 1 << 16)
            except (BlockingIOError, ValueError):
                return any_words
            if not words:
                return any_words
            any_words = True
            self._words += words
            del self._words[:-WORDS]
            try:
                os.write(2, words)
            except OSError:
                pass  # the worker's own stderr is closed

    def _last_words(self) -> str:
        self._read_words()
        return self._words.decode("utf-8", "replace")

    def _send(self, parts: list[frames.Bytes]) -> None:
        while parts:
            try:
                sent = self._socket.sendmsg(parts[:64])
            except BlockingIOError:
                self._wait(select.POLLOUT)
                continue
            except OSError as error:
                if error.errno in LOOSE:
                    raise ChildGone from None
                raise
            while parts and sent >= len(parts[0]):
                sent -= len(parts.pop(0))
            if sent:
                parts[0] = memoryview(parts[0])[sent:]

    def _receive(self, into: Any, deadline: float | None = None) -> int:
        while True:
            try:
                count = self._socket.recv_into(into)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except OSError as error:
                if error.errno in LOOSE:
                    raise ChildGone from None
                raise
            if count == 0:
                raise ChildGone
            return count

    def _frame(self, deadline: float | None = None) -> tuple[int, int, int]:
        while self._to - self._from < frames.FRAME.size:
            rest = self._received[self._from : self._to]
            self._received[: len(rest)] = rest
            self._from, self._to = 0, len(rest)
            with memoryview(self._received) as view:
                self._to += self._receive(view[self._to :], deadline)
        header = self._received[self._from : self._from + frames.FRAME.size]
        self._from += frames.FRAME.size
        try:
            return frames.parse_frame(header)
        except frames.WireError as error:
            raise ChildGone(f"it sent {error}") from None

    def _take(self, count: int) -> Any:
        """The next `count` bytes, in memory of their own."""
        try:
            data = allocate(count)
        except (MemoryError, ValueError):
            raise ChildGone(f"it announced {count} bytes, for which there is no memory") from None
        with memoryview(data) as view:
            place = min(count, self._to - self._from)
            view[:place] = memoryview(self._received)[self._from : self._from + place]
            self._from += place
            while place < count:
                place += self._receive(view[place:])
        return data

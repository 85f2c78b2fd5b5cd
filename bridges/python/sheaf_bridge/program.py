"""The user's program on a worker's machine: where it is, and why it cannot run there."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import zlib
from dataclasses import dataclass

from .failures import TaskError

ADVICE = (
    "build it for the workers: on a system no newer than theirs, with `swift build -c release --static-swift-stdlib`,"
    " or with `-Xswiftc -static-executable` to need nothing of theirs"
)


@dataclass(frozen=True)
class Wanted:
    """Which program it has to be. `path` is where the client has it."""

    path: str
    size: int
    hash: str
    architecture: str


def hash_of_file(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(content: bytes, compressed: bool) -> bytes:
    """A program as it travels."""
    return b"z" + zlib.compress(content, 1) if compressed else b"-" + content


class Program:
    """A program that can be started here, either the client's own file or a copy."""

    def __init__(self, wanted: Wanted, path: str, is_copy: bool) -> None:
        self.wanted, self.path, self.is_copy = wanted, path, is_copy
        self._state = self._stat()
        self.descriptor = -1

    def _stat(self) -> tuple[int, int, int, int]:
        found = os.stat(self.path)
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

    def check(self) -> None:
        """Looks whether the file is still the one whose hash was checked: the client's own may have been built anew."""
        try:
            state = self._stat()
            if state == self._state:
                return
            if hash_of_file(self.path) == self.wanted.hash:
                self._state = state
                return
        except OSError as error:
            raise TaskError("program", f"the program {self.path} cannot be read any more: {error.strerror}") from None
        raise TaskError("program", f"the program {self.path} has changed since the session began; open a new session")

    def remove(self) -> None:
        """Removes a copy."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
        if self.is_copy:
            try:
                os.unlink(self.path)
            except FileNotFoundError:
                pass

    def run_from_memory(self) -> str:
        """A path of the program that can be executed though its folder is mounted `noexec`."""
        if self.descriptor < 0:
            if not hasattr(os, "memfd_create"):
                raise TaskError("program", f"programs cannot be executed in {os.path.dirname(self.path)}")
            self.descriptor = os.memfd_create("sheaf-program", os.MFD_CLOEXEC)
            with open(self.path, "rb") as source, open(self.descriptor, "wb", closefd=False) as copy:
                while piece := source.read(1 << 20):
                    copy.write(piece)
        return f"/proc/self/fd/{self.descriptor}"


def find(wanted: Wanted) -> Program | None:
    """The client's own file, where this machine has it."""
    try:
        if os.path.getsize(wanted.path) == wanted.size and os.access(wanted.path, os.X_OK):
            program = Program(wanted, wanted.path, is_copy=False)
            if hash_of_file(wanted.path) == wanted.hash:
                return program
    except OSError:
        pass
    return None


def place(wanted: Wanted, packed: bytes, folder: str) -> Program:
    """The client's own file where this machine has it, else a copy of it in `folder`."""
    found = find(wanted)
    if found is not None:
        return found
    content = zlib.decompress(packed[1:]) if packed[:1] == b"z" else packed[1:]
    received = hashlib.sha256(content).hexdigest()
    if received != wanted.hash:
        raise TaskError("program", f"the program arrived with the hash {received[:16]} instead of {wanted.hash[:16]}")
    os.makedirs(folder, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix="sheaf-", dir=folder)
    path = os.path.join(folder, f"sheaf-program-{wanted.hash[:16]}")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o700)
        os.rename(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
    return Program(wanted, path, is_copy=True)


def cannot_start(wanted: Wanted, path: str, error: OSError) -> TaskError:
    """What it means that the system refuses to start the program."""
    here = os.uname()
    if error.errno == errno.ENOEXEC or (wanted.architecture and wanted.architecture != here.machine):
        made = f"is for {wanted.architecture}" if wanted.architecture else "is of another kind"
        return TaskError("program", f"the program {made}, and {here.nodename} is {here.machine}; {ADVICE}")
    if error.errno == errno.ENOENT and os.path.exists(path):
        return TaskError("program", f"the program needs a loader that {here.nodename} does not have; {ADVICE}")
    return TaskError("program", f"the program {path} cannot be started on {here.nodename}: {error.strerror}")


def says_nothing(wanted: Wanted, path: str, ending: str, words: str) -> TaskError:
    """What it means that the program was started and does not answer."""
    here = os.uname().nodename
    if "shared librar" in words or "GLIBC_" in words or "GLIBCXX_" in words or "Library not loaded" in words:
        return TaskError("program", f"{here} lacks a library that the program needs: {words.strip()}; {ADVICE}")
    said = f", after it said: {words.strip()}" if words.strip() else ""
    return TaskError(
        "program",
        f"the program {path} was started on {here} as a worker and ended ({ending}){said}."
        " A program that is to run on other engines has to begin with Sheaf's `Program`, or with `Worker.serveIfAsked`",
    )

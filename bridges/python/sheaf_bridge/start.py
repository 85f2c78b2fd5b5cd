"""Starts a process of the user's program."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import time

from .failures import TaskError
from .program import Program, cannot_start


def spawn(program: Program, channel: int, errors: int) -> int:
    """Starts it in a process group of its own, with `channel` as its descriptor 3 and `errors` as its output.

    `posix_spawn` and no fork: the worker has many threads and much memory.
    """
    # Out of the way of the numbers that they get there.
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in (channel, errors)]
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, high[1], 1),
        (os.POSIX_SPAWN_DUP2, high[1], 2),
        (os.POSIX_SPAWN_DUP2, high[0], 3),
    ]
    path = program.path
    try:
        for attempt in range(20):
            try:
                return os.posix_spawn(
                    path,
                    [program.path],
                    # The bridge says how it ended; the runtime's own report can take seconds.
                    {"SWIFT_BACKTRACE": "enable=no", **os.environ, "SHEAF_WORKER": "bridge"},
                    file_actions=actions,
                    setpgroup=0,
                    setsigmask=(),
                    setsigdef=(signal.SIGINT, signal.SIGPIPE, signal.SIGTERM, signal.SIGHUP),
                )
            except OSError as error:
                if error.errno == errno.ETXTBSY:
                    # A process that another thread is just starting has the file open from when it was written.
                    time.sleep(0.005 * (attempt + 1))
                elif error.errno == errno.EACCES and path == program.path:
                    path = program.run_from_memory()  # programs cannot be executed in that folder
                else:
                    raise cannot_start(program.wanted, program.path, error) from None
        raise TaskError("program", f"the program {program.path} is being written to")
    finally:
        for descriptor in high:
            os.close(descriptor)

"""The ways in which a task fails."""

from __future__ import annotations

from collections.abc import Sequence


class TaskError(Exception):
    """A task that did not give a value.

    `kind` is "failure" (the function threw; `payload` says what), "crashed" (its process ended), "cancelled", "program"
    (the program cannot run there) or "engine"; `logs` is what it had said where that travels with the answer. All of it
    is in `args`, so that it survives pickling.
    """

    def __init__(
        self, kind: str, text: str, worker: str = "", key: str = "", payload: bytes = b"", logs: tuple[str, ...] = ()
    ) -> None:
        super().__init__(kind, text, worker, key, payload, logs)
        self.kind, self.text, self.worker, self.key, self.payload, self.logs = kind, text, worker, key, payload, logs

    def __str__(self) -> str:
        # Dask replaces errors whose text is long by others.
        return f"{self.key or 'a task'} on {self.worker or 'a worker'}: {self.kind}: {self.text[:2000]}"

    def located(self, worker: str, key: str) -> TaskError:
        """The same error, with the place where it happened."""
        return TaskError(self.kind, self.text, worker, key, self.payload, self.logs)

    def with_logs(self, logs: Sequence[str | bytes]) -> TaskError:
        texts = tuple(text for text in logs if isinstance(text, str))
        return TaskError(self.kind, self.text, self.worker, self.key, self.payload, texts)


class ChildGone(Exception):
    """The program's process ended or broke the protocol in the middle of a call."""

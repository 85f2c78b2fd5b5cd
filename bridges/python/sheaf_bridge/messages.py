"""The client's messages, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .frames import WireError

# Larger buffers become values of the engine's own, sent once.
INLINE_BYTES = 100_000
# So few bytes are sent with each task that needs them.
TINY_BYTES = 1000


def get(message: dict[str, Any], name: str, kind: type | tuple[type, ...], *default: Any) -> Any:
    """A field of a message. Raises WireError where it is missing or of another type."""
    if name not in message and default:
        return default[0]
    value = message.get(name)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise WireError(f"a message {message.get('op')!r} whose {name!r} is {value!r:.100}")
    return value


NULLABLE = (str, type(None))


@dataclass
class Task:
    """One task of a submission."""

    key: str
    name: str
    prefix: bytes
    # ("key", an earlier task's or value's) or ("buffer", index)
    arguments: list[tuple[str, Any]]
    retries: int
    priority: int
    cores: int = 1
    memory: int = 0  # bytes; 0 where nothing is known
    resources: dict[str, float] = field(default_factory=dict)


@dataclass
class Submission:
    run: str
    token: str | None
    prepare: int | None
    tasks: list[Task]
    outputs: list[str]
    detail: str
    buffers: list[Any]
    # Whether what does not need a task that failed is done all the same.
    finishes: bool = False
    uses: Counter[int] = field(default_factory=Counter)

    def is_inline(self, index: int) -> bool:
        """Whether a buffer is sent with the tasks that need it, or once, as a value of its own."""
        count = len(self.buffers[index])
        return count <= TINY_BYTES or count * self.uses[index] <= INLINE_BYTES


def _index(value: Any, buffers: Sequence[Any]) -> int:
    if type(value) is not int or not 0 <= value < len(buffers):
        raise WireError(f"a message that names the buffer {value!r:.50} of {len(buffers)}")
    return value


def parse_arguments(value: Any, buffers: Sequence[Any]) -> list[tuple[str, Any]]:
    if not isinstance(value, list):
        raise WireError(f"arguments that are {value!r:.100}")
    arguments: list[tuple[str, Any]] = []
    for item in value:
        if not isinstance(item, list) or len(item) != 2:
            raise WireError(f"an argument that is {item!r:.100}")
        if item[0] == "buffer":
            arguments.append(("buffer", _index(item[1], buffers)))
        elif item[0] == "key" and isinstance(item[1], str):
            arguments.append(("key", item[1]))
        else:
            raise WireError(f"an argument that is {item!r:.100}")
    return arguments


def parse_resources(value: dict[str, Any]) -> dict[str, float]:
    for amount in value.values():
        if not isinstance(amount, (int, float)) or isinstance(amount, bool) or not amount > 0:
            raise WireError(f"an amount of a resource that is {amount!r:.50}")
    return value


def parse_call(message: dict[str, Any], buffers: list[Any]) -> tuple[bytes, list[Any]]:
    """The prefix of an actor's call and its arguments, those in buffers in place of their indices."""
    prefix = bytes(buffers[_index(message.get("prefix"), buffers)])
    arguments = parse_arguments(message.get("args", []), buffers)
    return prefix, [(form, buffers[value] if form == "buffer" else value) for form, value in arguments]


def parse_submission(message: dict[str, Any], buffers: list[Any]) -> Submission:
    """Raises WireError for what does not follow the protocol."""
    tasks, seen = [], set()
    for item in get(message, "tasks", list):
        if not isinstance(item, dict):
            raise WireError(f"a task that is {item!r:.100}")
        key = get(item, "key", str)
        if key in seen:
            raise WireError(f"two tasks with the key {key!r:.100}")
        seen.add(key)
        tasks.append(
            Task(
                key,
                get(item, "name", str, "task"),
                bytes(buffers[_index(item.get("prefix"), buffers)]),
                parse_arguments(item.get("args", []), buffers),
                get(item, "retries", int, 0),
                get(item, "priority", int, 0),
                get(item, "cores", int, 1),
                get(item, "memory", int, 0),
                parse_resources(get(item, "resources", dict, {})),
            )
        )
    outputs = get(message, "outputs", list)
    for output in outputs:
        if not isinstance(output, str):
            raise WireError(f"an output that is {output!r:.100}")
    prepare = message.get("prepare")
    submission = Submission(
        get(message, "run", str),
        get(message, "token", NULLABLE, None),
        None if prepare is None else _index(prepare, buffers),
        tasks,
        outputs,
        get(message, "detail", str, "progress"),
        buffers,
        get(message, "on_error", str, "cancel") == "finish",
    )
    submission.uses.update(value for task in tasks for form, value in task.arguments if form == "buffer")
    if submission.prepare is not None:
        submission.uses[submission.prepare] += len(tasks)
    return submission

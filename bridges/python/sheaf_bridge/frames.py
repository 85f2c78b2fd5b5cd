"""The two framings: frames between a worker and the program it runs, messages between the sidecar and its client."""

from __future__ import annotations

import json
import mmap
import struct
from typing import Any, BinaryIO
from collections.abc import Callable, Sequence

Bytes = bytes | bytearray | memoryview

# --- Frames: worker <-> program ---------------------------------------------------------------------------------------

MAGIC = 0x4853
VERSION = 1
MAXIMUM_PAYLOAD = 64 << 30

HELLO, CALL, RESULT, FAILURE, CANCEL, LOG, PREPARE, KEEP, REMARKS = 1, 2, 3, 4, 7, 9, 10, 11, 12

FRAME = struct.Struct("<HBBIQ")
COUNT = struct.Struct("<I")
LENGTH = struct.Struct("<Q")
# A value in a frame: INLINE for "its bytes follow", and how many; KNOWN for one that the program has kept, and its number.
VALUE = struct.Struct("<BQ")
# A value that the program is to keep: KEPT, its number, and how many bytes follow.
KEPT_VALUE = struct.Struct("<BQQ")
INLINE, KEPT, KNOWN = 0, 2, 3


class WireError(Exception):
    """Bytes from the other end that do not follow the protocol."""


def parse_frame(header: Bytes) -> tuple[int, int, int]:
    """The kind, the call and the payload's length that a header says."""
    magic, version, kind, call, length = FRAME.unpack(header)
    if magic != MAGIC:
        raise WireError("bytes that are no frame")
    if version != VERSION:
        raise WireError(f"a frame of version {version} instead of {VERSION}")
    if length > MAXIMUM_PAYLOAD:
        raise WireError(f"a frame of {length} bytes, more than {MAXIMUM_PAYLOAD}")
    return kind, call, length


def call_parts(
    call: int, prefix: Bytes, arguments: Sequence[Bytes], forms: Sequence[tuple[int, int]] = ()
) -> list[Bytes]:
    """The pieces of a call's frame, none of them copied; arguments are contiguous and of single bytes.

    `forms` says of each argument whether it is KEPT or KNOWN, and its number; all are INLINE where there are none.
    """
    parts: list[Bytes] = [b"", prefix]
    before = COUNT.pack(len(arguments))
    length = len(prefix)
    for index, argument in enumerate(arguments):
        form, number = forms[index] if forms else (INLINE, 0)
        if form == KNOWN:
            before += VALUE.pack(form, number)
            continue
        count = len(argument)
        before += VALUE.pack(form, count) if form == INLINE else KEPT_VALUE.pack(form, number, count)
        if count < 4096:  # a copy costs less than another piece
            before += bytes(argument)
        else:
            length += len(before) + count
            parts += (before, argument)
            before = b""
    if before:
        length += len(before)
        parts.append(before)
    parts[0] = FRAME.pack(MAGIC, VERSION, CALL, call, length)
    return parts


def keep_frame(dropped: Sequence[int], result: int) -> bytes:
    """What a program is told before a call of the values that it keeps; `result` is the call's result's number."""
    payload = struct.pack(f"<I{len(dropped)}QQ", len(dropped), *dropped, result)
    return FRAME.pack(MAGIC, VERSION, KEEP, 0, len(payload)) + payload


def parse_texts(payload: Bytes, count: int) -> list[str]:
    """The length-prefixed texts that a payload begins with."""
    texts, place = [], 0
    for _ in range(count):
        if place + 8 > len(payload):
            raise WireError("a payload that ends early")
        (length,) = LENGTH.unpack_from(payload, place)
        place += 8
        if length > len(payload) - place:
            raise WireError("a payload that ends early")
        try:
            texts.append(str(payload[place : place + length], "utf-8"))
        except UnicodeDecodeError:
            raise WireError("a text that is not UTF-8") from None
        place += length
    return texts


# --- Messages: client <-> sidecar -------------------------------------------------------------------------------------

MESSAGE = struct.Struct("<II")
MAXIMUM_HEADER = 256 << 20
MAXIMUM_BUFFERS = MAXIMUM_HEADER // 8
MAXIMUM_BUFFER = 64 << 30


def _read(stream: BinaryIO, count: int, what: str) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise WireError(f"{what} that ends after {len(data)} of {count} bytes")
    return data


def anonymous_memory(length: int) -> mmap.mmap:
    """Memory that costs nothing before it is written to."""
    return mmap.mmap(-1, length)


def read_message(
    stream: BinaryIO, allocate: Callable[[int], Any] = anonymous_memory
) -> tuple[dict[str, Any], list[Any]] | None:
    """The next message, or None where the stream ends between messages.

    Small buffers are bytes, large ones are made by `allocate`.
    """
    start = stream.read(MESSAGE.size)
    if not start:
        return None
    if len(start) < MESSAGE.size:
        raise WireError(f"a message that ends after {len(start)} bytes")
    header_length, count = MESSAGE.unpack(start)
    if header_length > MAXIMUM_HEADER:
        raise WireError(f"a header of {header_length} bytes, more than {MAXIMUM_HEADER}")
    if count > MAXIMUM_BUFFERS:
        raise WireError(f"a message of {count} buffers, more than {MAXIMUM_BUFFERS}")
    lengths = struct.unpack(f"<{count}Q", _read(stream, 8 * count, "a list of lengths")) if count else ()
    if lengths and max(lengths) > MAXIMUM_BUFFER:
        raise WireError(f"a buffer of {max(lengths)} bytes, more than {MAXIMUM_BUFFER}")
    text = _read(stream, header_length, "a header")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header that is not JSON ({error})") from None
    if not isinstance(header, dict) or not isinstance(header.get("op"), str):
        raise WireError("a header that is no object with an 'op'")
    return header, [_read_buffer(stream, length, allocate) for length in lengths]


def _read_buffer(stream: BinaryIO, length: int, allocate: Callable[[int], Any]) -> Any:
    if length <= 1 << 16:
        return _read(stream, length, "a buffer")
    try:
        data = allocate(length)  # the system gives its memory as the bytes arrive
    except (MemoryError, OSError, ValueError):
        raise WireError(f"a buffer of {length} bytes, for which there is no memory") from None
    with memoryview(data) as view:
        place = 0
        while place < length:
            got = stream.readinto(view[place:])  # type: ignore[attr-defined]
            if not got:
                raise WireError(f"a buffer that ends after {place} of {length} bytes")
            place += got
    return data


def message_parts(header: dict[str, Any], buffers: Sequence[Bytes] = ()) -> list[Bytes]:
    """The pieces of a message, the buffers not copied."""
    text = json.dumps(header, separators=(",", ":")).encode()
    lengths = [len(buffer) for buffer in buffers]
    return [MESSAGE.pack(len(text), len(lengths)) + struct.pack(f"<{len(lengths)}Q", *lengths) + text, *buffers]

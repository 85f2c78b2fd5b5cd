from __future__ import annotations

import io
import random
import struct
import unittest

from . import support  # noqa: F401
from sheaf_bridge import frames


def message(header: object, buffers: list[bytes]) -> bytes:
    return b"".join(bytes(part) for part in frames.message_parts(header, buffers))  # type: ignore[arg-type]


class Messages(unittest.TestCase):
    def test_what_is_written_is_read(self) -> None:
        buffers = [b"", b"abc", bytes(200_000), bytes(range(256)) * 4096]
        data = message({"op": "x", "text": "ä"}, buffers) + message({"op": "y"}, [])
        stream = io.BytesIO(data)
        header, received = frames.read_message(stream)  # type: ignore[misc]
        self.assertEqual(header, {"op": "x", "text": "ä"})
        self.assertEqual([bytes(buffer) for buffer in received], buffers)
        self.assertEqual(frames.read_message(stream), ({"op": "y"}, []))
        self.assertIsNone(frames.read_message(stream))

    def test_every_truncation_is_told(self) -> None:
        data = message({"op": "x"}, [b"abc", bytes(70_000)])
        for end in [*range(1, 200), len(data) - 1]:
            with self.assertRaises(frames.WireError):
                frames.read_message(io.BytesIO(data[:end]))

    def test_bounds(self) -> None:
        for data in [
            struct.pack("<II", (256 << 20) + 1, 0),
            struct.pack("<II", 2, 1 << 31),
            struct.pack("<IIQ", 2, 1, 1 << 62) + b"{}",
            struct.pack("<II", 2, 0) + b"[]",
            struct.pack("<II", 2, 0) + b"{}",
            struct.pack("<II", 2, 0) + b"\xff\xff",
            struct.pack("<II", 10, 0) + b'{"op": 17}',
            struct.pack("<II", 100_000, 0) + b"[" * 100_000,
            # A length alone costs nothing: the bytes are missed.
            struct.pack("<IIQ", 10, 1, 50 << 30) + b'{"op":"x"}' + b"abc",
        ]:
            with self.assertRaises(frames.WireError):
                frames.read_message(io.BytesIO(data))

    def test_mutated(self) -> None:
        random.seed(4853)
        data = message({"op": "submit", "tasks": [1, 2, 3]}, [b"abc", bytes(300)])
        for _ in range(5000):
            mutated = bytearray(data)
            for _ in range(random.randint(1, 4)):
                mutated[random.randrange(min(len(mutated), 60))] = random.randrange(256)
            try:
                frames.read_message(io.BytesIO(mutated))
            except frames.WireError:
                pass


class Frames(unittest.TestCase):
    def test_a_call(self) -> None:
        large = bytes(10_000)
        parts = frames.call_parts(7, b"prefix", [b"a", large, b"", b"b"])
        data = b"".join(bytes(part) for part in parts)
        kind, call, length = frames.parse_frame(data[:16])
        self.assertEqual((kind, call, length), (frames.CALL, 7, len(data) - 16))
        expected = b"prefix" + struct.pack("<I", 4)
        for argument in [b"a", large, b"", b"b"]:
            expected += struct.pack("<BQ", 0, len(argument)) + argument
        self.assertEqual(data[16:], expected)
        self.assertIs(parts[3], large)

    def test_headers(self) -> None:
        for header in [
            struct.pack("<HBBIQ", 0x4854, 1, 1, 0, 0),
            struct.pack("<HBBIQ", 0x4853, 2, 1, 0, 0),
            struct.pack("<HBBIQ", 0x4853, 1, 1, 0, (64 << 30) + 1),
        ]:
            with self.assertRaises(frames.WireError):
                frames.parse_frame(header)

    def test_texts(self) -> None:
        data = struct.pack("<Q", 2) + b"ab" + struct.pack("<Q", 0)
        self.assertEqual(frames.parse_texts(data, 2), ["ab", ""])
        for broken in [data[:-1], struct.pack("<Q", 1 << 60), struct.pack("<Q", 1) + b"\xff"]:
            with self.assertRaises(frames.WireError):
                frames.parse_texts(broken, 2)


if __name__ == "__main__":
    unittest.main()

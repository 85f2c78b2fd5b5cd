"""The sidecar as a process, without an engine: what it answers to a client that does not follow the protocol."""

from __future__ import annotations

import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from typing import Any

from . import support
from .client import Sidecar
from sheaf_bridge import frames
from sheaf_bridge.engine import Line
from sheaf_bridge.messages import parse_call, parse_submission


def message(header: dict[str, Any], *buffers: bytes) -> bytes:
    return b"".join(bytes(part) for part in frames.message_parts(header, buffers))


CONNECT = {"op": "connect", "id": 1, "engine": "dask", "address": "", "program": support.PROGRAM, "hash": "0" * 64}


class SidecarTests(unittest.TestCase):
    def run_with(self, data: bytes) -> tuple[int, list[dict[str, Any]], str]:
        """Its status, what it sent and what it wrote to stderr, given all its input."""
        ended = subprocess.run(
            [sys.executable, "-m", "sheaf_bridge.sidecar"],
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
            input=data,
            capture_output=True,
            timeout=60,
        )
        stream, messages = io.BytesIO(ended.stdout), []
        while (received := frames.read_message(stream)) is not None:
            messages.append(received[0])
        return ended.returncode, messages, ended.stderr.decode()

    def test_no_input(self) -> None:
        self.assertEqual(self.run_with(b""), (0, [], ""))

    def test_what_does_not_follow_the_protocol(self) -> None:
        for data, words in {
            b"\xff" * 100: "a header of",
            b"abc": "ends after 3 bytes",
            message({"op": "info", "id": 1})[:-3]: "ends after",
            message({"op": "info", "id": 1}): "before the connection",
            message({"op": "nonsense"}): "unknown kind 'nonsense'",
            message({"op": "__class__"}): "unknown kind",
            message({"op": "connect", "id": 1}): "'engine' is None",
            message({**CONNECT, "engine": "abacus"}): "unknown engine 'abacus'",
            message({**CONNECT, "workers": True}): "'workers' is True",
            message({**CONNECT, "id": "one"}): "'id' is 'one'",
        }.items():
            status, messages, stderr = self.run_with(data)
            self.assertEqual(status, 2, (data[:60], messages))
            self.assertEqual([m["op"] for m in messages], ["failed"])
            self.assertIn(words, messages[0]["text"])
            self.assertEqual(stderr, "")

    def test_it_ends_in_the_middle_of_connecting(self) -> None:
        sidecar = Sidecar()
        self.addCleanup(sidecar.kill)
        sidecar.send({**CONNECT, "address": "127.0.0.1:1", "timeout": 60.0})
        self.assertEqual(sidecar.end_of_input(20), 0)

    def test_its_client_does_not_read_any_more(self) -> None:
        sidecar = subprocess.Popen(
            [sys.executable, "-m", "sheaf_bridge.sidecar"],
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.addCleanup(sidecar.kill)
        assert sidecar.stdin is not None and sidecar.stdout is not None
        sidecar.stdout.close()
        with sidecar.stdin:
            sidecar.stdin.write(message({**CONNECT, "program": "/nowhere", "address": "127.0.0.1:1", "timeout": 0.5}))
            sidecar.stdin.flush()
            # Its input does not end.
            self.assertEqual(sidecar.wait(30), 1)


class EmbeddedTests(unittest.TestCase):
    """The sidecar as a Swift program starts it: from texts in memory."""

    FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    def test_every_module_is_part_of_the_swift_program(self) -> None:
        with open(os.path.join(self.FOLDER, "../../Sources/CSheafBridge/CSheafBridge.c")) as file:
            source = file.read()
        for name in os.listdir(os.path.join(self.FOLDER, "sheaf_bridge")):
            if name.endswith(".py"):
                self.assertIn(f'#embed "../../bridges/python/sheaf_bridge/{name}"', source)
                if name != "__init__.py":
                    self.assertIn(f'SOURCE("sheaf_bridge.{name[:-3]}", {name[:-3]})', source)

    def test_it_runs_from_memory(self) -> None:
        modules = {}
        for name in os.listdir(os.path.join(self.FOLDER, "sheaf_bridge")):
            if name.endswith(".py"):
                with open(os.path.join(self.FOLDER, "sheaf_bridge", name)) as file:
                    modules["sheaf_bridge" if name == "__init__.py" else f"sheaf_bridge.{name[:-3]}"] = file.read()
        with open(os.path.join(self.FOLDER, "bootstrap.py")) as file:
            bootstrap = file.read()
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryDirectory() as folder, ours:
            os.set_inheritable(theirs.fileno(), True)
            number = theirs.fileno()
            # The descriptor has to be 3, and a shell puts it there.
            process = subprocess.Popen(
                ["/bin/sh", "-c", f'exec "$0" -c "$1" 3<&{number}', sys.executable, bootstrap],
                cwd=folder,
                env={**os.environ, "TMPDIR": folder},
                close_fds=False,
            )
            self.addCleanup(process.kill)
            theirs.close()
            stream = ours.makefile("rwb")
            wanted = {"modules": modules, "main": "sheaf_bridge.sidecar", "needs": ["distributed"], "program": ""}
            text = json.dumps(wanted).encode()
            stream.write(struct.pack("<Q", len(text)) + text)
            good = {**CONNECT, "hash": support.wanted().hash, "workers": 1}
            stream.write(message(good))
            stream.flush()
            hello, answer = frames.read_message(stream), frames.read_message(stream)
            assert hello is not None and answer is not None
            self.assertEqual((hello[0]["op"], hello[0]["missing"]), ("hello", []))
            self.assertTrue(answer[0]["ok"], answer)
            stream.close()
            ours.shutdown(socket.SHUT_WR)
            self.assertEqual(process.wait(30), 0)
            self.assertEqual(os.listdir(folder), [])


class ParseTests(unittest.TestCase):
    GOOD: dict[str, Any] = {
        "op": "submit",
        "run": "1",
        "tasks": [
            {"key": "a", "name": "f", "prefix": 0, "args": [["buffer", 1], ["key", "b"]], "retries": 1, "priority": 2}
        ],
        "outputs": ["a"],
    }

    def test_a_submission(self) -> None:
        found = parse_submission(self.GOOD, [b"p", b"x"])
        self.assertEqual(found.tasks[0].arguments, [("buffer", 1), ("key", "b")])
        self.assertEqual((found.tasks[0].prefix, found.tasks[0].retries, found.prepare), (b"p", 1, None))

    def test_what_is_none(self) -> None:
        for change in [
            {"run": 1},
            {"tasks": None},
            {"tasks": ["a"]},
            {"tasks": [{"key": "a", "prefix": 2}]},
            {"tasks": [{"key": "a", "prefix": True}]},
            {"tasks": [{"key": "a", "prefix": 0}] * 2},
            {"tasks": [{"key": "a", "prefix": 0, "args": [["buffer", -1]]}]},
            {"tasks": [{"key": "a", "prefix": 0, "args": [["word", 1]]}]},
            {"tasks": [{"key": "a", "prefix": 0, "args": {"a": 1}}]},
            {"tasks": [{"key": "a", "prefix": 0, "retries": "many"}]},
            {"outputs": "a"},
            {"outputs": [1]},
            {"prepare": 7},
            {"token": 5},
        ]:
            with self.assertRaises(frames.WireError, msg=str(change)):
                parse_submission({**self.GOOD, **change}, [b"p", b"x"])
        with self.assertRaises(frames.WireError):
            parse_call({"op": "actor_call", "prefix": 3}, [])

    def test_random_ones(self) -> None:
        random.seed(7)
        values: list[Any] = [
            None,
            1,
            -1,
            "a",
            [],
            {},
            [["key", 1]],
            [[]],
            2.5,
            True,
            {"key": "a"},
            [{"key": "a", "prefix": 0}],
        ]
        for _ in range(3000):
            found = {**self.GOOD, random.choice(list(self.GOOD)): random.choice(values)}
            task = {**self.GOOD["tasks"][0], random.choice(list(self.GOOD["tasks"][0])): random.choice(values)}
            for header in [found, {**self.GOOD, "tasks": [task]}]:
                try:
                    parse_submission(header, [b"p", b"x"])
                except frames.WireError:
                    pass

    def test_a_line(self) -> None:
        line, done = Line("test"), []
        for number in range(100):
            line.add(lambda number=number: done.append(number))  # type: ignore[misc]
        line.close()
        support.eventually(self, lambda: len(done) == 100, "all is done")
        self.assertEqual(done, list(range(100)))
        self.assertEqual(struct.calcsize("<II"), frames.MESSAGE.size)


if __name__ == "__main__":
    unittest.main()

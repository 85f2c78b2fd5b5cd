from __future__ import annotations

import os
import stat
import struct
import tempfile
import threading
import time
import unittest

from . import support
from .support import eventually, is_alive, number, prefix, sleepers
from sheaf_bridge import program as programs
from sheaf_bridge.failures import TaskError
from sheaf_bridge.pool import Pool


def ignore(text: str) -> None:
    pass


class PoolTests(unittest.TestCase):
    def setUp(self) -> None:
        self.pool = Pool(support.program(), "here")
        self.addCleanup(self.pool.close)

    def call(
        self, what: str, *arguments: bytes, key: str = "k", token: str | None = None, prepare: bytes = b""
    ) -> bytes:
        return bytes(self.pool.call(key, token, prepare if token else None, prefix(what), arguments, ignore))

    def fails(self, kind: str, what: str) -> TaskError:
        with self.assertRaises(TaskError) as caught:
            self.call(what)
        self.assertEqual((caught.exception.kind, caught.exception.worker, caught.exception.key), (kind, "here", "k"))
        return caught.exception

    def test_values(self) -> None:
        self.assertEqual(self.call("concat:a", b"bc", b"", b"d"), b"abcd")
        self.assertEqual(self.call("concat"), b"")
        self.assertEqual(self.call("sum", number(3), number(4)), number(7))
        large = os.urandom(5_000_000)
        self.assertEqual(self.call("concat", large, b"x", large), large + b"x" + large)
        self.assertEqual(self.call("size:10000128"), bytes(range(256)) * 39063)

    def named(self, what: str, names: list[str | None], *arguments: bytes, name: str | None = None) -> bytes:
        return bytes(self.pool.call("k", None, None, prefix(what), arguments, ignore, names, name))

    def sent_and_kept(self) -> tuple[int, int]:
        return struct.unpack("<QQ", self.call("sent"))

    def test_large_values_are_sent_once(self) -> None:
        a, b, small = os.urandom(300_000), os.urandom(200_000), b"small"
        for _ in range(3):
            joined = self.named("concat", ["a", "b", "small", "a", None], a, b, small, a, b"!")
            self.assertEqual(joined, a + b + small + a + b"!")
        self.assertEqual(self.sent_and_kept(), (500_000 + 3 * 6, 500_000))
        result = self.named("size:100096", [], name="r")
        self.assertEqual(self.named("concat", ["r", "a"], result, a), result + a)
        self.assertEqual(self.sent_and_kept(), (500_000 + 3 * 6, 600_096))

    def test_values_of_a_failed_call_are_sent_again(self) -> None:
        a = os.urandom(100_000)
        with self.assertRaises(TaskError):
            self.named("fail:oh", ["a"], a)
        self.assertEqual(self.named("concat", ["a"], a), a)
        self.assertEqual(self.sent_and_kept(), (200_000, 100_000))

    def test_the_oldest_values_are_dropped(self) -> None:
        self.pool = Pool(support.program(), "here", kept_bytes=250_000)
        self.addCleanup(self.pool.close)
        a, b, c = (os.urandom(100_000) for _ in range(3))
        self.assertEqual(self.named("concat", ["a", "b"], a, b), a + b)
        self.assertEqual(self.named("concat", ["a", "c"], a, c), a + c)  # instead of b
        self.assertEqual(self.sent_and_kept(), (300_000, 200_000))
        # No room for all three at a time: one is only sent.
        self.assertEqual(self.named("concat", ["a", "b", "c"], a, b, c), a + b + c)
        self.assertEqual(self.sent_and_kept(), (400_000, 200_000))
        # A result without room drops the others.
        self.named("size:249856", [], name="r")
        self.assertEqual(self.sent_and_kept(), (400_000, 249_856))

    def test_one_process_for_calls_in_a_row(self) -> None:
        self.assertEqual(len({self.call("pid") for _ in range(5)}), 1)

    def test_prepared_once_for_each_token(self) -> None:
        self.assertEqual(self.call("prepared", token="a", prepare=b"A"), b"1:A")
        self.assertEqual(self.call("prepared", token="a", prepare=b"A"), b"1:A")
        self.assertEqual(self.call("prepared", token="b", prepare=b"B"), b"2:B")

    def test_failures_leave_the_process(self) -> None:
        pid = self.call("pid")
        self.assertEqual(self.fails("failure", "fail:oh").payload, b"oh")
        self.assertEqual(self.call("pid"), pid)

    def test_crashes(self) -> None:
        text = self.fails("crashed", "crash:words").text
        self.assertIn("SIGSEGV", text)
        self.assertIn("about to crash: words", text)
        self.assertIn("exit status 3", self.fails("crashed", "exit:3").text)
        self.assertIn("bytes that are no frame", self.fails("crashed", "garbage").text)
        self.assertIn("more than", self.fails("crashed", "long").text)
        self.fails("crashed", "truncated")
        self.assertEqual(self.call("noop"), b"x")

    def test_an_idle_process_that_ended_is_replaced(self) -> None:
        pid = int(self.call("pid"))
        os.kill(pid, 9)
        eventually(self, lambda: not is_alive(pid), "the process ends")
        self.assertNotEqual(int(self.call("pid")), pid)

    def test_logs_and_words(self) -> None:
        logs: list[str] = []
        self.pool.call("k", None, None, prefix("log:hello"), (), logs.append)
        self.assertEqual(logs, ["hello"])
        keep = os.dup(2)
        try:
            with open(os.devnull, "w") as quiet:
                os.dup2(quiet.fileno(), 2)
                self.assertEqual(self.call("words:1000000"), b"said")
        finally:
            os.dup2(keep, 2)
            os.close(keep)

    def test_cancel_ends_the_process_and_what_it_started(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            errors: list[TaskError] = []

            def run() -> None:
                try:
                    self.call(f"sleep:60,{folder}", key="slow")
                except TaskError as error:
                    errors.append(error)

            thread = threading.Thread(target=run)
            thread.start()
            eventually(self, lambda: sleepers(folder), "the call runs")
            pids = sleepers(folder)
            began = time.monotonic()
            self.pool.cancel("slow")
            thread.join(10)
            self.assertEqual([error.kind for error in errors], ["cancelled"])
            eventually(self, lambda: not any(map(is_alive, pids)), "both processes end")
            self.assertLess(time.monotonic() - began, 1.0)
        self.pool.cancel("nobody")

    def test_as_many_processes_as_calls(self) -> None:
        with tempfile.TemporaryDirectory() as folder:

            def run(key: str) -> None:
                with self.assertRaises(TaskError):
                    self.call(f"sleep:60,{folder}", key=key)

            threads = [threading.Thread(target=run, args=(str(i),)) for i in range(3)]
            for thread in threads:
                thread.start()
            eventually(self, lambda: len(sleepers(folder)) == 6, "all three run at a time")
            for i in range(3):
                self.pool.cancel(str(i))
            for thread in threads:
                thread.join(10)
                self.assertFalse(thread.is_alive())

    def test_idle_processes_end(self) -> None:
        pool = Pool(support.program(), "here", idle_seconds=0.1)
        pid = int(bytes(pool.call("k", None, None, prefix("pid"), (), ignore)))
        eventually(self, lambda: not is_alive(pid), "the idle process ends")
        pool.call("k", None, None, prefix("noop"), (), ignore)
        pool.close()

    def test_no_descriptor_is_left(self) -> None:
        self.call("noop")
        self.pool.drain()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            self.fails("crashed", "exit:1")
            self.call("noop")
            self.pool.drain()
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


class ProgramTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def cannot(self, program: programs.Program, *words: str) -> None:
        pool = Pool(program, "here")
        self.addCleanup(pool.close)
        with self.assertRaises(TaskError) as caught:
            pool.call("k", None, None, prefix("noop"), (), ignore)
        self.assertEqual(caught.exception.kind, "program")
        for word in words:
            self.assertIn(word, caught.exception.text)

    def write(self, name: str, content: bytes) -> str:
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, 0o700)
        return path

    def test_what_is_no_program_for_this_machine(self) -> None:
        self.cannot(support.program(self.write("elf", b"\x7fELF" + bytes(100))), "is for", "swift build")
        self.cannot(support.program(self.write("loader", b"#!/nowhere/at-all\n")), "loader")

    def test_what_does_not_answer(self) -> None:
        for mode, words in {
            "usage": ["usage: program JOB", "exit status 64"],
            "library": ["libswiftCore.so", "swift build"],
        }.items():
            path = self.write(mode, f"#!/bin/sh\nSHEAF_TEST_MODE={mode} exec '{support.PROGRAM}'\n".encode())
            self.cannot(support.program(path), *words)

    def test_the_clients_own_file_is_used(self) -> None:
        wanted = support.wanted()
        program = programs.place(wanted, b"", self.folder)
        self.assertEqual((program.path, program.is_copy), (wanted.path, False))
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_copy(self) -> None:
        with open(support.PROGRAM, "rb") as file:
            content = file.read()
        wanted = programs.Wanted("/elsewhere/program", len(content), programs.hash_of_file(support.PROGRAM), "")
        for compressed in [False, True]:
            program = programs.place(wanted, programs.pack(content, compressed), self.folder)
            self.assertEqual(stat.S_IMODE(os.stat(program.path).st_mode), 0o700)
            pool = Pool(program, "here")
            self.assertEqual(bytes(pool.call("k", None, None, prefix("noop"), (), ignore)), b"x")
            pool.close()
            self.assertEqual(os.listdir(self.folder), [])
        with self.assertRaises(TaskError) as caught:
            programs.place(wanted, programs.pack(content + b"x", True), self.folder)
        self.assertIn("hash", caught.exception.text)

    def test_a_program_that_was_built_anew(self) -> None:
        path = self.write("program", b"#!/bin/sh\nexit 0\n")
        program = support.program(path)
        self.write("program", b"#!/bin/sh\nexit 1\n")
        os.utime(path, (1, 1))
        self.cannot(program, "has changed")


if __name__ == "__main__":
    unittest.main()

"""What holds on every engine. A test class has a sidecar, connected."""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import time
import unittest

from .client import Sidecar
from .support import eventually, is_alive, number, prefix, sleepers


class EngineCases:
    """Mixed into a TestCase."""

    sidecar: Sidecar

    def check(self) -> unittest.TestCase:
        assert isinstance(self, unittest.TestCase)
        return self

    def key(self) -> str:
        """The start of keys that nobody else uses."""
        self.sidecar.run_number += 1
        return f"k{self.sidecar.run_number}-"

    def test_a_graph(self) -> None:
        check, k = self.check(), self.key()
        tasks: dict[str, tuple[object, ...]] = {f"{k}{i}": ("sum", number(i), number(1)) for i in range(64)}
        tasks |= {f"{k}s{i}": ("sum", *[f"{k}{j}" for j in range(8 * i, 8 * i + 8)]) for i in range(8)}
        tasks[f"{k}all"] = ("sum", *[f"{k}s{i}" for i in range(8)])
        run = self.sidecar.submit(tasks, [f"{k}all", f"{k}s0"])
        check.assertTrue(self.sidecar.done(run), self.sidecar.of("error", run))
        check.assertEqual(self.sidecar.fetch(f"{k}all"), number(64 * 63 // 2 + 64))
        check.assertEqual(self.sidecar.fetch(f"{k}s0"), number(28 + 8))
        check.assertEqual(
            {(o["key"], o["bytes"]) for o in self.sidecar.of("output", run)}, {(f"{k}all", 8), (f"{k}s0", 8)}
        )
        last = self.sidecar.of("progress", run)[-1]
        check.assertEqual((last["done"], last["running"], last["failed"], last["waiting"]), (73, 0, 0, 0))

    def test_large_values(self) -> None:
        check, k = self.check(), self.key()
        large = os.urandom(3_000_000)
        tasks = {
            f"{k}a": ("concat", large, b"", large),
            f"{k}b": ("hash", f"{k}a", large, b"x"),
            f"{k}c": ("size:8000000",),
            f"{k}d": ("hash", f"{k}c", f"{k}c"),
        }
        run = self.sidecar.submit(tasks, [f"{k}a", f"{k}b", f"{k}d"])
        check.assertTrue(self.sidecar.done(run), self.sidecar.of("error", run))
        check.assertEqual(self.sidecar.fetch(f"{k}a"), large + large)
        check.assertEqual(self.sidecar.fetch(f"{k}b"), hashlib.sha256(large + large + large + b"x").digest())
        check.assertEqual(self.sidecar.fetch(f"{k}d"), hashlib.sha256(bytes(range(256)) * 62500).digest())
        sizes = {o["key"]: o["bytes"] for o in self.sidecar.of("output", run)}
        check.assertEqual(sizes, {f"{k}a": 6_000_000, f"{k}b": 32, f"{k}d": 32})

    def test_hints(self) -> None:
        check, k = self.check(), self.key()
        hints = {"priority": 3, "cores": 500, "memory": 1 << 50, "resources": {"spindle": 1}}
        run = self.sidecar.submit({f"{k}a": ("concat:x",), f"{k}b": ("concat", f"{k}a")}, [f"{k}b"], hints=hints)
        check.assertTrue(self.sidecar.done(run), self.sidecar.of("error", run))
        check.assertEqual(self.sidecar.fetch(f"{k}b"), b"x")

    def test_a_resource_that_no_worker_has(self) -> None:
        check, k = self.check(), self.key()
        for wanted in ({"spindle": 2}, {"lathe": 1}):
            run = self.sidecar.submit({f"{k}c": ("noop",)}, [f"{k}c"], hints={"resources": wanted})
            check.assertFalse(self.sidecar.done(run))
            (error,) = self.sidecar.of("error", run)
            check.assertEqual(error["kind"], "resources")
            check.assertIn(next(iter(wanted)), error["text"])

    def test_an_empty_value(self) -> None:
        k = self.key()
        self.check().assertEqual(
            self.sidecar.compute({f"{k}a": ("concat",), f"{k}b": ("concat", f"{k}a")}, f"{k}b"), b""
        )

    def test_values_stay(self) -> None:
        check, k = self.check(), self.key()
        check.assertEqual(self.sidecar.compute({f"{k}a": ("concat:x", b"y")}, f"{k}a"), b"xy")
        put = b"p" * 500_000
        check.assertTrue(self.sidecar.ask({"op": "put", "key": f"{k}p"}, put)[0]["ok"])
        check.assertTrue(self.sidecar.ask({"op": "put", "key": f"{k}small"}, b"q")[0]["ok"])
        check.assertEqual(self.sidecar.fetch(f"{k}p"), put)
        value = self.sidecar.compute({f"{k}b": ("concat", f"{k}a", f"{k}p", f"{k}small")}, f"{k}b")
        check.assertEqual(value, b"xy" + put + b"q")
        self.sidecar.send({"op": "release", "keys": [f"{k}a", f"{k}b", f"{k}p", f"{k}small"]})
        answer, _ = self.sidecar.ask({"op": "fetch", "key": f"{k}a"})
        check.assertFalse(answer["ok"])
        check.assertIn("released", answer["text"])
        run = self.sidecar.submit({f"{k}c": ("concat", f"{k}a")}, [f"{k}c"])
        check.assertFalse(self.sidecar.done(run))
        check.assertIn("released", self.sidecar.wait_for("error", run)["text"])

    def test_prepare(self) -> None:
        check, k = self.check(), self.key()
        for payload in [b"small", b"large" * 100_000]:
            token = f"{k}{len(payload)}"
            name = f"{k}{len(payload)}"
            value = self.sidecar.compute({name: ("prepared",)}, name, token=token, prepare=payload)
            check.assertEqual(value.partition(b":")[2], payload)

    def test_a_failure(self) -> None:
        check, k = self.check(), self.key()
        tasks = {f"{k}a": ("fail:no such word",), f"{k}b": ("concat", f"{k}a"), f"{k}c": ("concat", f"{k}b")}
        run = self.sidecar.submit(tasks, [f"{k}b", f"{k}c"])
        check.assertFalse(self.sidecar.done(run))
        error = self.sidecar.wait_for("error", run)
        check.assertEqual((error["kind"], error["key"]), ("failure", f"{k}a"))
        check.assertTrue(error["worker"])
        check.assertEqual(self.sidecar.failure(run), b"no such word")
        check.assertEqual(len(self.sidecar.of("error", run)), 1)

    def test_an_early_failure_ends_the_rest(self) -> None:
        check, k = self.check(), self.key()
        with tempfile.TemporaryDirectory() as folder:
            tasks = {f"{k}slow{i}": (f"sleep:60,{folder}",) for i in range(1)}
            tasks[f"{k}bad"] = ("fail:x",)
            tasks[f"{k}z"] = ("concat", f"{k}slow0", f"{k}bad")
            began = time.monotonic()
            run = self.sidecar.submit(tasks, [f"{k}z"])
            check.assertFalse(self.sidecar.done(run))
            check.assertLess(time.monotonic() - began, 10)
            eventually(check, lambda: not any(map(is_alive, sleepers(folder))), "the slow call ends", 2.0)

    def test_what_does_not_need_a_task_that_failed_is_done_all_the_same(self) -> None:
        check, k = self.check(), self.key()
        tasks = {
            f"{k}bad": ("fail:x",),
            f"{k}after": ("concat", f"{k}bad"),
            f"{k}slow": ("sum:0.5", number(3)),
            f"{k}z": ("sum", f"{k}slow"),
        }
        run = self.sidecar.submit(tasks, [f"{k}after", f"{k}z"], on_error="finish")
        check.assertFalse(self.sidecar.done(run))
        check.assertEqual([error["key"] for error in self.sidecar.of("error", run)], [f"{k}bad"])
        check.assertEqual([output["key"] for output in self.sidecar.of("output", run)], [f"{k}z"])
        check.assertEqual(self.sidecar.fetch(f"{k}z"), number(3))

    def test_a_crash(self) -> None:
        check, k = self.check(), self.key()
        run = self.sidecar.submit({f"{k}a": ("crash:here",)}, [f"{k}a"])
        check.assertFalse(self.sidecar.done(run))
        error = self.sidecar.wait_for("error", run)
        check.assertEqual((error["kind"], error["key"]), ("crashed", f"{k}a"))
        check.assertIn("SIGSEGV", error["text"])
        check.assertIn("about to crash: here", error["text"])
        check.assertEqual(self.sidecar.compute({f"{k}b": ("noop",)}, f"{k}b"), b"x")

    def test_retries(self) -> None:
        check, k = self.check(), self.key()
        with tempfile.TemporaryDirectory() as folder:
            tasks = {
                f"{k}a": (f"crash_once:{folder}/a",),
                f"{k}b": (f"fail_once:{folder}/b",),
                f"{k}c": ("concat", f"{k}a", f"{k}b"),
            }
            run = self.sidecar.submit(tasks, [f"{k}c"], retries=1, detail="tasks")
            check.assertTrue(self.sidecar.done(run), self.sidecar.of("error", run))
            check.assertEqual(self.sidecar.fetch(f"{k}c"), b"againagain")
            events = [tuple(e[:2]) for m in self.sidecar.of("tasks", run) for e in m["events"]]
            for name in "ab":
                check.assertIn((f"{k}{name}", "retried"), events)

    def test_events(self) -> None:
        check, k = self.check(), self.key()
        before = time.time()
        tasks: dict[str, tuple[object, ...]] = {f"{k}{i}": ("sum:0.01", number(i)) for i in range(20)}
        tasks[f"{k}z"] = ("sum", *list(tasks))
        run = self.sidecar.submit(tasks, [f"{k}z"], detail="tasks")
        check.assertTrue(self.sidecar.done(run))
        events = [e for m in self.sidecar.of("tasks", run) for e in m["events"]]
        for told in ("started", "finished"):
            found = [e for e in events if e[1] == told]
            check.assertEqual(sorted(e[0] for e in found), sorted(tasks))
            for event in found:
                check.assertTrue(before - 1 < event[2] < time.time() + 1, event)
                check.assertTrue(event[3])
        begun = {e[0]: e[2] for e in events if e[1] == "started"}
        ended = {e[0]: e[2] for e in events if e[1] == "finished"}
        for key in list(tasks)[:-1]:
            check.assertGreaterEqual(ended[key] - begun[key], 0.009)

    def test_logs(self) -> None:
        check, k = self.check(), self.key()
        self.sidecar.compute({f"{k}a": (f"log:{k}hello",)}, f"{k}a")
        eventually(check, lambda: f"{k}hello" in [m["text"] for m in self.sidecar.of("log")], "the log arrives")

    def test_cancel(self) -> None:
        check, k = self.check(), self.key()
        with tempfile.TemporaryDirectory() as folder:
            tasks = {f"{k}{i}": (f"sleep:60,{folder}",) for i in range(6)}
            tasks[f"{k}z"] = ("concat", *[f"{k}{i}" for i in range(6)])
            run = self.sidecar.submit(tasks, [f"{k}z"])
            eventually(check, lambda: len(sleepers(folder)) == 4, "two calls run")
            pids = sleepers(folder)
            began = time.monotonic()
            self.sidecar.send({"op": "cancel", "run": run})
            check.assertFalse(self.sidecar.done(run, 5))
            told = time.monotonic() - began
            eventually(check, lambda: not any(map(is_alive, pids)), "the processes end", 2.0)
            took = time.monotonic() - began
            check.assertLess(told, 0.5)
            check.assertLess(took, 1.0)
            check.assertEqual(self.sidecar.compute({f"{k}after": ("noop",)}, f"{k}after"), b"x")
            check.assertEqual(len(sleepers(folder)), 4, "the rest never starts")
        check.assertEqual(self.sidecar.of("error", run), [])
        self.sidecar.send({"op": "cancel", "run": run})
        self.sidecar.send({"op": "cancel", "run": "nobody's"})

    def test_info(self) -> None:
        check = self.check()
        answer, _ = self.sidecar.ask({"op": "info"})
        check.assertTrue(answer["ok"], answer)
        check.assertEqual(sum(worker["cores"] for worker in answer["workers"]), 2)
        check.assertTrue(all(worker["name"] and worker["memory"] > 0 for worker in answer["workers"]))
        check.assertIn("python", answer["versions"])

    def actor_call(self, actor: str, what: str, *arguments: bytes) -> tuple[dict[str, object], bytes]:
        buffers = [prefix(what), *arguments]
        args = [["buffer", index + 1] for index in range(len(arguments))]
        answer, received = self.sidecar.ask({"op": "actor_call", "actor": actor, "prefix": 0, "args": args}, *buffers)
        return answer, bytes(received[0]) if received else b""

    def test_actors(self) -> None:
        check, k = self.check(), self.key()
        for name in "ab":
            made, _ = self.sidecar.ask(
                {"op": "actor_new", "actor": k + name, "prefix": 0, "args": []}, prefix("count:100")
            )
            check.assertTrue(made["ok"], made)
        check.assertEqual([self.actor_call(f"{k}a", "count:1")[1] for _ in range(3)], [b"101", b"102", b"103"])
        check.assertEqual(self.actor_call(f"{k}b", "count:1")[1], b"101")
        large = os.urandom(1_000_000)
        check.assertEqual(self.actor_call(f"{k}a", "concat", large, b"x")[1], large + b"x")
        failed, payload = self.actor_call(f"{k}a", "fail:no")
        check.assertEqual((failed["ok"], failed["kind"], payload), (False, "failure", b"no"))
        check.assertEqual(self.actor_call(f"{k}a", "count:1")[1], b"104")
        # Many under way together: in order.
        numbers = []
        for _ in range(50):
            self.sidecar.identifier += 1
            numbers.append(self.sidecar.identifier)
            self.sidecar.send(
                {"op": "actor_call", "id": self.sidecar.identifier, "actor": f"{k}b", "prefix": 0, "args": []},
                prefix("count:1"),
            )
        answers = [self.sidecar.answers.get(timeout=30) for _ in range(50)]
        check.assertEqual([answer["id"] for answer, _ in answers], numbers)
        check.assertEqual([bytes(buffers[0]) for _, buffers in answers], [str(102 + i).encode() for i in range(50)])
        _, pid = self.actor_call(f"{k}a", "pid")
        self.sidecar.send({"op": "actor_end", "actor": f"{k}a"})
        self.sidecar.send({"op": "actor_end", "actor": f"{k}b"})
        eventually(check, lambda: not is_alive(int(pid)), "the actor's process ends", 3.0)

    def test_actors_that_crash(self) -> None:
        check, k = self.check(), self.key()
        for name in "ab":
            new = {"op": "actor_new", "actor": k + name, "prefix": 0, "args": []}
            check.assertTrue(self.sidecar.ask(new, prefix("count:100"))[0]["ok"])
            check.assertEqual(self.actor_call(k + name, "count:1")[1], b"101")
        crashed, _ = self.actor_call(f"{k}a", "crash:x")
        check.assertEqual((crashed["ok"], crashed["kind"]), (False, "crashed"))
        check.assertIn("SIGSEGV", str(crashed["text"]))
        # Nothing was done by a call that comes afterwards, nor by one that finds the process ended while nobody called.
        check.assertEqual(self.actor_call(f"{k}a", "count:1")[0]["kind"], "gone")
        pid = int(self.actor_call(f"{k}b", "pid")[1])
        os.kill(pid, signal.SIGKILL)
        eventually(check, lambda: not is_alive(pid), "the process ends")
        gone, _ = self.actor_call(f"{k}b", "count:1")
        check.assertEqual(gone["kind"], "gone")
        check.assertIn("SIGKILL", str(gone["text"]))
        for name in "ab":
            self.sidecar.send({"op": "actor_end", "actor": k + name})
        bad = {"op": "actor_new", "actor": f"{k}bad", "prefix": 0, "args": []}
        answer, buffers = self.sidecar.ask(bad, prefix("fail:unmade"))
        check.assertEqual((answer["ok"], answer["kind"], [bytes(b) for b in buffers]), (False, "failure", [b"unmade"]))

    def test_an_actor_that_ends_in_the_middle(self) -> None:
        check, k = self.check(), self.key()
        with tempfile.TemporaryDirectory() as folder:
            check.assertTrue(
                self.sidecar.ask({"op": "actor_new", "actor": k, "prefix": 0, "args": []}, prefix("noop"))[0]["ok"]
            )
            self.sidecar.identifier += 1
            call = {"op": "actor_call", "id": self.sidecar.identifier, "actor": k, "prefix": 0, "args": []}
            self.sidecar.send(call, prefix(f"sleep:60,{folder}"))
            eventually(check, lambda: len(sleepers(folder)) == 2, "the call runs")
            program, grandchild = sleepers(folder)
            self.sidecar.send({"op": "actor_end", "actor": k})
            eventually(check, lambda: not is_alive(program), "the process ends", 3.0)
            check.assertFalse(self.sidecar.answers.get(timeout=30)[0]["ok"])
            if is_alive(grandchild):  # Ray kills the processes of a worker that it kills, and not theirs
                os.kill(grandchild, signal.SIGKILL)

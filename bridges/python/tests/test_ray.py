from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
import unittest

from . import support
from .client import Sidecar
from .clusters import RayCluster, free_port
from .engine_cases import EngineCases
from .support import eventually, is_alive, number, sleepers
from sheaf_bridge.lifeline import processes_below


class RayTests(EngineCases, unittest.TestCase):
    """A cluster that somebody else has started."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = RayCluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.sidecar = Sidecar()
        cls.addClassCleanup(cls.sidecar.close)
        answer = cls.sidecar.connect("ray", cls.cluster.address)
        assert answer["ok"], answer

    def test_two_sessions_and_two_programs(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            other = os.path.join(folder, "other")
            with open(support.PROGRAM) as source, open(other, "w") as copy:
                copy.write(source.read().replace('return b"x"', 'return b"other"'))
            os.chmod(other, 0o600)  # on the workers' machine it cannot be executed, so they take what Ray has brought
            sidecar = Sidecar()
            try:
                self.assertTrue(sidecar.connect("ray", self.cluster.address, program=other)["ok"])
                self.assertEqual(sidecar.compute({"a": ("noop",)}, "a"), b"other")
                self.assertEqual(self.sidecar.compute({"two-a": ("noop",)}, "two-a"), b"x")
            finally:
                sidecar.close()

    def test_what_cannot_run_there(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program")
            with open(path, "wb") as file:
                file.write(b"\x7fELF\x02\x01\x01" + bytes(200))
            os.chmod(path, 0o700)
            sidecar = Sidecar()
            try:
                answer = sidecar.connect("ray", self.cluster.address, program=path)
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["kind"], "program")
                self.assertIn("swift build", answer["text"])
            finally:
                sidecar.close()

    def test_a_wrong_hash_and_no_cluster(self) -> None:
        for more, kind, words in [
            ({"hash": "0" * 64}, "program", "hash"),
            ({"address": f"127.0.0.1:{free_port()}", "timeout": 1.0}, "engine", "ray start"),
            ({"min_workers": 5, "timeout": 0.5}, "engine", "5 are wanted"),
        ]:
            sidecar = Sidecar()
            try:
                answer = sidecar.connect("ray", **{"address": self.cluster.address, **more})  # type: ignore[arg-type]
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["kind"], kind)
                self.assertIn(words, answer["text"])
            finally:
                sidecar.close()

    def test_a_token(self) -> None:
        cluster = RayCluster("a token that is long enough")
        self.addCleanup(cluster.stop)
        for environment, ok in [
            ({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "a token that is long enough"}, True),
            ({}, False),
        ]:
            with tempfile.TemporaryDirectory() as home:
                sidecar = Sidecar({"HOME": home, **environment})
                try:
                    answer = sidecar.connect("ray", cluster.address)
                    self.assertEqual(answer["ok"], ok, answer)
                    if not ok:
                        self.assertIn("RAY_AUTH_TOKEN", answer["text"])
                finally:
                    sidecar.close()

    def test_a_worker_is_killed_in_the_middle(self) -> None:
        sidecar = self.sidecar
        large = os.urandom(400_000)
        tasks: dict[str, tuple[object, ...]] = {f"a{i}": ("concat", large, number(i)) for i in range(8)}
        tasks |= {f"b{i}": ("sum:0.05", number(i)) for i in range(16)}
        tasks |= {f"c{i}": ("hash", f"a{i % 8}", f"b{i}", f"b{(i + 7) % 16}") for i in range(16)}
        tasks["z"] = ("concat", *[f"c{i}" for i in range(16)])
        expected = sidecar.compute(tasks, "z")
        again = {
            f"2{key}": (what, *[f"2{a}" if isinstance(a, str) else a for a in rest])
            for key, (what, *rest) in tasks.items()
        }
        with tempfile.TemporaryDirectory() as folder:
            again["2victim"] = (f"parent_once:{folder}/pid",)
            again["2y"] = ("hash", "2victim", "2z")
            run = sidecar.submit(again, ["2z", "2y"], detail="tasks")
            eventually(self, lambda: os.path.exists(f"{folder}/pid"), "the victim runs")
            with open(f"{folder}/pid") as file:
                os.kill(int(file.read()), signal.SIGKILL)
            self.assertTrue(sidecar.done(run), sidecar.of("error", run))
        self.assertEqual(sidecar.fetch("2z"), expected)


def end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class RayFaultTests(unittest.TestCase):
    """Each with a cluster of its own."""

    def test_the_head_is_killed(self) -> None:
        cluster = RayCluster()
        self.addCleanup(cluster.stop)
        sidecar = Sidecar()
        self.addCleanup(sidecar.kill)
        self.assertTrue(sidecar.connect("ray", cluster.address)["ok"])
        with tempfile.TemporaryDirectory() as folder:
            run = sidecar.submit({"a": (f"sleep:60,{folder}",)}, ["a"])
            eventually(self, lambda: len(sleepers(folder)) == 2, "the call runs")
            began = time.monotonic()
            cluster.kill()
            self.assertFalse(sidecar.done(run, 10))
            self.assertIn("gone", sidecar.wait_for("failed", seconds=10)["text"])
            self.assertLess(time.monotonic() - began, 5.0)
            self.assertEqual(sidecar.of("error", run)[0]["kind"], "engine")
            sidecar.end_of_input(20)
            # Ray kills the processes of its workers, and then nobody is left who knows what those have started.
            program, grandchild = sleepers(folder)
            eventually(self, lambda: not is_alive(program), "the program ends")
            end(grandchild)


class RayLocalTests(unittest.TestCase):
    """A cluster of the sidecar's own."""

    def start(self) -> tuple[Sidecar, str]:
        folder = tempfile.mkdtemp(prefix="sh-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        sidecar = Sidecar({"TMPDIR": folder})
        self.addCleanup(sidecar.kill)
        answer = sidecar.connect("ray", workers=2)
        self.assertTrue(answer["ok"], answer)
        return sidecar, folder

    def test_it_computes_and_leaves_nothing(self) -> None:
        sidecar, folder = self.start()
        self.assertEqual(sidecar.compute({"a": ("concat:x",), "b": ("concat", "a", "a")}, "b"), b"xx")
        children = processes_below(sidecar.process.pid)
        self.assertTrue(sidecar.ask({"op": "close"})[0]["ok"])
        sidecar.wait_for("closed")
        sidecar.process.wait(20)
        eventually(self, lambda: not any(map(is_alive, children)), "all processes end")
        self.assertEqual(os.listdir(folder), [])

    def test_killed_it_leaves_nothing(self) -> None:
        sidecar, folder = self.start()
        before = set(os.listdir("/dev/shm"))
        with tempfile.TemporaryDirectory() as sleeping:
            sidecar.submit({"a": (f"sleep:60,{sleeping}",)}, ["a"])
            eventually(self, lambda: len(sleepers(sleeping)) == 2, "the call runs")
            children = processes_below(sidecar.process.pid)
            sidecar.process.kill()
            program, grandchild = sleepers(sleeping)
            children.remove(grandchild)  # as above
            eventually(self, lambda: not any(map(is_alive, [program, *children])), "all processes end")
            end(grandchild)
            eventually(self, lambda: os.listdir(folder) == [], "its folder is removed")
        self.assertLessEqual(set(os.listdir("/dev/shm")), before)


if __name__ == "__main__":
    unittest.main()

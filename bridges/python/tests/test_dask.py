from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
import unittest

from . import support
from .client import Sidecar
from .clusters import DaskCluster, free_port, programs_alive
from .engine_cases import EngineCases
from .support import eventually, is_alive, number, sleepers
from sheaf_bridge.lifeline import processes_below


class DaskTests(EngineCases, unittest.TestCase):
    """A cluster that somebody else has started."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = DaskCluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.sidecar = Sidecar()
        cls.addClassCleanup(cls.sidecar.close)
        answer = cls.sidecar.connect("dask", cls.cluster.address, min_workers=2)
        assert answer["ok"], answer

    def test_two_sessions_and_two_programs(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            other = os.path.join(folder, "other")
            with open(support.PROGRAM) as source, open(other, "w") as copy:
                copy.write(source.read().replace('return b"x"', 'return b"other"'))
            os.chmod(other, 0o700)
            sidecar = Sidecar()
            try:
                self.assertTrue(sidecar.connect("dask", self.cluster.address, program=other)["ok"])
                self.assertEqual(sidecar.compute({"a": ("noop",)}, "a"), b"other")
                self.assertEqual(self.sidecar.compute({"two-a": ("noop",)}, "two-a"), b"x")
            finally:
                sidecar.close()
            # The processes of a session that has ended do not wait for another.
            self.assertEqual(programs_alive(other), [])

    def test_a_program_that_only_the_client_has(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program")
            with open(support.PROGRAM) as source, open(path, "w") as copy:
                copy.write(source.read() + "# of its own\n")
            os.chmod(path, 0o600)  # on the workers' machine it cannot be executed, so they get a copy
            sidecar = Sidecar()
            try:
                self.assertTrue(sidecar.connect("dask", self.cluster.address, program=path)["ok"])
                os.chmod(path, 0o700)
                self.assertEqual(sidecar.compute({"a": ("noop",)}, "a"), b"x")
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
                answer = sidecar.connect("dask", self.cluster.address, program=path)
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["kind"], "program")
                self.assertIn("swift build", answer["text"])
            finally:
                sidecar.close()

    def test_a_wrong_hash_and_no_cluster(self) -> None:
        for more, kind, words in [
            ({"hash": "0" * 64}, "program", "hash"),
            ({"address": f"127.0.0.1:{free_port()}", "timeout": 1.0}, "engine", "dask scheduler"),
            ({"min_workers": 5, "timeout": 0.5}, "engine", "5 are wanted"),
        ]:
            sidecar = Sidecar()
            try:
                answer = sidecar.connect("dask", **{"address": self.cluster.address, **more})  # type: ignore[arg-type]
                self.assertFalse(answer["ok"])
                self.assertEqual(answer["kind"], kind)
                self.assertIn(words, answer["text"])
            finally:
                sidecar.close()


class DaskFaultTests(unittest.TestCase):
    """Each with a cluster of its own."""

    def start(self, workers: int = 2) -> tuple[DaskCluster, Sidecar]:
        cluster = DaskCluster(workers)
        self.addCleanup(cluster.stop)
        sidecar = Sidecar()
        self.addCleanup(sidecar.kill)
        answer = sidecar.connect("dask", cluster.address, min_workers=workers)
        self.assertTrue(answer["ok"], answer)
        return cluster, sidecar

    def test_a_worker_is_killed_in_the_middle(self) -> None:
        cluster, sidecar = self.start()
        large = os.urandom(400_000)
        tasks: dict[str, tuple[object, ...]] = {f"a{i}": ("concat", large, number(i)) for i in range(16)}
        tasks |= {f"b{i}": ("sum:0.05", number(i)) for i in range(32)}
        tasks |= {f"c{i}": ("hash", f"a{i % 16}", f"b{i}", f"b{(i + 7) % 32}") for i in range(32)}
        tasks["z"] = ("concat", *[f"c{i}" for i in range(32)])
        expected = sidecar.compute(tasks, "z")
        sidecar.send({"op": "release", "keys": ["z"]})
        again = {
            f"2{key}": (what, *[f"2{a}" if isinstance(a, str) else a for a in rest])
            for key, (what, *rest) in tasks.items()
        }
        run = sidecar.submit(again, ["2z"])
        eventually(self, lambda: any(p["done"] > 20 for p in sidecar.of("progress", run)), "the run is under way")
        cluster.workers[0].send_signal(signal.SIGKILL)
        cluster.workers[0].wait()
        cluster.workers.append(cluster.add_worker())  # a late worker gets the program, too
        self.assertTrue(sidecar.done(run), sidecar.of("error", run))
        self.assertEqual(sidecar.fetch("2z"), expected)
        eventually(self, lambda: len(sidecar.ask({"op": "info"})[0]["workers"]) == 2, "the late worker is there")
        cluster.workers[1].send_signal(signal.SIGKILL)
        # What was ready was there only: it is made again.
        self.assertEqual(sidecar.compute({"3": ("concat", "2z")}, "3"), expected)

    def test_a_value_that_was_in_one_place_only(self) -> None:
        """Values too large for the scheduler are nowhere else than in a worker."""
        cluster, sidecar = self.start(1)
        large = bytes(130 << 20)
        self.assertTrue(sidecar.ask({"op": "put", "key": "p"}, large)[0]["ok"])
        with tempfile.TemporaryDirectory() as folder:
            run = sidecar.submit({"s": (f"sleep:60,{folder}",), "z": ("hash", "p", "s")}, ["z"])
            eventually(self, lambda: len(sleepers(folder)) == 2, "the run is under way")
            cluster.workers[0].kill()
            cluster.add_worker()
            self.assertFalse(sidecar.done(run))
        self.assertEqual([error["kind"] for error in sidecar.of("error", run)], ["lost"])
        answer, _ = sidecar.ask({"op": "fetch", "key": "p"})
        self.assertEqual((answer["ok"], answer["kind"]), (False, "lost"))
        self.assertEqual(sidecar.compute({"a": ("noop",)}, "a"), b"x")

    def test_a_nanny_starts_a_worker_again(self) -> None:
        cluster = DaskCluster(0)
        self.addCleanup(cluster.stop)
        nanny = cluster.add_worker("--nanny")
        sidecar = Sidecar()
        self.addCleanup(sidecar.kill)
        self.assertTrue(sidecar.connect("dask", cluster.address)["ok"])
        # The one that has started the program is the worker.
        worker = int(sidecar.compute({"a": ("parent",)}, "a"))
        self.assertNotEqual(worker, nanny.pid)
        os.kill(worker, signal.SIGKILL)
        self.assertNotEqual(int(sidecar.compute({"b": ("parent", "a")}, "b")), worker)

    def test_the_scheduler_is_killed(self) -> None:
        cluster, sidecar = self.start()
        with tempfile.TemporaryDirectory() as folder:
            run = sidecar.submit({"a": (f"sleep:60,{folder}",)}, ["a"])
            eventually(self, lambda: len(sleepers(folder)) == 2, "the call runs")
            began = time.monotonic()
            cluster.scheduler.send_signal(signal.SIGKILL)
            self.assertFalse(sidecar.done(run, 10))
            self.assertIn("gone", sidecar.wait_for("failed", seconds=10)["text"])
            self.assertLess(time.monotonic() - began, 5.0)
            self.assertEqual(sidecar.of("error", run)[0]["kind"], "engine")
            sidecar.end_of_input(20)
            cluster.stop()
            eventually(self, lambda: not any(map(is_alive, sleepers(folder))), "the processes end")

    def test_the_sidecar_is_killed_or_its_input_ends(self) -> None:
        cluster, first = self.start()
        for ending in ["kill", "input"]:
            sidecar = first if ending == "kill" else Sidecar()
            self.addCleanup(sidecar.kill)
            if sidecar is not first:
                self.assertTrue(sidecar.connect("dask", cluster.address)["ok"])
            with tempfile.TemporaryDirectory() as folder:
                sidecar.submit(
                    {f"a{i}": (f"sleep:60,{folder}",) for i in range(3)} | {"z": ("concat", "a0", "a1", "a2")}, ["z"]
                )
                eventually(self, lambda: len(sleepers(folder)) == 4, "two calls run")
                if ending == "kill":
                    sidecar.kill()
                else:
                    self.assertEqual(sidecar.end_of_input(10), 0)
                eventually(self, lambda: not any(map(is_alive, sleepers(folder))), "the calls end", 5.0)


class DaskLocalTests(unittest.TestCase):
    """A cluster of the sidecar's own."""

    def start(self) -> tuple[Sidecar, str]:
        folder = tempfile.mkdtemp(prefix="sheaf-test-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        sidecar = Sidecar({"TMPDIR": folder})
        self.addCleanup(sidecar.kill)
        answer = sidecar.connect("dask", workers=2)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(len(answer["workers"]), 2)
        return sidecar, folder

    def test_it_computes_and_leaves_nothing(self) -> None:
        sidecar, folder = self.start()
        self.assertEqual(sidecar.compute({"a": ("concat:x",), "b": ("concat", "a", "a")}, "b"), b"xx")
        self.assertTrue(sidecar.ask({"op": "close"})[0]["ok"])
        sidecar.wait_for("closed")
        sidecar.process.wait(20)
        self.assertEqual(os.listdir(folder), [])

    def test_killed_it_leaves_nothing(self) -> None:
        sidecar, folder = self.start()
        with tempfile.TemporaryDirectory() as sleeping:
            sidecar.submit({"a": (f"sleep:60,{sleeping}",)}, ["a"])
            eventually(self, lambda: len(sleepers(sleeping)) == 2, "the call runs")
            children = processes_below(sidecar.process.pid)
            self.assertGreaterEqual(len(children), 3)
            sidecar.process.kill()
            eventually(self, lambda: not any(map(is_alive, sleepers(sleeping) + children)), "all processes end")
            eventually(self, lambda: os.listdir(folder) == [], "its folder is removed")


if __name__ == "__main__":
    unittest.main()

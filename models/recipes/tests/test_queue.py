"""The queue and the pause, on trainings that are a few lines of Python.

    python -m unittest discover -t . -s recipes/tests       # from models/
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from ..pause import holders, started, wait
from ..queue import Queue, Training, read_list

MODELS = Path(__file__).parents[2]
# Counts its steps in a file, as a training does in its checkpoint; ends badly, slowly or well.
TRAINING = """
import pathlib, sys, time
way, out = sys.argv[1], pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
count = out / "last.ckpt"
step = int(count.read_text()) if count.exists() else 0
while step < 5:
    step += 1
    count.write_text(str(step))
    if way == "fails" and step == 2:
        raise SystemExit("no space left")
    if way == "slow":
        time.sleep(0.2)
"""


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = Path(folder.name) / "runs"
        self.runs.mkdir()
        self.file = Path(folder.name) / "queue.toml"

    def list(self, *entries: str) -> Queue:
        """A queue of "name way [needs]" entries, as if started anew."""
        text = ""
        for entry in entries:
            name, way, *needs = entry.split()
            text += f'[[training]]\nname = "{name}"\ncommand = "{way}"\nneeds = {needs}\n'
        self.file.write_text(text)
        return Queue(self.file, self.runs, (sys.executable, "-c", TRAINING))

    def steps(self, name: str) -> int:
        return int((self.runs / name / "last.ckpt").read_text())

    def said(self) -> str:
        return (self.runs / "queue.txt").read_text()


class Order(Folder):
    def test_all_are_done_once_in_their_order(self):
        self.list("one well", "two well").work()
        self.assertEqual((self.steps("one"), self.steps("two")), (5, 5))
        self.assertLess(self.said().index("one: done"), self.said().index("two: begins"))
        again = self.list("one well", "two well")
        self.assertIsNone(again.next())

    def test_another_command_under_the_same_name_goes_on(self):
        self.list("one well").work()
        self.assertEqual(self.list("one better").next().name, "one")

    def test_one_that_fails_is_passed_over_tried_once_more_and_then_left(self):
        self.list("one fails", "two well").work()
        self.assertEqual(self.steps("two"), 5)
        self.assertIn("no space left", self.said())
        second = self.list("one fails", "two well")
        self.assertEqual(second.next().name, "one")
        (self.runs / "one/last.ckpt").write_text("1")
        second.work()
        self.assertIn("left alone", self.said())
        self.assertIsNone(self.list("one fails", "two well").next())
        self.assertEqual(self.list("one well", "two well").next().name, "one")

    def test_what_needs_another_waits_for_it(self):
        queue = self.list("one fails", "two well one", "three well")
        queue.work()
        self.assertEqual(queue.state(Training("two", "well", ("one",))), "waiting")
        self.assertFalse((self.runs / "two").exists())
        self.assertEqual(self.steps("three"), 5)

    def test_a_torn_note_counts_as_none(self):
        queue = self.list("one well")
        (self.runs / "one").mkdir()
        (self.runs / "one/done.json").write_text('{"comm')
        self.assertEqual(queue.next().name, "one")

    def test_says_what_is_wrong_with_a_list(self):
        for entries in (["one well", "one well"], ["../one well"], ["one well two"]):
            with self.assertRaises(ValueError):
                self.list(*entries).next()

    def test_the_list_beside_it_is_sound(self):
        self.assertTrue(read_list(MODELS / "recipes/queue.toml"))


class Killed(Folder):
    def start(self) -> subprocess.Popen:
        code = f"""
import sys
from pathlib import Path
from recipes import queue
queue.RUNS = Path({str(self.runs)!r})
training = {TRAINING!r}
kept = queue.Queue.__init__
queue.Queue.__init__ = lambda self, file: kept(self, file, queue.RUNS, (sys.executable, "-c", training))
sys.argv = ["queue", {str(self.file)!r}]
queue.main()
"""
        return subprocess.Popen([sys.executable, "-c", code], cwd=MODELS, stdout=subprocess.DEVNULL)

    def until(self, condition) -> None:
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, "it took too long")
            time.sleep(0.05)

    def begun(self) -> bool:
        return (self.runs / "one/last.ckpt").exists() and (self.runs / "one/last.ckpt").read_text() in "1234"

    def test_a_killed_queue_is_resumed_and_waits_for_the_training_that_it_left(self):
        self.list("one slow")
        first = self.start()
        self.until(self.begun)
        first.kill()
        first.wait()
        second = self.start()
        self.assertEqual(second.wait(60), 0)
        self.assertIn("waiting for it to end", self.said())
        self.assertIn("one: done", self.said())
        self.assertEqual(self.steps("one"), 5)

    def test_a_queue_that_is_asked_to_end_takes_its_training_along(self):
        self.list("one slow", "two well")
        queue = self.start()
        self.until(self.begun)
        queue.terminate()
        self.assertEqual(queue.wait(60), 0)
        self.assertIn("to be resumed", self.said())
        self.assertFalse((self.runs / "two").exists())
        self.assertEqual(self.list("one slow").next().name, "one")

    def test_trainings_run_at_a_low_priority(self):
        self.list("one slow")
        queue = self.start()
        self.until(self.begun)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, queue.pid), 15 if os.getpriority(os.PRIO_PROCESS, 0) < 15 else os.getpriority(os.PRIO_PROCESS, 0))
        queue.terminate()
        queue.wait(60)


class Pause(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_process_holds_while_it_lives(self):
        holder = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        (self.folder / str(holder.pid)).touch()
        self.assertEqual(holders(self.folder), [str(holder.pid)])
        holder.kill()
        holder.wait()
        self.assertEqual(holders(self.folder), [])

    @unittest.skipUnless(Path("/proc/stat").exists(), "needs Linux's /proc")
    def test_a_number_that_was_given_anew_holds_nothing(self):
        file = self.folder / str(os.getpid())
        file.touch()
        self.assertEqual(len(holders(self.folder)), 1)
        begun = started(os.getpid())
        self.assertLess(abs(begun - time.time()), 36000)
        os.utime(file, (begun - 60, begun - 60))
        self.assertEqual(holders(self.folder), [])

    def test_a_name_holds_until_it_is_removed(self):
        file = self.folder / "by-hand"
        file.touch()
        asked = []
        def until() -> bool:
            asked.append(1)
            if len(asked) == 3:
                file.unlink()
            return False
        self.assertGreater(wait(until, self.folder, 0.01), 0.02)
        self.assertEqual(holders(self.folder / "none"), [])

    def test_a_command_holds_the_pause_while_it_runs(self):
        code = "import pathlib, sys; sys.path.insert(0, '.'); from recipes.pause import holders; sys.exit(7 if holders() else 1)"
        ended = subprocess.run([sys.executable, "-m", "recipes.pause", "--", sys.executable, "-c", code], cwd=MODELS)
        self.assertEqual(ended.returncode, 7)


if __name__ == "__main__":
    unittest.main()

"""Works through a list of trainings by itself: resumes what was begun, skips what is done, goes on where one fails.

    python -m recipes.queue                          # the list is recipes/queue.toml
    python -m recipes.queue --list                   # how far each is, and nothing else
    setsid nohup python -m recipes.queue &           # and walk away

Every entry is a `name`, the folder below `runs` where the training keeps its checkpoint, and a `command`: a module of the recipes and its
options, run from models/ with `--out runs/NAME`. `needs` names entries that must be done first. The list is read anew before each training.

A training that ends well is noted in `runs/NAME/done.json` with its command, and is skipped from then on; with another command under the
same name it goes on. One that fails is noted with its reason, is tried once more at the queue's next start, and then left alone until its
command changes. One that was asked to end (SIGTERM), or that a power cut ended, has not failed: it is resumed. What happened is in `runs/queue.txt`,
what a training said in `runs/NAME/output.txt`.

Runs at a low priority (nice 15), which trainings inherit; where Linux groups processes by session, in which nice counts among one's own
only, the group steps back as well, if it is the queue's own. One queue at a time: a lock that the training inherits as well, so that a new
queue waits for a training that a killed one left running. Trainings wait for `recipes.pause` by themselves. SIGTERM ends queue and
training; at most the minutes since the last checkpoint are lost.
"""
import argparse
import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .folders import RUNS

LIST = Path(__file__).with_name("queue.toml")
NICE, GROUP_NICE, TRIES = 15, 19, 2
ASKED_TO_END = {-signal.SIGTERM, 128 + signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


@dataclass(frozen=True)
class Training:
    name: str
    command: str
    needs: tuple[str, ...] = ()


def read_list(file: Path) -> list[Training]:
    """The trainings of a list, in its order; says what is wrong with it."""
    trainings, names = [], set()
    for entry in tomllib.loads(file.read_text()).get("training", []):
        unknown = set(entry) - {"name", "command", "needs"}
        if unknown or not entry.get("name") or not entry.get("command"):
            raise ValueError(f"{file}: expected name, command and perhaps needs but received {entry}")
        name, needs = entry["name"], tuple(entry.get("needs", ()))
        if name in names or Path(name).name != name:
            raise ValueError(f"{file}: expected a folder name that no other training has but received {name!r}")
        if missing := set(needs) - names:
            raise ValueError(f"{file}: {name} needs {', '.join(sorted(missing))}, which must stand before it")
        names.add(name)
        trainings.append(Training(name, " ".join(entry["command"].split()), needs))
    return trainings


def write(file: Path, value: object) -> None:
    """JSON, the whole of it or nothing, also when the power goes."""
    part = file.with_name(f"{file.name}.part")
    with part.open("w") as out:
        json.dump(value, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, file)


def read(file: Path) -> dict:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


class Queue:
    """A list file and the folder of runs."""

    def __init__(self, file: Path = LIST, runs: Path = RUNS, python: tuple[str, ...] = (sys.executable, "-u", "-m")):
        self.file, self.runs, self.python = file, runs, python
        self.child: subprocess.Popen | None = None
        self.tried: set[Training] = set()
        self.ending = False

    def say(self, text: str) -> None:
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}"
        print(line, flush=True)
        with (self.runs / "queue.txt").open("a") as out:
            out.write(f"{line}\n")

    def state(self, training: Training) -> str:
        """done, failed (for good), waiting (needs others), tried (in this start of the queue), or ready"""
        folder = self.runs / training.name
        if read(folder / "done.json").get("command") == training.command:
            return "done"
        failure = read(folder / "failed.json")
        if failure.get("command") == training.command and failure.get("times", 0) >= TRIES:
            return "failed"
        if training in self.tried:
            return "tried"
        by_name = {other.name: other for other in read_list(self.file)}
        if any(self.state(by_name[name]) != "done" for name in training.needs):
            return "waiting"
        return "ready"

    def next(self) -> Training | None:
        return next((training for training in read_list(self.file) if self.state(training) == "ready"), None)

    def run(self, training: Training, lock: int | None = None) -> int:
        """Trains until the end, and notes how it ended."""
        folder = self.runs / training.name
        folder.mkdir(parents=True, exist_ok=True)
        module, *options = shlex.split(training.command)
        self.say(f"{training.name}: {'goes on' if (folder / 'last.ckpt').exists() else 'begins'}: {training.command}")
        self.tried.add(training)
        environment = {"OMP_NUM_THREADS": "2", **os.environ}
        begun = time.monotonic()
        with (folder / "output.txt").open("ab") as output:
            self.child = subprocess.Popen([*self.python, module, *options, "--out", str(folder)], cwd=self.runs.parent, stdin=subprocess.DEVNULL,
                                          stdout=output, stderr=subprocess.STDOUT, env=environment, pass_fds=[] if lock is None else [lock])
            code = self.child.wait()
        self.child = None
        took = f"after {(time.monotonic() - begun) / 60:.1f} minutes"
        if code == 0:
            write(folder / "done.json", {"command": training.command, "ended": time.strftime("%Y-%m-%d %H:%M:%S")})
            (folder / "failed.json").unlink(missing_ok=True)
            self.say(f"{training.name}: done {took}")
        elif code in ASKED_TO_END:
            self.say(f"{training.name}: asked to end {took}, to be resumed")
        else:
            before = read(folder / "failed.json")
            times = 1 + (before.get("times", 0) if before.get("command") == training.command else 0)
            reason = last_line(folder / "output.txt")
            write(folder / "failed.json", {"command": training.command, "times": times, "code": code, "reason": reason})
            self.say(f"{training.name}: failed {took} with {code}: {reason}; {'left alone' if times >= TRIES else 'tried again at the next start'}")
        return code

    def work(self, lock: int | None = None) -> None:
        while not self.ending and (training := self.next()):
            self.run(training, lock)
        if not self.ending:
            self.say("nothing more to do: " + (", ".join(f"{one.name} {self.state(one)}" for one in read_list(self.file)) or "the list is empty"))

    def end(self, *_) -> None:
        self.ending = True
        if self.child:
            self.child.terminate()


def last_line(file: Path) -> str:
    lines = file.read_bytes()[-4000:].decode(errors="replace").strip().splitlines() if file.exists() else []
    return lines[-1] if lines else "it said nothing"


def only_one(file: Path, say) -> int:
    """Waits until no other queue, and no training of one, holds `file`; returns the descriptor that holds it now."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another queue, or a training that one left, is running; waiting for it to end")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def step_back() -> None:
    os.setpriority(os.PRIO_PROCESS, 0, max(NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    if os.getsid(0) != os.getpid():  # the group is that of a terminal, with other people's work in it
        return
    try:
        Path("/proc/self/autogroup").write_text(str(GROUP_NICE))
    except OSError:  # no Linux, or one that does not group by session
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="?", default=LIST, help="the list of trainings")
    parser.add_argument("--list", action="store_true", help="say how far each training is, and stop")
    given = parser.parse_args()
    queue = Queue(given.file)
    if given.list:
        for training in read_list(given.file):
            log = RUNS / training.name / "log.csv"
            print(f"{training.name}: {queue.state(training)}" + (f"; {last_line(log)}" if log.exists() else ""))
        return
    RUNS.mkdir(exist_ok=True)
    step_back()
    signal.signal(signal.SIGTERM, queue.end)
    signal.signal(signal.SIGINT, queue.end)
    lock = only_one(RUNS / "queue.lock", queue.say)
    queue.work(lock)


if __name__ == "__main__":
    main()

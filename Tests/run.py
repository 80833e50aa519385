"""Runs every test of the project and closes with one line: N passed, N failed.

Each step is a command whose own summary is read. A step that fails without saying which test did
counts as one failure, so that a crash cannot pass.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
PYTHON = BUILD / "venv" / "bin" / "python"

SWIFT_TOTAL = re.compile(r"Test run with (\d+) tests? .*?(passed|failed) after")
SWIFT_FAILED = re.compile(r"^\S+\s+Test (?!run with).* failed after", re.M)
PYTEST = {
    word: re.compile(rf"(\d+) {word}") for word in ("passed", "failed", "errors?", "skipped")
}


@dataclass
class Outcome:
    """What one step counted."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass
class Step:
    """One command of the run."""

    name: str
    command: list[str]
    runner: str = "none"
    # Names of the steps that must have gone well before.
    needs: tuple[str, ...] = ()
    # Further environment.
    settings: dict[str, str] = field(default_factory=dict)
    # For a step that must fail: what it must say.
    finding: str = ""
    # Whether it is only done when it is asked for by name.
    is_extra: bool = False
    timeout: int = 2400

    @property
    def folder(self) -> str:
        """Where a build builds."""
        where = "--scratch-path"
        return self.command[self.command.index(where) + 1] if where in self.command else ".build"


# Nothing is built, so that another step may use the build folder meanwhile.
SWIFT_TEST = ("swift", "test", "--skip-build", "--ignore-lock")
# The tests alone, without the products that none of them uses.
TESTS = ("--product", "ternPackageTests")
ASAN = ("--sanitize", "address", "--scratch-path", ".build/asan")
# The flag makes the locks visible to the sanitizer (TernCore, `Lock`).
TSAN = ("--sanitize", "thread", "--scratch-path", ".build/tsan", "-Xswiftc", "-DTERN_TSAN")
# Loops over every cut of every message, on one thread: the address sanitizer's business, and more
# than half of the time of all Swift tests.
ON_ONE_THREAD = "PrefixTests|TargetRoundTripTests"
LEAKS = {
    "ASAN_OPTIONS": "detect_leaks=1",
    "LSAN_OPTIONS": f"suppressions={ROOT / 'Tests' / 'lsan-suppressions.txt'}:print_suppressions=0",
}


def build(name: str, *options: str) -> Step:
    """Builds something."""
    return Step(f"build {name}", ["swift", "build", "-q", *options], "build")


def swift_tests(name: str, *options: str, **more: Any) -> Step:
    """Runs the Swift tests that `build NAME` has built."""
    return Step(name, [*SWIFT_TEST, *options], "swift", (f"build {name}",), **more)


def sees(name: str, fault: str, test: str, says: str, *options: str, **settings: str) -> Step:
    """Proves that a sanitizer finds what it is there for: a test that is wrong on purpose."""
    return Step(
        f"{name} sees a {fault}", [*SWIFT_TEST, *options, "--filter", test],
        "finding", (f"build {name}",), {"TERN_DELIBERATE": fault, **settings}, finding=says)


def clients() -> list[Step]:
    """The folders of Tests/Clients, each with what it runs."""
    needs = {
        "capi": ("build tern", "build address sanitizer"), "cli": ("build tern-cli",),
        "odbc": ("build ternodbc",), "avatica_driver": ("build tern", "build tern-cli"),
        "snowflake_driver": ("build tern", "build tern-cli"),
    }
    everything = tuple(f"build {name}" for name in PRODUCTS)
    stand_ins_only = {"exasol": (), "avatica": (), "snowflake": ()}
    return [
        Step(f"clients {folder.name}", pytest(str(folder)), "pytest",
             needs.get(folder.name, stand_ins_only.get(folder.name, everything)))
        for folder in sorted((ROOT / "Tests" / "Clients").iterdir())
        if folder.is_dir() and any(folder.glob("test_*.py"))]


PRODUCTS = ("ternodbc", "tern", "tern-cli")


def steps(only: list[str]) -> list[Step]:
    """Everything, in the order in which it is begun: what others wait for, and what is long, first.

    The Swift tests run under both sanitizers. Without one they are run by `ONLY=swift`, which finds
    nothing more, but sooner.
    """
    address, thread = "address sanitizer", "thread sanitizer"
    everything = [
        Step("style", pytest("Tests/Style"), "pytest"),
        Step("build swift", ["swift", "build", "-q", "--build-tests"], "build", is_extra=True),
        swift_tests("swift", is_extra=True),
        *[build(name, "-c", "release", "--product", name) for name in PRODUCTS],
        build(address, *TESTS, *ASAN),
        *[step for step in clients() if step.name == "clients odbc"],
        build(thread, *TESTS, *TSAN),
        build(f"odbc {thread}", "--product", "ternodbc", *TSAN),
        *[step for step in clients() if step.name != "clients odbc"],
        swift_tests(address, *ASAN, settings=LEAKS),
        sees(address, "leak", "leakOfACycle", "LeakSanitizer: detected memory leaks", *ASAN, **LEAKS),
        swift_tests(thread, *TSAN, "--skip", ON_ONE_THREAD),
        sees(thread, "race", "raceBelowTwoLocks", "ThreadSanitizer: data race", *TSAN),
        Step("odbc thread sanitizer",
             pytest("Tests/Clients/odbc/test_thread_sanitizer.py"), "pytest",
             (f"build odbc {thread}",), {"TERN_ODBC_TSAN": str(BUILD / "tsan" / "debug")}),
    ]
    if not only:
        return [s for s in everything if not s.is_extra]
    return [s for s in everything if any(word in s.name for word in only)]


def pytest(folder: str) -> list[str]:
    """A pytest run that stops nothing early and lists the slowest tests."""
    return [str(PYTHON), "-m", "pytest", "-q", "-ra", "--durations=5", folder]


# Leaders of the groups of processes that run.
STARTED: set[int] = set()


def run(step: Step, environment: dict[str, str], stream: bool) -> tuple[Outcome, str]:
    """Runs a step and reads its summary; its output is printed at once, or handed back."""
    started = time.monotonic()
    process = subprocess.Popen(
        step.command, cwd=ROOT, env={**environment, **step.settings}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        start_new_session=True,
    )
    STARTED.add(process.pid)
    timer = threading.Timer(step.timeout, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    lines: list[str] = []
    shown: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            if SWIFT_NOISE.match(line) or step.finding:
                continue
            if stream:
                print(line, end="", flush=True)
            else:
                shown.append(line)
        code = process.wait()
    finally:
        timer.cancel()
        STARTED.discard(process.pid)
    outcome = read_summary(step, "".join(lines), code)
    if step.finding and outcome.failed:
        shown = lines
    shown.append(f"== {step.name}: {outcome.passed} ok, {outcome.failed} not, "
                 f"{time.monotonic() - started:.0f} s\n")
    return outcome, "".join(shown)


# One line for each passed test and suite would bury the failures.
SWIFT_NOISE = re.compile(
    r"^\S*\s*(?:Test|Suite) .*(?:started\.|passed after)|^\[\d+/\d+\]|^◇ Test case passing")


def read_summary(step: Step, text: str, code: int) -> Outcome:
    """Counts from a runner's closing lines."""
    outcome = Outcome()
    if step.runner == "finding":
        return Outcome(passed=1) if code != 0 and step.finding in text else Outcome(failed=1)
    if step.runner == "swift":
        if match := SWIFT_TOTAL.search(text):
            outcome.failed = len(SWIFT_FAILED.findall(text))
            outcome.passed = int(match.group(1)) - outcome.failed
    elif step.runner == "pytest":
        last = text.strip().splitlines()[-1] if text.strip() else ""
        counts = {w: int(m.group(1)) if (m := p.search(last)) else 0 for w, p in PYTEST.items()}
        outcome = Outcome(
            counts["passed"], counts["failed"] + counts["errors?"], counts["skipped"])
    if code != 0 and outcome.failed == 0:
        outcome.failed = 1
    if code == 0 and step.runner != "build" and outcome.passed == 0:
        print(f"{step.runner} ran no test", flush=True)
        outcome.failed += 1
    return outcome


class Schedule:
    """Runs steps two at a time: tests mostly wait, and the optimised build of a module uses one
    core."""

    def __init__(self, todo: list[Step], environment: dict[str, str]) -> None:
        self._todo = list(todo)
        self._environment = environment
        self._changed = threading.Condition()
        self._running: list[Step] = []
        names = {step.name for step in todo}
        # What is not part of this run was built before.
        self._done = {need for step in todo for need in step.needs} - names
        self._broken: set[str] = set()
        self._is_single = len(todo) == 1
        self.total = Outcome()

    def run(self) -> None:
        """Returns when every step has ended; when it is interrupted, it ends what runs."""
        workers = [threading.Thread(target=self._work, daemon=True)
                   for _ in range(min(2, os.cpu_count() or 1))]
        try:
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        except BaseException:
            for pid in list(STARTED):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGTERM)
            raise

    def _work(self) -> None:
        while step := self._next():
            outcome, text = run(step, self._environment, self._is_single)
            with self._changed:
                print(text, flush=True)
                self._ended(step, outcome)

    def _ended(self, step: Step, outcome: Outcome) -> None:
        """Counts, and frees what waited for this step."""
        if step in self._running:
            self._running.remove(step)
        (self._broken if outcome.failed and step.runner == "build" else self._done).add(step.name)
        self.total.passed += outcome.passed
        self.total.failed += outcome.failed
        self.total.skipped += outcome.skipped
        self._changed.notify_all()

    def _next(self) -> Step | None:
        """Takes the first step that may begin; waits while there is none; None at the end."""
        with self._changed:
            while True:
                for step in [s for s in self._todo if self._broken.intersection(s.needs)]:
                    self._todo.remove(step)
                    print(f"== {step.name}: not run, as what it needs was not built", flush=True)
                    self._ended(step, Outcome(failed=1))
                if not self._todo:
                    return None
                if step := next(filter(self._may_begin, self._todo), None):
                    self._todo.remove(step)
                    self._running.append(step)
                    print(f"== {step.name}: {' '.join(step.command)}", flush=True)
                    return step
                self._changed.wait()

    def _may_begin(self, step: Step) -> bool:
        """One build at a time in a folder: the second would only wait for the first."""
        busy = {other.folder for other in self._running if other.runner == "build"}
        is_second = step.runner == "build" and step.folder in busy
        return not is_second and self._done.issuperset(step.needs)


def testbed(name: str, *options: str) -> tuple[subprocess.Popen[str], str]:
    """Starts a stand-in that the Swift tests talk to; it ends with its standard input."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "Tests" / "Testbed"))
    process = subprocess.Popen(
        [str(PYTHON), "-m", "testbed", name, *options], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def main() -> int:
    """Runs the steps and prints the closing line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="run only the steps whose names hold these words")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    exasol, exasol_facts = testbed("exasol")
    avatica, avatica_facts = testbed("avatica", "--backends", "2")
    maxscale, maxscale_facts = testbed("maxscale")
    snowflake, snowflake_facts = testbed("snowflake")
    environment = dict(
        os.environ, TERN_TESTBED_EXASOL=exasol_facts, TERN_TESTBED_AVATICA=avatica_facts,
        TERN_TESTBED_MAXSCALE=maxscale_facts, TERN_TESTBED_SNOWFLAKE=snowflake_facts)
    schedule = Schedule(steps(arguments.only), environment)
    try:
        schedule.run()
    finally:
        for server in (exasol, avatica, maxscale, snowflake):
            assert server.stdin is not None
            server.stdin.close()
            server.wait(timeout=30)
    total = schedule.total
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\n{time.monotonic() - started:.0f} s, with {used.ru_utime + used.ru_stime:.0f} s of "
          "processor time")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())

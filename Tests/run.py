"""Runs every test of the project and closes with one line: N passed, N failed.

Each step is a command whose own summary is read. A step that fails without saying which test did
counts as one failure, so that a crash cannot pass.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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
    timeout: int = 1800


def swift_tests(name: str, *options: str) -> list[Step]:
    """Build and run the Swift tests, in a build folder of their own."""
    return [
        Step(f"build {name}", ["swift", "build", "--build-tests", "-q", *options]),
        Step(name, ["swift", "test", "--skip-build", *options], "swift"),
    ]


def steps(only: list[str]) -> list[Step]:
    """Everything, in the order in which failures are cheapest to find."""
    products = [["swift", "build", "-q", "-c", "release", "--product", p]
                for p in ("tern", "ternodbc", "tern-cli")]
    everything = [
        Step("style", pytest("Tests/Style"), "pytest"),
        *swift_tests("swift"),
        *[Step(f"build {command[-1]}", command) for command in products],
        *[Step(f"clients {folder.name}", pytest(str(folder)), "pytest", timeout=2400)
          for folder in sorted((ROOT / "Tests" / "Clients").iterdir()) if folder.is_dir()
          and any(folder.glob("test_*.py"))],
        *swift_tests("address sanitizer", "--sanitize", "address", "--scratch-path", ".build/asan"),
        *swift_tests("thread sanitizer", "--sanitize", "thread", "--scratch-path", ".build/tsan"),
    ]
    return [s for s in everything if not only or any(word in s.name for word in only)]


def pytest(folder: str) -> list[str]:
    """A pytest run that stops nothing early and lists the slowest tests."""
    return [str(PYTHON), "-m", "pytest", "-q", "-ra", "--durations=5", folder]


def run(step: Step, environment: dict[str, str]) -> Outcome:
    """Runs a step, passing its output on, and reads its summary."""
    started = time.monotonic()
    print(f"\n== {step.name}: {' '.join(step.command)}", flush=True)
    process = subprocess.Popen(
        step.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if not SWIFT_NOISE.match(line):
            print(line, end="", flush=True)
    code = process.wait(timeout=step.timeout)
    outcome = read_summary(step.runner, "".join(lines), code)
    seconds = time.monotonic() - started
    print(f"== {step.name}: {outcome.passed} ok, {outcome.failed} not, {seconds:.0f} s", flush=True)
    return outcome


# One line for each passed test and suite would bury the failures.
SWIFT_NOISE = re.compile(
    r"^\S*\s*(?:Test|Suite) .*(?:started\.|passed after)|^\[\d+/\d+\]|^◇ Test case passing")


def read_summary(runner: str, text: str, code: int) -> Outcome:
    """Counts from a runner's closing lines."""
    outcome = Outcome()
    if runner == "swift":
        if match := SWIFT_TOTAL.search(text):
            outcome.failed = len(SWIFT_FAILED.findall(text))
            outcome.passed = int(match.group(1)) - outcome.failed
    elif runner == "pytest":
        last = text.strip().splitlines()[-1] if text.strip() else ""
        counts = {w: int(m.group(1)) if (m := p.search(last)) else 0 for w, p in PYTEST.items()}
        outcome = Outcome(
            counts["passed"], counts["failed"] + counts["errors?"], counts["skipped"])
    if code != 0 and outcome.failed == 0:
        outcome.failed = 1
    if code == 0 and runner != "none" and outcome.passed == 0:
        print(f"{runner} ran no test", flush=True)
        outcome.failed += 1
    return outcome


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
    exasol, exasol_facts = testbed("exasol")
    avatica, avatica_facts = testbed("avatica", "--backends", "2")
    maxscale, maxscale_facts = testbed("maxscale")
    environment = dict(
        os.environ, TERN_TESTBED_EXASOL=exasol_facts, TERN_TESTBED_AVATICA=avatica_facts,
        TERN_TESTBED_MAXSCALE=maxscale_facts,
        # The runtime's lazily made constants live to the end and count as leaks; what grows is
        # looked for where it can grow, by cycles of the C and ODBC programs.
        ASAN_OPTIONS="detect_leaks=0",
        TSAN_OPTIONS=f"suppressions={ROOT / 'Tests' / 'tsan-suppressions.txt'}")
    total = Outcome()
    try:
        for step in steps(arguments.only):
            outcome = run(step, environment)
            total.passed += outcome.passed
            total.failed += outcome.failed
            total.skipped += outcome.skipped
    finally:
        for server in (exasol, avatica, maxscale):
            assert server.stdin is not None
            server.stdin.close()
            server.wait(timeout=30)
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())

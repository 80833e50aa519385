"""Every trap of the Exasol reference (section 8) has a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRAPS = set(range(1, 71))
# Bulk tunnels, which are not part of the driver yet.
LATER = set(range(55, 67))
NAMED = re.compile(r"\btraps? (\d+(?:(?:, | and | to )\d+)*)", re.I)
ADDRESS = re.compile(r"https?://[\w.-]*\w")


def numbers(text: str) -> set[int]:
    """`3`, `8 and 9`, `19 to 23`, `42, 43`."""
    found: set[int] = set()
    for part in re.split(r", | and ", text):
        first, _, last = part.partition(" to ")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def named_in(files: list[Path]) -> set[int]:
    """The traps that tests say they meet."""
    return {n for path in files for text in NAMED.findall(path.read_text()) for n in numbers(text)}


def test_every_trap_has_its_test() -> None:
    named = named_in([*(ROOT / "Tests" / "TernExasolTests").rglob("*.swift"), Path(__file__)])
    assert sorted(TRAPS - LATER - named) == []
    assert sorted(named - TRAPS) == []


def test_numbers_are_read() -> None:
    assert numbers("19 to 23") == {19, 20, 21, 22, 23}
    assert numbers("8 and 9") == {8, 9} and numbers("1, 2") == {1, 2}


def test_nothing_calls_home() -> None:
    """Trap 68: no telemetry. The code names no host of its own, so it can only reach the caller's.

    Exceptions are this machine, and where clouds tell a machine or a container who it is (asked only
    if a target says which cloud).
    """
    known = {"http://user", "http://host", "http://127.0.0.1", "http://169.254.169.254",
             "http://169.254.170.2", "http://metadata.google.internal"}
    code = re.compile(r"^\s*//")
    for path in (ROOT / "Sources").rglob("*.swift"):
        lines = [line for line in path.read_text().splitlines() if not code.match(line)]
        hosts = set(ADDRESS.findall("\n".join(lines))) - known
        assert hosts == set(), f"{path.relative_to(ROOT)}: {hosts}"

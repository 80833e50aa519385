"""Every entry of the Avatica reference's list of traps has a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TRAPS = set(range(1, 31))
# "trap 7" in a Swift test's name, `trap_7` or `traps_1_and_27` in a Python test's.
NAMED = re.compile(r"(?:@Test\(\s*\"|def test_)[^\"(]*?traps?[ _]((?:\d+|[ _,]|and)+)")


def traps_in(text: str) -> set[int]:
    """The numbers of the traps that tests of a file are named after."""
    return {int(n) for found in NAMED.finditer(text) for n in re.findall(r"\d+", found[1])}


def test_every_trap_has_a_test() -> None:
    files = [*(TESTS / "TernAvaticaTests").glob("*.swift"),
             *(TESTS / "Clients" / "avatica_driver").glob("test_*.py")]
    found = set().union(*(traps_in(file.read_text()) for file in files))
    assert TRAPS - found == set()
    assert found - TRAPS == set()


def test_names_are_found() -> None:
    assert traps_in('@Test("traps 3, 4, 21 and 30: x", arguments: a)') == {3, 4, 21, 30}
    assert traps_in("def test_trap_2_frames_of_100(a)\ndef test_traps_1_and_27_sizes(b)") == {1, 2, 27}
    assert traps_in("# trap 5\ndef test_nothing(a)") == set()

"""Every entry of the ODBC reference's lists of traps and of what is accepted has a test.

The chapters of the C program name them in a comment right before a test or its row in the table,
Python tests in their names, Swift tests in theirs.
"""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TRAPS = set(range(1, 51))
# What the acceptance list asks for, numbered in its order.
ACCEPTANCE = {
    1: "the exported names are the list",
    2: "a program that links the manager alone, narrow and wide",
    3: "the same through dlopen, without a manager",
    4: "the scripts of real clients against all stand-ins",
    5: "every information in both families, widths guarded",
    6: "every cell of the conversions, NULL, one byte too few, halves of a pair",
    7: "row-wise, offsets, rowsets of 1, 7 and 10 000, over the ends of batches",
    8: "arrays with ignored and failing sets",
    9: "data at execution in pieces of one byte",
    10: "cancels at random moments",
    11: "a connection cut at every byte",
    12: "eight threads with eight connections under the thread sanitizer",
    13: "a pool's reuse with reset",
    14: "handles that are freed, swapped, null",
    15: "traces that hold no secrets",
}
C_TAG = re.compile(r"/\*((?:[^*]|\*(?!/))*)\*/\s*(?:\{\"|static void )")
NAME = re.compile(r"@Test\(\s*\"([^\"]*)|def (test_\w+)")
NUMBERS = r"s?[ _]((?:\d+|[ _,]|and)+)"


def numbers(text: str, word: str) -> set[int]:
    """The numbers behind a word: `traps 9, 10`, `trap_31`."""
    return {int(n) for found in re.finditer(rf"\b_?{word}{NUMBERS}|_{word}{NUMBERS}", text)
            for n in re.findall(r"\d+", found[1] or found[2] or "")}


def tags(text: str, suffix: str) -> list[str]:
    """What the tests of a file are named, or have before them."""
    if suffix == ".c":
        return [found[1] for found in C_TAG.finditer(text)]
    return [found[1] or found[2] for found in NAME.finditer(text)]


def named(word: str) -> set[int]:
    """The numbers that tests of the driver name."""
    files = [*(TESTS / "ODBC").glob("*.c"), *(TESTS / "Clients" / "odbc").glob("test_*.py"),
             *(TESTS / "TernODBCConvertTests").glob("*.swift")]
    return {n for file in files for tag in tags(file.read_text(), file.suffix)
            for n in numbers(tag, word)}


def test_every_trap_has_a_test() -> None:
    found = named("trap")
    assert TRAPS - found == set()
    assert found - TRAPS == set()


def test_everything_that_is_accepted_has_a_test() -> None:
    found = named("acceptance")
    assert {n: what for n, what in ACCEPTANCE.items() if n not in found} == {}
    assert found - set(ACCEPTANCE) == set()


def test_names_are_found() -> None:
    c = '/* traps 9, 10 */\n    {"rows", rows},\n/* trap 7: x */\nstatic void a(void)\n/* trap 5 */\nint x;'
    assert [numbers(tag, "trap") for tag in tags(c, ".c")] == [{9, 10}, {7}]
    python = "def test_trap_2_frames_of_100(a)\ndef test_traps_1_and_27_sizes(b)\n# trap 5"
    assert [numbers(tag, "trap") for tag in tags(python, ".py")] == [{2}, {1, 27}]
    swift = '@Test("acceptance 6: every cell", arguments: rows)\n@Test func trap5()'
    assert [numbers(tag, "acceptance") for tag in tags(swift, ".swift")] == [{6}]

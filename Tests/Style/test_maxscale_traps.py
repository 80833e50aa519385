"""Every entry of the MaxScale reference's list of traps has a test that names it."""

from __future__ import annotations

from pathlib import Path

from test_avatica_traps import traps_in

TESTS = Path(__file__).resolve().parents[1]
TRAPS = set(range(1, 46))


def test_every_trap_of_maxscale_has_a_test() -> None:
    files = [*(TESTS / "TernMaxScaleTests").rglob("*.swift"),
             *(TESTS / "Clients" / "maxscale_driver").glob("test_*.py")]
    found = set().union(*(traps_in(file.read_text()) for file in files))
    assert TRAPS - found == set()
    assert found - TRAPS == set()

"""Every entry of the Snowflake reference's list of traps has a test that names it."""

from __future__ import annotations

from pathlib import Path

from test_avatica_traps import traps_in

TESTS = Path(__file__).resolve().parents[1]
TRAPS = set(range(1, 55))
# Wide characters are the ODBC driver's, on every protocol; its tests count the traps of its own.
ODBC_TRAP = 52


def test_every_trap_of_snowflake_has_a_test() -> None:
    files = [*(TESTS / "TernSnowflakeTests").rglob("*.swift"),
             *(TESTS / "Clients" / "snowflake_driver").glob("test_*.py")]
    found = set().union(*(traps_in(file.read_text()) for file in files))
    assert TRAPS - found == {ODBC_TRAP}
    assert found - TRAPS == set()
    clients = (TESTS / "Clients" / "odbc" / "test_clients.py").read_text()
    assert f"Snowflake's number {ODBC_TRAP}" in clients

"""What the driver says of each server where they differ."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from profiles import PROFILES
from testbed import running

ASK = (
    "import json, pyodbc, sys; c = pyodbc.connect(sys.argv[1]);"
    "print(json.dumps([c.getinfo(int(n)) for n in sys.argv[2:]]))")
# GROUP_BY, INSERT_STATEMENT, FULL OUTER JOIN in OJ_CAPABILITIES, INTEGRITY, MAX_COLUMN_NAME_LEN.
NUMBERS = ["88", "172", "115", "73", "30"]


@pytest.mark.parametrize(("name", "wanted"), [
    ("exasol", [2, 7, 127, False, 128]), ("avatica-json", [2, 7, 127, False, 128]),
    ("maxscale", [3, 3, 123, True, 64]), ("snowflake", [2, 3, 127, False, 255]),
])
def test_servers_differ_in_what_they_can(
    driver: Path, name: str, wanted: list[object]
) -> None:
    profile = PROFILES[name]
    with running(profile.stand_in) as server:
        pairs = ";".join(f"{k}={v}" for k, v in profile.connection(server.info).items())
        done = subprocess.run(
            [sys.executable, "-c", ASK, f"DRIVER={driver};{pairs}", *NUMBERS],
            capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == wanted


def test_a_failed_statement_names_its_query(driver: Path) -> None:
    """Support asks for it, and an application has no other way to it."""
    profile = PROFILES["snowflake"]
    fail = (
        "import pyodbc, sys; c = pyodbc.connect(sys.argv[1])\n"
        "try: c.execute('SELECT * FROM NO_SUCH_TABLE')\n"
        "except pyodbc.Error as error: print(error)")
    with running(profile.stand_in) as server:
        pairs = ";".join(f"{k}={v}" for k, v in profile.connection(server.info).items())
        done = subprocess.run(
            [sys.executable, "-c", fail, f"DRIVER={driver};{pairs}"],
            capture_output=True, text=True, timeout=60, check=True)
    assert re.search(r"42S02.*\(query [0-9a-f-]{36}\)", done.stdout), done


@pytest.mark.parametrize(("name", "sql", "column"), [
    ("snowflake", """SELECT 1 AS "a\\", {d '2024-01-31'} AS D""", "a\\"),
    ("maxscale", """SELECT "{d\\"}" AS A, {d '2024-01-31'} AS D""", "A"),
])
def test_escapes_behind_a_backslash_in_double_quotes(
    driver: Path, name: str, sql: str, column: str
) -> None:
    """It is a letter of a name with one server, and begins an escape with another."""
    profile = PROFILES[name]
    ask = (
        "import pyodbc, sys; c = pyodbc.connect(sys.argv[1]).execute(sys.argv[2])\n"
        "print(c.description[0][0], c.fetchone()[1])")
    with running(profile.stand_in) as server:
        pairs = ";".join(f"{k}={v}" for k, v in profile.connection(server.info).items())
        done = subprocess.run(
            [sys.executable, "-c", ask, f"DRIVER={driver};{pairs}", sql],
            capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == f"{column} 2024-01-31\n", done

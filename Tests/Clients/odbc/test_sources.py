"""What the ini files say, and what of the process must not matter."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from installed import SOURCE, Odbc

QUERY = textwrap.dedent("""
    import sys, pyodbc
    print(pyodbc.connect(sys.argv[1], autocommit=True).execute(sys.argv[2]).fetchval())
""")


def ask(odbc: Odbc, sql: str, connection: str = f"DSN={SOURCE}") -> str:
    """One value, or the error."""
    done = odbc.run(sys.executable, "-c", QUERY, connection, sql)
    return done.stdout.strip() or done.stderr


def add(odbc: Odbc, file: str, section: str, *lines: str) -> None:
    """Adds settings to a section, without a word about it to the installer library."""
    path = odbc.folder / file
    text = path.read_text()
    head = f"[{section}]\n"
    assert head in text
    path.write_text(text.replace(head, head + "\n".join(lines) + "\n"))


def test_trap_42_long_values_of_an_ini_file_are_whole(odbc: Odbc) -> None:
    # The installer library cuts lines of 1000 bytes into several settings.
    comment = "x" * 3000
    add(odbc, "odbc.ini", SOURCE, f"session_init = /* {comment} */ OPEN SCHEMA RETAIL")
    assert ask(odbc, "SELECT COUNT(*) FROM BIG") == "2500"


def test_trap_42_no_piece_of_a_long_secret_is_told(odbc: Odbc) -> None:
    secret = "s3cr3t" * 400
    add(odbc, "odbc.ini", SOURCE, f"PWD = {secret}")
    said = ask(odbc, "SELECT 1")
    assert "28000" in said and "s3cr3t" not in said, said


def test_a_driver_section_has_defaults_for_its_sources(odbc: Odbc) -> None:
    add(odbc, "odbcinst.ini", "Tern", "schema = S")
    assert ask(odbc, "SELECT CURRENT_SCHEMA") == "S"
    add(odbc, "odbc.ini", SOURCE, "Schema = RETAIL")
    assert ask(odbc, "SELECT CURRENT_SCHEMA") == "RETAIL"
    assert ask(odbc, "SELECT CURRENT_SCHEMA", f"DSN={SOURCE};SCHEMA=S2") == "S2"


@pytest.fixture(scope="session")
def commas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of locales with one that writes 1,5."""
    folder = tmp_path_factory.mktemp("locales")
    subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")], check=False,
        capture_output=True)
    return folder


def test_trap_31_numbers_do_not_follow_the_locale(
    odbc: Odbc, build: Callable[..., Path], commas: Path
) -> None:
    odbc.environment.update(
        LC_ALL="de_DE.UTF-8", LOCPATH=str(commas), PROBE_DECIMAL_POINT=",", PROBE_CYCLES="1")
    for chapter in ("trap 31", "conversions", "parameters"):
        done = odbc.run(str(build(not odbc.is_traced)), odbc.connection, chapter)
        assert done.returncode == 0 and " 0 failed" in done.stdout, done.stdout[-3000:]


ZONED = textwrap.dedent("""
    import sys, json, pyodbc
    session = pyodbc.connect(sys.argv[1], autocommit=True)
    if sys.argv[2]:
        session.execute(f"ALTER SESSION SET TIME_ZONE = '{sys.argv[2]}'")
    cursor = session.execute('SELECT C_TSLTZ, CAST(C_TSLTZ AS VARCHAR(40)) FROM RETAIL.T_ALL '
                             'WHERE C_DEC18 > 1')
    value, text = cursor.fetchone()
    print(json.dumps([value.isoformat(sep=' '), text]))
""")


def zoned(odbc: Odbc, option: str, zone: str = "") -> list[str]:
    """A zoned timestamp as a structure, and as the server writes it."""
    done = odbc.run(sys.executable, "-c", ZONED, odbc.connection + option, zone)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_zoned_timestamps_are_shown_in_the_session_s_zone_or_utc(odbc: Odbc) -> None:
    berlin = zoned(odbc, "", "EUROPE/BERLIN")
    utc = zoned(odbc, "", "UTC")
    assert berlin[0] != utc[0]
    assert zoned(odbc, ";zoned_timestamp=session", "EUROPE/BERLIN") == berlin
    assert zoned(odbc, ";zoned_timestamp=utc") == utc
    assert zoned(odbc, ";ltz=instant") == utc

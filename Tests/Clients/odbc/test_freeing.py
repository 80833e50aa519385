"""Statements that are freed in the middle of a result, while the server owes a page of it."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import registered
from installed import Odbc
from profiles import PROFILES, Profile
from testbed import running
from testbed.common.launch import Running

# Where a page is late: the server takes that long for it, and for ever in the last test.
SECONDS = 4.0

PROLOGUE = """
import json, sys, time, urllib.request
import pyodbc
pyodbc.pooling = False
connection, control, fault = sys.argv[1:4]

def fetches(question=''):
    with urllib.request.urlopen(control + '/log' + question, timeout=30) as answer:
        entries = json.loads(answer.read())
    return sum('fetch' in json.dumps(entry) for entry in entries)

def started(session):
    '''A cursor on its first fetched page, with the next one under way.'''
    before = fetches()
    urllib.request.urlopen(control + '/faults', fault.encode()).close()
    cursor = session.execute('SELECT ID, NAME FROM BIG_20000')
    assert len(cursor.fetchmany(150)) == 150
    # The stand-in answers when as many have come.
    assert fetches(f'?contains=fetch&count={before + 2}') >= before + 2
    return cursor

def seconds(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start
"""


# Those whose stand-ins have tables of any size, and pages that can be late one by one.
PAGED = [name for name, profile in PROFILES.items() if profile.stand_in in ("exasol", "avatica")]


@pytest.fixture(scope="module", params=PAGED)
def profile(request: pytest.FixtureRequest) -> Profile:
    """A protocol."""
    return PROFILES[str(request.param)]


@pytest.fixture(scope="module")
def stand_in(profile: Profile) -> Iterator[Running]:
    """Its stand-in."""
    with running(profile.stand_in) as server:
        yield server


@pytest.fixture
def installed(driver: Path, profile: Profile, stand_in: Running) -> Iterator[Odbc]:
    """The driver and a data source on the stand-in, which is reset."""
    stand_in.reset()
    keywords = profile.connection(stand_in.info) | {"batch_bytes": "100000"}
    yield from registered(driver, keywords, is_traced=False)


def run(
    installed: Odbc, stand_in: Running, profile: Profile, script: str, **action: object
) -> None:
    """Runs a script beside the functions above; the second fetch of a result is that late."""
    selector = "command" if profile.stand_in == "exasol" else "request"
    fault = {selector: "fetch", "nth": 2, **action}
    done = installed.run(
        sys.executable, "-c", PROLOGUE + textwrap.dedent(script), installed.connection,
        stand_in.info["control"], json.dumps(fault), timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_trap_50_freeing_waits_for_no_page(
    installed: Odbc, stand_in: Running, profile: Profile
) -> None:
    run(installed, stand_in, profile, f"""
        session = pyodbc.connect(connection, autocommit=True)
        cursor = started(session)
        took = seconds(cursor.close)
        assert took < {SECONDS} / 2, took
        assert session.execute('SELECT COUNT(*) FROM BIG_20000').fetchval() == 20000
    """, delay=SECONDS)


def test_trap_50_freeing_costs_no_transaction(
    installed: Odbc, stand_in: Running, profile: Profile
) -> None:
    table = profile.qualified("FREED_EARLY")
    run(installed, stand_in, profile, f"""
        session = pyodbc.connect(connection)
        session.execute('CREATE TABLE {table} (I INTEGER)')
        session.commit()
        session.execute('INSERT INTO {table} VALUES (1)')
        took = seconds(started(session).close)
        assert took < {SECONDS} / 2, took
        session.execute('INSERT INTO {table} VALUES (2)')
        session.commit()
        assert session.execute('SELECT COUNT(*) FROM {table}').fetchval() == 2
        session.execute('DROP TABLE {table}')
        session.commit()
    """, delay=SECONDS)


def test_trap_50_disconnecting_gives_a_stalled_page_up(
    installed: Odbc, stand_in: Running, profile: Profile
) -> None:
    run(installed, stand_in, profile, """
        session = pyodbc.connect(connection, autocommit=True)
        cursor = started(session)
        took = seconds(cursor.close)
        assert took < 2, took
        took = seconds(session.close)
        assert took < 5, took
    """, stall=True)

"""Ends of transactions and pools, as programs see them through the manager."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from conftest import registered
from installed import Odbc
from profiles import PROFILES
from testbed import running
from testbed.common.launch import Running


def run(odbc: Odbc, script: str) -> str:
    """A script with pyodbc, and what it prints."""
    done = odbc.run(
        sys.executable, "-c", "import sys, pyodbc\n" + textwrap.dedent(script), odbc.connection)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout.strip()


def test_a_commit_whose_answer_is_lost_is_08007(odbc: Odbc, server: Running) -> None:
    server.faults({"command": "execute", "sqlContains": "COMMIT", "reset": True})
    state = run(odbc, """
        session = pyodbc.connect(sys.argv[1])
        session.execute("SELECT 1").fetchall()
        try:
            session.commit()
        except pyodbc.Error as error:
            print(error.args[0])
    """)
    assert state == "08007"


def test_isolation_stays_while_a_transaction_is_open(driver: Path) -> None:
    profile = PROFILES["avatica-json"]
    with running(profile.stand_in) as server:
        for odbc in registered(driver, profile.connection(server.info), is_traced=False):
            states = run(odbc, """
                session = pyodbc.connect(sys.argv[1])
                levels = [pyodbc.SQL_TXN_READ_COMMITTED, pyodbc.SQL_TXN_SERIALIZABLE]
                session.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, levels[0])
                session.execute("CREATE TABLE ISOLATED (I INTEGER)")
                for action in (lambda: None, session.rollback):
                    action()
                    try:
                        session.set_attr(pyodbc.SQL_ATTR_TXN_ISOLATION, levels[1])
                        print('set')
                    except pyodbc.Error as error:
                        print(error.args[0])
            """)
            assert states.split() == ["HY011", "set"]


def test_acceptance_13_a_pool_resets_what_it_hands_out(
    odbc: Odbc, build: Callable[..., Path]
) -> None:
    path = odbc.folder / "odbcinst.ini"
    text = path.read_text().replace("[Tern]\n", "[Tern]\nCPTimeout = 60\n")
    path.write_text(
        text.replace("[ODBC]\n", "[ODBC]\nPooling = Yes\n") if "[ODBC]" in text
        else "[ODBC]\nPooling = Yes\n\n" + text)
    odbc.environment["PROBE_POOLED"] = "yes"
    done = odbc.run(str(build(False)), odbc.connection, "a pooled connection")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout

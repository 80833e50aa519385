"""A connection cut at many places of a session: an error with its SQLSTATE, never a hang."""

from __future__ import annotations

import sys
import textwrap

import pytest

from installed import Odbc
from testbed.common.launch import Running

# The interpreter's own faults would hide behind an exception, so each series is one process.
SCRIPT = textwrap.dedent("""
    import sys, pyodbc
    try:
        session = pyodbc.connect(sys.argv[1], autocommit=True, timeout=10)
        rows = session.execute('SELECT ID, NAME FROM RETAIL.BIG').fetchall()
        print('whole', len(rows))
    except pyodbc.Error as error:
        print('cut', error.args[0])
""")

# Within the upgrade, the log-in and the rows; an odd step meets every part of a frame's head.
POSITIONS = [0, 1, 17, 128, 190, 255, 400, 700, 1000, 1301, 1999, 3001, 6007, 20011]


@pytest.mark.parametrize("action", ["close", "reset"])
def test_a_cut_connection_is_an_error(odbc: Odbc, server: Running, action: str) -> None:
    if odbc.is_traced:
        pytest.skip("once is enough")
    port, behind = str(server.info["port"]), str(server.info["faultPort"])
    connection = odbc.connection.replace(f"Port={port}", f"Port={behind}")
    cuts = 0
    for position in POSITIONS:
        server.reset()
        server.faults({"action": action, "after": position})
        done = odbc.run(sys.executable, "-c", SCRIPT, connection, timeout=60)
        assert done.returncode == 0, (position, done.returncode, done.stderr[-2000:])
        ending, value = done.stdout.split()
        if ending == "cut":
            assert value in {"08S01", "08001", "28000"}, (position, done.stdout)
            cuts += 1
        else:
            assert value == "2500", (position, done.stdout)
    assert cuts >= 8

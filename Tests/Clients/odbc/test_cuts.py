"""A connection cut at many places of a session: an error with its SQLSTATE, never a hang."""

from __future__ import annotations

import json
import os
import sys
import textwrap

import pytest

from conftest import settings
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
def test_a_cut_connection_is_an_error(untraced: Odbc, server: Running, action: str) -> None:
    port, behind = str(server.info["port"]), str(server.info["faultPort"])
    connection = untraced.connection.replace(f"Port={port}", f"Port={behind}")
    cuts = 0
    for position in POSITIONS:
        server.reset()
        server.faults({"action": action, "after": position})
        done = untraced.run(sys.executable, "-c", SCRIPT, connection, timeout=60)
        assert done.returncode == 0, (position, done.returncode, done.stderr[-2000:])
        ending, value = done.stdout.split()
        if ending == "cut":
            assert value in {"08S01", "08001", "28000"}, (position, done.stdout)
            cuts += 1
        else:
            assert value == "2500", (position, done.stdout)
    assert cuts >= 8


# One short session in clear text, any byte of which can be the last: the upgrade, the login with
# its key, the attributes, a result and the goodbye. A run takes every 13th, or as TERN_CUT_STEP
# says; that every prefix of every message is an error is tested where messages are read.
STEP = int(os.environ.get("TERN_CUT_STEP", "13"))
EVERY = textwrap.dedent("""
    import json, sys, urllib.request, pyodbc
    pyodbc.pooling = False
    states, whole, position = {}, 0, 0
    while whole < 3:
        rule = {'action': 'close', 'after': position}
        for path, body in (('/reset', b''), ('/faults', json.dumps(rule).encode())):
            urllib.request.urlopen(sys.argv[2] + path, body).close()
        try:
            session = pyodbc.connect(sys.argv[1], autocommit=True)
            assert session.execute('SELECT ID, NAME FROM RETAIL.CUSTOMER').fetchall()
            session.close()
            whole += 1
        except pyodbc.Error as error:
            states[error.args[0]] = states.get(error.args[0], 0) + 1
            # A server that closes the line instead of answering the password means a wrong one.
            assert error.args[0] in ('08S01', '08001', '28000'), (position, error)
        position += int(sys.argv[3])
    print(json.dumps([position, states]))
""")


def test_acceptance_11_a_connection_cut_at_every_byte(untraced: Odbc, server: Running) -> None:
    keywords = settings(server) | {"Port": str(server.info["faultPort"]), "TLS": "off"}
    del keywords["TLS_CA_FILE"]
    connection = "DRIVER={Tern};" + ";".join(f"{k}={v}" for k, v in keywords.items())
    done = untraced.run(
        sys.executable, "-c", EVERY, connection, server.info["control"], str(STEP), timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    positions, states = json.loads(done.stdout)
    assert positions > 1000 and sum(states.values()) == positions // STEP - 3, states

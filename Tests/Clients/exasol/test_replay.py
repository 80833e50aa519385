"""The pre-rendered server of the benchmarks must be readable by the real client, to the last row."""

from __future__ import annotations

import socket
from typing import Any

import pyexasol
import pytest

from testbed import running
from testbed.exasol.replay import row_values


@pytest.fixture(scope="module")
def replay() -> Any:
    with running("exasol-replay", rows=25_001, page_bytes=200_000) as server:
        yield server


@pytest.mark.parametrize("secure", [False, True])
def test_pyexasol_reads_every_row(replay: Any, secure: bool) -> None:
    pin = f"/{replay.info['fingerprint']}" if secure else ""
    connection = pyexasol.connect(
        dsn=f"127.0.0.1{pin}:{replay.info['port']}",
        user="sys",
        password="exasol",
        encryption=secure,
    )
    assert connection.execute("SELECT 1").fetchval() == 1
    rows = connection.execute("SELECT * FROM T").fetchall()
    connection.close()
    page = replay.info["pageRows"]
    assert len(rows) == 25_001 and page < 25_001
    assert rows[:3] == [row_values(i) for i in range(3)]
    assert rows[page] == row_values(0)
    assert rows[-1] == row_values(25_000 % page)


def test_the_raw_port_sends_the_same_bytes(replay: Any) -> None:
    received = 0
    with socket.create_connection(("127.0.0.1", replay.info["rawPort"])) as client:
        while data := client.recv(1 << 16):
            received += len(data)
    assert received == replay.info["totalBytes"]

"""A connection cut at many places of a session: an error with its SQLSTATE in time, never a hang
and never a short result."""

from __future__ import annotations

import time

import pytest

from session import Library, Session, TernError
from testbed.common.launch import Running

ROWS = 300
# Every byte of the first answers, then steps that meet every part of a head, a chunk and a row.
POSITIONS = [*range(0, 420), *range(420, 6_000, 61), *range(6_000, 30_000, 997)]


def target(server: Running, encoding: str, query: str = "") -> str:
    """The port behind which connections break."""
    port = server.info["faultPort" if encoding == "json" else "protobufFaultPort"]
    return f"avatica+http://SA@127.0.0.1:{port}/?encoding={encoding}&keep_alive=0{query}"


def read(library: Library, address: str) -> str:
    """`whole`, or the SQLSTATE."""
    try:
        session = Session(library, address)
        try:
            rows = session.rows(f"SELECT ID, NAME FROM BIG_{ROWS}")
        finally:
            session.close()
    except TernError as error:
        return error.sqlstate
    assert [row[0] for row in rows] == [str(number) for number in range(ROWS)]
    return "whole"


@pytest.mark.parametrize("action", ["close", "reset"])
def test_a_cut_connection_is_an_error(
    library: Library, server: Running, encoding: str, action: str
) -> None:
    endings: dict[str, int] = {}
    for position in POSITIONS:
        server.reset()
        server.faults({"action": action, "after": position, "form": encoding})
        ending = read(library, target(server, encoding))
        assert ending in {"whole", "08S01", "08001"}, (position, ending)
        endings[ending] = endings.get(ending, 0) + 1
    assert endings.get("08S01", 0) > 50, endings


@pytest.mark.parametrize("position", [0, 1, 60, 150, 200, 700, 2_000, 5_000])
def test_a_silent_server_is_a_timeout(
    library: Library, server: Running, encoding: str, position: int
) -> None:
    server.faults({"action": "stall", "after": position, "form": encoding})
    start = time.monotonic()
    ending = read(library, target(server, encoding, "&connect_timeout=1&query_timeout=1&network_timeout=1"))
    assert ending in {"HYT00", "HYT01", "08S01", "whole"}, ending
    assert time.monotonic() - start < 8
    if position < 700:
        assert ending != "whole"

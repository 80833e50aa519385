"""The C API over the Snowflake stand-in, one stand-in for all tests; the vendor's client beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "snowflake"))

from session import Library, Session
from testbed import running
from testbed.common.launch import Running

# Without it the connector asks the metadata services of three clouds who we are.
os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"
BUILD = Path(__file__).resolve().parents[3] / ".build"


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("snowflake") as server:
        yield server


@pytest.fixture
def server(_shared: Running) -> Running:
    """The stand-in, with no fault and no option left over from another test."""
    _shared.reset()
    return _shared


@pytest.fixture(scope="session")
def library() -> Library:
    """The C API: what TERN_LIBRARY names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_LIBRARY")
    found = [Path(named)] if named else [BUILD / kind / "libtern.so" for kind in ("release", "debug")]
    assert any(p.exists() for p in found), "no libtern.so: build it with `swift build -c release`"
    return Library(str(next(p for p in found if p.exists())))


@pytest.fixture
def connect(library: Library, server: Running) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close; more options follow behind `&`."""
    opened: list[Session] = []

    def open_session(more: str = "") -> Session:
        url = f"snowflake+http://TERN:t3rn-pw@127.0.0.1:{server.info['port']}/TESTDB/PUBLIC?account=testaccount&proxy=off{more}"
        opened.append(Session(library, url))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def vendor(server: Running) -> Iterator[Callable[..., Any]]:
    """Connections of snowflake-connector-python that the test need not close."""
    import snowflake.connector

    opened: list[Any] = []

    def open_connection() -> Any:
        opened.append(snowflake.connector.connect(
            user="TERN", password="t3rn-pw", account="testaccount", host="127.0.0.1", port=server.info["port"], protocol="http",
            database="testdb", schema="public", session_parameters={"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()

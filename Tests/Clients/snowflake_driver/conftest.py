"""The C API and the command over the Snowflake stand-in, one stand-in for all tests; the vendor's client beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "snowflake"))

from products import built, ran, sessions
from session import Library, Session
from testbed import running
from testbed.common.launch import Running

# Without it the connector asks the metadata services of three clouds who we are.
os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("snowflake") as server:
        yield server


@pytest.fixture(scope="session")
def library() -> Library:
    """The C API."""
    return Library(built("tern"))


@pytest.fixture
def url(server: Running) -> str:
    """The target; more options follow behind `&`."""
    user = f"TERN:{server.info['users']['TERN']}"
    return (f"snowflake+http://{user}@127.0.0.1:{server.info['port']}/TESTDB/PUBLIC"
            "?account=testaccount&proxy=off&token_cache=off")


@pytest.fixture(params=["arrow", "json"])
def form(request: pytest.FixtureRequest) -> str:
    """How results come; a test that asks for it runs with both."""
    return str(request.param)


@pytest.fixture
def connect(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close; more options follow behind `&`."""
    yield from sessions(library, url)


@pytest.fixture
def tern(url: str) -> Run:
    """Runs the command against the stand-in; `more` is added to the target."""
    def run(*words: str, more: str = "") -> subprocess.CompletedProcess[str]:
        return ran(url + more, *words)

    return run


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


@pytest.fixture
def peer(vendor: Callable[..., Any]) -> Any:
    """A cursor of the vendor's client."""
    return vendor().cursor()

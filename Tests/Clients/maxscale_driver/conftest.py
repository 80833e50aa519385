"""The command line and the C API over the MaxScale stand-in, one stand-in for all tests."""

from __future__ import annotations

import subprocess
from typing import Any, Callable, Iterator

import pymysql
import pytest

from products import built, ran, sessions
from session import Library, Session
from testbed import running
from testbed.common.launch import Running

Run = Callable[..., "subprocess.CompletedProcess[str]"]
# Before 24.02 results have no types, before 23.02 there is no cancel; 6.4 has other ids and statuses.
PORTS = {"24.02": "port", "23.08": "port2308", "22.08": "port2208", "6.4": "port64"}


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("maxscale") as server:
        yield server


@pytest.fixture(params=list(PORTS))
def release(request: pytest.FixtureRequest) -> str:
    """A release of MaxScale; every test that connects by `url` runs with all of them."""
    return str(request.param)


@pytest.fixture
def options(server: Running) -> str:
    """What every target says."""
    password = server.info["accounts"]["admin"]
    return f"target={server.info['targets']['server']}&http_user=admin&http_password={password}"


@pytest.fixture
def url(server: Running, release: str, options: str) -> str:
    """The target; more options follow behind `&`."""
    user = f"tern:{server.info['users']['tern']}"
    return f"maxscale+http://{user}@127.0.0.1:{server.info[PORTS[release]]}/shop?{options}"


@pytest.fixture(scope="session")
def library() -> Library:
    """The C API."""
    return Library(built("tern"))


@pytest.fixture
def connect(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close."""
    yield from sessions(library, url)


@pytest.fixture
def database(server: Running) -> Iterator[Any]:
    """A direct connection to the database behind MaxScale, by a client that is not ours."""
    place, users = server.info["database"], server.info["users"]
    with pymysql.connect(host=place["host"], port=place["port"], user="tern",
                         password=users["tern"], database="shop", charset="utf8mb4",
                         autocommit=True) as connection:
        yield connection


@pytest.fixture
def tern(url: str) -> Run:
    """Runs the command against the stand-in; `more` is added to the target."""
    def run(*words: str, more: str = "") -> subprocess.CompletedProcess[str]:
        return ran(url + more, *words)

    return run

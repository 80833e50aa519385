"""The command line and the C API over the MaxScale stand-in, one stand-in for all tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Callable, Iterator

import pymysql
import pytest

from session import Library, Session
from testbed import running
from testbed.common.launch import Running

BUILD = Path(__file__).resolve().parents[3] / ".build"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
# Before 24.02 results have no types, before 23.02 there is no cancel; 6.4 has other ids and statuses.
PORTS = {"24.02": "port", "23.08": "port2308", "22.08": "port2208", "6.4": "port64"}


def built(variable: str, name: str) -> str:
    """What the environment names, else the optimised build, else the other one."""
    candidates = [BUILD / kind / name for kind in ("release", "debug")]
    named = os.environ.get(variable)
    found = named or next((str(path) for path in candidates if path.exists()), None)
    assert found, f"no {name}: build it with `swift build -c release`"
    return found


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("maxscale") as server:
        yield server


@pytest.fixture
def server(_shared: Running) -> Running:
    """The stand-in without anything left over from another test."""
    _shared.reset()
    return _shared


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
    return Library(built("TERN_LIBRARY", "libtern.so"))


@pytest.fixture
def connect(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close."""
    opened: list[Session] = []

    def open_session(more: str = "", address: str = "") -> Session:
        opened.append(Session(library, (address or url) + more))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


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
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TERN_")}
        return subprocess.run(
            [built("TERN_CLI", "tern-cli"), *words[:-1], url + more, words[-1]],
            capture_output=True, text=True, timeout=60, env={**kept, "LC_ALL": "C.UTF-8"},
            check=False)

    return run

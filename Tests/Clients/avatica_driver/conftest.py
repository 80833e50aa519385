"""The command line and the C API over the Avatica stand-in, one stand-in for all tests."""

from __future__ import annotations

import subprocess
from typing import Callable, Iterator

import pytest

from products import built, ran, sessions
from session import Library, Session
from testbed import running
from testbed.common.launch import Running

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def program() -> str:
    """The command."""
    return built("tern-cli")


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("avatica") as server:
        yield server


@pytest.fixture(params=["json", "protobuf"])
def encoding(request: pytest.FixtureRequest) -> str:
    """The two encodings; every test that uses `tern` runs in both."""
    return str(request.param)


@pytest.fixture
def tern(server: Running, encoding: str) -> Run:
    """Runs the command against the stand-in; `query` is added to the target."""
    port = server.info["port" if encoding == "json" else "protobufPort"]

    def run(*words: str, query: str = "", user: str = "SA") -> subprocess.CompletedProcess[str]:
        return ran(f"avatica+http://{user}@127.0.0.1:{port}/{query}", *words)

    return run


@pytest.fixture(scope="session")
def library() -> Library:
    """The C API."""
    return Library(built("tern"))


@pytest.fixture
def url(server: Running, encoding: str) -> str:
    """The stand-in's target, to which `?name=value` may be added."""
    port = server.info["port" if encoding == "json" else "protobufPort"]
    return f"avatica+http://SA@127.0.0.1:{port}/"


@pytest.fixture
def connect(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close."""
    yield from sessions(library, url)

"""The command line and the C API over the Avatica stand-in, one stand-in for all tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import pytest

from session import Library, Session
from testbed import running
from testbed.common.launch import Running

BUILD = Path(__file__).resolve().parents[3] / ".build"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def program() -> str:
    """The command: what TERN_CLI names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_CLI")
    candidates = [BUILD / kind / "tern-cli" for kind in ("release", "debug")]
    found = named or next((str(path) for path in candidates if path.exists()), None)
    assert found, "no tern-cli: build it with `swift build -c release --product tern-cli`"
    return found


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("avatica") as server:
        yield server


@pytest.fixture
def server(_shared: Running) -> Running:
    """The stand-in without anything left over from another test."""
    _shared.reset()
    return _shared


@pytest.fixture(params=["json", "protobuf"])
def encoding(request: pytest.FixtureRequest) -> str:
    """The two encodings; every test that uses `tern` runs in both."""
    return str(request.param)


@pytest.fixture
def tern(program: str, server: Running, encoding: str) -> Run:
    """Runs the command against the stand-in; `query` is added to the target."""
    port = server.info["port" if encoding == "json" else "protobufPort"]

    def run(*words: str, query: str = "", user: str = "SA") -> subprocess.CompletedProcess[str]:
        target = f"avatica+http://{user}@127.0.0.1:{port}/{query}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TERN_")}
        return subprocess.run(
            [program, *words[:-1], target, words[-1]], capture_output=True, text=True,
            timeout=60, env={**kept, "LC_ALL": "C.UTF-8"}, check=False,
        )

    return run


@pytest.fixture(scope="session")
def library() -> Library:
    """The C API: what TERN_LIBRARY names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_LIBRARY")
    candidates = [BUILD / kind / "libtern.so" for kind in ("release", "debug")]
    found = named or next((str(path) for path in candidates if path.exists()), None)
    assert found, "no libtern.so: build it with `swift build -c release --product tern`"
    return Library(found)


@pytest.fixture
def url(server: Running, encoding: str) -> str:
    """The stand-in's target, to which `?name=value` may be added."""
    port = server.info["port" if encoding == "json" else "protobufPort"]
    return f"avatica+http://SA@127.0.0.1:{port}/"


@pytest.fixture
def connect(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """Opens sessions that the test need not close."""
    opened: list[Session] = []

    def open_session(query: str = "", address: str = "") -> Session:
        opened.append(Session(library, (address or url) + query))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()

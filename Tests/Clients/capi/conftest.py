"""The library under test, and one Exasol stand-in for the tests that need a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Iterator

import pytest

from binding import Library
from testbed import running
from testbed.common.launch import Running

BUILD = Path(__file__).resolve().parents[3] / ".build"


@pytest.fixture(scope="session")
def library_path() -> Path:
    """What TERN_LIBRARY names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_LIBRARY")
    candidates = [Path(named)] if named else []
    candidates += [BUILD / kind / "libtern.so" for kind in ("release", "debug")]
    found = next((path for path in candidates if path.exists()), None)
    assert found, "no libtern.so: build it with `swift build -c release --product tern`"
    return found


@pytest.fixture(scope="session")
def tern(library_path: Path) -> Library:
    """The library."""
    return Library(str(library_path))


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol", nodes=2) as server:
        yield server


@pytest.fixture
def server(_shared: Running) -> Running:
    """The stand-in, with no fault and no option left over from another test."""
    _shared.reset()
    return _shared


@pytest.fixture
def target(server: Running) -> str:
    """A target for the stand-in, in clear text."""
    return f"exasol+ws://sys:exasol@127.0.0.1:{server.info['port']}"


@pytest.fixture
def connection(tern: Library, target: str) -> Iterator[Any]:
    """An open connection that the test need not free."""
    handle = tern.connect(target)
    yield handle
    tern.c.tern_connection_free(handle)

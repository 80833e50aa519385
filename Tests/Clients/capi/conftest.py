"""The library under test, and one Exasol stand-in for the tests that need a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from binding import Library
from products import built
from testbed import running
from testbed.common.launch import Running


@pytest.fixture(scope="session")
def library_path() -> Path:
    """The shared object."""
    return Path(built("tern"))


@pytest.fixture(scope="session")
def tern(library_path: Path) -> Library:
    """The library."""
    return Library(str(library_path))


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol", nodes=2) as server:
        yield server


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

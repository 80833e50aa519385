"""One stand-in per test session, put back to its initial options before every test."""

from __future__ import annotations

from typing import Iterator

import pytest

from maxscale_wire import Client
from testbed import running
from testbed.common.launch import Running


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("maxscale") as server:
        yield server


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """A client of 24.02 with an open connection."""
    with Client(server.info["port"]) as opened:
        opened.open()
        yield opened
        if opened.id:
            opened.on("DELETE", body={})


@pytest.fixture
def old_client(server: Running) -> Iterator[Client]:
    """A client of 22.08 with an open connection."""
    with Client(server.info["port2208"]) as opened:
        opened.open()
        yield opened
        opened.on("DELETE", body={})

"""One stand-in per test session, put back to its initial state before every test."""

from __future__ import annotations

import uuid
from typing import Any, Callable, Iterator

import pytest

from testbed import running
from testbed.common.launch import Running
from avatica_wire import Client


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("avatica", backends=2) as server:
        yield server


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """A bare JSON client with an open connection on the first process."""
    with Client(server.info["backends"][0]["json"]) as opened:
        opened.open(str(uuid.uuid4()))
        yield opened


@pytest.fixture
def table(client: Client) -> Callable[[str], str]:
    """Makes a table with a name of its own."""

    def make(definition: str) -> str:
        name = f"T_{uuid.uuid4().hex[:12].upper()}"
        client.run(f"create table {name}({definition})")
        return name

    return make


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Short names for tuples in parameter lists."""
    return str(val) if isinstance(val, (str, int)) else None

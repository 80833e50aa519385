"""One stand-in per test session, put back to its initial state before every test."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pyexasol
import pytest

from testbed import running
from wire import Wire
from testbed.common.launch import Running


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol", nodes=3) as server:
        yield server


@pytest.fixture
def connect(server: Running) -> Iterator[Callable[..., pyexasol.ExaConnection]]:
    """Opens pyexasol connections that the test need not close."""
    opened: list[pyexasol.ExaConnection] = []

    def open_(**options: Any) -> pyexasol.ExaConnection:
        values = {
            "dsn": f"127.0.0.1:{server.info['port']}",
            "user": "sys",
            "password": "exasol",
            "encryption": False,
            **options,
        }
        connection = pyexasol.connect(**values)
        opened.append(connection)
        return connection

    yield open_
    for connection in opened:
        if not connection.is_closed:
            connection.close()


@pytest.fixture
def wire(server: Running) -> Iterator[Wire]:
    """A logged-in bare connection."""
    with Wire(server.info["port"]) as connection:
        assert connection.login()["status"] == "ok"
        yield connection

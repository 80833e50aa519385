"""One stand-in for all tests, put back to its initial options before every test; real clients over it."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterator

import pytest

from snowflake_wire import Client
from testbed import running
from testbed.common.launch import Running

# Without it the connector asks the metadata services of three clouds who we are.
os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"
QUIET = {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("snowflake") as server:
        yield server


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """A bare client with a session."""
    with Client(server.info["port"]) as opened:
        opened.login()
        yield opened


@pytest.fixture
def connect(server: Running) -> Iterator[Callable[..., Any]]:
    """Connections of snowflake-connector-python that the test need not close."""
    import snowflake.connector

    snowflake.connector.paramstyle = "qmark"
    opened: list[Any] = []

    def open_connection(**more: Any) -> Any:
        facts = {
            "user": "TERN", "password": "t3rn-pw", "account": "testaccount", "host": "127.0.0.1", "port": server.info["port"],
            "protocol": "http", "database": "testdb", "schema": "public", "session_parameters": dict(QUIET), **more,
        }  # fmt: skip
        opened.append(snowflake.connector.connect(**{k: v for k, v in facts.items() if v is not None}))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()


@pytest.fixture
def cursor(connect: Callable[..., Any]) -> Any:
    return connect().cursor()


@pytest.fixture
def adbc(server: Running) -> Iterator[Any]:
    """A connection of adbc-driver-snowflake."""
    from adbc_driver_snowflake import dbapi

    sql, options = "adbc.snowflake.sql.", "adbc.snowflake.sql.client_option."
    facts = {
        "username": "TERN", "password": "t3rn-pw", f"{sql}account": "testaccount", f"{sql}uri.host": "127.0.0.1",
        f"{sql}uri.port": str(server.info["port"]), f"{sql}uri.protocol": "http", f"{sql}db": "TESTDB", f"{sql}schema": "PUBLIC",
        f"{options}disable_telemetry": "true",
    }  # fmt: skip
    with dbapi.connect(db_kwargs=facts, autocommit=True) as connection:
        yield connection

"""Runs the command line; one Exasol stand-in for all tests that need a server."""

from __future__ import annotations

import subprocess
from typing import Iterator

import pytest

from command import Run
from products import built, own_environment
from testbed import running
from testbed.common.launch import Running

PASSWORD = "exasol"


@pytest.fixture(scope="session")
def program() -> str:
    """The command."""
    return built("tern-cli")


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing of the caller's own settings."""
    return own_environment(TERM="xterm")


@pytest.fixture
def tern(program: str, environment: dict[str, str]) -> Run:
    """Runs the command to its end; keyword arguments are added to its environment."""

    def run(
        *words: str, stdin: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *words], input=stdin, capture_output=True, text=True, timeout=60,
            env={**environment, **variables}, check=False,
        )

    return run


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol") as server:
        yield server


@pytest.fixture
def target(server: Running) -> str:
    """A target that needs a password from elsewhere."""
    return f"exasol://sys@127.0.0.1:{server.info['port']}?tls_ca_file={server.info['ca']}"


@pytest.fixture
def big_target(target: str) -> str:
    """The same with a current schema: the stand-in's tables of any size are only there."""
    return target.replace("?", "/RETAIL?")

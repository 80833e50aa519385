"""Runs the command line; one Exasol stand-in for all tests that need a server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from command import Run
from testbed import running
from testbed.common.launch import Running

BUILD = Path(__file__).resolve().parents[3] / ".build"
PASSWORD = "exasol"


@pytest.fixture(scope="session")
def program() -> str:
    """The command: what TERN_CLI names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_CLI")
    candidates = [BUILD / kind / "tern-cli" for kind in ("release", "debug")]
    found = named or next((str(path) for path in candidates if path.exists()), None)
    assert found, "no tern-cli: build it with `swift build -c release --product tern-cli`"
    return found


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing of the caller's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TERN_")}
    return {**kept, "TERM": "xterm", "LC_ALL": "C.UTF-8"}


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
def server(_shared: Running) -> Running:
    """The stand-in without anything left over from another test."""
    _shared.reset()
    return _shared


@pytest.fixture
def target(server: Running) -> str:
    """A target that needs a password from elsewhere."""
    return f"exasol://sys@127.0.0.1:{server.info['port']}?tls_ca_file={server.info['ca']}"


@pytest.fixture
def big_target(target: str) -> str:
    """The same with a current schema: the stand-in's tables of any size are only there."""
    return target.replace("?", "/RETAIL?")

"""Registers the driver in a directory of the test's own; one Exasol stand-in for all tests.

Every test that goes through the driver manager runs twice: without and with its tracing.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from installed import PASSWORD, ROOT, SOURCE, Odbc
from testbed import running
from testbed.common.launch import Running


@pytest.fixture(scope="session")
def driver() -> Path:
    """The driver: what TERN_ODBC names, else the optimised build, else the other one."""
    named = os.environ.get("TERN_ODBC")
    builds = [ROOT / ".build" / kind / "libternodbc.so" for kind in ("release", "debug")]
    found = Path(named) if named else next((path for path in builds if path.exists()), None)
    assert found, "no driver: build it with `swift build -c release --product ternodbc`"
    return found.resolve()


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol") as server:
        yield server


@pytest.fixture
def server(_shared: Running) -> Running:
    """The stand-in without anything left over from another test."""
    _shared.reset()
    return _shared


def settings(server: Running) -> dict[str, str]:
    """What a connection needs besides the driver."""
    return {
        "Protocol": "exasol", "Server": "localhost", "Port": str(server.info["port"]),
        "UID": "sys", "PWD": PASSWORD, "TLS_CA_FILE": server.info["ca"],
    }


@pytest.fixture(params=["untraced", "traced"])
def odbc(
    request: pytest.FixtureRequest, tmp_path: Path, driver: Path, server: Running
) -> Iterator[Odbc]:
    """The driver installed with odbcinst from the shipped template, and a data source.

    What the driver adds to a trace never holds the password; the manager itself writes the
    connection strings that programs pass.
    """
    is_traced = request.param == "traced"
    template = (ROOT / "pkgconfig" / "odbcinst.ini.in").read_text()
    library = template.replace("@PREFIX@/lib/libternodbc.so", str(driver))
    (tmp_path / "tern.ini").write_text(library)
    trace = f"[ODBC]\nTrace = Yes\nTraceFile = {tmp_path}/trace.log\n\n" if is_traced else ""
    (tmp_path / "odbcinst.ini").write_text(trace)
    (tmp_path / "odbc.ini").write_text("")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("ODBC", "TERN_"))},
        "ODBCSYSINI": str(tmp_path), "ODBCINSTINI": "odbcinst.ini",
        "ODBCINI": str(tmp_path / "odbc.ini"), "LC_ALL": "C.UTF-8", "HOME": str(tmp_path),
    }
    for command in (["-i", "-d", "-f", "tern.ini"],):
        subprocess.run(
            ["odbcinst", *command], env=environment, cwd=tmp_path, check=True,
            capture_output=True)
    lines = [f"[{SOURCE}]", "Driver = Tern"]
    lines += [f"{key} = {value}" for key, value in settings(server).items()]
    (tmp_path / "odbc.ini").write_text("\n".join(lines) + "\n")
    pairs = ";".join(f"{key}={value}" for key, value in settings(server).items())
    installed = Odbc(driver, tmp_path, f"DRIVER={{Tern}};{pairs}", environment, is_traced)
    yield installed
    written = [line for line in installed.trace.splitlines() if "[Tern]" in line]
    assert not any(PASSWORD in line for line in written)

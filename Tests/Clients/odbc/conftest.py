"""Registers the driver in a directory of the test's own; one Exasol stand-in for all tests.

Every test that goes through the driver manager runs twice: without and with its tracing.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installed import PASSWORD, ROOT, SOURCE, Odbc
from products import built
from testbed import running
from testbed.common.launch import Running

SOURCES = sorted((ROOT / "Tests" / "ODBC").glob("*.c"))
# A step of its own, with a driver of its own.
collect_ignore = [] if "TERN_ODBC_TSAN" in os.environ else ["test_thread_sanitizer.py"]
FLAGS = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]


@pytest.fixture(scope="session")
def driver() -> Path:
    """The driver."""
    return Path(built("ternodbc")).resolve()


@pytest.fixture(scope="session")
def build(
    tmp_path_factory: pytest.TempPathFactory, driver: Path
) -> Callable[..., Path]:
    """Compiles the program: against the manager, or straight against the driver. A shared object
    is linked with neither."""
    made: dict[tuple[str, ...], Path] = {}
    usual = driver

    def compile_(
        is_direct: bool, *options: str, driver: Path = usual, libraries: tuple[str, ...] = ()
    ) -> Path:
        key = (str(is_direct), *options)
        if key not in made:
            folder = tmp_path_factory.mktemp("acceptance")
            (folder / "libternodbc.so.1").symlink_to(driver)
            (folder / "libternodbc.so").symlink_to(driver)
            program = folder / "acceptance"
            compiler = "clang" if "-fsanitize=thread" in options else "gcc"
            direct = [f"-L{folder}", "-lternodbc", f"-Wl,-rpath,{folder}"]
            link = ["-DDIRECT", *(direct if "-shared" not in options else [])]
            if not is_direct:
                link = ["-lodbc"]
            subprocess.run(
                [compiler, *FLAGS, *options, *map(str, SOURCES), *link, *libraries,
                 "-lpthread", "-o",
                 str(program)], check=True)
            made[key] = program
        return made[key]

    return compile_


@pytest.fixture(scope="session")
def _shared() -> Iterator[Running]:
    with running("exasol") as server:
        yield server


def settings(server: Running) -> dict[str, str]:
    """What a connection needs besides the driver."""
    return {
        "Protocol": "exasol", "Server": "localhost", "Port": str(server.info["port"]),
        "UID": "sys", "PWD": PASSWORD, "TLS_CA_FILE": server.info["ca"],
    }


def registered(
    driver: Path, keywords: dict[str, str], *, is_traced: bool
) -> Iterator[Odbc]:
    """The driver installed with odbcinst from the shipped template, and a data source.

    What the driver adds to a trace never holds the password; the manager itself writes the
    connection strings that programs pass.
    """
    # The manager cuts the trace file's name after 63 bytes: pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="odbc-", dir="/tmp") as folder:
        yield from _registered(Path(folder), driver, keywords, is_traced=is_traced)


def _registered(
    folder: Path, driver: Path, keywords: dict[str, str], *, is_traced: bool
) -> Iterator[Odbc]:
    template = (ROOT / "pkgconfig" / "odbcinst.ini.in").read_text()
    library = template.replace("@PREFIX@/lib/libternodbc.so", str(driver))
    (folder / "tern.ini").write_text(library)
    trace = f"[ODBC]\nTrace = Yes\nTraceFile = {folder}/trace.log\n\n" if is_traced else ""
    (folder / "odbcinst.ini").write_text(trace)
    (folder / "odbc.ini").write_text("")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("ODBC", "TERN_"))},
        "ODBCSYSINI": str(folder), "ODBCINSTINI": "odbcinst.ini",
        "ODBCINI": str(folder / "odbc.ini"), "LC_ALL": "C.UTF-8", "HOME": str(folder),
    }
    subprocess.run(
        ["odbcinst", "-i", "-d", "-f", "tern.ini"], env=environment, cwd=folder, check=True,
        capture_output=True)
    lines = [f"[{SOURCE}]", "Driver = Tern"]
    lines += [f"{key} = {value}" for key, value in keywords.items()]
    (folder / "odbc.ini").write_text("\n".join(lines) + "\n")
    pairs = ";".join(f"{key}={value}" for key, value in keywords.items())
    installed = Odbc(driver, folder, f"DRIVER={{Tern}};{pairs}", environment, is_traced)
    yield installed
    assert not is_traced or installed.trace or not installed.has_run, "nothing was traced"
    written = [line for line in installed.trace.splitlines() if "[Tern]" in line]
    assert not any(keywords["PWD"] in line for line in written)


@pytest.fixture(params=["untraced", "traced"])
def odbc(
    request: pytest.FixtureRequest, driver: Path, server: Running
) -> Iterator[Odbc]:
    """The driver and a data source on the Exasol stand-in."""
    yield from registered(driver, settings(server), is_traced=request.param == "traced")


@pytest.fixture
def untraced(driver: Path, server: Running) -> Iterator[Odbc]:
    """The same for what does not go through the manager, which alone traces, or once is enough."""
    yield from registered(driver, settings(server), is_traced=False)

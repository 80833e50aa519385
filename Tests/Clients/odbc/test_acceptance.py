"""The C program that walks through the driver's functions, in all its forms."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from installed import ROOT, Odbc

SOURCES = sorted((ROOT / "Tests" / "ODBC").glob("*.c"))
FLAGS = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, driver: Path):
    """Compiles the program: against the manager or straight against the driver."""
    folder = tmp_path_factory.mktemp("acceptance")
    (folder / "libternodbc.so.1").symlink_to(driver)
    (folder / "libternodbc.so").symlink_to(driver)
    made: dict[tuple[str, ...], Path] = {}

    def compile_(is_direct: bool, *options: str) -> Path:
        key = (str(is_direct), *options)
        if key not in made:
            program = folder / f"acceptance{len(made)}"
            link = (["-DDIRECT", f"-L{folder}", "-lternodbc", f"-Wl,-rpath,{folder}"]
                    if is_direct else ["-lodbc"])
            subprocess.run(
                ["gcc", *FLAGS, *options, *map(str, SOURCES), *link, "-lpthread", "-o",
                 str(program)], check=True)
            made[key] = program
        return made[key]

    return compile_


def check(done: subprocess.CompletedProcess[str]) -> None:
    """Fails with the claims that did not hold."""
    failed = [line for line in done.stdout.splitlines() if not line.startswith("ok  ")]
    assert done.returncode == 0, "\n".join(failed[-60:]) + done.stderr[-3000:]


def test_through_the_manager(odbc: Odbc, build) -> None:
    check(odbc.run(str(build(False)), odbc.connection, timeout=900))


def test_without_a_manager(odbc: Odbc, build) -> None:
    if odbc.is_traced:
        pytest.skip("only the manager traces")
    check(odbc.run(str(build(True)), odbc.connection, timeout=900))


def test_under_the_address_sanitizer(odbc: Odbc, build) -> None:
    if odbc.is_traced:
        pytest.skip("once is enough")
    # Freed memory in quarantine, and the stacks kept of every allocation, would count as growth:
    # 16 MiB in a thousand connections with them, 0.3 MiB without.
    odbc.environment["ASAN_OPTIONS"] = (
        "detect_leaks=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=8"
        ":malloc_context_size=0")
    program = build(True, "-fsanitize=address,undefined")
    check(odbc.run(str(program), odbc.connection, timeout=900))


CHAPTERS = ["handles", "connect", "diagnostics", "attributes", "info", "columns", "fetch", "data",
            "conversions", "parameters", "descriptors", "catalog", "escapes", "transactions",
            "execution data", "cancel", "share a connection", "their own connections",
            "traps"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_under_valgrind(odbc: Odbc, build, chapter: str) -> None:
    if odbc.is_traced:
        pytest.skip("once is enough")
    # The loops of a thousand would take minutes.
    odbc.environment["PROBE_CYCLES"] = "20"
    done = odbc.run(
        "valgrind", "-q", "--error-exitcode=99", "--leak-check=no", "--fair-sched=yes",
        f"--suppressions={ROOT / 'Tests' / 'ODBC' / 'valgrind.supp'}",
        str(build(True)), odbc.connection, chapter, timeout=900)
    assert done.returncode != 99, done.stderr[-4000:]
    check(done)

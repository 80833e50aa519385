"""The C program that walks through the driver's functions, in all its forms."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from installed import ROOT, Odbc

Build = Callable[..., Path]


def check(done: subprocess.CompletedProcess[str]) -> None:
    """Fails with the claims that did not hold."""
    failed = [line for line in done.stdout.splitlines() if not line.startswith("ok  ")]
    assert done.returncode == 0, "\n".join(failed[-60:]) + done.stderr[-3000:]


# Rounds of the loops where they only have to be there; the manager's untraced run has all of them.
FEW = "100"


def test_acceptance_2_through_the_manager(odbc: Odbc, build: Build) -> None:
    if odbc.is_traced:
        odbc.environment["PROBE_CYCLES"] = FEW
    check(odbc.run(str(build(False)), odbc.connection, timeout=900))


# A program that links neither the manager nor the driver, and opens it.
HOST = """
import ctypes, sys
ctypes.CDLL(sys.argv[1], ctypes.RTLD_GLOBAL)
arguments = [argument.encode() for argument in sys.argv[2:]]
sys.exit(ctypes.CDLL(sys.argv[2]).main(
    len(arguments), (ctypes.c_char_p * len(arguments))(*arguments)))
"""


def test_acceptance_3_through_dlopen_without_a_manager(untraced: Odbc, build: Build) -> None:
    untraced.environment["PROBE_CYCLES"] = FEW
    program = build(True, "-shared", "-fPIC")
    check(untraced.run(
        sys.executable, "-c", HOST, str(untraced.driver), str(program), untraced.connection,
        timeout=900))


def test_under_the_address_sanitizer(untraced: Odbc, build: Build) -> None:
    # Freed memory in quarantine, and the stacks kept of every allocation, would count as growth:
    # 16 MiB in a thousand connections with them, 0.3 MiB without.
    untraced.environment["ASAN_OPTIONS"] = (
        "detect_leaks=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=8"
        ":malloc_context_size=0")
    untraced.environment["PROBE_CYCLES"] = FEW
    program = build(True, "-fsanitize=address,undefined")
    check(untraced.run(str(program), untraced.connection, timeout=900))


# The slow ones first, so that the processors are done at the same time.
CHAPTERS = ["share a connection", "conversions", "traps", "their own connections", "cancel",
            "parameters", "connect", "handles", "diagnostics", "attributes", "info", "columns",
            "fetch", "data", "descriptors", "catalog", "escapes", "transactions", "execution data"]


def test_under_valgrind(untraced: Odbc, build: Build) -> None:
    """Every chapter, as many at a time as there are processors: they share no tables."""
    # The loops of a thousand would take minutes.
    untraced.environment["PROBE_CYCLES"] = "20"
    program = str(build(True))

    def run(chapter: str) -> subprocess.CompletedProcess[str]:
        return untraced.run(
            "valgrind", "-q", "--error-exitcode=99", "--leak-check=no", "--fair-sched=yes",
            f"--suppressions={ROOT / 'Tests' / 'ODBC' / 'valgrind.supp'}",
            program, untraced.connection, chapter, timeout=900)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for chapter, done in zip(CHAPTERS, pool.map(run, CHAPTERS)):
            assert done.returncode != 99, chapter + done.stderr[-4000:]
            check(done)

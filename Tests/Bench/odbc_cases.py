"""ODBC: one C program fetches the same million rows through Tern and through other drivers."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from exasol_cases import environment
from measure import (
    BUILD, HERE, PYTHON, RELEASE, Row, alternate, c_program, compare, output_of)
from odbc_servers import mariadb, postgresql

from testbed import running
from testbed.exasol.replay import row_values

ROWS = 1_000_000
SQL = "SELECT * FROM BENCH"
MODULES = Path("/usr/lib/x86_64-linux-gnu/odbc")


def program() -> str:
    """The fetching program, linked with the driver manager only."""
    BUILD.mkdir(parents=True, exist_ok=True)
    built = BUILD / "odbc_fetch"
    subprocess.run(
        ["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", str(HERE / "odbc_fetch.c"), "-lodbc",
         "-o", str(built)], check=True)
    return str(built)


def rows_of(page_rows: int) -> Iterator[tuple[Any, ...]]:
    """The rows that the stand-in replays: its pages begin again with their first row."""
    return (row_values(index % page_rows) for index in range(ROWS))


def cached(name: str, page_rows: int, make: Callable[[Path], None]) -> Path:
    """A file of the rows, made once for a size of pages."""
    path = BUILD / f"bench-{page_rows}.{name}"
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        make(unfinished)
        unfinished.rename(path)
    return path


def sqlite_file(page_rows: int) -> Path:
    """The replayed rows as a SQLite database."""
    def make(path: Path) -> None:
        with sqlite3.connect(path) as database:
            database.execute(
                "CREATE TABLE BENCH (ID BIGINT, AMOUNT DECIMAL(18,2), RATE DOUBLE,"
                " NAME VARCHAR(100), DAY_ DATE, AT_ TIMESTAMP)")
            database.executemany("INSERT INTO BENCH VALUES (?,?,?,?,?,?)", rows_of(page_rows))
    return cached("sqlite", page_rows, make)


def tsv_file(page_rows: int) -> Path:
    """The replayed rows as tab-separated text, which both servers load."""
    def make(path: Path) -> None:
        with path.open("w", encoding="utf-8") as output:
            output.writelines(
                "\t".join(map(str, row)) + "\n" for row in rows_of(page_rows))
    return cached("tsv", page_rows, make)


def check_sums(fetcher: str, drivers: dict[str, str]) -> None:
    """All drivers must hand out the same values: sums of every column are compared."""
    sums = {name: output_of([fetcher, "sums", "1", target, SQL])["sums"]
            for name, target in drivers.items()}
    for name, found in sums.items():
        wanted = sums["tern"]
        same = all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(found, wanted, strict=True))
        assert same, f"{name} has other rows: {found}, Tern has {wanted}"


def seconds(command: list[str], variables: dict[str, str] | None = None) -> float:
    """The fastest run that a fetching program reports."""
    figures = output_of(command, variables)
    assert figures["rows"] == ROWS, figures
    return min(figures["seconds"])


def beside(
    name: str, command: list[str], tail: list[str], drivers: dict[str, str], runs: int,
    required: float | None = None,
) -> tuple[float, list[Row]]:
    """Tern's time, and a row for every other driver; the requirement is on the fastest of them."""
    medians = alternate(
        *[partial(seconds, [*command, target, *tail]) for target in drivers.values()], runs=runs)
    peers = dict(zip(list(drivers)[1:], medians[1:], strict=True))
    fastest = min(peers, key=lambda peer: peers[peer])
    return medians[0], [
        compare(name, medians[0], time, peer, "s", required=required if peer == fastest else None)
        for peer, time in peers.items()]


def fetch() -> list[Row]:
    """Bound arrays, Tern's own row cursor, SQLGetData, pyodbc and arrow-odbc."""
    print("turbodbc has no row: there is no wheel, and Debian has no simdutf to build it with")
    fetcher, cursor = program(), str(c_program("fetch"))
    rows: list[Row] = []
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(running("exasol-replay", rows=ROWS))
        port, page_rows = server.info["port"], server.info["pageRows"]
        maria = stack.enter_context(mariadb(tsv_file(page_rows)))
        postgres = stack.enter_context(postgresql(tsv_file(page_rows)))
        drivers = {
            "tern": f"DRIVER={RELEASE}/libternodbc.so;Protocol=exasol+ws;Server=127.0.0.1;"
                    f"Port={port};UID=SYS;PWD=exasol;batch_bytes=5M",
            "libsqliteodbc": f"DRIVER={MODULES}/libsqlite3odbc.so;Database={sqlite_file(page_rows)}",
            "odbc-mariadb": f"DRIVER={MODULES}/libmaodbc.so;{maria}",
            "odbc-postgresql": f"DRIVER={MODULES}/psqlodbcw.so;{postgres}",
        }
        check_sums(fetcher, drivers)
        bound, lines = beside("odbc-bound", [fetcher, "bound", "2"], [SQL], drivers, 3, 3.0)
        rows += lines
        [own] = alternate(
            partial(seconds, [cursor, "rows", "2", SQL], environment(server.info)), runs=3)
        rows.append(compare("odbc-bound-cursor", bound, own, "Tern C rows", "s", required=0.7))
        rows += beside("odbc-getdata", [fetcher, "getdata", "2"], [SQL], drivers, 3, 1.0)[1]
        for client in ("pyodbc", "arrow-odbc"):
            command = [PYTHON, str(HERE / "odbc_python.py"), client]
            rows += beside(f"odbc-{client}", command, [SQL], drivers, 1)[1]
    return rows


CASES = {"odbc-fetch": fetch}

"""ODBC: one C program fetches the same million rows through Tern and through other drivers."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
from functools import partial
from pathlib import Path

from exasol_cases import environment
from measure import (
    BUILD, HERE, PYTHON, RELEASE, Row, alternate, c_program, compare, output_of)
from odbc_servers import mariadb, postgresql

from testbed import running

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


def sqlite_file() -> Path:
    """The rows that the Exasol stand-in replays, as a SQLite database."""
    path = BUILD / "bench.sqlite"
    if path.exists():
        return path
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    base = datetime.datetime(2000, 1, 1)
    with sqlite3.connect(unfinished) as database:
        database.execute(
            "CREATE TABLE BENCH (ID BIGINT, AMOUNT DECIMAL(18,2), RATE DOUBLE, NAME VARCHAR(100),"
            " DAY_ DATE, AT_ TIMESTAMP)")
        database.executemany("INSERT INTO BENCH VALUES (?,?,?,?,?,?)", (
            (i, f"{i}.{i % 100:02}", i * 0.37, f"name number {i}",
             str((base + datetime.timedelta(days=i % 9000)).date()),
             str(base + datetime.timedelta(microseconds=i * 1_001_000 + 1)))
            for i in range(ROWS)))
    unfinished.rename(path)
    return path


def tsv_file() -> Path:
    """The same rows as tab-separated text, which both servers load."""
    path = BUILD / "bench.tsv"
    if not path.exists():
        unfinished = path.with_suffix(".new")
        with sqlite3.connect(sqlite_file()) as database, unfinished.open("w") as output:
            # The stored decimal may have become a binary number: its two digits are written out.
            for row in database.execute(
                    "SELECT ID, printf('%.2f', AMOUNT), RATE, NAME, DAY_, AT_ FROM BENCH"):
                output.write("\t".join(map(str, row)) + "\n")
        unfinished.rename(path)
    return path


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
    print("turbodbc has no row: its wheel does not install")
    fetcher, cursor = program(), str(c_program("fetch"))
    rows: list[Row] = []
    with (running("exasol-replay", rows=ROWS) as server, mariadb(tsv_file()) as maria,
          postgresql(tsv_file()) as postgres):
        port = server.info["port"]
        drivers = {
            "tern": f"DRIVER={RELEASE}/libternodbc.so;Protocol=exasol+ws;Server=127.0.0.1;"
                    f"Port={port};UID=SYS;PWD=exasol;batch_bytes=5M",
            "libsqliteodbc": f"DRIVER={MODULES}/libsqlite3odbc.so;Database={sqlite_file()}",
            "odbc-mariadb": f"DRIVER={MODULES}/libmaodbc.so;{maria}",
            "odbc-postgresql": f"DRIVER={MODULES}/psqlodbcw.so;{postgres}",
        }
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

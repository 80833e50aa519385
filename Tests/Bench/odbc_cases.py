"""ODBC: one C program fetches the same million rows through Tern and through other drivers."""

from __future__ import annotations

import datetime
import json
import sqlite3
import subprocess
from pathlib import Path

from measure import BUILD, HERE, RELEASE, Row, alternate, compare

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


def seconds(command: list[str]) -> float:
    """The faster of two runs on one connection."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(output)
    assert figures["rows"] == ROWS, figures
    return min(figures["seconds"])


def fetch() -> list[Row]:
    """Bound arrays of 1 000 rows, and SQLGetData cell by cell."""
    fetcher = program()
    peer = f"DRIVER={MODULES}/libsqlite3odbc.so;Database={sqlite_file()}"
    rows: list[Row] = []
    with running("exasol-replay", rows=ROWS) as server:
        tern = (
            f"DRIVER={RELEASE}/libternodbc.so;Protocol=exasol+ws;Server=127.0.0.1;"
            f"Port={server.info['port']};UID=SYS;PWD=exasol;batch_bytes=5M")
        for mode, required in (("bound", 3.0), ("getdata", 1.0)):
            ours, theirs = alternate(
                lambda: seconds([fetcher, mode, "2", tern, SQL]),
                lambda: seconds([fetcher, mode, "2", peer, SQL]), runs=3)
            rows.append(
                compare(f"odbc-{mode}", ours, theirs, "libsqliteodbc", "s", required=required))
    return rows


CASES = {"odbc-fetch": fetch}

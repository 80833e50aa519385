"""MaxScale: Tern over the stand-in beside a reader that only receives, and a direct connection."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measure import BUILD, HERE, PYTHON, ROOT, Row, alternate, c_program, compare, output_of, report

from testbed import running
from testbed.maxscale.raw_reader import query

ROWS = 1_000_000
MODULE = Path("/usr/lib/x86_64-linux-gnu/odbc/libmaodbc.so")


def environment(port: int, options: str = "") -> dict[str, str]:
    """Where the C program connects to."""
    return {
        "TERN_TARGET": f"maxscale+http://127.0.0.1:{port}/shop?target=server1&http_user=admin"
                       f"&http_password=mariadb{options}",
        "TERN_USER": "tern", "TERN_PASSWORD": "t3rn-pw",
    }


def last(command: list[str], variables: dict[str, str] | None = None) -> float:
    """The last run of a measuring program, in seconds; the runs before warm up."""
    figures = output_of(command, variables)
    assert figures["rows"] == ROWS, figures
    seconds = figures["seconds"]
    return float(seconds[-1] if isinstance(seconds, list) else seconds)


def direct_reader() -> str:
    """The fetching program over ODBC, linked with the driver manager only."""
    BUILD.mkdir(parents=True, exist_ok=True)
    built = BUILD / "odbc_fetch"
    subprocess.run(
        ["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", str(HERE / "odbc_fetch.c"), "-lodbc",
         "-o", str(built)], check=True)
    return str(built)


def raw(port: int, runs: int) -> Callable[[], float]:
    """Receives the same document and throws it away."""
    command = [PYTHON, "-m", "testbed.maxscale.raw_reader", "--port", str(port),
               "--rows", str(ROWS), "--runs", str(runs)]
    return partial(last, command, dict(os.environ, PYTHONPATH=str(ROOT / "Tests" / "Testbed")))


def fetch() -> list[Row]:
    """A million rows of six columns, rendered for each request, as MaxScale does."""
    program, direct = str(c_program("fetch")), direct_reader()
    sql = query(ROWS)
    with running("maxscale") as server:
        port, database = int(server.info["port"]), server.info["database"]
        maria = (f"DRIVER={MODULE};SERVER={database['host']};PORT={database['port']};UID=tern;"
                 "PWD=t3rn-pw;DATABASE=shop;FORWARDONLY=1;NO_CACHE=1")
        own, receive, peer = alternate(
            partial(last, [program, "batches", "1", sql], environment(port)), raw(port, 1),
            partial(last, [direct, "bound", "1", maria, sql]), runs=3)
    return [
        # At most 1.15 times the wall time of the reader.
        compare("maxscale-fetch", own, receive, "raw reader", "s", required=1 / 1.15),
        compare("maxscale-fetch-direct", own, peer, "odbc-mariadb", "s"),
    ]


def kept() -> list[Row]:
    """The same document, rendered once and sent from memory: what the driver itself takes."""
    program, sql = str(c_program("fetch")), query(ROWS)
    with running("maxscale", keep_results=True) as server:
        port = int(server.info["port"])
        own, rows, receive = alternate(
            partial(last, [program, "batches", "2", sql], environment(port)),
            partial(last, [program, "rows", "2", sql], environment(port)), raw(port, 2), runs=5)
        memory = output_of([program, "batches", "1", sql], environment(port))
    return [
        compare("maxscale-kept", own, receive, "raw reader", "s"),
        compare("maxscale-kept-rows", rows, receive, "raw reader", "s"),
        report("maxscale-memory", memory["peak_kilobytes"] / 1024, "MiB"),
    ]


CASES: dict[str, Callable[[], list[Row]]] = {"maxscale-fetch": fetch, "maxscale-kept": kept}

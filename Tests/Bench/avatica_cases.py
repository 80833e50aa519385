"""Avatica: Tern beside phoenixdb on one pre-rendered server, and beside a reader that only receives."""

from __future__ import annotations

import os
from collections.abc import Callable

from measure import PYTHON, HERE, ROOT, Row, alternate, c_program, compare, output_of, report

from testbed import running

SQL = "SELECT * FROM BENCH"
ROWS = 1_000_000
# phoenixdb reads some ten thousand rows a second: its time is measured on fewer, and counted a row.
PEER_ROWS = 50_000


def environment(port: int, encoding: str, options: str = "") -> dict[str, str]:
    """Where the C program connects to."""
    return {
        "TERN_TARGET": f"avatica+http://127.0.0.1:{port}/?encoding={encoding}{options}",
        "TERN_USER": "SA", "TERN_PASSWORD": "",
    }


def tern(program: str, port: int, encoding: str, mode: str, runs: int, sql: str) -> Callable[[], float]:
    """The last of some runs in one process, in seconds."""
    return lambda: output_of(
        [program, mode, str(runs), sql], environment(port, encoding))["seconds"][-1]


def raw(port: int, encoding: str, sql: str, rows: int) -> Callable[[], float]:
    """Receives the same frames and throws them away."""
    command = [
        PYTHON, "-m", "testbed.avatica.raw_reader", "--port", str(port), "--form", encoding,
        "--rows", str(rows), "--frame-rows", "10000", "--sql", sql]
    path = dict(os.environ, PYTHONPATH=str(ROOT / "Tests" / "Testbed"))
    return lambda: output_of(command, path)["seconds"]


def fetch() -> list[Row]:
    """A million rows of six columns in both encodings, against phoenixdb's protobuf a row."""
    program = str(c_program("fetch"))
    with running("avatica-replay", rows=ROWS) as server, running(
            "avatica-replay", rows=PEER_ROWS) as small:
        json_port, protobuf_port = int(server.info["port"]), int(server.info["protobufPort"])
        peer_command = [
            PYTHON, str(HERE / "avatica_phoenixdb.py"),
            f"http://127.0.0.1:{small.info['protobufPort']}/", SQL]
        json, protobuf, rows, peer, json_raw, protobuf_raw = alternate(
            tern(program, json_port, "json", "batches", 2, SQL),
            tern(program, protobuf_port, "protobuf", "batches", 2, SQL),
            tern(program, protobuf_port, "protobuf", "rows", 1, SQL),
            lambda: output_of(peer_command)["seconds"][-1] * ROWS / PEER_ROWS,
            raw(json_port, "json", SQL, ROWS), raw(protobuf_port, "protobuf", SQL, ROWS), runs=5)
    return [
        compare("avatica-fetch-protobuf", protobuf, peer, "phoenixdb", "s", required=60),
        compare("avatica-fetch-json", json, peer, "phoenixdb", "s", required=60),
        compare("avatica-fetch-rows", rows, peer, "phoenixdb", "s"),
        compare("avatica-fetch-json-raw", json, json_raw, "raw reader", "s"),
        compare("avatica-fetch-protobuf-raw", protobuf, protobuf_raw, "raw reader", "s"),
    ]


def stand_in() -> list[Row]:
    """Over the stand-in, which renders frames on the fly, nobody can be faster than it renders."""
    program = str(c_program("fetch"))
    rows = 100_000
    sql = f"SELECT * FROM BIG_{rows}"
    result: list[Row] = []
    with running("avatica") as server:
        for encoding, port in (("json", int(server.info["port"])),
                               ("protobuf", int(server.info["protobufPort"]))):
            own, receive = alternate(
                tern(program, port, encoding, "batches", 1, sql), raw(port, encoding, sql, rows),
                runs=5)
            # At most 1.1 times the wall time of the reader.
            result.append(compare(
                f"avatica-standin-{encoding}", own, receive, "raw reader", "s", required=1 / 1.1))
    return result


def small() -> list[Row]:
    """Connecting, and one small query's round trips."""
    program = str(c_program("fetch"))
    result: list[Row] = []
    with running("avatica-replay", rows=1_000) as server:
        for encoding, port in (("json", int(server.info["port"])),
                               ("protobuf", int(server.info["protobufPort"]))):
            connect, query = alternate(
                tern(program, port, encoding, "connect", 5, SQL),
                tern(program, port, encoding, "batches", 20, "SELECT 1"))
            result += [report(f"avatica-connect-{encoding}", connect * 1e3, "ms"),
                       report(f"avatica-small-query-{encoding}", query * 1e3, "ms")]
    return result


CASES: dict[str, Callable[[], list[Row]]] = {
    "avatica-fetch": fetch,
    "avatica-standin": stand_in,
    "avatica-small": small,
}

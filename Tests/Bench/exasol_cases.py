"""Exasol: Tern beside pyexasol and a reader that only receives the bytes, on one server."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable

from measure import (
    BUILD, HERE, PYTHON, RELEASE, ROOT, Row, alternate, c_program, compare, output_of, report)

from testbed import running

SQL = "SELECT * FROM BENCH"


def environment(info: dict[str, object], options: str = "") -> dict[str, str]:
    """Where the C program connects to."""
    return {
        "TERN_TARGET": f"exasol+ws://127.0.0.1:{info['port']}/?batch_bytes=5M{options}",
        "TERN_USER": "SYS", "TERN_PASSWORD": "exasol",
    }


def raw_seconds(port: int) -> float:
    """Receives the same bytes over TCP and throws them away."""
    buffer = bytearray(1 << 20)
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        while line.recv_into(buffer):
            pass
    return time.perf_counter() - start


def sampler(command: list[str], variables: dict[str, str] | None = None) -> Callable[[], float]:
    """One run of a measuring program as a sample."""
    return lambda: output_of(command, variables)["seconds"][-1]


def fetch() -> list[Row]:
    """One million rows of six columns in pages of 5 MB, plain."""
    program = str(c_program("fetch"))
    with running("exasol-replay", rows=1_000_000) as server:
        info = server.info
        variables = environment(info)
        tern, rows, peer, raw = alternate(
            sampler([program, "batches", "2", SQL], variables),
            sampler([program, "rows", "2", SQL], variables),
            sampler([PYTHON, str(HERE / "exasol_pyexasol.py"),
                     f"127.0.0.1:{info['port']}", "2", SQL]),
            lambda: raw_seconds(int(info["rawPort"])),
        )
        return [
            compare("exasol-fetch", tern, peer, "pyexasol", "s", required=12),
            compare("exasol-fetch-rows", rows, peer, "pyexasol", "s"),
            compare("exasol-fetch-raw", tern, raw, "raw reader", "s"),
        ]


def small() -> list[Row]:
    """Connecting, and one small query's round trip."""
    program = str(c_program("fetch"))
    with running("exasol-replay", rows=1_000) as server:
        variables = environment(server.info)
        connect, query = alternate(
            sampler([program, "connect", "5", SQL], variables),
            sampler([program, "batches", "20", SQL], variables),
        )
    return [report("exasol-connect", connect * 1e3, "ms"),
            report("exasol-small-query", query * 1e3, "ms")]


def memory() -> list[Row]:
    """Peak resident memory of a result of ten million rows."""
    program = str(c_program("fetch"))
    with running("exasol-replay", rows=10_000_000) as server:
        answer = output_of([program, "batches", "1", SQL], environment(server.info))
        assert answer["rows"] == 10_000_000, answer
    return [report("exasol-memory-10m", answer["peak_kilobytes"] / 1024, "MiB")]


def decode() -> list[Row]:
    """The decoder alone beside simdjson's on-demand parser: the same columns from the same bytes."""
    pages = BUILD / "pages"
    if not pages.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        subprocess.run([PYTHON, str(HERE / "make_pages.py"), str(pages)], check=True)
    subprocess.run(
        ["swift", "build", "-q", "-c", "release", "--product", "decode-bench"], cwd=ROOT, check=True)
    peer = BUILD / "decode_simdjson"
    subprocess.run(
        ["g++", "-O3", "-march=native", "-o", str(peer), str(HERE / "decode_simdjson.cpp"),
         "-lsimdjson"], check=True)
    tern, simdjson = alternate(
        lambda: output_of([str(RELEASE / "decode-bench"), str(pages), "5"])["seconds"],
        lambda: output_of([str(peer), str(pages), "5"])["seconds"])
    return [compare("exasol-decode", tern, simdjson, "simdjson", "s", required=1.5)]


def library() -> list[Row]:
    """What it costs to have the library: its size and the time to load it."""
    stripped = ROOT / ".build" / "bench" / "libtern-stripped.so"
    stripped.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["strip", "-s", "-o", str(stripped), str(ROOT / ".build/release/libtern.so")], check=True)
    code = ("import ctypes, time; s = time.perf_counter(); "
            f"ctypes.CDLL({str(stripped)!r}); "
            "print('{\"seconds\": [%f]}' % (time.perf_counter() - s))")
    (load,) = alternate(sampler([PYTHON, "-c", code]))
    return [report("library-size", stripped.stat().st_size / 1e6, "MB"),
            report("library-load", load * 1e3, "ms")]


CASES: dict[str, Callable[[], list[Row]]] = {
    "exasol-fetch": fetch,
    "exasol-small": small,
    "exasol-memory": memory,
    "exasol-decode": decode,
    "library": library,
}

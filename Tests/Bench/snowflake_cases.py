"""Snowflake: Tern beside the clients of the vendor and of Apache, and a bare download of the chunks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Any

import snowflake_peers
from measure import BUILD, HERE, PYTHON, Row, c_program, compare, output_of, report

from testbed import running

ROWS = 5_000_000
SQL = f"TERN ROWS {ROWS}"
# Which identity gets which format is the service's rule; the stand-in keeps to it.
CLIENT = "PythonConnector/4.8.1"
THREADS = min(os.cpu_count() or 1, 8)
Figures = dict[str, float]


def sample(command: list[str], environment: dict[str, str] | None = None) -> Figures:
    """The last run of a measuring program; those before warm up."""
    found: dict[str, Any] = output_of(command, environment)
    assert found.get("rows", ROWS) == ROWS, found
    return {
        "seconds": found["seconds"][-1], "busy": found["processor_seconds"],
        "memory": found.get("peak_kilobytes", 0) / 1024}


def in_turn(samplers: dict[str, Callable[[], Figures]], runs: int) -> dict[str, Figures]:
    """Medians of measurements taken in turn, after one of each that is not counted."""
    taken: dict[str, list[Figures]] = {name: [] for name in samplers}
    for run in range(runs + 1):
        for name, sampler in samplers.items():
            figures = sampler()
            if run:
                taken[name].append(figures)
    return {
        name: {key: statistics.median(f[key] for f in figures) for key in figures[0]}
        for name, figures in taken.items()}


def inflater() -> str:
    """The program that downloads and inflates."""
    BUILD.mkdir(parents=True, exist_ok=True)
    built = BUILD / "inflate_chunks"
    subprocess.run(
        ["cc", "-O2", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra",
         str(HERE / "inflate_chunks.c"), "-lz", "-lpthread", "-o", str(built)], check=True)
    return str(built)


def download(program: str, port: int) -> Figures:
    """Downloads and inflates the chunks of a new result."""
    asked = subprocess.run(
        [PYTHON, str(HERE / "snowflake_peers.py"), "chunks", "127.0.0.1", str(port), "1", SQL,
         CLIENT], capture_output=True, text=True, check=True)
    host, store = asked.stderr.strip().rsplit(":", 1)
    done = subprocess.run(
        [program, str(THREADS), "2", host, store], input=asked.stdout, capture_output=True,
        text=True, check=True)
    found = json.loads(done.stdout)
    return {"seconds": found["seconds"][-1], "busy": found["processor_seconds"], "memory": 0}


def own(program: str, port: int) -> Figures:
    """Tern through its C interface, batch after batch."""
    target = f"snowflake+http://127.0.0.1:{port}/?account={snowflake_peers.ACCOUNT}"
    return sample([program, "batches", "2", SQL], {
        "TERN_TARGET": target, "TERN_USER": snowflake_peers.USER,
        "TERN_PASSWORD": snowflake_peers.PASSWORD})


def peer(kind: str, port: int, runs: int) -> Figures:
    """One of the peers in a process of its own."""
    return sample(
        [PYTHON, str(HERE / "snowflake_peers.py"), kind, "127.0.0.1", str(port), str(runs), SQL],
        {"SF_TELEMETRY_DISABLED": "1"})


# Apache's client cannot read JSON chunks: it takes them for Arrow.
PEERS = {"arrow": ("connector", "adbc"), "json": ("connector",)}
# A run in JSON takes a minute, which needs no warming up.
PEER_RUNS = {"arrow": 2, "json": 1}


def measure(form: str, runs: int) -> dict[str, Figures]:
    """Everybody on the same server and the same chunks."""
    program, bare = str(c_program("fetch")), inflater()
    with running("snowflake", result_format=form) as server:
        port = int(server.info["port"])
        return in_turn({
            "tern": partial(own, program, port), "bare": partial(download, bare, port),
            **{name: partial(peer, name, port, PEER_RUNS[form]) for name in PEERS[form]},
        }, runs)


def against_peers(case: str, found: dict[str, Figures], quicker: float) -> list[Row]:
    """Time and memory against the best of the peers in each."""
    def best(key: str) -> tuple[float, str]:
        return min((found[name][key], name) for name in PEERS["arrow"] if name in found)

    tern = found["tern"]
    return [
        compare(case, tern["seconds"], *best("seconds"), "s", required=quicker),
        compare(f"{case}-memory", tern["memory"], *best("memory"), "MiB", required=4),
    ]


def arrow() -> list[Row]:
    """Five million rows of six columns in compressed Arrow chunks."""
    found = measure("arrow", runs=5)
    tern = found["tern"]
    faster = min(PEERS["arrow"], key=lambda name: found[name]["seconds"])
    return [
        compare("snowflake-arrow-bare", tern["seconds"], found["bare"]["seconds"],
                f"download, {THREADS} threads", "s", required=1 / 1.2),
        *against_peers("snowflake-arrow", found, 1.5),
        compare("snowflake-arrow-processor", tern["busy"], found[faster]["busy"], faster, "s",
                required=2),
        report("snowflake-arrow-rate", ROWS / tern["seconds"] / 1e6, "Mrows/s"),
    ]


def json_chunks() -> list[Row]:
    """The same rows in compressed JSON chunks."""
    found = measure("json", runs=2)
    return [
        *against_peers("snowflake-json", found, 5),
        compare("snowflake-json-bare", found["tern"]["seconds"], found["bare"]["seconds"],
                f"download, {THREADS} threads", "s"),
    ]


CASES: dict[str, Callable[[], list[Row]]] = {
    "snowflake-arrow": arrow, "snowflake-json": json_chunks}

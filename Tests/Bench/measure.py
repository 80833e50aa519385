"""What every benchmark case shares: a row of the table, medians, programs built once."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RELEASE = ROOT / ".build" / "release"
BUILD = ROOT / ".build" / "bench"
PYTHON = sys.executable
RUNS = 7


@dataclass
class Row:
    """One line of the table; `ratio` above 1 means that Tern is ahead."""

    case: str
    tern: float | None
    peer: float | None
    peer_name: str
    ratio: float | None
    required: float | None
    unit: str


def compare(
    case: str, tern: float, peer: float, peer_name: str, unit: str, required: float | None = None,
    more_is_better: bool = False,
) -> Row:
    """A row of two figures of the same unit; seconds and bytes by default: less is better."""
    ratio = (tern / peer if more_is_better else peer / tern) if tern and peer else None
    return Row(case, tern, peer, peer_name, ratio, required, unit)


def report(case: str, figure: float, unit: str) -> Row:
    """A figure without a peer."""
    return Row(case, figure, None, "", None, None, unit)


def alternate(*samplers: Callable[[], float], runs: int = RUNS) -> list[float]:
    """Medians of several measurements taken in turn, so that a drifting machine hits all alike."""
    samples: list[list[float]] = [[] for _ in samplers]
    for sampler in samplers:
        sampler()  # warm-up, not counted
    for _ in range(runs):
        for index, sampler in enumerate(samplers):
            samples[index].append(sampler())
    return [statistics.median(values) for values in samples]


def link_soname() -> None:
    """The loader looks for the soname; the build folder has only the bare name."""
    link = RELEASE / "libtern.so.1"
    if not link.exists():
        link.symlink_to("libtern.so")


def c_program(name: str, *libraries: str) -> Path:
    """Builds a C program of this folder against libtern."""
    BUILD.mkdir(parents=True, exist_ok=True)
    link_soname()
    program = BUILD / name
    subprocess.run(
        ["cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", str(HERE / f"{name}.c"),
         f"-I{ROOT / 'Include'}", f"-L{RELEASE}", "-ltern", f"-Wl,-rpath,{RELEASE}",
         *libraries, "-o", str(program)],
        check=True)
    return program


def output_of(command: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON line that a measuring program prints."""
    done = subprocess.run(
        command, env=dict(os.environ, **(environment or {})), text=True, check=True,
        stdout=subprocess.PIPE)
    return json.loads(done.stdout.strip().splitlines()[-1])


def print_table(rows: list[Row]) -> None:
    """The rows for people."""
    print(f"\n{'case':<34}{'tern':>12}{'peer':>12}  {'unit':<10}{'ratio':>8}{'required':>10}  peer")
    for row in rows:
        figures = [f"{value:.4g}" if value is not None else "-" for value in
                   (row.tern, row.peer, row.ratio, row.required)]
        print(f"{row.case:<34}{figures[0]:>12}{figures[1]:>12}  {row.unit:<10}{figures[2]:>8}"
              f"{figures[3]:>10}  {row.peer_name}")


def save(rows: list[Row]) -> None:
    """The rows for programs."""
    (ROOT / ".build" / "bench.json").write_text(
        json.dumps([asdict(row) for row in rows], indent=1) + "\n")

"""Builds the fuzzers with coverage and AddressSanitizer and runs each for some seconds.

A finding stops the run with a failing exit code; its input is kept beside the corpus.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / ".build" / "fuzz"
# `--sanitize fuzzer` links libFuzzer but instruments nothing; coverage is asked for by itself.
COVERAGE = "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp"


def build() -> None:
    """All fuzzers, optimised: the number of inputs a second decides what is found."""
    subprocess.run(
        [
            "swift", "build", "-q", "-c", "release", "--package-path", str(HERE),
            "--scratch-path", str(BUILD), "--sanitize", "fuzzer", "--sanitize", "address",
            "-Xswiftc", COVERAGE, "-Xswiftc", "-enable-testing",
        ],
        check=True,
    )


def run(name: str, seconds: int) -> bool:
    """One fuzzer on its seeds and what earlier runs found interesting."""
    corpus = BUILD / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = HERE / "Seeds" / name
    command = [
        str(BUILD / "release" / name), f"-max_total_time={seconds}", "-max_len=4096",
        "-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1", "-verbosity=0",
        f"-artifact_prefix={corpus.parent / name}-", str(corpus),
    ]
    if seeds.is_dir():
        command.append(str(seeds))
    print(f"== {name}: {seconds} s", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def main() -> int:
    """Runs the fuzzers named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each fuzzer")
    parser.add_argument("names", nargs="*", help="default: all")
    arguments = parser.parse_args()
    build()
    names = arguments.names or sorted(p.name for p in (HERE / "Sources").iterdir())
    failed = [name for name in names if not run(name, arguments.seconds)]
    print(f"{len(names) - len(failed)} fuzzers without a finding, {len(failed)} with one")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Every function of the header called wrongly, by a C program under the address sanitizer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from binding import HEADER, ROOT, function_names

PROBE = ROOT / "Tests" / "CProbe"
SCRATCH = ROOT / ".build" / "asan"


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The program, and a library that was built with the sanitizer beside it."""
    subprocess.run(
        # The Swift tests may run from that folder meanwhile.
        ["swift", "build", "-q", "--ignore-lock", "--sanitize", "address", "--scratch-path",
         str(SCRATCH), "--product", "tern"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("probe")
    library = folder / "libtern.so.1"
    library.symlink_to(SCRATCH / "debug" / "libtern.so")
    # The sanitizer's runtime must be the one that the library was compiled for.
    swift = shutil.which("swift")
    assert swift
    clang = Path(swift).resolve().parent / "clang"
    program = folder / "misuse"
    subprocess.run(
        [str(clang), "-fuse-ld=lld", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
         "-fsanitize=address,undefined", "-g", f"-I{HEADER.parent}", str(PROBE / "misuse.c"),
         str(library), f"-Wl,-rpath,{folder}", "-o", str(program)], check=True)
    return [str(program)]


def test_the_probe_calls_every_function() -> None:
    text = "".join(path.read_text() for path in PROBE.iterdir())
    called = set(re.findall(r"\b(tern_\w+)\(", text))
    assert set(function_names()) - called == set()


def test_misuse_is_an_error_and_never_a_crash(probe: list[str], target: str) -> None:
    suppressions = ROOT / "Tests" / "lsan-suppressions.txt"
    environment = {
        **os.environ, "ASAN_OPTIONS": "detect_leaks=1",
        "LSAN_OPTIONS": f"suppressions={suppressions}:print_suppressions=0"}
    done = subprocess.run(
        [*probe, target], capture_output=True, text=True, timeout=120, env=environment,
        check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    checks = int(done.stdout.split()[0])
    assert checks > 900

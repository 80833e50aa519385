"""The C programs under the leak checker, with nothing suppressed: memory that nobody can reach any
more when they end is a failure. What the runtime makes once and keeps can be reached."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from binding import HEADER, ROOT

PROBE = ROOT / "Tests" / "CProbe"


def run(folder: Path, library: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Builds a program with the checker and runs it to its end."""
    (folder / "libtern.so.1").symlink_to(library)
    subprocess.run(
        ["gcc", "-std=gnu11", "-g", "-fsanitize=leak", f"-I{HEADER.parent}", str(PROBE / f"{name}.c"),
         str(folder / "libtern.so.1"), f"-Wl,-rpath,{folder}", "-o", str(folder / name)], check=True)
    environment = {key: value for key, value in os.environ.items() if not key.endswith("SAN_OPTIONS")}
    return subprocess.run(
        [str(folder / name), *arguments], capture_output=True, text=True, timeout=120,
        check=False, env={**environment, "LSAN_OPTIONS": "exitcode=23"})


@pytest.mark.parametrize("name, arguments", [("misuse", []), ("lifetimes", ["50"])])
def test_nothing_is_lost(
    tmp_path: Path, library_path: Path, target: str, name: str, arguments: list[str]
) -> None:
    done = run(tmp_path, library_path, name, target, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_checker_sees_the_librarys_memory(tmp_path: Path, library_path: Path, target: str) -> None:
    done = run(tmp_path, library_path, "forgetful", target)
    assert done.returncode == 23, done.stdout + done.stderr
    assert "libtern.so" in done.stderr

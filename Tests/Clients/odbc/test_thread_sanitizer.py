"""The C program on a driver that was built for the thread sanitizer: a step of its own, behind that
build, which says in TERN_ODBC_TSAN where it is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from installed import Odbc
from test_acceptance import FEW, Build, check


def test_acceptance_12_under_the_thread_sanitizer(untraced: Odbc, build: Build) -> None:
    """Eight threads with eight connections, two on one connection, and cancels from others."""
    untraced.driver = Path(os.environ["TERN_ODBC_TSAN"]) / "libternodbc.so"
    untraced.environment["PROBE_CYCLES"] = FEW
    untraced.environment["TSAN_OPTIONS"] = "exitcode=66"
    # Its runtime has to be that of the compiler that made the driver, which needs its own libraries.
    swift = Path(shutil.which("swift") or "swift").resolve().parents[1] / "lib" / "swift" / "linux"
    program = build(
        True, "-fsanitize=thread", f"-L{swift}", f"-Wl,-rpath,{swift}", driver=untraced.driver,
        libraries=("-ldispatch", "-lBlocksRuntime"))
    for chapter in ("threads", "cancel"):
        done = untraced.run(str(program), untraced.connection, chapter, timeout=900)
        assert done.returncode != 66, done.stderr[-4000:]
        check(done)

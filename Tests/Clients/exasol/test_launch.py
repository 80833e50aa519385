"""The command line: one JSON line, then service until the parent lets go."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wire import Wire

TESTBED = Path(__file__).resolve().parents[2] / "Testbed"


def _start(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "testbed", *arguments],
        cwd=TESTBED,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


@pytest.mark.parametrize("how", ["eof", "term"])
def test_the_server_ends_with_its_parent(how: str) -> None:
    process, info = _start(
        "exasol", "--key", "adhoc", "--ipv6", "--release", "2025.1.3", "--nodes", "2"
    )
    try:
        assert info["pid"] == process.pid and len(info["nodes"]) == 2
        with Wire(info["ports"]["ipv6"], host="[::1]") as wire:
            assert wire.login()["responseData"]["releaseVersion"] == "2025.1.3"
            if how == "eof":
                assert process.stdin is not None
                process.stdin.close()
            else:
                process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()


def test_a_wrong_option_is_an_error() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "testbed", "exasol", "--result-mode", "nonsense"],
        cwd=TESTBED,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0 and "result-mode" in done.stderr and done.stdout == ""

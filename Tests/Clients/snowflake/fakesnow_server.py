"""Starts fakesnow in its own environment, on a port that the system chooses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

BUILD = Path(__file__).resolve().parents[3] / ".build"


class Fakesnow:
    """The server, for the length of a with statement."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Fakesnow":
        command = [str(BUILD / "venv-fakesnow" / "bin" / "fakesnow"), "-s", "--host", "127.0.0.1"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if match := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(match.group(1))
            if self.port and "Uvicorn running" in line:
                break
        assert self.port, "".join(said)
        return self

    def __exit__(self, *_: Any) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)

    def connect(self) -> Any:
        """A connection of snowflake-connector-python."""
        import snowflake.connector

        return snowflake.connector.connect(
            user="fake", password="snow", account="fakesnow", host="127.0.0.1", port=self.port, protocol="http", database="db1",
            schema="schema1", session_parameters={"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False}, network_timeout=5)  # fmt: skip

"""The driver, registered in a directory of a test's own."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "exasol"
SOURCE = "tern_test"


@dataclass
class Odbc:
    """A registered driver and data source, and the environment that finds them."""

    driver: Path
    folder: Path
    connection: str
    environment: dict[str, str]
    is_traced: bool
    # Whether a program went through the manager; odbcinst and direct callers leave no trace.
    has_run: bool = False

    def run(
        self, *command: str, text: str = "", timeout: int = 300
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program that uses ODBC."""
        self.has_run = self.has_run or command[0] != "odbcinst"
        return subprocess.run(
            command, input=text, env=self.environment, capture_output=True, text=True,
            timeout=timeout, check=False, cwd=self.folder, errors="replace",
        )

    @property
    def trace(self) -> str:
        """What the driver manager wrote."""
        path = self.folder / "trace.log"
        return path.read_text(errors="replace") if path.exists() else ""

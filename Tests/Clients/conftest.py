"""Makes the testbed importable and keeps real clients from calling home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "Testbed"))
os.environ["EXASOL_TELEMETRY_DISABLE"] = "1"

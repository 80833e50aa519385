"""Makes the testbed importable and keeps real clients from calling home."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "Testbed"))
# The C API as Python sees it, for the tests of every driver.
sys.path.append(str(TESTS / "Clients" / "capi"))
os.environ["EXASOL_TELEMETRY_DISABLE"] = "1"


@pytest.fixture
def server(_shared: Any) -> Any:
    """The folder's own stand-in, with no fault and no option left over from another test."""
    _shared.reset()
    return _shared

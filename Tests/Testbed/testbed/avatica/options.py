"""Options of the Avatica stand-in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from testbed.common.options import OptionSet

@dataclass
class Options(OptionSet):
    """Defaults behave like a standalone 1.29 server without authentication."""

    CHOICES = {
        "flavour": ("generic", "phoenix", "druid"),
        "auth": ("none", "basic", "digest", "bearer", "spnego"),
        "affinity": ("cookie", "none"),
        "impersonation": ("off", "query"),
    }

    generation: str = "1.29"
    flavour: str = "generic"
    auth: str = "none"
    backends: int = 1
    affinity: str = "cookie"
    impersonation: str = "off"
    time_zone: str = "UTC"
    connection_seconds: float = 600.0
    statement_seconds: float = 300.0
    connection_capacity: int = 1000
    statement_capacity: int = 10000
    nonce_seconds: float = 60.0
    nonce_uses: int = 1024
    session_seconds: float = 300.0
    verify_tokens: bool = False
    idle_seconds: float = 60.0
    first_frame_rows: int = 100
    frame_rows: int = 5000
    chunked: bool = True
    real_is_double: bool = False
    clock_ahead: float = 0.0
    charset: str = "iso-8859-1"

    def check(self, name: str, value: Any) -> None:
        if name == "generation":
            generation_of(str(value))

    def now(self) -> float:
        """The clock by which caches expire; `clock_ahead` lets tests wait without waiting."""
        return time.monotonic() + self.clock_ahead

    @property
    def version(self) -> tuple[int, int]:
        """The generation as numbers."""
        return generation_of(self.generation)


def generation_of(text: str) -> tuple[int, int]:
    """`1.8` or `1.8.0` as (1, 8)."""
    parts = text.split(".")
    if len(parts) < 2 or parts[0] != "1" or not parts[1].isdigit() or int(parts[1]) < 2:
        raise ValueError("generation must be 1.2 or newer, such as 1.8")
    return 1, int(parts[1])

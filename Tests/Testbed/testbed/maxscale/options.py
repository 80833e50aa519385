"""Options of the MaxScale stand-in."""

from __future__ import annotations

import time
from dataclasses import dataclass

from testbed.common.options import OptionSet


@dataclass
class Options(OptionSet):
    """Defaults behave like MaxScale as it is delivered, with these accounts and targets."""

    CHOICES = {"sign": ("hs256", "es256", "ps256")}

    admin_auth: bool = True
    secure_gui: bool = True
    default_timeout: float = 10.0
    token_seconds: int = 28800
    max_token_seconds: int = 86400
    sign: str = "hs256"
    slow_cancel: float = 0.0
    cancel_does_nothing: bool = False
    keep_results: bool = False
    clock_ahead: float = 0.0

    def now(self) -> float:
        """The clock by which tokens end; `clock_ahead` lets tests wait without waiting."""
        return time.time() + self.clock_ahead

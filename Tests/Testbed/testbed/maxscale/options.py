"""Options of the MaxScale stand-in: on the command line, as keyword arguments and at run time."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Options:
    """Defaults behave like MaxScale as it is delivered, with these accounts and targets."""

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

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Sets options by name (camelCase or snake_case); raises ValueError for bad ones."""
        known = {f.name for f in fields(self)}
        for key, value in values.items():
            name = "".join("_" + c.lower() if c.isupper() else c for c in key)
            if name not in known:
                raise ValueError(f"unknown option {key!r}; known: {', '.join(sorted(known))}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {CHOICES[name]}")
            setattr(self, name, type(getattr(Options, name))(value))
        return asdict(self)


CHOICES = {"sign": ("hs256", "es256", "ps256")}


def add_arguments(stand_in: str, parser: argparse.ArgumentParser) -> None:
    """Adds the options of the stand-in to a command."""
    for item in fields(Options):
        flag, default = "--" + item.name.replace("_", "-"), getattr(Options, item.name)
        if isinstance(default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(flag, type=type(default), choices=CHOICES.get(item.name), default=None,
                                help=f"default {default}")  # fmt: skip

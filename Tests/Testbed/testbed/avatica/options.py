"""Options of the Avatica stand-in: on the command line, as keyword arguments and at run time."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES = {
    "flavour": ("generic", "phoenix", "druid"),
    "auth": ("none", "basic", "digest", "bearer", "spnego"),
    "affinity": ("cookie", "none"),
    "impersonation": ("off", "query"),
}


@dataclass
class Options:
    """Defaults behave like a standalone 1.29 server without authentication."""

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

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Sets options by name (camelCase or snake_case); raises ValueError for bad ones."""
        known = {f.name for f in fields(self)}
        for key, value in values.items():
            name = "".join("_" + c.lower() if c.isupper() else c for c in key)
            if name not in known:
                raise ValueError(f"unknown option {key!r}; known: {', '.join(sorted(known))}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {CHOICES[name]}")
            if name == "generation":
                generation_of(str(value))
            setattr(self, name, type(getattr(Options, name))(value))
        return asdict(self)

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


def add_arguments(stand_in: str, parser: argparse.ArgumentParser) -> None:
    """Adds the options of one of the Avatica stand-ins to a command."""
    if stand_in == "avatica-replay":
        from testbed.avatica.replay import add_arguments as add_replay

        add_replay(parser)
        return
    for item in fields(Options):
        flag = "--" + item.name.replace("_", "-")
        default = getattr(Options, item.name)
        if isinstance(default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(
                flag, type=type(default), choices=CHOICES.get(item.name), default=None, help=f"default {default}"
            )

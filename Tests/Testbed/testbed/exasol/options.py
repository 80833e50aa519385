"""Options of the Exasol stand-in: on the command line, as keyword arguments and at run time."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass, fields
from typing import Any

CHOICES = {
    "key": ("fixed", "adhoc"),
    "result_mode": (
        "auto",
        "inline",
        "handle",
        "both",
        "inline-handle",
        "no-data",
        "negative-handle",
    ),
    "start_position": ("global", "local"),
    "attributes_form": ("all", "real"),
    "open_transaction": ("number", "boolean"),
    "escape": ("astral", "raw", "ascii"),
    "hosts": ("loopback", "same"),
}


@dataclass
class Options:
    """Defaults behave like an 8.32 server that takes TLS and clear text on one port."""

    release: str = "8.32.0"
    max_protocol: int = 5
    tls_only: bool = False
    key: str = "fixed"
    nodes: int = 1
    hosts: str = "loopback"
    start_position: str = "global"
    result_mode: str = "auto"
    inline_rows: int = 1000
    rows_per_fetch: int = 0
    fragments: int = 1
    heartbeat_seconds: float = 0.0
    attributes_form: str = "all"
    open_transaction: str = "number"
    escape: str = "astral"
    echo_attributes: bool = True
    first_handle: int = 1
    max_message: int = 67108864
    sub_login_seconds: float = 10.0
    collisions: int = 0
    ipv6: bool = False

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Sets options by name (camelCase or snake_case); raises ValueError for bad ones."""
        known = {f.name: f for f in fields(self)}
        for key, value in values.items():
            name = "".join("_" + c.lower() if c.isupper() else c for c in key)
            if name not in known:
                raise ValueError(f"unknown option {key!r}; known: {', '.join(sorted(known))}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} must be one of {CHOICES[name]}")
            kind = type(getattr(Options, name))
            setattr(self, name, kind(value))
        return asdict(self)


def add_arguments(stand_in: str, parser: argparse.ArgumentParser) -> None:
    """Adds the options of one of the Exasol stand-ins to a command."""
    if stand_in == "exasol-replay":
        from testbed.exasol.replay import add_arguments as add_replay

        add_replay(parser)
        return
    for item in fields(Options):
        flag = "--" + item.name.replace("_", "-")
        default = getattr(Options, item.name)
        if isinstance(default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(
                flag,
                type=type(default),
                choices=CHOICES.get(item.name),
                default=None,
                help=f"default {default}",
            )

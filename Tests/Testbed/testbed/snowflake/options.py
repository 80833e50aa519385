"""Options of the Snowflake stand-in: on the command line, as keyword arguments and at run time."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Options:
    """Defaults behave like the service, with results small enough for tests cut into chunks."""

    clock_ahead: float = 0.0
    token_seconds: int = 3600
    master_seconds: int = 14400
    chunk_seconds: int = 21600
    hold_seconds: float = 45.0
    result_format: str = "client"
    inline_rows: int = 2000
    first_rows: int = 500
    chunk_rows: int = 5000
    batch_rows: int = 1200
    chunk_headers: str = "headers"
    chunk_encoding: str = "header"
    end_marker: str = "last"
    metadata_version: int = 5
    vary_timestamps: bool = False
    structured_native: bool = False
    show_rows: int = 10000
    stage: str = "local"
    stage_encrypted: bool = False
    stage_key_bytes: int = 32
    credential_seconds: int = 3600
    stage_endpoint: str = ""
    stage_part_threshold: int = 209715200
    stage_binds: bool = True
    stage_threshold: int = 65280
    workload_endpoint: str = ""
    workload_arn: str = ""
    mfa: str = "approve"
    mfa_caching: bool = True
    sticky: bool = False
    service_name: str = ""
    unauthorized: str = "390104"
    server_version: str = "9.34.0"

    def now(self) -> float:
        """The clock by which everything ends; `clock_ahead` lets tests wait without waiting."""
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


CHOICES = {
    "result_format": ("client", "json", "arrow"),
    "chunk_headers": ("headers", "qrmk", "none"),
    "chunk_encoding": ("header", "unlabelled", "identity"),
    "end_marker": ("last", "all", "none"),
    "metadata_version": (4, 5),
    "stage": ("local", "s3", "azure", "gcs", "presigned"),
    "stage_key_bytes": (16, 32),
    "mfa": ("approve", "ask", "deny", "timeout"),
    "unauthorized": ("390104", "401"),
}


def add_arguments(stand_in: str, parser: argparse.ArgumentParser) -> None:
    """Adds the options of the stand-in to a command."""
    for item in fields(Options):
        flag, default = "--" + item.name.replace("_", "-"), getattr(Options, item.name)
        if isinstance(default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None)
        else:
            parser.add_argument(flag, type=type(default), choices=CHOICES.get(item.name), default=None,
                                help=f"default {default}")  # fmt: skip

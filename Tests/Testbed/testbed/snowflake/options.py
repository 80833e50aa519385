"""Options of the Snowflake stand-in."""

from __future__ import annotations

import time
from dataclasses import dataclass

from testbed.common.options import OptionSet


@dataclass
class Options(OptionSet):
    """Defaults behave like the service, with results small enough for tests cut into chunks."""

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

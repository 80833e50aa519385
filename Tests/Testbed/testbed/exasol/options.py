"""Options of the Exasol stand-in."""

from __future__ import annotations

from dataclasses import dataclass

from testbed.common.options import OptionSet


@dataclass
class Options(OptionSet):
    """Defaults behave like an 8.32 server that takes TLS and clear text on one port."""

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

"""Scripted replies: rules that replace, patch, delay or break a reply of the stand-in."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

ACTIONS = {
    "replace",
    "replaceText",
    "replaceHex",
    "set",
    "remove",
    "error",
    "delay",
    "stall",
    "close",
    "reset",
    "closeAfter",
    "resetAfter",
    "extraBefore",
    "extraAfter",
    "badUtf8",
    "nest",
    "binary",
    "fragments",
    "pongs",
    "rawHex",
    "truncate",
    "noReply",
    "rawNumber",
}
SELECTORS = {"command", "nth", "times", "connection", "sqlContains"}


@dataclass
class ReplyFault:
    """One rule; `nth` counts the messages that match it (1 is the first)."""

    actions: dict[str, Any]
    command: str | None = None
    nth: int | None = None
    times: int | None = None
    connection: int | None = None
    sql_contains: str | None = None
    seen: int = field(default=0)
    hits: int = field(default=0)

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> "ReplyFault":
        """Raises ValueError for members that no rule has, lest a test pass for a typing error."""
        actions = {k: v for k, v in rule.items() if k not in SELECTORS}
        if unknown := set(actions) - ACTIONS:
            raise ValueError(
                f"unknown reply fault member {sorted(unknown)}; known: {sorted(ACTIONS | SELECTORS)}"
            )
        if not actions:
            raise ValueError("a reply fault needs an action")
        return cls(
            actions,
            rule.get("command"),
            rule.get("nth"),
            rule.get("times"),
            rule.get("connection"),
            rule.get("sqlContains"),
        )

    def takes(self, command: str, message: dict[str, Any], connection: int) -> bool:
        """Whether the rule applies to the reply of this request; counts the matches."""
        if self.command not in (None, command) or self.connection not in (None, connection):
            return False
        text = " ".join([str(message.get("sqlText", "")), *map(str, message.get("sqlTexts") or [])])
        if self.sql_contains is not None and self.sql_contains not in text:
            return False
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


def _pointer(document: Any, path: str) -> tuple[Any, Any]:
    """The container and key that a JSON pointer names; makes missing objects."""
    parts = [p.replace("~1", "/").replace("~0", "~") for p in path.lstrip("/").split("/")]
    for part in parts[:-1]:
        document = (
            document[int(part)] if isinstance(document, list) else document.setdefault(part, {})
        )
    return document, (
        int(parts[-1]) if isinstance(document, list) and parts[-1] != "-" else parts[-1]
    )


def patched(reply: dict[str, Any], actions: dict[str, Any]) -> dict[str, Any]:
    """The reply after replace, set, remove, error and nest."""
    result = copy.deepcopy(actions["replace"] if "replace" in actions else reply)
    if "error" in actions:
        result = {"status": "error", "exception": actions["error"]}
    for path, value in (actions.get("set") or {}).items():
        container, key = _pointer(result, path)
        if isinstance(container, list) and key == "-":
            container.append(value)
        else:
            container[key] = value
    for path in actions.get("remove") or []:
        container, key = _pointer(result, path)
        if isinstance(container, list):
            del container[key]
        else:
            container.pop(key, None)
    return result


def payload_of(reply: Any, actions: dict[str, Any], encode: Any) -> bytes:
    """The bytes of a reply after the rules that work on text."""
    if "replaceText" in actions:
        return str(actions["replaceText"]).encode()
    if "replaceHex" in actions:
        return bytes.fromhex(actions["replaceHex"])
    data: bytes = encode(reply)
    # `rawNumber` writes digits that JSON libraries would not: {"/path": "1e999"}.
    for path, digits in (actions.get("rawNumber") or {}).items():
        marker = "\u0001number\u0001"
        container, key = _pointer(reply := copy.deepcopy(reply), path)
        container[key] = marker
        data = encode(reply).replace(json.dumps(marker).encode(), str(digits).encode())
    if depth := int(actions.get("nest") or 0):
        data = data[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}"
    if actions.get("badUtf8"):
        data = data[:-1] + b',"bad":"\xff\xfe\xc3\x28"}'
    if "truncate" in actions:
        data = data[: int(actions["truncate"])]
    return data

"""Scripted answers: rules that lose state, patch an answer or break it on the wire."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

ACTIONS = {
    "before", "set", "remove", "rawNumber", "replace", "error", "unknownFields", "nest", "status", "html", "headers", "replaceText",
    "replaceHex", "truncate", "badUtf8", "gzip", "chunked", "chunkBytes", "declaredLength", "delay", "stall", "stallAfter", "noReply",
    "reset", "close", "headHex", "redirect", "expireToken", "expireMaster", "killSession", "forget", "inProgress", "expireChunks",
}  # fmt: skip
SELECTORS = {"request", "nth", "times", "connection", "sqlContains", "chunk", "from"}
PATCHES = {"set", "remove", "rawNumber", "replace", "error", "unknownFields"}


@dataclass
class AnswerFault:
    """One rule; `nth` counts the requests that match it (1 is the first), `from` takes it and all later ones."""

    actions: dict[str, Any]
    selectors: dict[str, Any]
    seen: int = field(default=0)
    hits: int = field(default=0)

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> "AnswerFault":
        """Raises ValueError for members that no rule has, lest a test pass for a typing error."""
        actions = {k: v for k, v in rule.items() if k not in SELECTORS}
        if unknown := set(actions) - ACTIONS:
            raise ValueError(f"unknown fault member {sorted(unknown)}; known: {sorted(ACTIONS | SELECTORS)}")
        if not actions:
            raise ValueError("a fault needs an action")
        return cls(actions, {k: v for k, v in rule.items() if k in SELECTORS})

    def takes(self, request: str, sql: str, connection: int, chunk: int | None) -> bool:
        """Whether the rule applies to this request; counts the matches."""
        wanted = self.selectors
        for name, value in (("request", request), ("connection", connection), ("chunk", chunk)):
            if wanted.get(name) not in (None, value):
                return False
        if "sqlContains" in wanted and wanted["sqlContains"] not in sql:
            return False
        self.seen += 1
        if wanted.get("nth") is not None and self.seen != wanted["nth"] or self.seen < wanted.get("from", 0):
            return False
        if wanted.get("times") is not None and self.hits >= wanted["times"]:
            return False
        self.hits += 1
        return True


def merged(faults: list[AnswerFault]) -> dict[str, Any]:
    """The actions of every rule that wants a request; for the same member the oldest wins."""
    actions: dict[str, Any] = {}
    for fault in reversed(faults):
        actions |= fault.actions
    return actions


def _at(document: Any, path: str) -> tuple[Any, Any]:
    parts = [p.replace("~1", "/").replace("~0", "~") for p in path.lstrip("/").split("/")]
    for part in parts[:-1]:
        document = document[int(part)] if isinstance(document, list) else document.setdefault(part, {})
    last = parts[-1]
    return document, int(last) if isinstance(document, list) and last != "-" else last


def _assign(document: Any, path: str, value: Any) -> None:
    container, key = _at(document, path)
    if isinstance(container, list) and key == "-":
        container.append(value)
    else:
        container[key] = value


def patched(body: bytes, actions: dict[str, Any]) -> bytes:
    """The body after the rules that work on its members."""
    if not PATCHES & set(actions):
        return body
    document = json.loads(body) if body else {}
    if "replace" in actions:
        document = actions["replace"]
    if "error" in actions:
        document = {"data": None, "code": None, "message": None, "success": False, "headers": None, **actions["error"]}
    for path, value in (actions.get("set") or {}).items():
        _assign(document, path, value)
    for path in actions.get("remove") or []:
        container, key = _at(document, path)
        container.pop(key) if isinstance(container, list) else container.pop(key, None)
    for number, path in enumerate(actions.get("rawNumber") or {}):
        _assign(document, path, f"@raw{number}@")
    if actions.get("unknownFields"):
        document = {"neverHeardOf": {"a": [1, "x", None]}, **document, "zzz": 1}
        if isinstance(document.get("data"), dict):
            document["data"] = {"aaa": [[{}]], **document["data"], "zzz": {"rowset": [["no"]]}}
    text = json.dumps(document)
    for number, digits in enumerate((actions.get("rawNumber") or {}).values()):
        text = text.replace(f'"@raw{number}@"', digits)
    return text.encode("utf-8", "surrogatepass")


def broken(body: bytes, actions: dict[str, Any]) -> bytes:
    """The body after the rules that work on its bytes."""
    if "html" in actions:
        body = str(actions["html"]).encode()
    if "replaceText" in actions:
        body = str(actions["replaceText"]).encode()
    if "replaceHex" in actions:
        body = bytes.fromhex(actions["replaceHex"])
    if depth := int(actions.get("nest") or 0):
        body = body.rstrip()[:-1] + b',"deep":' + b"[" * depth + b"]" * depth + b"}"
    if actions.get("badUtf8"):
        body = body.rstrip()[:-1] + b',"bad":"\xff\xfe\xc3\x28"}'
    if "truncate" in actions:
        body = body[: int(actions["truncate"])]
    return gzip.compress(body) if actions.get("gzip") else body

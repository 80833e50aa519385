"""Scripted answers: rules that lose state, patch a response or break it on the wire."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any

from testbed.avatica.frames import Frame, RawNumber

ACTIONS = {
    "loseStatement", "loseConnection", "loseNonce", "before", "emptyFrame", "set", "remove", "rawNumber", "replace", "error",
    "offsetBy", "unknownFields", "nest", "status", "html", "headers", "replaceText", "replaceHex", "truncate", "badUtf8", "gzip",
    "chunked", "chunkBytes", "declaredLength", "delay", "stall", "noReply", "reset", "close", "headHex",
}  # fmt: skip
SELECTORS = {"request", "nth", "times", "connection", "sqlContains", "backend"}


@dataclass
class ResponseFault:
    """One rule; `nth` counts the requests that match it (1 is the first)."""

    actions: dict[str, Any]
    selectors: dict[str, Any]
    seen: int = field(default=0)
    hits: int = field(default=0)

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> "ResponseFault":
        """Raises ValueError for members that no rule has, lest a test pass for a typing error."""
        actions = {k: v for k, v in rule.items() if k not in SELECTORS}
        if unknown := set(actions) - ACTIONS:
            raise ValueError(f"unknown fault member {sorted(unknown)}; known: {sorted(ACTIONS | SELECTORS)}")
        if not actions:
            raise ValueError("a fault needs an action")
        return cls(actions, {k: v for k, v in rule.items() if k in SELECTORS})

    def takes(self, request: dict[str, Any], connection: int, backend: int) -> bool:
        """Whether the rule applies to this request; counts the matches."""
        wanted = self.selectors
        if wanted.get("request") not in (None, request.get("request")) or wanted.get("connection") not in (None, connection):
            return False
        if wanted.get("backend") not in (None, backend):
            return False
        text = " ".join([str(request.get("sql", "")), *map(str, request.get("sqlCommands") or [])])
        if "sqlContains" in wanted and wanted["sqlContains"] not in text:
            return False
        self.seen += 1
        if wanted.get("nth") is not None and self.seen != wanted["nth"]:
            return False
        if wanted.get("times") is not None and self.hits >= wanted["times"]:
            return False
        self.hits += 1
        return True

    @property
    def unexecuted(self) -> bool:
        """The server answers without having run the request."""
        return bool(self.actions.get("before") or self.actions.get("emptyFrame"))


def merged(faults: list[ResponseFault]) -> ResponseFault:
    """Every rule that wants a request counts it and acts on it; for the same member the oldest wins."""
    actions: dict[str, Any] = {}
    for fault in reversed(faults):
        actions |= fault.actions
    return ResponseFault(actions, {})


def _plain(node: Any) -> Any:
    """A copy in which frames are spelled out, so that pointers reach their rows."""
    if isinstance(node, Frame):
        return node.as_document()
    if isinstance(node, dict):
        return {k: _plain(v) for k, v in node.items()}
    return [_plain(v) for v in node] if isinstance(node, list) else node


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


def patched(response: dict[str, Any], actions: dict[str, Any]) -> dict[str, Any]:
    """The response after the rules that work on its members."""
    if actions.get("emptyFrame"):
        frame = {"offset": int(actions.get("offsetBy", 0)), "done": False, "rows": []}
        return {"response": "fetch", "frame": frame, "missingStatement": False, "missingResults": False}
    if "replace" in actions:
        response = actions["replace"]
    if "error" in actions:
        response = {"response": "error", "exceptions": None, "errorMessage": None, "errorCode": -1, "sqlState": "00000",
                    "severity": "UNKNOWN", **actions["error"]}  # fmt: skip
    if any(k in actions for k in ("set", "remove", "rawNumber")):
        response = _plain(response)
    for path, value in (actions.get("set") or {}).items():
        _assign(response, path, value)
    for path, digits in (actions.get("rawNumber") or {}).items():
        _assign(response, path, RawNumber(digits))
    for path in actions.get("remove") or []:
        container, key = _at(response, path)
        container.pop(key) if isinstance(container, list) else container.pop(key, None)
    if "offsetBy" in actions:
        for frame in _frames(response):
            if isinstance(frame, Frame):
                frame.offset += int(actions["offsetBy"])
            else:
                frame["offset"] = frame.get("offset", 0) + int(actions["offsetBy"])
    if actions.get("unknownFields"):
        response = {**response, "neverHeardOf": {"a": [1, "x", None]}, "zzz": 1}
    return response


def _frames(response: dict[str, Any]) -> list[Any]:
    found = [response.get("frame"), response.get("firstFrame")]
    found += [r.get("firstFrame") for r in response.get("results") or []]
    return [f for f in found if f is not None]


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

"""Scripted answers of the stand-ins that speak HTTP: rules, pointers into documents, answers broken on the wire."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any, Iterable

from testbed.common.http import HttpResponse

# What every such stand-in can do; each has more of its own.
ACTIONS = frozenset({
    "before", "set", "remove", "rawNumber", "replace", "error", "unknownFields", "nest", "status", "html", "headers", "replaceText",
    "replaceHex", "truncate", "badUtf8", "gzip", "chunked", "chunkBytes", "declaredLength", "delay", "stall", "noReply", "reset", "close",
    "headHex",
})  # fmt: skip
SELECTORS = frozenset({"request", "nth", "from", "times", "connection", "sqlContains"})


@dataclass
class AnswerFault:
    """One rule; `nth` counts the requests that match it (1 is the first), `from` takes it and all later ones."""

    actions: dict[str, Any]
    selectors: dict[str, Any]
    seen: int = field(default=0)
    hits: int = field(default=0)

    @classmethod
    def from_json(cls, rule: dict[str, Any], actions: Iterable[str], selectors: Iterable[str]) -> "AnswerFault":
        """A rule with these members besides the common ones.

        Raises ValueError for members that no rule has, lest a test pass for a typing error.
        """
        all_actions, all_selectors = ACTIONS | set(actions), SELECTORS | set(selectors)
        wanted = {k: v for k, v in rule.items() if k not in all_selectors}
        if unknown := set(wanted) - all_actions:
            raise ValueError(f"unknown fault member {sorted(unknown)}; known: {sorted(all_actions | all_selectors)}")
        if not wanted:
            raise ValueError("a fault needs an action")
        return cls(wanted, {k: v for k, v in rule.items() if k in all_selectors})

    def takes(self, sql: str, **facts: Any) -> bool:
        """Whether the rule applies to a request, whose `facts` have the names of selectors; counts the matches."""
        wanted = self.selectors
        if any(wanted.get(name) not in (None, value) for name, value in facts.items()):
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


def assign(document: Any, path: str, value: Any) -> None:
    """Puts a value where a JSON pointer says."""
    container, key = _at(document, path)
    if isinstance(container, list) and key == "-":
        container.append(value)
    else:
        container[key] = value


def remove(document: Any, path: str) -> None:
    """Takes away what a JSON pointer says."""
    container, key = _at(document, path)
    container.pop(key) if isinstance(container, list) else container.pop(key, None)


def with_unknown_members(document: dict[str, Any]) -> dict[str, Any]:
    """The document with members that no client knows."""
    return {**document, "neverHeardOf": {"a": [1, "x", None]}, "zzz": 1}


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


def shaped(response: HttpResponse, actions: dict[str, Any], page_type: str) -> HttpResponse:
    """The answer after the rules that work on its form; `page_type` is the content type of a page for people."""
    if "html" in actions:
        response.headers = [("Content-Type", page_type)]
    if actions.get("gzip"):
        response.headers.append(("Content-Encoding", "gzip"))
    response.headers += list((actions.get("headers") or {}).items())
    response.chunked = bool(actions.get("chunked", response.chunked))
    response.chunk_bytes = int(actions.get("chunkBytes", 32768))
    response.declared_length = actions.get("declaredLength")
    response.delay, response.stall = float(actions.get("delay", 0)), bool(actions.get("stall"))
    response.drop, response.reset = bool(actions.get("noReply")), bool(actions.get("reset"))
    response.close = bool(actions.get("close", response.close))
    if "headHex" in actions:
        response.head_bytes = bytes.fromhex(actions["headHex"])
    return response

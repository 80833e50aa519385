"""Scripted answers: what rules say about MaxScale besides the common ones."""

from __future__ import annotations

from typing import Any

from testbed.common.answer_faults import assign, remove, with_unknown_members
from testbed.maxscale.values import Digits, dumped, parsed

ACTIONS = {"loseSession", "loseBackend", "loseKeys", "busy", "result"}
SELECTORS = {"release"}
PATCHES = {"set", "remove", "rawNumber", "replace", "result", "error", "unknownFields"}


def patched(body: bytes, actions: dict[str, Any]) -> bytes:
    """The body after the rules that work on its members. Pointers may begin at a result: `/0/data/0/1`."""
    if not PATCHES & set(actions):
        return body
    document = parsed(body) if body else {}
    if "replace" in actions:
        document = actions["replace"]
    if "error" in actions:
        document = {"errors": [{"detail": actions["error"]}]}
    if "result" in actions:
        document["data"]["attributes"]["results"] = actions["result"]
    for path, value in (actions.get("set") or {}).items():
        assign(document, _whole(path), value)
    for path, digits in (actions.get("rawNumber") or {}).items():
        assign(document, _whole(path), Digits(digits))
    for path in actions.get("remove") or []:
        remove(document, _whole(path))
    if actions.get("unknownFields"):
        document = with_unknown_members(document)
    return dumped(document).encode("utf-8", "surrogatepass")


def _whole(path: str) -> str:
    return "/data/attributes/results" + path if path[1:2].isdigit() else path

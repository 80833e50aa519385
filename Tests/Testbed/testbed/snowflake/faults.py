"""Scripted answers: what rules say about Snowflake besides the common ones."""

from __future__ import annotations

import json
from typing import Any

from testbed.common.answer_faults import assign, remove

ACTIONS = {"stallAfter", "redirect", "expireToken", "expireMaster", "killSession", "forget", "inProgress", "expireChunks"}
SELECTORS = {"chunk"}
PATCHES = {"set", "remove", "rawNumber", "replace", "error", "unknownFields"}


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
        assign(document, path, value)
    for path in actions.get("remove") or []:
        remove(document, path)
    for number, path in enumerate(actions.get("rawNumber") or {}):
        assign(document, path, f"@raw{number}@")
    if actions.get("unknownFields"):
        # Before and behind the known ones.
        document = {"neverHeardOf": {"a": [1, "x", None]}, **document, "zzz": 1}
        if isinstance(document.get("data"), dict):
            document["data"] = {"aaa": [[{}]], **document["data"], "zzz": {"rowset": [["no"]]}}
    text = json.dumps(document)
    for number, digits in enumerate((actions.get("rawNumber") or {}).values()):
        text = text.replace(f'"@raw{number}@"', digits)
    return text.encode("utf-8", "surrogatepass")

"""Scripted answers: what rules say about Avatica besides the common ones."""

from __future__ import annotations

from typing import Any

from testbed.avatica.frames import Frame, RawNumber
from testbed.common.answer_faults import assign, remove, with_unknown_members

ACTIONS = {"loseStatement", "loseConnection", "loseNonce", "emptyFrame", "offsetBy"}
SELECTORS = {"backend"}


def sql_of(request: dict[str, Any]) -> str:
    """Every text in a request."""
    return " ".join([str(request.get("sql", "")), *map(str, request.get("sqlCommands") or [])])


def is_unexecuted(actions: dict[str, Any]) -> bool:
    """The server answers without having run the request."""
    return bool(actions.get("before") or actions.get("emptyFrame"))


def _plain(node: Any) -> Any:
    """A copy in which frames are spelled out, so that pointers reach their rows."""
    if isinstance(node, Frame):
        return node.as_document()
    if isinstance(node, dict):
        return {k: _plain(v) for k, v in node.items()}
    return [_plain(v) for v in node] if isinstance(node, list) else node


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
        assign(response, path, value)
    for path, digits in (actions.get("rawNumber") or {}).items():
        assign(response, path, RawNumber(digits))
    for path in actions.get("remove") or []:
        remove(response, path)
    if "offsetBy" in actions:
        for frame in _frames(response):
            if isinstance(frame, Frame):
                frame.offset += int(actions["offsetBy"])
            else:
                frame["offset"] = frame.get("offset", 0) + int(actions["offsetBy"])
    if actions.get("unknownFields"):
        response = with_unknown_members(response)
    return response


def _frames(response: dict[str, Any]) -> list[Any]:
    found = [response.get("frame"), response.get("firstFrame")]
    found += [r.get("firstFrame") for r in response.get("results") or []]
    return [f for f in found if f is not None]

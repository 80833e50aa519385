"""The recorded traffic of real servers, and what of an answer has to agree."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[2] / "Fixtures" / "avatica"


def exchanges(name: str) -> list[dict[str, Any]]:
    """The exchanges of one recording, in order."""
    with open(FIXTURES / f"avatica-real-{name}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def request_bytes(exchange: dict[str, Any]) -> bytes:
    """The body as it was sent."""
    if exchange.get("requestBase64"):
        return base64.b64decode(exchange["requestBase64"])
    request = exchange.get("request") or ""
    return (request if isinstance(request, str) else json.dumps(request)).encode()


def exact(text: str | bytes) -> Any:
    """JSON with every digit kept."""
    return json.loads(text, parse_float=Decimal)


def facts(response: Any) -> dict[str, Any]:
    """What of an answer must be the same on the stand-in: kinds, flags, counts, columns, rows, error class."""
    if response.get("response") == "error":
        return {"error": error_class(response["errorMessage"]), "code": response["errorCode"], "state": response["sqlState"],
                "severity": response["severity"], "first": _innermost(response["errorMessage"])}  # fmt: skip
    names = ("response", "missingStatement", "missingResults", "moreResults", "updateCounts", "statementId", "connProps")
    found = {name: response[name] for name in names if name in response}
    for part in [response, *(response.get("results") or [])]:
        if part.get("signature"):
            found["columns"] = columns(part["signature"])
        if frame := part.get("firstFrame") or part.get("frame"):
            found["frame"] = (frame["offset"], frame["done"], frame["rows"])
        if "updateCount" in part:
            found["count"] = part["updateCount"]
            found["of"] = part["statementId"]
    if "statement" in response:
        signature = response["statement"]["signature"]
        found |= {"id": response["statement"]["id"], "columns": columns(signature)}
        found["parameters"] = [
            (p["parameterType"], p["precision"], p["scale"], p["typeName"]) for p in signature["parameters"]
        ]
    if "map" in response:
        found["properties"] = sorted(response["map"])
    return found


def columns(signature: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Label, type, representation and name of the columns."""
    return [(c["label"], c["type"]["id"], c["type"]["rep"], c["type"]["name"]) for c in signature["columns"]]


def error_class(message: str | None) -> str | None:
    """The Java exception that a message begins with, or the one that it wraps."""
    if message is None:
        return None
    parts = message.split(": ")
    return parts[1] if parts[0] == "RuntimeException" and parts[1].startswith("java.sql.") else parts[0].split(" ")[0]


def _innermost(message: str | None) -> str | None:
    """The database's own text without generated constraint names; only what a user sees."""
    if message is None or "java.sql." not in message:
        return None
    text = message.split(" -> ")[0]
    if not text.startswith("RuntimeException: java.sql."):
        return None
    return text.split(": ", 2)[2].split(" in statement [")[0].split(" ; SYS_")[0]


# Exchanges whose answer depends on the Java database or driver, with the reason.
JAVA_ONLY = {
    "bind/probe-TINYINT-INTEGER-500": "the driver narrows numbers without a check",
    "bind/probe-TIME(3)-JAVA_SQL_TIME--1": "the database stores times outside of a day",
    "types/select-star": "the database formats intervals",
    "types/select-C_INTERVAL_DS": "the database formats intervals",
    "types/select-expressions": "integer average, length of CURRENT_USER",
    "types/select-unicode": "octet_length counts UTF-16",
    "types/explain": "the database's plan",
    "types/call": "name and type of a CALL result",
    "problem-types/select-C_TSTZ": "class names",
    "problem-types/select-C_TTZ": "class names",
    "problem-types/workaround-cast": "the database's texts of zoned times",
    "problem-types/select-uuid": "a random value",
    "arrays/select-arrays": "the database pads array elements",
    "frames/interleave-b": "the database widens products",
    "batch/executeBatch-bad-type": "the driver converts while binding",
    "error/date": "the parser's exception is the text",
    "tx/other-autocommit-off": "the driver resets the isolation level",
    "protocol/lone-surrogate": "DuckDB stores UTF-8 only",
    "sync/primary-keys-fetch": "generated names",
    "sync/imported-keys-fetch": "generated names",
    "sync/exported-keys-fetch": "generated names",
    "sync/cross-reference-fetch": "generated names",
    "sync/index-info-fetch": "the database makes an index for a foreign key",
    "metadata/getColumns-alltypes": "IS_NULLABLE of primary keys is wrong there",
    "metadata/getColumns-orders": "IS_NULLABLE of primary keys is wrong there; scale of the default",
    "lifecycle/databaseProperties": "function lists",
}
# Only the class of these errors can agree: their texts name Java and database internals.
CLASS_ONLY_GROUPS = {"protocol", "problem-types"}

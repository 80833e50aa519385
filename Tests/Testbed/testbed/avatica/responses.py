"""Responses: the dictionaries of JSON as protobuf messages."""

from __future__ import annotations

from typing import Any

from testbed.avatica import protobuf as pb
from testbed.avatica.frames import Frame, typed_value
from testbed.avatica.types import SqlType

_TEXT, _NUMBER = SqlType("varchar", "VARCHAR"), SqlType("integer", "INTEGER")
_CAMEL = {
    "autoIncrement": "auto_increment", "caseSensitive": "case_sensitive", "displaySize": "display_size",
    "columnName": "column_name", "schemaName": "schema_name", "tableName": "table_name", "catalogName": "catalog_name",
    "readOnly": "read_only", "definitelyWritable": "definitely_writable", "columnClassName": "column_class_name",
    "parameterType": "parameter_type", "typeName": "type_name", "className": "class_name",
}  # fmt: skip
_NAMES = {
    "executeResults": "ExecuteResponse", "Service$ExecuteResponse": "ExecuteResponse", "databaseProperties": "DatabasePropertyResponse",
    "resultSet": "ResultSetResponse", "executeBatch": "ExecuteBatchResponse", "error": "ErrorResponse",
}  # fmt: skip


def name_of(response: dict[str, Any]) -> str:
    """The class name of a response."""
    kind = str(response.get("response"))
    return _NAMES.get(kind, kind[:1].upper() + kind[1:] + "Response")


def encode(response: dict[str, Any], unknown: bytes = b"") -> bytes:
    """A WireMessage; `unknown` is appended to the inner message."""
    name = name_of(response)
    message = {**_body(name, response), "metadata": _metadata(response.get("rpcMetadata"))}
    known = {f.name for f in pb.MESSAGES.get(name, [])}
    body = pb.encode(name, {k: v for k, v in message.items() if k in known}) if known or name in pb.MESSAGES else b""
    return pb.wrap(name, body + unknown)


def _metadata(value: Any) -> dict[str, Any] | None:
    return {"server_address": value.get("serverAddress", "")} if isinstance(value, dict) else None


def _body(name: str, r: dict[str, Any]) -> dict[str, Any]:
    if name == "ResultSetResponse":
        return result_set(r)
    if name == "ExecuteResponse":
        results = [result_set(x) for x in r.get("results") or []]
        return {"results": results, "missing_statement": r.get("missingStatement")}
    if name == "PrepareResponse":
        return {"statement": _handle(r["statement"])}
    if name == "FetchResponse":
        frame = r.get("frame")
        return {"frame": None if frame is None else _frame(frame), "missing_statement": r.get("missingStatement"),
                "missing_results": r.get("missingResults")}  # fmt: skip
    if name == "ConnectionSyncResponse":
        return {"conn_props": _properties(r["connProps"])}
    if name == "DatabasePropertyResponse":
        return {"props": [_property(k, v) for k, v in r.get("map", {}).items()]}
    if name == "SyncResultsResponse":
        return {"missing_statement": r.get("missingStatement"), "more_results": r.get("moreResults")}
    if name == "ErrorResponse":
        return {"exceptions": r.get("exceptions"), "error_message": r.get("errorMessage"), "severity": r.get("severity", "UNKNOWN"),
                "error_code": r.get("errorCode", 0), "sql_state": r.get("sqlState"), "has_exceptions": r.get("exceptions") is not None}  # fmt: skip
    result = {"connection_id": r.get("connectionId"), "statement_id": r.get("statementId")}
    if name == "ExecuteBatchResponse":
        # The real server never sets missing_statement here: an empty list is the only sign.
        result["update_counts"] = r.get("updateCounts") or []
    return result


def _property(name: str, value: Any) -> dict[str, Any]:
    return {"key": {"name": name}, "value": typed_value(value, _NUMBER if isinstance(value, int) else _TEXT)}


def _properties(p: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_dirty": p.get("dirty"), "auto_commit": p.get("autoCommit"), "read_only": p.get("readOnly"),
        "transaction_isolation": p.get("transactionIsolation"), "catalog": p.get("catalog"), "schema": p.get("schema"),
        "has_auto_commit": p.get("autoCommit") is not None, "has_read_only": p.get("readOnly") is not None,
    }  # fmt: skip


def result_set(r: dict[str, Any]) -> dict[str, Any]:
    signature, frame = r.get("signature"), r.get("firstFrame")
    return {
        "connection_id": r.get("connectionId"),
        "statement_id": r.get("statementId"),
        "own_statement": r.get("ownStatement"),
        "signature": None if signature is None else _signature(signature),
        "first_frame": None if frame is None else _frame(frame),
        "update_count": r.get("updateCount"),
        "metadata": _metadata(r.get("rpcMetadata")),
    }


def _frame(frame: Any) -> bytes:
    if isinstance(frame, Frame):
        return frame.protobuf()
    head = pb.encode("Frame", {"offset": frame.get("offset"), "done": frame.get("done")})
    rows = []
    for row in frame.get("rows") or []:
        cells = b""
        for value in row:
            one = typed_value(value, None)
            cells += pb.delimited(b"\x0a", pb.delimited(b"\x0a", one) + pb.delimited(b"\x22", one))
        rows.append(pb.delimited(b"\x1a", cells))
    return head + b"".join(rows)


def _handle(h: dict[str, Any]) -> dict[str, Any]:
    return {"connection_id": h.get("connectionId"), "id": h.get("id"), "signature": _signature(h.get("signature") or {})}


def _signature(s: dict[str, Any]) -> dict[str, Any]:
    factory = s.get("cursorFactory") or {}
    return {
        "columns": [_column(c) for c in s.get("columns") or []],
        "sql": s.get("sql"),
        "parameters": [{_CAMEL.get(k, k): v for k, v in p.items()} for p in s.get("parameters") or []],
        "cursor_factory": {"style": factory.get("style", "LIST"), "field_names": factory.get("fieldNames")},
    }


def _column(c: dict[str, Any]) -> dict[str, Any]:
    return {**{_CAMEL.get(k, k): v for k, v in c.items()}, "type": _type(c.get("type") or {})}


def _type(t: dict[str, Any]) -> dict[str, Any]:
    rep = t.get("rep", "OBJECT")
    component = t.get("component")
    return {"id": t.get("id", 0), "name": t.get("name"), "rep": rep if rep in pb.REPS else 0,
            "component": None if component is None else _type(component)}  # fmt: skip

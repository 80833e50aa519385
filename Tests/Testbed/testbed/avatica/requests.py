"""Requests: what each server generation knows, and how it reads JSON and protobuf.

Both encodings become the same dictionaries, with the attribute names of JSON; parameter values
become pairs of representation and Python value.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from decimal import Decimal
from typing import Any

from testbed.avatica import protobuf as pb
from testbed.avatica.errors import AvaticaError, jackson, java

Generation = tuple[int, int]
NEWEST: Generation = (1, 29)

_STRINGS = {"connectionId", "sql", "catalog", "schemaPattern", "tableNamePattern", "columnNamePattern"}
_INTS = {"statementId": 31, "fetchMaxRowCount": 31, "maxRowsInFirstFrame": 31, "offset": 63, "maxRowsTotal": 63, "maxRowCount": 63}
_PROPERTIES = ("connProps", "autoCommit", "readOnly", "transactionIsolation", "catalog", "schema", "dirty")
_STATE = ("type", "sql", "metaDataOperation", "operationArgs")
_HANDLE = ("connectionId", "id", "signature")


def attributes(request: str, generation: Generation) -> list[str] | None:
    """The attributes of a request, or None when the generation does not have the request."""
    metadata = ["connectionId"] if generation >= (1, 5) else []
    old = generation < (1, 5)
    run = ["connectionId", "statementId", "sql", "maxRowCount"]
    if generation < (1, 4):
        run.remove("statementId")
    elif generation >= (1, 8):
        run += ["maxRowsTotal", "maxRowsInFirstFrame"]
    fetch = ["connectionId", "statementId", "offset", "fetchMaxRowCount"] + (["parameterValues"] if old else [])
    table: dict[str, tuple[Generation, list[str]]] = {
        "getCatalogs": ((1, 2), metadata),
        "getSchemas": ((1, 2), [*metadata, "catalog", "schemaPattern"]),
        "getTables": ((1, 2), [*metadata, "catalog", "schemaPattern", "tableNamePattern", "typeList"]),
        "getTableTypes": ((1, 4), metadata),
        "getTypeInfo": ((1, 4), metadata),
        "getColumns": ((1, 2), [*metadata, "catalog", "schemaPattern", "tableNamePattern", "columnNamePattern"]),
        "databaseProperties": ((1, 3), metadata),
        "openConnection": ((1, 5), ["connectionId", "info"]),
        "closeConnection": ((1, 2), ["connectionId"]),
        "connectionSync": ((1, 2), ["connectionId", "connProps"]),
        "createStatement": ((1, 2), ["connectionId", "signature"]),
        "closeStatement": ((1, 2), ["connectionId", "statementId"]),
        "prepare": ((1, 2), ["connectionId", "sql", "maxRowCount"]),
        "prepareAndExecute": ((1, 2), run),
        "fetch": ((1, 2), fetch),
        "execute": ((1, 5), ["statementHandle", "parameterValues", "maxRowCount"]),
        "syncResults": ((1, 5), ["connectionId", "statementId", "state", "offset"]),
        "commit": ((1, 6), ["connectionId"]),
        "rollback": ((1, 6), ["connectionId"]),
        "prepareAndExecuteBatch": ((1, 8), ["connectionId", "statementId", "sqlCommands"]),
        "executeBatch": ((1, 8), ["connectionId", "statementId", "parameterValues"]),
    }
    since, names = table.get(request, ((99, 0), []))
    return names if generation >= since else None


# JSON.


def from_json(text: str, generation: Generation) -> dict[str, Any]:
    """Reads a request as the Java mapper does; raises the mapper's errors."""
    document = _parse(text)
    if document is None:
        raise java("NullPointerException", 'Cannot invoke "org.apache.calcite.avatica.remote.Service$Request.accept'
                   '(org.apache.calcite.avatica.remote.Service)" because "<local2>" is null')  # fmt: skip
    if not isinstance(document, dict):
        kind = "Array value (token `JsonToken.START_ARRAY`)" if isinstance(document, list) else f"value ({document})"
        raise jackson("MismatchedInputException", "Cannot deserialize value of type `org.apache.calcite.avatica.remote."
                      f"Service$SchemasRequest` from {kind}", text)  # fmt: skip
    request = document.pop("request", None)
    known = attributes(str(request), generation)
    if known is None:
        request, known = "getSchemas", attributes("getSchemas", generation) or []
    _known_only(document, known, f"remote.Service${_class_of(str(request))}", text)
    result = {name: _attribute(name, value, text, generation) for name, value in document.items()}
    if request == "createStatement" and "signature" in result:
        result["connectionId"] = result.pop("signature")
    return {"request": request, **result}


def _class_of(request: str) -> str:
    name = request.removeprefix("get")
    return {"databaseProperties": "DatabaseProperty"}.get(request, name[:1].upper() + name[1:]) + "Request"


def _known_only(document: dict[str, Any], known: Any, java_class: str, text: str) -> None:
    for name in document:
        if name not in known:
            listed = ", ".join(f'"{k}"' for k in known)
            many = "one known property: " if len(known) == 1 else f"{len(known)} known properties: "
            raise jackson("UnrecognizedPropertyException", f'Unrecognized field "{name}" (class org.apache.calcite.avatica.{java_class}), '
                          f"not marked as ignorable ({many}{listed}])", text)  # fmt: skip


def _attribute(name: str, value: Any, text: str, generation: Generation) -> Any:
    if value is None:
        return None
    if name in _STRINGS:
        if isinstance(value, (dict, list)):
            raise jackson("MismatchedInputException", "Cannot deserialize value of type `java.lang.String` from Object value "
                          "(token `JsonToken.START_OBJECT`)", text)  # fmt: skip
        return value if isinstance(value, str) else str(value)
    if name in _INTS:
        return _integer(value, _INTS[name], text)
    if name == "parameterValues":
        nested = bool(value) and isinstance(value[0], list)
        if nested:
            return [[_json_parameter(v, text) for v in row] for row in value]
        return [_json_parameter(v, text) for v in value]
    if name == "connProps":
        _known_only(value, _PROPERTIES, "ConnectionPropertiesImpl", text)
    if name == "state":
        _known_only(value, _STATE, "QueryState", text)
        operation = value.get("metaDataOperation")
        if operation is not None and operation not in pb.OPERATIONS:
            raise jackson("InvalidFormatException", "Cannot deserialize value of type `org.apache.calcite.avatica.remote.MetaDataOperation` "
                          f'from String "{operation}": not one of the values accepted for Enum class', text)  # fmt: skip
    if name == "statementHandle":
        _known_only(value, _HANDLE, "Meta$StatementHandle", text)
        return {**value, "id": _integer(value.get("id", 0), 31, text)}
    return value


def _integer(value: Any, bits: int, text: str) -> int:
    kind = "int" if bits == 31 else "long"
    try:
        number = int(Decimal(str(value).strip())) if not isinstance(value, (dict, list, bool)) else None
    except ArithmeticError:
        number = None
    if number is None:
        raise jackson("InvalidFormatException", f'Cannot deserialize value of type `{kind}` from String "{value}": not a valid '
                      f"`{kind}` value", text)  # fmt: skip
    if not -(1 << bits) <= number < 1 << bits:
        raise jackson("JsonMappingException", f"Numeric value ({value}) out of range of {kind}", text)
    return number


def _parse(text: str) -> Any:
    if not text.strip():
        raise jackson("MismatchedInputException", "No content to map due to end-of-input", text)
    stripped = text.lstrip(" \t\r\n")
    try:
        return _DECODER.raw_decode(stripped)[0]
    except (json.JSONDecodeError, RecursionError, ValueError):
        pass
    try:
        return _DECODER.raw_decode(_strict_spelling(stripped))[0]
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, json.JSONDecodeError) and error.pos >= len(stripped.rstrip()) - 1 and stripped[0] == "{":
            raise jackson("JsonEOFException", "Unexpected end-of-input within/between Object entries", text) from error
        if token := re.match(r"\w+", stripped):
            what = f"Unrecognized token '{token[0]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        else:
            what = f"Unexpected character ('{stripped[0]}' (code {ord(stripped[0])})): expected a valid value"
        raise jackson("JsonParseException", what, text) from error


_DECODER = json.JSONDecoder(parse_float=Decimal, strict=True)
_LOOSE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'((?:[^'\\]|\\.)*)'|([A-Za-z_$][\w$]*)(?=\s*:)")


def _strict_spelling(text: str) -> str:
    """Single-quoted strings and bare attribute names in the strict spelling."""

    def fix(match: re.Match[str]) -> str:
        if match[1] is not None:
            return json.dumps(match[1])
        return f'"{match[2]}"' if match[2] else match[0]

    return _LOOSE.sub(fix, text)


Parameter = tuple[str, Any]
_JSON_INTEGERS = {"BYTE": 8, "SHORT": 16, "INTEGER": 32, "LONG": 64}
_TEMPORAL = ("JAVA_SQL_DATE", "JAVA_SQL_TIME", "JAVA_SQL_TIMESTAMP", "JAVA_UTIL_DATE")


def wrapped(number: int, bits: int) -> int:
    """Two's complement: the server narrows numbers without a word."""
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def _json_parameter(item: Any, text: str) -> Parameter | None:
    """A TypedValue; None is an element that is null itself."""
    if item is None:
        return None
    _known_only(item, ("type", "value", "componentType"), "remote.TypedValue", text)
    rep, value = str(item.get("type")), item.get("value")
    if value is None:
        return "NULL", None
    if rep not in pb.REPS or rep.startswith("BIG_"):
        raise _bad_value(f"No enum constant org.apache.calcite.avatica.ColumnMetaData.Rep.{rep}", text)
    if rep == "ARRAY":
        raise java("NullPointerException", 'Cannot invoke "org.apache.calcite.avatica.ColumnMetaData$Rep.ordinal()" because '
                   '"<parameter1>" is null')  # fmt: skip
    numeric = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    if rep in _JSON_INTEGERS and numeric:
        return rep, wrapped(int(value), _JSON_INTEGERS[rep])
    if rep in ("FLOAT", "DOUBLE") and numeric:
        return rep, struct.unpack("<f", struct.pack("<f", float(value)))[0] if rep == "FLOAT" else float(value)
    if rep == "NUMBER" and numeric or rep in _TEMPORAL and numeric:
        return rep, value if rep == "NUMBER" else int(value)
    if rep == "BOOLEAN" and isinstance(value, bool) or rep == "STRING" and isinstance(value, str):
        return rep, value
    if rep == "OBJECT":
        return rep, value
    if rep == "BYTE_STRING" and isinstance(value, str):
        return rep, _base64(value, text)
    name = {str: "String", int: "Integer", bool: "Boolean", Decimal: "BigDecimal"}.get(type(value), "Object")
    raise _bad_value(f"cannot convert {value} (class java.lang.{name}) to {rep}", text)


def _base64(value: str, text: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise _bad_value("bad base64 string", text) from None


def _bad_value(problem: str, text: str) -> AvaticaError:
    return jackson("ValueInstantiationException", "Cannot construct instance of `org.apache.calcite.avatica.remote.TypedValue`, "
                   f"problem: {problem}", text)  # fmt: skip


# Protobuf.

_RENAMED = {
    "Catalogs": "getCatalogs", "Schemas": "getSchemas", "Tables": "getTables", "TableTypes": "getTableTypes",
    "TypeInfo": "getTypeInfo", "Columns": "getColumns", "DatabaseProperty": "databaseProperties",
}  # fmt: skip


def from_protobuf(body: bytes, generation: Generation) -> dict[str, Any]:
    """Reads a WireMessage; raises the errors of the Java server."""
    try:
        wire = pb.decode("WireMessage", body)
        name = wire.get("name", "")
        if not name:
            raise java("IllegalArgumentException", "Cannot fetch parser for Request with missing class name")
        short = name.removeprefix(f"{pb.PREFIX}Requests$")
        if short == name or not short.endswith("Request") or short not in pb.MESSAGES:
            raise java("IllegalArgumentException", f"Cannot find request parser for {name}")
        message = pb.decode(short, wire.get("wrapped_message", b""))
    except pb.ProtobufError as error:
        raise java("InvalidProtocolBufferException", str(error), "com.google.protobuf.") from error
    base = short.removesuffix("Request")
    request = _RENAMED.get(base, base[:1].lower() + base[1:])
    return {"request": request, **_members(request, message, generation)}


def _members(request: str, m: dict[str, Any], generation: Generation) -> dict[str, Any]:
    result: dict[str, Any] = {"connectionId": m.get("connection_id", "")}
    if "statement_id" in pb_names(request):
        result["statementId"] = wrapped(m.get("statement_id", 0), 32)
    if request in ("getSchemas", "getTables", "getColumns"):
        for ours, theirs in (("catalog", "catalog"), ("schemaPattern", "schema_pattern"), ("tableNamePattern", "table_name_pattern"),
                             ("columnNamePattern", "column_name_pattern")):  # fmt: skip
            # Before 1.18 an empty pattern cannot be told from none.
            empty = "" if generation >= (1, 18) and m.get("has_" + theirs) else None
            result[ours] = m.get(theirs, empty)
        result["typeList"] = m.get("type_list") or ([] if m.get("has_type_list") else None)
    if request in ("prepare", "prepareAndExecute"):
        total = m.get("max_rows_total") or m.get("max_row_count", 0)
        result |= {"sql": m.get("sql", ""), "maxRowCount": total, "maxRowsInFirstFrame": m.get("first_frame_max_size") or total}
    if request == "fetch":
        size = m.get("frame_max_size") or wrapped(m.get("fetch_max_row_count", 0), 32)
        result |= {"offset": m.get("offset", 0), "fetchMaxRowCount": size}
    if request == "execute":
        size = m.get("first_frame_max_size") or m.get("deprecated_first_frame_max_size", 0)
        handle = m.get("statementHandle", {})
        values = [_parameter(v) for v in m.get("parameter_values", [])] if m.get("has_parameter_values") else None
        result = {
            "statementHandle": {"connectionId": handle.get("connection_id", ""), "id": handle.get("id", 0), "signature": handle.get("signature")},
            "parameterValues": values,
            "maxRowCount": size,
        }
    if request == "executeBatch":
        result["parameterValues"] = [[_parameter(v) for v in u.get("parameter_values", [])] for u in m.get("updates", [])]
    if request == "prepareAndExecuteBatch":
        result["sqlCommands"] = m.get("sql_commands", [])
    if request == "openConnection":
        result["info"] = {e.get("key", ""): e.get("value", "") for e in m.get("info", [])}
    if request == "connectionSync":
        result["connProps"] = _properties(m["conn_props"]) if "conn_props" in m else None
    if request == "syncResults":
        result |= {"offset": m.get("offset", 0), "state": _state(m["state"]) if "state" in m else None}
    return result


def pb_names(request: str) -> set[str]:
    name = next((k for k, v in _RENAMED.items() if v == request), request[:1].upper() + request[1:])
    return {f.name for f in pb.MESSAGES[name + "Request"]}


def _properties(p: dict[str, Any]) -> dict[str, Any]:
    return {
        "autoCommit": p.get("auto_commit", False) if p.get("has_auto_commit") or p.get("auto_commit") else None,
        "readOnly": p.get("read_only", False) if p.get("has_read_only") or p.get("read_only") else None,
        "transactionIsolation": p.get("transaction_isolation") or None,
        "catalog": p.get("catalog") or None,
        "schema": p.get("schema") or None,
    }


def _state(s: dict[str, Any]) -> dict[str, Any]:
    arguments: list[Any] = []
    for a in s.get("args", []):
        kind = a.get("type", "STRING")
        values = {"STRING": a.get("string_value", ""), "BOOL": a.get("bool_value", False), "INT": a.get("int_value", 0), "NULL": None,
                  "REPEATED_STRING": tuple(a.get("string_array_values", ())), "REPEATED_INT": tuple(a.get("int_array_values", ()))}  # fmt: skip
        arguments.append(values[kind])
    return {
        "type": s.get("type", "SQL"),
        "sql": s.get("sql") if s.get("has_sql") else None,
        "metaDataOperation": s.get("op", pb.OPERATIONS[0]) if s.get("has_op") else None,
        "operationArgs": arguments if s.get("has_args") else None,
    }


def _parameter(v: dict[str, Any]) -> Parameter | None:
    rep = v.get("type", "PRIMITIVE_BOOLEAN")
    if v.get("implicitly_null"):
        return None
    if rep == "NULL" or v.get("null"):
        return "NULL", None
    number = v.get("number_value", 0)
    if rep in _JSON_INTEGERS:
        return rep, wrapped(number, _JSON_INTEGERS[rep])
    if rep in _TEMPORAL or rep == "NUMBER":
        return rep, number
    if rep == "FLOAT":
        return rep, struct.unpack("<f", struct.pack("<I", number & 0xFFFFFFFF))[0]
    if rep == "DOUBLE":
        return rep, v.get("double_value", 0.0)
    if rep == "BOOLEAN":
        return rep, v.get("bool_value", False)
    if rep == "STRING" or rep == "CHARACTER" and v.get("string_value"):
        return rep, v.get("string_value", "")
    if rep == "BIG_DECIMAL":
        return rep, Decimal(v.get("string_value", "0"))
    if rep == "BYTE_STRING":
        return rep, v["bytes_value"] if "bytes_value" in v else base64.b64decode(v.get("string_value", ""))
    if rep == "ARRAY":
        return rep, [None if p is None else p[1] for p in map(_parameter, v.get("array_value", []))]
    if rep == "CHARACTER":
        raise java("StringIndexOutOfBoundsException", "Index 0 out of bounds for length 0")
    if rep.startswith("PRIMITIVE_"):
        raise java("IllegalArgumentException", f"cannot convert value of type {rep}")
    raise AvaticaError(f"RuntimeException: Unhandled type: {rep}")

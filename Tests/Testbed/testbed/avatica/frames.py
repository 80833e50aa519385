"""Frames: rows of a result in both encodings, rendered column by column."""

from __future__ import annotations

import base64
import json
import struct
from decimal import Decimal
from typing import Any, Callable

import numpy as np

from testbed.avatica import protobuf as pb
from testbed.avatica.types import SqlType
from testbed.avatica.values import java_double, java_float


class RawNumber(str):
    """Digits that are written as they are, for numbers no library writes."""


class Frame:
    """Rows as columns of cells; `done` and `offset` as they go on the wire."""

    def __init__(self, kinds: list[SqlType], columns: list[list[Any]], offset: int, done: bool) -> None:
        self.kinds, self.columns, self.offset, self.done = kinds, columns, offset, done
        self.version = (1, 29)

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def as_document(self) -> dict[str, Any]:
        """The frame with its rows spelled out, for rules that patch it."""
        rows = [list(row) for row in zip(*self.columns)]
        return {"offset": self.offset, "done": self.done, "rows": rows}

    def json_text(self) -> str:
        texts = [json_texts(column, kind) for column, kind in zip(self.columns, self.kinds)]
        rows = ",".join("[" + ",".join(row) + "]" for row in zip(*texts))
        return f'{{"offset":{self.offset},"done":{json.dumps(self.done)},"rows":[{rows}]}}'

    def protobuf(self) -> bytes:
        """The encoded Frame message."""
        encoded = [column_values(c, k, self.version) for c, k in zip(self.columns, self.kinds)]
        out = [pb.encode("Frame", {"offset": self.offset, "done": self.done})]
        out += [pb.delimited(b"\x1a", b"".join(row)) for row in zip(*encoded)]
        return b"".join(out)


# JSON.

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
for _code in range(0x20):
    _ESCAPES.setdefault(chr(_code), f"\\u{_code:04X}")
_TABLE = str.maketrans(_ESCAPES)


def json_string(text: str) -> str:
    """A string as Jackson writes it: raw UTF-8, capital hexadecimal digits in escapes."""
    return '"' + text.translate(_TABLE) + '"'


def json_cell(value: Any) -> str:
    """One value: NaN and infinities are strings, decimals keep their digits."""
    if value is None:
        return "null"
    if isinstance(value, RawNumber):
        return str(value)
    if isinstance(value, str):
        return json_string(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, np.float32):
        return _quoted_special(java_float(value))
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, float):
        return _quoted_special(java_double(value))
    if isinstance(value, bytes):
        return '"' + base64.b64encode(value).decode() + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_string(str(k))}:{json_cell(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(json_cell(v) for v in value) + "]"
    if isinstance(value, Frame):
        return value.json_text()
    return json_string(str(value))


_PLAIN = {"tinyint", "smallint", "integer", "bigint", "decimal", "numeric", "date", "time", "timestamp"}


def json_texts(column: list[Any], kind: SqlType) -> list[str]:
    """A column of cells, quicker than one by one where the kind of a column says how they are written."""
    if kind.kind in _PLAIN:
        return ["null" if v is None else str(v) for v in column]
    if kind.kind in ("char", "varchar"):
        return ["null" if v is None else json_string(v) for v in column]
    return [json_cell(v) for v in column]


def _quoted_special(text: str) -> str:
    return f'"{text}"' if text[-1] in "Ny" else text


def json_document(document: Any) -> bytes:
    """A whole response and the newline after it; lone surrogates become their three bytes."""
    return (json_cell(document) + "\n").encode("utf-8", "surrogatepass")


# Protobuf.

_NULL = b"\x08\x18\x38\x01"


def typed(rep: str) -> bytes:
    return b"\x08" + pb.varint(pb.REPS.index(rep))


def _numbers(rep: str) -> Callable[[Any], bytes]:
    head = typed(rep)
    return lambda v: head + b"\x20" + pb.zigzag(int(v)) if v else head


def _boolean(v: Any) -> bytes:
    return b"\x08\x08\x10\x01" if v else b"\x08\x08"


def _float(v: Any) -> bytes:
    bits = struct.unpack("<i", struct.pack("<f", float(v)))[0]
    return b"\x08\x0e" + (b"\x20" + pb.zigzag(bits) if bits else b"")


def _double(v: Any) -> bytes:
    data = struct.pack("<d", v)
    return b"\x08\x0f" + (b"\x31" + data if data != bytes(8) else b"")


def _texts(rep: str) -> Callable[[Any], bytes]:
    head = typed(rep)

    def encode(v: Any) -> bytes:
        data = str(v).encode("utf-8", "surrogatepass")
        return head + (b"\x1a" + pb.varint(len(data)) + data if data else b"")

    return encode


def _bytes(v: Any) -> bytes:
    if isinstance(v, str):
        return _texts("STRING")(v)
    text = base64.b64encode(v)
    if not v:
        return b"\x08\x14"
    return b"\x08\x14" + pb.delimited(b"\x1a", text) + pb.delimited(b"\x2a", v)


_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "boolean": _boolean, "bit": _boolean, "tinyint": _numbers("BYTE"), "smallint": _numbers("SHORT"),
    "integer": _numbers("INTEGER"), "bigint": _numbers("LONG"), "utinyint": _numbers("SHORT"),
    "usmallint": _numbers("INTEGER"), "uinteger": _numbers("LONG"), "ubigint": _numbers("LONG"), "real": _float,
    "double": _double, "decimal": _texts("BIG_DECIMAL"), "numeric": _texts("BIG_DECIMAL"), "date": _numbers("INTEGER"),
    "time": _numbers("INTEGER"), "timestamp": _numbers("LONG"), "binary": _bytes, "varbinary": _bytes,
}  # fmt: skip


def typed_value(value: Any, kind: SqlType | None) -> bytes:
    """One encoded TypedValue; without a type, the one that the Python value suggests."""
    if value is None:
        return _NULL
    if kind is None or not _fits(value, kind):
        kind = _guess(value)
    if kind.component is not None:
        items = b"".join(pb.delimited(b"\x42", typed_value(v, kind.component)) for v in value)
        return typed("ARRAY") + items + b"\x48" + pb.varint(pb.REPS.index(kind.component.component_rep))
    return _ENCODERS.get(kind.kind, _texts("STRING"))(value)


def _fits(value: Any, kind: SqlType) -> bool:
    """Whether a value is of its column's type; patched cells often are not."""
    if kind.component is not None:
        return isinstance(value, list)
    if isinstance(value, (str, RawNumber)):
        return kind.kind not in _ENCODERS or kind.kind in ("binary", "varbinary")
    if isinstance(value, float):
        return kind.kind in ("double", "real")
    if isinstance(value, bool):
        return kind.kind in ("boolean", "bit")
    if isinstance(value, int):
        return kind.kind not in ("decimal", "numeric", "double", "binary", "varbinary", "boolean", "bit")
    return not isinstance(value, (list, dict))


def _guess(value: Any) -> SqlType:
    if isinstance(value, list):
        first = next((v for v in value if v is not None), "")
        return SqlType("array", "ARRAY", component=_guess(first))
    kind = {bool: "boolean", int: "bigint", float: "double", bytes: "varbinary", Decimal: "decimal"}.get(type(value), "varchar")
    return SqlType(kind, kind.upper())


def _old_decimal(v: Any) -> bytes:
    """BIG_DECIMAL of servers before 1.8: the unscaled integer and its scale."""
    sign, digits, exponent = v.as_tuple()
    unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
    scale = -int(exponent)
    if scale == 0:
        return _texts("BIG_DECIMAL")(v)
    data = unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)
    return typed("BIG_DECIMAL") + b"\x20" + pb.zigzag(scale) + pb.delimited(b"\x2a", data)


def _oldest(column: list[Any], kind: SqlType) -> list[bytes]:
    """ColumnValue messages of 1.5: only the first field, with as many values as an array has elements."""
    result = []
    for value in column:
        items = value if isinstance(value, list) else [value]
        inner = kind.component if isinstance(value, list) else kind
        encoded = (_old_decimal(v) if isinstance(v, Decimal) else typed_value(v, inner) for v in items)
        result.append(pb.delimited(b"\x0a", b"".join(pb.delimited(b"\x0a", e) for e in encoded)))
    return result


def column_values(column: list[Any], kind: SqlType, version: tuple[int, int] = (1, 29)) -> list[bytes]:
    """Encoded and framed ColumnValue messages: the value twice, as real servers send it."""
    if version < (1, 6):
        return _oldest(column, kind)
    result = []
    if kind.component is not None:
        for value in column:
            if isinstance(value, list):
                items = [typed_value(v, kind.component) for v in value]
                twice = b"".join(pb.delimited(tag, item) for tag in (b"\x0a", b"\x12") for item in items)
                result.append(pb.delimited(b"\x0a", twice + b"\x18\x01"))
            else:
                result.append(_framed(typed_value(value, None)))
        return result
    encoder = _ENCODERS.get(kind.kind, _texts("STRING"))
    if version < (1, 8) and kind.kind in ("decimal", "numeric"):
        encoder = _old_decimal
    return [_FRAMED_NULL if value is None else _framed(encoder(value)) for value in column]


def _framed(data: bytes) -> bytes:
    size = len(data)
    if size < 61:
        one = _BYTES[size]
        return b"\x0a" + _BYTES[2 * size + 4] + b"\x0a" + one + data + b"\x22" + one + data
    length = pb.varint(size)
    return pb.delimited(b"\x0a", b"\x0a" + length + data + b"\x22" + length + data)


_BYTES = [bytes([n]) for n in range(128)]


_FRAMED_NULL = _framed(_NULL)

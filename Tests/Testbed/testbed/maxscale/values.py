"""JSON as MaxScale writes it: values of the text protocol, column metadata, numbers with 17 digits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Callable

Encode = Callable[[bytes], bytes]

_INT64 = (-(2**63), 2**63 - 1)
_PLAIN = re.compile(rb"[ !#-\[\]-\x7f]*").fullmatch
_SPECIAL = re.compile(rb'["\\\x00-\x1f]')
_ESCAPES = {i: f"\\u{i:04X}" for i in range(32)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"
}  # fmt: skip
_INTEGERS = {0, 1, 2, 3, 8, 9}
_REALS = {4, 5}
_YEAR, _NEW_DECIMAL, _TIMESTAMP, _BINARY = 13, 246, 7, 63
NUMBER_FLAG = 32768
_NAMES = {
    0: "DECIMAL", 1: "TINYINT", 2: "SMALLINT", 3: "INT", 4: "FLOAT", 5: "DOUBLE", 6: "NULL", 7: "TIMESTAMP", 8: "BIGINT",
    9: "MEDIUMINT", 10: "DATE", 11: "TIME", 12: "DATETIME", 13: "YEAR", 14: "DATE", 15: "VARCHAR", 16: "BIT",
    245: "JSON", 246: "DECIMAL", 247: "ENUM", 248: "SET", 253: "VARCHAR", 254: "CHAR", 255: "GEOMETRY",
}  # fmt: skip
_LONG = {249: "TINY", 250: "MEDIUM", 251: "LONG", 252: ""}


@dataclass(frozen=True)
class Column:
    """A column definition of the text protocol."""

    schema: bytes
    table: bytes
    name: bytes
    charset: int
    length: int
    type: int
    flags: int
    decimals: int

    @property
    def type_name(self) -> str:
        """The name that MaxScale gives to the wire type: BINARY is CHAR, ENUM is CHAR, JSON is TEXT."""
        if self.type in _LONG:
            return _LONG[self.type] + ("BLOB" if self.charset == _BINARY else "TEXT")
        return _NAMES.get(self.type, "UNKNOWN")

    def metadata(self, bytes_per_character: dict[int, int]) -> bytes:
        """The object of the `metadata` array; lengths of text are characters."""
        # The client library marks the numbers; the server does not.
        number = self.type in _INTEGERS | _REALS | {6, _YEAR, _NEW_DECIMAL}
        return b'{"catalog":"def","decimals":%d,"flags":%d,"length":%d,"name":%s,"schema":%s,"table":%s,"type":"%s"}' % (
            self.decimals, self.flags | (NUMBER_FLAG if number else 0),
            self.length // bytes_per_character.get(self.charset, 1),
            text(self.name), text(self.schema), text(self.table), self.type_name.encode(),
        )  # fmt: skip

    def encoder(self) -> Encode:
        """What turns a value of this column, as the server sends it, into JSON."""
        if self.type in _INTEGERS:
            return integer
        return real_text if self.type in _REALS else text


def integer(value: bytes) -> bytes:
    """What `strtol` makes of it: saturated, without leading zeros."""
    if len(value) < 18 and value[:1] != b"0" and value.isdigit():
        return value
    found = re.match(rb"\s*[+-]?\d+", value)
    number = int(found[0]) if found else 0
    return b"%d" % min(max(number, _INT64[0]), _INT64[1])


def real(value: float) -> str:
    """17 significant digits, no plus sign and no leading zeros in the exponent, always a point or an exponent."""
    digits = f"{value:.17g}"
    mantissa, e, exponent = digits.partition("e")
    if e:
        return f"{mantissa}e{int(exponent)}"
    return digits if "." in digits else digits + ".0"


def real_text(value: bytes) -> bytes:
    """A FLOAT or DOUBLE of the text protocol."""
    return real(float(value)).encode()


def text(value: bytes) -> bytes:
    """A string up to its first NUL, or null when that is not UTF-8."""
    if _PLAIN(value):
        return b'"%s"' % value
    if b"\0" in value:
        value = value[: value.index(b"\0")]
    if not value.isascii():
        try:
            value.decode()
        except UnicodeDecodeError:
            return b"null"
    return b'"%s"' % (_SPECIAL.sub(_escaped, value) if _SPECIAL.search(value) else value)


def _escaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found[0][0]].encode()


def string(value: str | None) -> bytes:
    """A text of MaxScale's own as JSON."""
    return b"null" if value is None else text(value.encode())


class Digits(str):
    """A number in the digits in which it has to be written."""


def parsed(document: bytes) -> Any:
    """A document with every digit of its reals kept."""
    return json.loads(document, parse_float=Digits)


def dumped(node: Any, indent: int | None = None, level: int = 0) -> str:
    """JSON with sorted keys; with `indent` a line for every element, as MaxScale does by default."""
    if isinstance(node, Digits):
        return str(node)
    if isinstance(node, float):
        return real(node)
    if isinstance(node, (dict, list)):
        return _container(node, indent, level)
    if isinstance(node, str):
        return '"' + node.translate(_ESCAPES) + '"'
    return json.dumps(node)


def _container(node: dict[str, Any] | list[Any], indent: int | None, level: int) -> str:
    colon = '":' if indent is None else '": '
    if isinstance(node, dict):
        parts = [f'"{k.translate(_ESCAPES)}{colon}{dumped(v, indent, level + 1)}' for k, v in sorted(node.items())]
    else:
        parts = [dumped(v, indent, level + 1) for v in node]
    start, end = "{}" if isinstance(node, dict) else "[]"
    if not parts or indent is None:
        return start + ",".join(parts) + end
    margin = "\n" + " " * indent * (level + 1)
    return start + margin + ("," + margin).join(parts) + "\n" + " " * indent * level + end

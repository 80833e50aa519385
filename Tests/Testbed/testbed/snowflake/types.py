"""Logical types: what the service calls them, how DuckDB stores them, and what `rowtype` says.

Timestamps are stored as text, because DuckDB's own types have either too few digits (microseconds) or too
few years (nanoseconds): `2024-01-02 03:04:05.123456789`, with ` +02:00` behind it for TIMESTAMP_TZ. LTZ is in UTC.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

MAX_TEXT = 16777216
MAX_BINARY = 8388608
_FRACTIONAL = ("time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz")
STAMPS = ("timestamp_ntz", "timestamp_ltz", "timestamp_tz")
SEMI = ("variant", "object", "array", "map")


@dataclass(frozen=True)
class SFType:
    """One logical type. `scale` counts fraction digits, `length` characters or bytes, `dimension` elements."""

    kind: str
    precision: int = 38
    scale: int = 0
    length: int = MAX_TEXT
    element: str = ""
    dimension: int = 0

    def rowtype(self, name: str, nullable: bool = True, origin: tuple[str, str, str] = ("", "", "")) -> dict[str, Any]:
        """An entry of `rowtype`."""
        database, schema, table = origin
        entry: dict[str, Any] = {
            "name": name, "database": database, "schema": schema, "table": table, "nullable": nullable, "type": self.kind,
            "length": None, "byteLength": None, "precision": None, "scale": None, "collation": None,
        }  # fmt: skip
        if self.kind == "fixed":
            entry |= {"precision": self.precision, "scale": self.scale}
        elif self.kind in _FRACTIONAL:
            entry |= {"precision": 0, "scale": self.scale}
        elif self.kind == "text":
            entry |= {"length": self.length, "byteLength": min(4 * self.length, MAX_TEXT)}
        elif self.kind == "binary":
            length = min(self.length, MAX_BINARY)
            entry |= {"length": length, "byteLength": length}
        elif self.kind == "vector":
            element = SFType("fixed" if self.element == "int" else "real").rowtype("")
            entry |= {"vectorDimension": self.dimension, "fields": [{**element, "nullable": False}]}
        return entry

    def column_type(self, nullable: bool) -> str:
        """The `data_type` of SHOW COLUMNS."""
        facts: dict[str, Any] = {"type": self.kind.upper(), "nullable": nullable}
        if self.kind == "fixed":
            facts |= {"precision": self.precision, "scale": self.scale}
        elif self.kind in _FRACTIONAL:
            facts |= {"precision": 0, "scale": self.scale}
        elif self.kind == "text":
            facts |= {"length": self.length, "byteLength": min(4 * self.length, MAX_TEXT), "fixed": False}
        elif self.kind == "binary":
            facts |= {"length": min(self.length, MAX_BINARY), "byteLength": min(self.length, MAX_BINARY), "fixed": True}
        elif self.kind == "vector":
            facts |= {"dimension": self.dimension, "vectorElementType": {"type": "FIXED" if self.element == "int" else "REAL"}}
        return json.dumps(facts, separators=(",", ":"))

    def sql(self) -> str:
        """The type as DESCRIBE TABLE and INFORMATION_SCHEMA's users know it."""
        names = {"real": "FLOAT", "text": f"VARCHAR({self.length})", "fixed": f"NUMBER({self.precision},{self.scale})",
                 "binary": f"BINARY({min(self.length, MAX_BINARY)})",
                 "vector": f"VECTOR({self.element.upper()}, {self.dimension})"}  # fmt: skip
        if self.kind in _FRACTIONAL:
            return f"{self.kind.upper()}({self.scale})"
        return names.get(self.kind, self.kind.upper())

    def storage(self) -> str:
        """DuckDB's type."""
        if self.kind == "fixed":
            return f"DECIMAL({self.precision},{self.scale})"
        if self.kind == "vector":
            return f"{'INTEGER' if self.element == 'int' else 'FLOAT'}[{self.dimension}]"
        return {"real": "DOUBLE", "binary": "BLOB", "boolean": "BOOLEAN", "date": "DATE", "time": "TIME_NS",
                "interval_year_month": "HUGEINT", "interval_day_time": "HUGEINT"}.get(self.kind, "VARCHAR")  # fmt: skip


_SIMPLE = {
    "DOUBLE": "real", "FLOAT": "real", "BOOLEAN": "boolean", "DATE": "date", "VARIANT": "variant", "OBJECT": "object",
    "ARRAY": "array", "MAP": "map", "DECFLOAT": "decfloat", "GEOGRAPHY": "geography", "GEOMETRY": "geometry", "JSON": "variant",
    "STRUCT": "object",
}  # fmt: skip
_STAMPS = {
    "DATETIME": "timestamp_ntz", "TIMESTAMP": "timestamp_ntz", "TIMESTAMPNTZ": "timestamp_ntz", "TIMESTAMP_NS": "timestamp_ntz",
    "TIMESTAMPLTZ": "timestamp_ltz", "TIMESTAMPTZ": "timestamp_tz", "TIME": "time",
}  # fmt: skip
_INTEGERS = {"INT", "BIGINT", "SMALLINT", "TINYINT", "INT128", "UINT", "UBIGINT"}


def from_sqlglot(data_type: exp.DataType | None) -> SFType | None:
    """The logical type that a parsed or inferred type means; None when it is not known."""
    if data_type is None or not isinstance(data_type, exp.DataType):
        return None
    name = data_type.this.name if isinstance(data_type.this, exp.DataType.Type) else str(data_type.this).upper()
    numbers = [int(str(p.this)) for p in data_type.expressions
               if isinstance(p, exp.DataTypeParam) and str(p.this).isdigit()]  # fmt: skip
    if name in _INTEGERS:
        return SFType("fixed", 38, 0)
    if name in ("DECIMAL", "BIGDECIMAL"):
        return SFType("fixed", *(numbers + [38, 0][len(numbers):]))
    if name in ("VARCHAR", "TEXT", "NVARCHAR"):
        return SFType("text", length=numbers[0] if numbers else MAX_TEXT)
    if name in ("CHAR", "NCHAR"):
        return SFType("text", length=numbers[0] if numbers else 1)
    if name in ("BINARY", "VARBINARY", "BLOB"):
        return SFType("binary", length=numbers[0] if numbers else MAX_BINARY)
    if name in _STAMPS:
        return SFType(_STAMPS[name], scale=numbers[0] if numbers else 9)
    if name == "VECTOR":
        dimension = next((int(e.name) for e in data_type.find_all(exp.Literal)), 0)
        element = "int" if "INT" in str(data_type.expressions[0]).upper() or "DECIMAL" in str(data_type.expressions[0]).upper() else "float"
        return SFType("vector", element=element, dimension=dimension)
    if name == "INTERVAL":
        return None
    return SFType(_SIMPLE[name]) if name in _SIMPLE else None


def from_duckdb(name: str) -> SFType:
    """The logical type of what DuckDB hands out."""
    if match := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name):
        return SFType("fixed", int(match.group(1)), int(match.group(2)))
    if match := re.fullmatch(r"(INTEGER|FLOAT)\[(\d+)\]", name):
        return SFType("vector", element="int" if match.group(1) == "INTEGER" else "float", dimension=int(match.group(2)))
    digits = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10,
              "UBIGINT": 20, "HUGEINT": 38, "UHUGEINT": 38}  # fmt: skip
    if name in digits:
        return SFType("fixed", digits[name], 0)
    simple = {"DOUBLE": "real", "FLOAT": "real", "BOOLEAN": "boolean", "DATE": "date", "BLOB": "binary", "JSON": "variant"}
    if name in simple:
        return SFType(simple[name])
    if name.startswith("TIMESTAMP WITH"):
        return SFType("timestamp_ltz", scale=9)
    if name.startswith("TIMESTAMP"):
        return SFType("timestamp_ntz", scale=9)
    if name.startswith("TIME"):
        return SFType("time", scale=9)
    if name.endswith("]"):
        return SFType("array")
    if name.startswith(("STRUCT", "MAP")):
        return SFType("object")
    return SFType("text")


def settled(inferred: SFType | None, found: SFType) -> SFType:
    """The type of a result column: what the statement says, as far as DuckDB's value can be it."""
    if inferred is None or inferred.kind == found.kind == "fixed":
        # Digits of numbers are DuckDB's, except where a column was named.
        return found
    if found.kind == "text":
        fits = inferred.kind not in ("fixed", "real", "boolean", "date", "time", "binary", "vector")
        return inferred if fits else found
    if found.kind == inferred.kind:
        return inferred
    if found.kind in STAMPS and inferred.kind in STAMPS:
        return inferred
    return found

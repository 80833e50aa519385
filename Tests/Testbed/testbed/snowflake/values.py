"""Columns of a result: from DuckDB's Arrow arrays to the service's Arrow layouts and JSON cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from testbed.snowflake.stamps import decimal_text, instant
from testbed.snowflake.types import SEMI, STAMPS, SFType

_WIDTHS = ((1 << 7, pa.int8()), (1 << 15, pa.int16()), (1 << 31, pa.int32()), (1 << 63, pa.int64()))


@dataclass
class Column:
    """One column: its place in `rowtype`, its type and its values in DuckDB's form."""

    entry: dict[str, Any]
    type: SFType
    values: pa.Array
    # JSON_INDENT: blanks of a level, or 0 for none of them and no line feeds.
    indent: int = 2

    def slice(self, at: int, count: int) -> "Column":
        return Column(self.entry, self.type, self.values.slice(at, count), self.indent)


def metadata(column: Column, physical: pa.DataType) -> dict[str, str]:
    """The metadata that a warehouse writes to a field."""
    kind = column.type.kind
    logical = {"geography": "OBJECT", "geometry": "OBJECT"}.get(kind, kind.upper())
    width = {"boolean": 1, "date": 4, "real": 8}.get(kind, 0)
    if kind == "fixed" or kind == "time":
        width = physical.bit_width // 8
    elif kind in STAMPS:
        width = 8 if not pa.types.is_struct(physical) or physical.num_fields == 2 and kind == "timestamp_tz" else 16
    elif kind in ("text", "binary"):
        width = column.entry["byteLength"] or 0
    length = column.entry["length"] or 0
    precision = "0" if kind in STAMPS else str(column.type.precision)
    return {"logicalType": logical, "precision": precision, "scale": str(column.type.scale), "charLength": str(length),
            "byteLength": str(width), "finalType": "T"}  # fmt: skip


def field(column: Column, laid_out: pa.Array) -> pa.Field:
    """The Arrow field of a column whose values have been laid out."""
    return pa.field(column.entry["name"], laid_out.type, column.entry["nullable"], metadata(column, laid_out.type))


# Arrow.


def physical(column: Column, as_structs: bool = False) -> pa.Array:
    """The values in the layout that the service sends, with integers as narrow as they fit."""
    kind, values = column.type.kind, column.values
    if kind == "fixed":
        return _narrow(unscaled(values, column.type.scale), column.type.scale)
    if kind == "time":
        unit = 10 ** (9 - column.type.scale)
        ticks = pc.divide(values.cast(pa.time64("ns")).cast(pa.int64()), unit)
        return ticks.cast(pa.int32()) if column.type.scale <= 4 else ticks
    if kind in STAMPS:
        return _stamps(column, as_structs)
    if kind == "decfloat":
        return _decfloats(values)
    if kind in SEMI or kind in ("geography", "geometry"):
        return pa.array([_indented(v, column.indent) for v in values.to_pylist()], pa.string())
    if kind in ("interval_year_month", "interval_day_time"):
        return _narrow(unscaled(values, 0), 0) if kind == "interval_year_month" else unscaled(values, 0).cast(pa.int64())
    wanted = {"real": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(), "binary": pa.binary()}
    if kind == "vector":
        return values
    return values.cast(wanted.get(kind, pa.string()))


def unscaled(values: pa.Array, scale: int) -> pa.Array:
    """Numbers times 10^scale as decimals without a fraction."""
    if pa.types.is_integer(values.type):
        return values.cast(pa.decimal128(38, 0))
    if not pa.types.is_decimal(values.type):
        values = values.cast(pa.decimal128(38, scale))
    wide = values.cast(pa.decimal128(38, scale))
    return pa.Array.from_buffers(pa.decimal128(38, 0), len(wide), wide.buffers(), wide.null_count, wide.offset)


def _narrow(numbers: pa.Array, scale: int) -> pa.Array:
    """The narrowest integers that hold all of them, else decimals with their scale."""
    low, high = (v.as_py() for v in pc.min_max(numbers).values())
    for limit, kind in _WIDTHS:
        if low is None or -limit <= low and high < limit:
            return numbers.cast(pa.int64()).cast(kind) if kind != pa.int64() else numbers.cast(kind)
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(numbers), numbers.buffers(), numbers.null_count, numbers.offset)


def _stamps(column: Column, as_structs: bool) -> pa.Array:
    kind, scale = column.type.kind, column.type.scale
    if pa.types.is_timestamp(column.values.type) and kind == "timestamp_ntz" and scale == 6 and not as_structs:
        return column.values.cast(pa.timestamp("us")).cast(pa.int64())
    parts = [None if text is None else instant(text, kind) for text in stamp_texts(column)]
    mask = pa.array([p is None for p in parts], pa.bool_())
    seconds = pa.array([p and p[0] for p in parts], pa.int64())
    nanos = pa.array([p and p[1] for p in parts], pa.int32())
    zones = pa.array([p and p[2] + 1440 for p in parts], pa.int32())
    ticks = pa.array([p and (p[0] * 10**9 + p[1]) // 10 ** (9 - scale) for p in parts], pa.int64()) if scale <= 7 else None
    if kind == "timestamp_tz":
        if scale <= 3 and not as_structs:
            return _struct({"epoch": ticks, "timezone": zones}, mask)
        return _struct({"epoch": seconds, "fraction": nanos, "timezone": zones}, mask)
    if scale <= 7 and not as_structs:
        return ticks
    return _struct({"epoch": seconds, "fraction": nanos}, mask)


def stamp_texts(column: Column) -> list[str | None]:
    """The stored texts, also of what DuckDB computed with a type of its own."""
    if pa.types.is_timestamp(column.values.type):
        naive = column.values.cast(pa.timestamp("us"))
        return [None if v is None else v.isoformat(" ") for v in naive.to_pylist()]
    return column.values.to_pylist()


def _struct(children: dict[str, pa.Array], mask: pa.Array) -> pa.Array:
    """A struct whose nulls are its own; what is below them is zero, as the service sends it."""
    filled = [pc.fill_null(c, 0) for c in children.values()]
    return pa.StructArray.from_arrays(filled, names=list(children), mask=mask)


def _decfloats(values: pa.Array) -> pa.Array:
    rows = []
    for text in values.to_pylist():
        if text is None:
            rows.append(None)
            continue
        mantissa, _, exponent = text.lower().partition("e")
        whole, _, fraction = mantissa.partition(".")
        number, power = int(whole + fraction), int(exponent or 0) - len(fraction)
        size = (number.bit_length() // 8 + 1) if number else 0
        rows.append({"exponent": power, "significand": number.to_bytes(size, "big", signed=True)})
    return pa.array(rows, pa.struct([("exponent", pa.int16()), ("significand", pa.binary())]))


def _indented(text: str | None, indent: int) -> str | None:
    """JSON with so many blanks a level, numbers untouched."""
    if text is None:
        return None
    try:
        value = json.loads(text, parse_float=_Digits, parse_int=_Digits)
    except ValueError:
        return text
    return _written(value, 0, indent)


class _Digits(str):
    """A number as it is written."""


def _written(value: Any, depth: int, indent: int) -> str:
    blank, end = ("\n" + " " * indent * d if indent else "" for d in (depth + 1, depth))
    colon = ": " if indent else ":"
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict) and value:
        members = [f"{blank}{json.dumps(k, ensure_ascii=False)}{colon}{_written(v, depth + 1, indent)}" for k, v in value.items()]
        return "{" + ",".join(members) + end + "}"
    if isinstance(value, list) and value:
        return "[" + ",".join(blank + _written(v, depth + 1, indent) for v in value) + end + "]"
    return json.dumps(value, ensure_ascii=False)


# JSON.


def cells(column: Column) -> list[str | None]:
    """The values as the JSON rowset has them: text or null."""
    kind, values = column.type.kind, column.values
    if kind == "fixed":
        return [None if v is None else _fixed(int(v), column.type.scale) for v in unscaled(values, column.type.scale).to_pylist()]
    if kind in STAMPS:
        parts = [None if t is None else instant(t, kind) for t in stamp_texts(column)]
        texts = [None if p is None else decimal_text(p[0], p[1], column.type.scale) for p in parts]
        if kind == "timestamp_tz":
            return [None if t is None else f"{t} {p[2] + 1440}" for t, p in zip(texts, parts)]
        return texts
    if kind == "time":
        return [None if v is None else decimal_text(0, v, column.type.scale)
                for v in values.cast(pa.time64("ns")).cast(pa.int64()).to_pylist()]  # fmt: skip
    if kind == "date":
        return [None if v is None else str(v) for v in values.cast(pa.int32()).to_pylist()]
    if kind in SEMI or kind in ("geography", "geometry"):
        return [_indented(v, column.indent) for v in values.to_pylist()]
    render = {"boolean": lambda v: "1" if v else "0", "real": _real, "binary": lambda v: v.hex().upper(), "vector": _vector}
    write = render.get(kind, str)
    return [None if v is None else write(v) for v in values.to_pylist()]


def _fixed(number: int, scale: int) -> str:
    sign, digits = ("-", str(-number)) if number < 0 else ("", str(number))
    if not scale:
        return sign + digits
    digits = digits.rjust(scale + 1, "0")
    return f"{sign}{digits[:-scale]}.{digits[-scale:]}"


def _real(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    text = repr(value)
    return text.removesuffix(".0")


def _vector(values: list[Any]) -> str:
    return "[" + ",".join(str(v) if isinstance(v, int) else f"{v:.6f}" for v in values) + "]"

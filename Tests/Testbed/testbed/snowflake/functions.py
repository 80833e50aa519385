"""Functions that DuckDB lacks, for the statements of the stand-in."""

from __future__ import annotations

import binascii
import json
import re
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any, Callable
from zoneinfo import ZoneInfo

import duckdb

from testbed.snowflake import stamps
from testbed.snowflake.errors import raised


def _shown(text: str, zone: str) -> str:
    """A stored LTZ as its zone's clock shows it, with the offset."""
    seconds, nanos, _ = stamps.parsed(text)
    offset = 0
    if 0 < seconds // 86400 + 719163 < 3652059:
        offset = int(datetime.fromtimestamp(seconds, timezone.utc).astimezone(ZoneInfo(zone)).utcoffset().total_seconds()) // 60
    return stamps.written(seconds, nanos, offset)


def _clock(text: str, zone: str) -> str:
    return _shown(text, zone)[:-7]


def _shown_text(text: str, kind: str, zone: str) -> str:
    """TO_VARCHAR with the default formats: three digits, and the offset where there is one."""
    if kind == "timestamp_ntz":
        return text[:-6]
    shown = _shown(text, zone) if kind == "timestamp_ltz" else text
    return f"{shown[:23]} {shown[-6:].replace(':', '')}"


def _parse_json(text: str) -> str:
    if text.strip() == "undefined":
        return text
    try:
        json.loads(text)
    except ValueError as error:
        raise ValueError(raised("100069", "22P02", f"Error parsing JSON: {error}")) from None
    return text


def _plain(text: str) -> str | None:
    """A variant as text: strings without quotes; JSON null is NULL."""
    if text[:1] == '"':
        return json.loads(text)
    return None if text == "null" else text


def _path(text: str, path: str) -> str | None:
    """`v:a.b[0]` by a path such as `$.a.b[0]`."""
    value = json.loads(text, parse_float=_Number, parse_int=_Number)
    for name, quoted, index in re.findall(r"\.([^.\[\"]+)|\.?\"([^\"]*)\"|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return _dumped(value)


class _Number(str):
    """A number as it is written."""


def _dumped(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_dumped(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _binary(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except (binascii.Error, ValueError):
        raise ValueError(raised("100115", "22000", f"The following string is not a legal hex-encoded value: '{text}'")) from None


def _date(text: str) -> date:
    seconds, _, _ = stamps.parsed(text)
    try:
        return date.fromordinal(seconds // 86400 + 719163)
    except ValueError:
        raise ValueError(raised("100035", "22007", f"Date '{text}' is not recognized")) from None


def _time(text: str) -> str:
    """A time of day; digits only are seconds or finer units, as for timestamps."""
    whole = text.strip()
    seconds, nanos, _ = stamps.parsed(whole if "-" in whole or whole.isdigit() else f"1970-01-01 {whole}")
    return stamps.written(seconds % 86400, nanos)[11:]


def _decfloat(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(raised("100038", "22018", f"Numeric value '{text}' is not recognized")) from None
    sign, digits, exponent = value.as_tuple()
    number = int("".join(map(str, digits))) if digits else 0
    power = int(exponent) if number else 0
    while number and number % 10 == 0:
        number, power = number // 10, power + 1
    return f"{'-' if sign and number else ''}{number}e{power}"


_SCALARS = {
    "sf_ntz": (stamps.ntz, ["VARCHAR", "INTEGER"], "VARCHAR"),
    "sf_tz": (stamps.tz, ["VARCHAR", "INTEGER", "VARCHAR"], "VARCHAR"),
    "sf_ltz": (stamps.ltz, ["VARCHAR", "INTEGER", "VARCHAR"], "VARCHAR"),
    "sf_shown": (_clock, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "sf_shown_text": (_shown_text, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    "sf_parse_json": (_parse_json, ["VARCHAR"], "VARCHAR"),
    "sf_plain": (_plain, ["VARCHAR"], "VARCHAR"),
    "sf_path": (_path, ["VARCHAR", "VARCHAR"], "VARCHAR"),
    "sf_date": (_date, ["VARCHAR"], "DATE"),
    "sf_time": (_time, ["VARCHAR"], "VARCHAR"),
    "sf_binary": (_binary, ["VARCHAR"], "BLOB"),
    "sf_decfloat": (_decfloat, ["VARCHAR"], "VARCHAR"),
}


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Defines the functions for every connection to the same database."""
    for name, (function, parameters, result) in _SCALARS.items():
        connection.create_function(name, _strict(function), parameters, result, null_handling="special")


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """NULL gives NULL; a function may also give NULL for a value."""

    # DuckDB counts the parameters of the function that is wrapped.
    @wraps(function)
    def call(*values: Any) -> Any:
        return None if None in values else function(*values)

    return call

"""Canonical texts of the types that DuckDB stores as text, and their functions inside DuckDB.

Canonical: interval `+05-03` and `+02 12:50:10.123`, hash lower-case hex, geometry WKT with one
blank, TIMESTAMP(7..9) `YYYY-MM-DD HH:MM:SS.FFFFFFFFF`. Texts keep what DuckDB would cut (year 1
with nanoseconds, DAY(9)), and they compare like the values wherever tests compare them.
"""

from __future__ import annotations

import base64
import re

import duckdb

from testbed.exasol.errors import ExaError, marked
from testbed.exasol.types import DAY_SECOND, LTZ, YEAR_MONTH, ExaType

_YM = re.compile(r"^\s*([+-]?)(\d{1,9})-(\d{1,2})\s*$")
_DS = re.compile(r"^\s*([+-]?)(\d{1,9}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?\s*$")
_STAMP = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?$")


def _bad(value: str, code: str = "22018") -> ExaError:
    return ExaError(f"data exception - invalid character value for cast; Value: '{value}'", code)


def year_month(text: str, precision: int) -> str:
    """Canonical form of an INTERVAL YEAR(precision) TO MONTH."""
    found = _YM.match(text)
    if not found or int(found[3]) > 11:
        raise _bad(text)
    years = str(int(found[2]))
    if len(years) > precision:
        raise ExaError("data exception - interval field overflow", "22015")
    return f"{found[1] or '+'}{years.zfill(precision)}-{int(found[3]):02d}"


def day_second(text: str, precision: int, fraction: int) -> str:
    """Canonical form of an INTERVAL DAY(precision) TO SECOND(fraction)."""
    found = _DS.match(text)
    if not found or int(found[3]) > 23 or int(found[4]) > 59 or int(found[5]) > 59:
        raise _bad(text)
    days = str(int(found[2]))
    if len(days) > precision:
        raise ExaError("data exception - interval field overflow", "22015")
    digits = (found[6] or "").ljust(9, "0")[:fraction]
    tail = f".{digits}" if fraction else ""
    return (
        f"{found[1] or '+'}{days.zfill(precision)} "
        f"{int(found[3]):02d}:{int(found[4]):02d}:{int(found[5]):02d}{tail}"
    )


def hashtype(text: str, size: int) -> str:
    """Lower-case hex of a hash given in hex, with or without dashes and braces."""
    plain = re.sub(r"[-{}]", "", text).lower()
    if len(plain) != 2 * size or not re.fullmatch(r"[0-9a-f]*", plain):
        raise ExaError(f"data exception - value '{text}' is no HASHTYPE({size} BYTE)", "22018")
    return plain


def hash_text(value: str, form: str) -> str:
    """A canonical hash in the session's HASHTYPE_FORMAT."""
    if form == "BASE64":
        return base64.b64encode(bytes.fromhex(value)).decode()
    if form == "UUID" and len(value) == 32:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return value


def geometry(text: str) -> str:
    """WKT in the server's spelling."""
    found = re.match(r"^\s*([A-Za-z]+)\s*(\(.*\)|EMPTY)\s*$", text, re.S | re.I)
    if not found:
        raise ExaError(f"data exception - Invalid WKT: '{text}'", "22050")
    body = re.sub(r"\s*,\s*", ", ", re.sub(r"\s+", " ", found[2]))
    return f"{found[1].upper()} {body.replace('( ', '(').replace(' )', ')')}"


def nano_stamp(text: str, precision: int) -> str:
    """Canonical text of a TIMESTAMP with more than six digits."""
    found = _STAMP.match(text.strip())
    if not found:
        raise _bad(text, "22007")
    digits = (found[7] or "").ljust(9, "0")[:precision].ljust(9, "0")
    return (
        f"{found[1]}-{found[2]}-{found[3]} {found[4] or '00'}:{found[5] or '00'}:"
        f"{found[6] or '00'}.{digits}"
    )


def _canonical(text: str, kind: str, first: int, second: int) -> str:
    """The one function that DuckDB calls; errors must survive the way through the engine."""
    try:
        match kind:
            case "ym":
                return year_month(text, first)
            case "ds":
                return day_second(text, first, second)
            case "hash":
                return hashtype(text, first)
            case "geo":
                return geometry(text)
        return nano_stamp(text, first)
    except ExaError as error:
        raise ValueError(marked(error.code, error.text)) from None


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the functions and macros that translated SQL uses."""
    connection.create_function(
        "exa_canonical", _canonical, ["VARCHAR", "VARCHAR", "INTEGER", "INTEGER"], "VARCHAR"
    )
    zero = marked("22012", "data exception - division by zero")
    long = marked("22001", "data exception - string data, right truncation.")
    connection.execute(
        "CREATE MACRO exa_div(a, b) AS CASE WHEN b = 0 THEN error('%s') ELSE a / b END" % zero
    )
    connection.execute(
        "CREATE MACRO exa_text(t, n) AS CASE WHEN length(CAST(t AS VARCHAR)) > n "
        "THEN error('%s') ELSE nullif(CAST(t AS VARCHAR), '') END" % long
    )
    connection.execute(
        "CREATE MACRO exa_stamp(t, u) AS make_timestamp(epoch_us(CAST(t AS TIMESTAMP)) // u * u)"
    )
    connection.execute("CREATE MACRO exa_local(t, u) AS CAST(t AS TIMESTAMPTZ)")


def sql_for(target: ExaType, expression: str) -> str:
    """DuckDB SQL that converts `expression` to the target's storage form, checking as Exasol does."""
    unit = 10 ** (6 - min(6, target.precision or 0))
    match target.name:
        case "CHAR" | "VARCHAR":
            return f"exa_text({expression}, {target.size})"
        case "TIMESTAMP" if (target.precision or 0) <= 6:
            return f"exa_stamp({expression}, {unit})"
        case "TIMESTAMP":
            return _canonical_call(expression, "ts", target.precision or 9)
        case "HASHTYPE":
            return _canonical_call(expression, "hash", target.size or 16)
        case "GEOMETRY":
            return _canonical_call(expression, "geo", 0)
    if target.name == YEAR_MONTH:
        return _canonical_call(expression, "ym", target.precision or 2)
    if target.name == DAY_SECOND:
        return _canonical_call(expression, "ds", target.precision or 2, target.fraction or 0)
    if target.name == LTZ:
        return f"exa_local({expression}, {unit})"
    return f"CAST({expression} AS {target.duck()})"


def _canonical_call(expression: str, kind: str, first: int, second: int = 0) -> str:
    return f"exa_canonical(CAST({expression} AS VARCHAR), '{kind}', {first}, {second})"

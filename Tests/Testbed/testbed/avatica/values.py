"""Cell values on the wire: from Arrow columns to what JSON and protobuf carry, and back from parameters."""

from __future__ import annotations

import base64
import datetime
import decimal
import math
import zoneinfo
from decimal import Decimal
from typing import Any, Callable

import numpy as np
import pyarrow as pa

from testbed.avatica.errors import AvaticaError
from testbed.avatica.types import SqlType

DAY_MS = 86_400_000
FIRST_GREGORIAN_DAY = -141427
FIRST_GREGORIAN_MS = -12_219_292_800_000
_UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()


class BitString(dict[str, Any]):
    """A BIT VARYING value, which the JSON mapper writes as a Java object."""


# Calendar and zone.


def julian_day(day: int) -> int:
    """The day number that the hybrid Java calendar gives to a stored date before 1582-10-15."""
    if day >= FIRST_GREGORIAN_DAY:
        return day
    date = datetime.date.fromordinal(day + _EPOCH_DAY)
    shift = (14 - date.month) // 12
    year, month = date.year + 4800 - shift, date.month + 12 * shift - 3
    return date.day + (153 * month + 2) // 5 + 365 * year + year // 4 - 32083 - 2440588


def proleptic_day(day: int) -> int:
    """The stored date for a day number of the hybrid calendar: the inverse of `julian_day`."""
    if day >= FIRST_GREGORIAN_DAY:
        return day
    c = day + 2440588 + 32082
    d = (4 * c + 3) // 1461
    e = c - 1461 * d // 4
    m = (5 * e + 2) // 153
    year, month = d - 4800 + m // 10, m + 3 - 12 * (m // 10)
    return datetime.date(year, month, e - (153 * m + 2) // 5 + 1).toordinal() - _EPOCH_DAY


def julian_ms(ms: int) -> int:
    """`julian_day` for milliseconds."""
    if ms >= FIRST_GREGORIAN_MS:
        return ms
    day, rest = divmod(ms, DAY_MS)
    return julian_day(day) * DAY_MS + rest


def local_to_instant(ms: int, zone: zoneinfo.ZoneInfo) -> int:
    """The instant of a wall clock in a zone, as the Java calendar resolves it."""
    wall = (_EPOCH + datetime.timedelta(milliseconds=ms)).replace(tzinfo=zone)
    # A wall clock that comes twice means the second time (standard time), one in a gap moves forward.
    offsets = [moment.utcoffset() or datetime.timedelta() for moment in (wall, wall.replace(fold=1))]
    return ms - round(min(offsets).total_seconds() * 1000)


def instant_to_local(ms: int, zone: zoneinfo.ZoneInfo) -> int:
    """The wall clock that a zone shows at an instant."""
    moment = datetime.datetime.fromtimestamp(0, _UTC) + datetime.timedelta(milliseconds=ms)
    offset = moment.astimezone(zone).utcoffset() or datetime.timedelta()
    return ms + round(offset.total_seconds() * 1000)


def _truncated_days(ms: int) -> int:
    return int(math.copysign(abs(ms) // DAY_MS, ms)) if ms else 0


# Columns to cells.


def cells(column: pa.ChunkedArray | pa.Array, kind: SqlType, zone: zoneinfo.ZoneInfo | None, form: str) -> list[Any]:
    """The values of one column: int, float, bool, str, bytes, Decimal, list or None.

    `zone` is the server's zone for frames of `fetch`, which are encoded with it; None is UTC.
    `form` is json or protobuf: some types can be written in only one of them.
    """
    if kind.component is not None:
        values = [None if v is None else v for v in _lists(column)]
        component = kind.component
        return [None if v is None else cells(pa.array(v, _element(column)), component, zone, form) for v in values]
    return _CONVERT.get(kind.kind, _plain)(column, kind, zone, form)


def _lists(column: Any) -> list[Any]:
    return [None if not v.is_valid else v.values for v in column]


def _element(column: Any) -> pa.DataType:
    return column.type.value_type


def _plain(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    values = column.to_pylist()
    return [str(v) if isinstance(v, (tuple, datetime.timedelta)) else v for v in values]


def _char(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    return [None if v is None else v.ljust(kind.length) for v in column.to_pylist()]


def _float32(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    return [None if v is None else np.float32(v) for v in column.to_pylist()]


def _decimal(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    return [Decimal(v) if isinstance(v, int) else v for v in column.to_pylist()]


def _date(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    days = [None if v is None else julian_day(v) for v in column.cast(pa.int32()).to_pylist()]
    if zone is None:
        return days
    return [None if v is None else _truncated_days(local_to_instant(v * DAY_MS, zone)) for v in days]


def _time(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    factor = {"ms": 1, "us": 1000, "ns": 1_000_000}[column.type.unit]
    values = [None if v is None else v // factor for v in column.cast(pa.int64()).to_pylist()]
    if zone is None:
        return values
    return [None if v is None else local_to_instant(v, zone) % DAY_MS for v in values]


def _timestamp(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    factor = {"s": 0.001, "ms": 1, "us": 1000, "ns": 1_000_000}[column.type.unit]
    raw = column.cast(pa.int64()).to_pylist()
    values = [None if v is None else julian_ms(int(v // factor)) for v in raw]
    if zone is None:
        return values
    return [None if v is None else local_to_instant(v, zone) for v in values]


def _timestamptz(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    values = column.to_pylist()
    if form == "json" and any(v is not None for v in values):
        raise _no_serializer("InvalidDefinitionException", "Java 8 date/time type `java.time.OffsetDateTime` not supported by "
                             'default: add Module "com.fasterxml.jackson.datatype:jackson-datatype-jsr310" to enable handling')  # fmt: skip
    return [None if v is None else _iso(v) for v in values]


def _iso(value: datetime.datetime) -> str:
    text = value.astimezone(_UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def _refused(json_text: str, class_name: str, json_allowed: bool = False) -> Callable[..., list[Any]]:
    def convert(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
        values = column.to_pylist()
        if all(v is None for v in values):
            return values
        if form == "json":
            if json_allowed:
                return [None if v is None else str(v) for v in values]
            raise _no_serializer(*json_text.split(": ", 1))
        raise AvaticaError(f"RuntimeException: Unhandled type in Frame: class {class_name}")

    return convert


def _no_serializer(name: str, text: str) -> AvaticaError:
    where = ' (through reference chain: org.apache.calcite.avatica.remote.Service$ExecuteResponse["results"])'
    return AvaticaError(f"{name}: {text}{where}")


def _bit(column: Any, kind: SqlType, zone: Any, form: str) -> list[Any]:
    result: list[Any] = []
    for value in column.to_pylist():
        if value is None:
            result.append(None)
            continue
        bits = "".join(f"{byte:08b}" for byte in value[1:])[value[0] :]
        if kind.name == "BIT VARYING" and form == "protobuf":
            raise AvaticaError("RuntimeException: Unhandled type in Frame: class org.hsqldb.types.BinaryData")
        if kind.name == "BIT VARYING" and form == "json":
            padded = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
            result.append(
                BitString(id=0, streamBlockSize=524288, bits=True, bytes=base64.b64encode(padded).decode(),
                          closed=False, binary=True)  # fmt: skip
            )
        else:
            result.append("1" in bits)
    return result


_CONVERT: dict[str, Callable[..., list[Any]]] = {
    "char": _char,
    "real": _float32,
    "decimal": _decimal,
    "numeric": _decimal,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "bit": _bit,
    "timetz": _refused("InvalidDefinitionException: Java 8 date/time type `java.time.OffsetTime` not supported by default",
                       "java.time.OffsetTime"),
    "uuid": _refused("", "java.util.UUID", json_allowed=True),
    "clob": _refused("InvalidDefinitionException: No serializer found for class org.hsqldb.jdbc.JDBCClobClient$1 and no "
                     "properties discovered to create BeanSerializer", "org.hsqldb.jdbc.JDBCClobClient"),
    "blob": _refused("JsonMappingException: Infinite recursion (StackOverflowError)", "org.hsqldb.jdbc.JDBCBlobClient"),
}  # fmt: skip


# Number texts.


def java_double(value: float, digits: str | None = None) -> str:
    """Double.toString: 1.0, 1.0E10, 4.9E-324; NaN and infinities are words."""
    if value != value:
        return "NaN"
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    if abs(value) == 5e-324:
        return "-4.9E-324" if value < 0 else "4.9E-324"
    sign, numerals, exponent = Decimal(digits or repr(value)).as_tuple()
    text = "".join(map(str, numerals)).rstrip("0") or "0"
    point = len(numerals) + int(exponent)
    minus = "-" if sign else ""
    if 1e-3 <= abs(value) < 1e7:
        if point <= 0:
            return f"{minus}0.{'0' * -point}{text}"
        return f"{minus}{text[:point].ljust(point, '0')}.{text[point:] or '0'}"
    return f"{minus}{text[0]}.{text[1:] or '0'}E{point - 1}"


def java_float(value: Any) -> str:
    """Float.toString."""
    return java_double(float(value), str(value) if np.isfinite(value) else None)


# Parameters.


class Unbound(Exception):
    """A parameter without any value."""


def parameter(
    rep: str, value: Any, expected: SqlType | None, zone: zoneinfo.ZoneInfo | None, hybrid: bool
) -> Any:
    """What DuckDB gets for a decoded TypedValue; `hybrid` is the calendar of servers before 1.23."""
    if value is None:
        return None
    if rep in ("JAVA_SQL_DATE", "JAVA_SQL_TIMESTAMP", "JAVA_UTIL_DATE", "JAVA_SQL_TIME"):
        return _temporal(rep, int(value), zone, hybrid)
    if expected and expected.kind in ("binary", "varbinary", "blob") and isinstance(value, str):
        return bytes.fromhex(value)
    if expected and expected.kind in ("decimal", "numeric") and isinstance(value, Decimal):
        return _fitted(value, expected)
    if isinstance(value, Decimal):
        return float(value) if abs(value.adjusted()) > 37 else value
    return value


def _fitted(value: Decimal, expected: SqlType) -> Any:
    with_room = value.quantize(Decimal(1).scaleb(-expected.scale), context=_WIDE)
    return with_room


def _temporal(rep: str, number: int, zone: zoneinfo.ZoneInfo | None, hybrid: bool) -> Any:
    if rep == "JAVA_SQL_TIME":
        ms = number % DAY_MS
        return (_EPOCH + datetime.timedelta(milliseconds=ms)).time()
    ms = number * DAY_MS if rep == "JAVA_SQL_DATE" else number
    if hybrid:
        day, rest = divmod(ms, DAY_MS)
        ms = proleptic_day(day) * DAY_MS + rest
    if zone is not None and rep != "JAVA_SQL_DATE":
        ms = instant_to_local(local_to_instant(ms, zone), zone)
    moment = _EPOCH + datetime.timedelta(milliseconds=ms)
    return moment.date() if rep == "JAVA_SQL_DATE" else moment


_WIDE = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_UP)

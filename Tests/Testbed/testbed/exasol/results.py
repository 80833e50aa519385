"""Result sets: rows kept as Arrow columns, printed page by page as the session's settings say."""

from __future__ import annotations

import datetime
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from testbed.exasol import convert, nls
from testbed.exasol.types import DAY_SECOND, LTZ, YEAR_MONTH, ExaType


@dataclass
class Formats:
    """The session settings that decide how values are printed."""

    date: str = nls.DEFAULT_DATE
    stamp: str = nls.DEFAULT_STAMP
    language: str = "ENG"
    zone: str = "EUROPE/BERLIN"
    hash_form: str = "HEX"


_ZONES = {name.upper(): name for name in zoneinfo.available_timezones()}


def zone_name(name: str) -> str | None:
    """The zone database's spelling of a session time zone."""
    return _ZONES.get(name.upper())


@dataclass
class ResultColumn:
    name: str
    type: ExaType


@dataclass
class ResultSet:
    """Columns and rows of one result, with what a handle needs."""

    columns: list[ResultColumn]
    data: list[pa.ChunkedArray]
    row_count: int
    formats: Formats
    handle: int | None = None
    row_bytes: float = field(default=0.0)

    def __post_init__(self) -> None:
        size = sum(column.nbytes for column in self.data)
        self.row_bytes = max(1.0, size / max(1, self.row_count))

    def described(self, version: int, modern: bool) -> list[dict[str, Any]]:
        """The `columns` member of a reply."""
        form = self.formats.hash_form
        return [
            {"name": c.name, "dataType": c.type.wire(version, modern=modern, hash_form=form)}
            for c in self.columns
        ]

    def page(self, start: int, count: int) -> list[list[Any]]:
        """Rows [start, start + count) as column-major JSON values."""
        return [
            values(data.slice(start, count), column.type, self.formats)
            for data, column in zip(self.data, self.columns)
        ]

    def rows_for(self, byte_count: int) -> int:
        """How many rows a fetch of so many bytes gives: at least one."""
        return max(1, int(byte_count / self.row_bytes))


def values(array: pa.ChunkedArray, kind: ExaType, formats: Formats) -> list[Any]:
    """JSON values of one column."""
    match kind.name:
        case "BOOLEAN":
            return array.to_pylist()
        case "DECIMAL":
            return _decimals(array, kind)
        case "DOUBLE":
            return [
                None if v is None or v != v or v in (float("inf"), float("-inf")) else float(v)
                for v in array.to_pylist()
            ]
        case "CHAR":
            width = kind.size or 1
            return [None if not v else v.ljust(width) for v in _texts(array)]
        case "DATE":
            return _dates(_texts(array), formats)
        case "HASHTYPE":
            return [
                None if not v else convert.hash_text(v, formats.hash_form) for v in _texts(array)
            ]
    if kind.name in ("TIMESTAMP", LTZ):
        return _stamps(array, formats)
    if kind.name in (DAY_SECOND, YEAR_MONTH) and pa.types.is_interval(array.type):
        return [None if v is None else _interval(v) for v in array.to_pylist()]
    return [v or None for v in _texts(array)]


def _texts(array: pa.ChunkedArray) -> list[str | None]:
    return array.cast(pa.string()).to_pylist()


def _decimals(array: pa.ChunkedArray, kind: ExaType) -> list[Any]:
    if kind.is_number_on_wire:
        return [None if v is None else int(v) for v in array.to_pylist()]
    return [None if v is None else _trim(v) for v in _texts(array)]


def _trim(text: str) -> str:
    if "E" in text or "e" in text:
        text = format(float(text), "f")
    if "." not in text:
        return text
    short = text.rstrip("0").rstrip(".")
    return "0" if short in ("-0", "") else short


def _dates(texts: list[str | None], formats: Formats) -> list[str | None]:
    if formats.date == nls.DEFAULT_DATE:
        return [v[:10] if v else None for v in texts]
    return [nls.render(v, formats.date, formats.language) if v else None for v in texts]


def _stamps(array: pa.ChunkedArray, formats: Formats) -> list[str | None]:
    if pa.types.is_timestamp(array.type) and array.type.tz:
        texts = [_local(v, formats.zone) for v in array.cast(pa.timestamp("us", "UTC")).to_pylist()]
    else:
        texts = _texts(array)
    if formats.stamp == nls.DEFAULT_STAMP:
        return [_digits(v)[:26] if v else None for v in texts]
    return [nls.render(_digits(v), formats.stamp, formats.language) if v else None for v in texts]


def _digits(text: str) -> str:
    """A timestamp's text with nine digits after the point."""
    if len(text) == 10:
        text += " 00:00:00"
    if len(text) == 19:
        text += "."
    return text.ljust(29, "0")


def _local(moment: datetime.datetime | None, zone: str) -> str | None:
    if moment is None:
        return None
    try:
        local = moment.astimezone(zoneinfo.ZoneInfo(zone_name(zone) or "UTC"))
    except OverflowError:
        local = moment
    return f"{local.year:04d}-{local:%m-%d %H:%M:%S}.{local.microsecond:06d}"


def _interval(value: Any) -> str:
    """A computed interval, which the server prints with nine digits on both sides."""
    months, days, nanos = value
    total = days * 86_400 * 10**9 + nanos
    if months and not total:
        sign = "-" if months < 0 else "+"
        return f"{sign}{abs(months) // 12:09d}-{abs(months) % 12:02d}"
    total += months * 30 * 86_400 * 10**9
    sign, total = ("-" if total < 0 else "+"), abs(total)
    seconds, nanos = divmod(total, 10**9)
    days, seconds = divmod(seconds, 86_400)
    return f"{sign}{days:09d} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{nanos:09d}"

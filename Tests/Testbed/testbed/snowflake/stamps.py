"""Instants as text, as seconds and nanoseconds, and as the text that a user may write."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from testbed.snowflake.errors import raised

NANOS = 1_000_000_000
_TEXT = re.compile(
    r"\s*(-?\d{1,6})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9})\d*)?)?)?"
    r"\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?\s*",
    re.I,
)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, for any year."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    days += 719468
    era = days // 146097
    of_era = days - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    part = (5 * of_year + 2) // 153
    month = part + (3 if part < 10 else -9)
    return year + era * 400 + (month <= 2), month, of_year - (153 * part + 2) // 5 + 1


def written(seconds: int, nanos: int, offset: int | None = None) -> str:
    """The stored text; `offset` in minutes shifts the clock that is shown and is written behind it."""
    days, rest = divmod(seconds + 60 * (offset or 0), 86400)
    year, month, day = civil_from_days(days)
    text = f"{year:04d}-{month:02d}-{day:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}.{nanos:09d}"
    if offset is None:
        return text
    return f"{text} {'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"


def parsed(text: str) -> tuple[int, int, int | None]:
    """Seconds of the clock that is shown, nanoseconds, and the offset in minutes if one is written.

    Raises ValueError with the service's own error for what is no date.
    """
    match = _TEXT.fullmatch(text)
    if not match:
        return _from_number(text)
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    nanos = int((match.group(7) or "").ljust(9, "0"))
    length = civil_from_days(days_from_civil(year + (month == 12), month % 12 + 1, 1) - 1)[2] if 1 <= month <= 12 else 0
    if not (1 <= day <= length and hour < 24 and minute < 60 and second < 60):
        raise ValueError(raised("100035", "22007", f"Timestamp '{text}' is not recognized"))
    zone, offset = match.group(8), None
    if zone:
        digits = re.sub(r"\D", "", zone).ljust(4, "0") if re.search(r"\d", zone) else "0000"
        digits = digits if len(re.sub(r"\D", "", zone)) != 1 else "0" + digits[:3]
        offset = (int(digits[:2]) * 60 + int(digits[2:4])) * (-1 if zone[0] == "-" else 1)
    seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    return seconds, nanos, offset


def _from_number(text: str) -> tuple[int, int, int | None]:
    """Text of digits only is seconds, milliseconds, microseconds or nanoseconds, by its size."""
    if not re.fullmatch(r"\s*-?\d+\s*", text):
        raise ValueError(raised("100035", "22007", f"Timestamp '{text}' is not recognized"))
    value = int(text)
    for limit, unit in ((31_536_000_000, NANOS), (31_536_000_000_000, 1_000_000), (31_536_000_000_000_000, 1000)):
        if abs(value) < limit:
            return (*divmod(value * unit, NANOS), 0)
    return (*divmod(value, NANOS), 0)


def _cut(nanos: int, scale: int) -> int:
    unit = 10 ** (9 - scale)
    return nanos // unit * unit


def ntz(text: str, scale: int) -> str:
    """TIMESTAMP_NTZ from text; an offset is dropped."""
    seconds, nanos, _ = parsed(text)
    return written(seconds, _cut(nanos, scale))


def tz(text: str, scale: int, zone: str) -> str:
    """TIMESTAMP_TZ from text; without an offset it is that of the session's zone."""
    seconds, nanos, offset = parsed(text)
    if offset is None:
        offset = offset_of_clock(seconds, zone)
    return written(seconds - 60 * offset, _cut(nanos, scale), offset)


def ltz(text: str, scale: int, zone: str) -> str:
    """TIMESTAMP_LTZ from text, in UTC."""
    seconds, nanos, offset = parsed(text)
    offset = offset_of_clock(seconds, zone) if offset is None else offset
    return written(seconds - 60 * offset, _cut(nanos, scale))


def offset_of_clock(seconds: int, zone: str) -> int:
    """Minutes that a zone's clock is ahead of UTC when it shows this time."""
    year = civil_from_days(seconds // 86400)[0]
    if not 1 < year < 9999:
        return 0
    shown = datetime.fromtimestamp(0, timezone.utc).replace(tzinfo=None)
    shown = shown.fromordinal(seconds // 86400 + 719163).replace(
        hour=seconds % 86400 // 3600, minute=seconds // 60 % 60, second=seconds % 60)  # fmt: skip
    offset = shown.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset else 0


def instant(text: str, kind: str) -> tuple[int, int, int]:
    """Seconds since the epoch, nanoseconds and offset in minutes of a stored text."""
    seconds, nanos, offset = parsed(text)
    if kind == "timestamp_tz":
        return seconds - 60 * (offset or 0), nanos, offset or 0
    return seconds, nanos, 0


def decimal_text(seconds: int, nanos: int, scale: int) -> str:
    """`seconds.fraction` with `scale` digits, the sign before the whole."""
    total = (seconds * NANOS + nanos) // 10 ** (9 - scale)
    sign, total = ("-", -total) if total < 0 else ("", total)
    whole, fraction = divmod(total, 10**scale)
    return f"{sign}{whole}.{fraction:0{scale}d}" if scale else f"{sign}{whole}"

"""NLS formats: how a session prints and reads dates and timestamps.

Works on the canonical text `YYYY-MM-DD HH:MM:SS.FFFFFFFFF`, so no calendar library cuts a digit.
"""

from __future__ import annotations

import datetime
import re

DEFAULT_DATE = "YYYY-MM-DD"
DEFAULT_STAMP = "YYYY-MM-DD HH24:MI:SS.FF6"
_MONTHS = {
    "ENG": "January February March April May June July August September October November December".split(),
    "DEU": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}
_DAYS = {
    "ENG": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "DEU": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
}
_ELEMENT = re.compile(
    r"YYYY|YYY|YY|Y|IYYY|IW|MONTH|MON|MM|DDD|DD|DAY|DY|HH24|HH12|HH|AM|PM|MI|SSSSS|SS|FF[1-9]|FF|\"[^\"]*\"",
    re.I,
)


def _date(text: str) -> datetime.date:
    return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:10]))


def _element(name: str, text: str, language: str) -> str:
    month = _MONTHS[language][int(text[5:7]) - 1]
    hour = int(text[11:13] or 0)
    match name:
        case "YYYY" | "YYY" | "YY" | "Y":
            return text[:4][-len(name) :]
        case "MM":
            return text[5:7]
        case "MON":
            return month[:3].upper()
        case "MONTH":
            return month.upper()
        case "DD":
            return text[8:10]
        case "DDD":
            return f"{_date(text).timetuple().tm_yday:03d}"
        case "DAY":
            return _DAYS[language][_date(text).weekday()].upper()
        case "DY":
            return _DAYS[language][_date(text).weekday()][: 3 if language == "ENG" else 2].upper()
        case "IYYY":
            return f"{_date(text).isocalendar().year:04d}"
        case "IW":
            return f"{_date(text).isocalendar().week:02d}"
        case "HH24":
            return f"{hour:02d}"
        case "HH12" | "HH":
            return f"{(hour + 11) % 12 + 1:02d}"
        case "AM" | "PM":
            return "PM" if hour >= 12 else "AM"
        case "MI":
            return text[14:16] or "00"
        case "SS":
            return text[17:19] or "00"
        case "SSSSS":
            return f"{hour * 3600 + int(text[14:16] or 0) * 60 + int(text[17:19] or 0):05d}"
    if name.startswith("FF"):
        digits = text[20:29].ljust(9, "0")
        return digits[: int(name[2:] or 6)]
    return name[1:-1]


def render(text: str, form: str, language: str = "ENG") -> str:
    """Prints a canonical date or timestamp by a format."""
    language = language if language in _DAYS else "ENG"
    return _ELEMENT.sub(
        lambda m: _element(m[0].upper() if m[0][0] != '"' else m[0], text, language), form
    )


def valid(form: str) -> bool:
    """Whether a format consists of elements and separators only."""
    return not re.search(r"[A-Za-z]", _ELEMENT.sub("", form))


_READ = {
    "YYYY": r"(?P<Y>\d{4})",
    "MM": r"(?P<M>\d{1,2})",
    "DD": r"(?P<D>\d{1,2})",
    "HH24": r"(?P<h>\d{1,2})",
    "MI": r"(?P<m>\d{1,2})",
    "SS": r"(?P<s>\d{1,2})",
}


def read(text: str, form: str) -> str | None:
    """The canonical text of what a format describes; None when the text does not follow it.

    Trailing parts may be missing, as the server allows for times after a date.
    """

    def element(m: re.Match[str]) -> str:
        name = m[0].upper()
        return r"(?P<f>\d{1,9})" if name.startswith("FF") else _READ.get(name, r"\w+")

    pattern = ""
    for piece in re.split(f"({_ELEMENT.pattern})", form, flags=re.I):
        pattern += _ELEMENT.sub(element, piece) if _ELEMENT.fullmatch(piece) else re.escape(piece)
    if not (found := re.fullmatch(pattern, text)):
        # A timestamp without its time or fraction.
        found = (
            re.fullmatch(
                r"(?P<Y>\d{4})-(?P<M>\d\d)-(?P<D>\d\d)(?: (?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)"
                r"(?:\.(?P<f>\d{1,9}))?)?",
                text,
            )
            if form.startswith("YYYY-MM-DD")
            else None
        )
    if not found:
        return None
    part = found.groupdict()
    try:
        datetime.datetime(
            int(part.get("Y") or 1),
            int(part.get("M") or 1),
            int(part.get("D") or 1),
            int(part.get("h") or 0),
            int(part.get("m") or 0),
            int(part.get("s") or 0),
        )
    except ValueError:
        return None
    values = [
        int(part.get(key) or low) for key, low in (("M", 1), ("D", 1), ("h", 0), ("m", 0), ("s", 0))
    ]
    stamp = "{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*values)
    return f"{int(part.get('Y') or 1):04d}-{stamp}.{(part.get('f') or '').ljust(9, '0')}"

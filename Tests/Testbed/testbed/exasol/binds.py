"""Parameter data of executePreparedStatement: shape, JSON types and conversion."""

from __future__ import annotations

import re
from typing import Any

from testbed.exasol import convert, nls
from testbed.exasol.errors import ExaError
from testbed.exasol.results import Formats
from testbed.exasol.types import DAY_SECOND, LTZ, YEAR_MONTH, ExaType, from_wire


def read_rows(
    message: dict[str, Any], expected: list[ExaType], formats: Formats
) -> list[dict[str, Any]]:
    """The rows of a request as values named p1, p2, ...; raises ExaError as the server refuses."""
    columns = message.get("columns") or []
    data = message.get("data") or []
    count = int(message.get("numColumns") or 0)
    if count != len(expected):
        raise ExaError(
            f"invalid number of parameters: expected {len(expected)}, got {count}", "00000"
        )
    if len(columns) != len(data) or len(columns) != count:
        raise ExaError(
            "the number of column metadata objects is not the same as the number of data colums",
            "00000",
        )
    row_count = int(message.get("numRows") or 0)
    if any(not isinstance(column, list) or len(column) != row_count for column in data):
        raise ExaError("the number of rows is not the same in all data columns", "00000")
    converted = []
    for described, column, target in zip(columns, data, expected):
        try:
            declared = from_wire(described["dataType"])
        except (KeyError, ValueError, TypeError) as error:
            raise ExaError(f"JSON value '/columns/dataType' is invalid: {error}", "00000") from None
        converted.append([_value(item, declared, target, formats) for item in column])
    return [
        {f"p{i + 1}": column[row] for i, column in enumerate(converted)} for row in range(row_count)
    ]


def _value(value: Any, declared: ExaType, target: ExaType, formats: Formats) -> Any:
    if value is None:
        return None
    plain = _checked(value, declared, formats)
    if plain is None or declared.name == target.name:
        return plain if target.name != "DECIMAL" or plain is None else _fitted(plain, target)
    return _recast(plain, target, formats)


def _checked(value: Any, declared: ExaType, formats: Formats) -> Any:
    """The JSON value must have the declared type's form; '' is NULL."""
    match declared.name:
        case "BOOLEAN":
            if not isinstance(value, bool):
                raise ExaError("getBool: JSON value is not a boolean.", "00000")
            return value
        case "DOUBLE":
            if not isinstance(value, float):
                raise ExaError("getDouble: JSON value is not a double.", "00000")
            return value
        case "DECIMAL":
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise ExaError("getDecimal: JSON value is not a number.", "00000")
            return _number(str(value)) if value != "" else None
    if not isinstance(value, str):
        raise ExaError("getString: JSON value is not a string.", "00000")
    if value == "":
        return None
    return _text(value, declared, formats)


def _number(text: str) -> str:
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text):
        raise ExaError(
            f"data exception - invalid character value for cast; Value: '{text}'", "22018"
        )
    return text.strip()


def _text(value: str, kind: ExaType, formats: Formats) -> str:
    if kind.is_text and kind.size is not None and len(value) > kind.size:
        raise ExaError("data exception - string data, right truncation.", "22001")
    if kind.name == "DATE" or kind.name in ("TIMESTAMP", LTZ):
        form = formats.date if kind.name == "DATE" else formats.stamp
        canonical = nls.read(value, form)
        if canonical is None:
            raise ExaError(
                f"data exception - invalid character value for cast; Value: '{value}'", "22018"
            )
        return canonical[:10] if kind.name == "DATE" else canonical
    if kind.name == YEAR_MONTH:
        return convert.year_month(value, kind.precision or 2)
    if kind.name == DAY_SECOND:
        return convert.day_second(value, kind.precision or 2, kind.fraction or 0)
    return value


def _fitted(text: str, target: ExaType) -> str:
    """Digits beyond the scale are cut, digits beyond the precision are an error."""
    from decimal import ROUND_DOWN, Context, Decimal

    scale, precision = target.scale or 0, target.precision or 18
    number = Decimal(text).quantize(
        Decimal(1).scaleb(-scale), rounding=ROUND_DOWN, context=Context(prec=400)
    )
    if number.copy_abs() >= Decimal(10) ** (precision - scale):
        raise ExaError(
            f"data exception - numeric value out of range: value {text} "
            f"does not fit {target.sql()}",
            "22003",
        )
    return format(number, "f")


def _recast(plain: Any, target: ExaType, formats: Formats) -> Any:
    """The declared type differs from the parameter's: the server converts, through text."""
    text = (
        plain
        if isinstance(plain, str)
        else ("TRUE" if plain is True else "FALSE" if plain is False else repr(plain))
    )
    match target.name:
        case "DECIMAL":
            return _fitted(_number(text), target)
        case "DOUBLE":
            return float(_number(text))
        case "BOOLEAN":
            if text.upper() not in ("TRUE", "FALSE", "T", "F", "1", "0"):
                raise ExaError(
                    f"data exception - invalid character value for cast; Value: '{text}'", "22018"
                )
            return text.upper() in ("TRUE", "T", "1")
    return _text(text, target, formats)

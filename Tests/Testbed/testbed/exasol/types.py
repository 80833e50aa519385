"""Exasol data types: SQL text, wire form per protocol version, storage type in DuckDB."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

# JDBC numbers, as COLUMN_TYPE_ID reports them.
TYPE_IDS = {
    "CHAR": 1,
    "DECIMAL": 3,
    "DOUBLE": 8,
    "VARCHAR": 12,
    "BOOLEAN": 16,
    "DATE": 91,
    "TIMESTAMP": 93,
    "INTERVAL YEAR TO MONTH": -103,
    "INTERVAL DAY TO SECOND": -104,
    "GEOMETRY": 123,
    "TIMESTAMP WITH LOCAL TIME ZONE": 124,
    "HASHTYPE": 126,
}
LTZ = "TIMESTAMP WITH LOCAL TIME ZONE"
YEAR_MONTH = "INTERVAL YEAR TO MONTH"
DAY_SECOND = "INTERVAL DAY TO SECOND"


@dataclass(frozen=True)
class ExaType:
    """One column or parameter type; unused properties are None."""

    name: str
    precision: int | None = None
    scale: int | None = None
    size: int | None = None
    charset: str | None = None
    fraction: int | None = None
    srid: int | None = None

    @property
    def is_text(self) -> bool:
        return self.name in ("CHAR", "VARCHAR")

    @property
    def is_number_on_wire(self) -> bool:
        """DECIMALs of scale 0 and up to 18 digits travel as JSON numbers."""
        return self.name == "DECIMAL" and not self.scale and (self.precision or 18) <= 18

    @property
    def type_id(self) -> int:
        return TYPE_IDS[self.name]

    def sql(self) -> str:
        """The text of COLUMN_TYPE in the system tables."""
        match self.name:
            case "DECIMAL":
                return f"DECIMAL({self.precision},{self.scale})"
            case "CHAR" | "VARCHAR":
                return f"{self.name}({self.size}) {self.charset}"
            case "TIMESTAMP":
                return f"TIMESTAMP({self.precision})"
            case "TIMESTAMP WITH LOCAL TIME ZONE":
                return f"TIMESTAMP({self.precision}) WITH LOCAL TIME ZONE"
            case "INTERVAL YEAR TO MONTH":
                return f"INTERVAL YEAR({self.precision}) TO MONTH"
            case "INTERVAL DAY TO SECOND":
                return f"INTERVAL DAY({self.precision}) TO SECOND({self.fraction})"
            case "GEOMETRY":
                return f"GEOMETRY({self.srid})" if self.srid else "GEOMETRY"
            case "HASHTYPE":
                return f"HASHTYPE({self.size} BYTE)"
        return self.name

    def duck(self) -> str:
        """The storage type. Text stands for what DuckDB lacks or would cut (see convert.py)."""
        match self.name:
            case "BOOLEAN" | "DATE" | "DOUBLE":
                return self.name
            case "DECIMAL":
                return f"DECIMAL({self.precision},{self.scale})"
            case "TIMESTAMP" if (self.precision or 0) <= 6:
                return "TIMESTAMP"
            case "TIMESTAMP WITH LOCAL TIME ZONE":
                return "TIMESTAMPTZ"
        return "VARCHAR"

    def max_size(self) -> int | None:
        """COLUMN_MAXSIZE."""
        return self.hash_digits("HEX") if self.name == "HASHTYPE" else self.size

    def hash_digits(self, form: str) -> int:
        """Length of the text form of a HASHTYPE."""
        size = self.size or 16
        return {"UUID": 36, "BASE64": -(-size // 3) * 4}.get(form, 2 * size)

    def wire(self, version: int, *, modern: bool = True, hash_form: str = "HEX") -> dict[str, Any]:
        """The dataType object of a reply in that protocol version."""
        match self.name:
            case "DECIMAL":
                return {"type": "DECIMAL", "precision": self.precision, "scale": self.scale}
            case "CHAR" | "VARCHAR":
                return {"type": self.name, "size": self.size, "characterSet": self.charset}
            case "GEOMETRY":
                return {"type": "GEOMETRY", "size": 2000000, "srid": self.srid or 0}
            case "HASHTYPE":
                size = self.hash_digits(hash_form)
                if version < 2:
                    return {"type": "CHAR", "size": size, "characterSet": "ASCII"}
                return {"type": "HASHTYPE", "size": size}
        return self._wire_datetime(version, 16 if modern else 8)

    def _wire_datetime(self, version: int, stamp_size: int) -> dict[str, Any]:
        answer: dict[str, Any] = {"type": self.name}
        sizes = {"DATE": 4, "TIMESTAMP": stamp_size, LTZ: stamp_size, YEAR_MONTH: 6, DAY_SECOND: 16}
        if version < 5 and self.name in sizes:
            answer["size"] = sizes[self.name]
        if self.name in ("TIMESTAMP", LTZ):
            if version >= 5:
                answer["precision"] = self.precision
            answer["withLocalTimeZone"] = self.name == LTZ
        elif self.name in (YEAR_MONTH, DAY_SECOND):
            answer["precision"] = self.precision
            if self.name == DAY_SECOND:
                answer["fraction"] = self.fraction
        return answer


BOOLEAN = ExaType("BOOLEAN")
DOUBLE = ExaType("DOUBLE")
DATE = ExaType("DATE")
GEOMETRY = ExaType("GEOMETRY", size=2000000, srid=0)
LONG_TEXT = ExaType("VARCHAR", size=2000000, charset="UTF8")


def decimal(precision: int = 18, scale: int = 0) -> ExaType:
    return ExaType("DECIMAL", precision=precision, scale=scale)


def varchar(size: int, charset: str = "UTF8") -> ExaType:
    return ExaType("VARCHAR", size=size, charset=charset)


def char(size: int, charset: str = "UTF8") -> ExaType:
    return ExaType("CHAR", size=size, charset=charset)


def timestamp(precision: int = 3, local: bool = False) -> ExaType:
    return ExaType(LTZ if local else "TIMESTAMP", precision=precision)


_ALIASES: dict[str, ExaType] = {
    "BOOLEAN": BOOLEAN,
    "BOOL": BOOLEAN,
    "DATE": DATE,
    "DOUBLE": DOUBLE,
    "DOUBLE PRECISION": DOUBLE,
    "FLOAT": DOUBLE,
    "REAL": DOUBLE,
    "NUMBER": decimal(),
    "DECIMAL": decimal(),
    "DEC": decimal(),
    "NUMERIC": decimal(),
    "INT": decimal(),
    "INTEGER": decimal(),
    "BIGINT": decimal(36),
    "SMALLINT": decimal(9),
    "TINYINT": decimal(3),
    "SHORTINT": decimal(9),
    "CHAR": char(1),
    "CHARACTER": char(1),
    "NCHAR": char(1),
    "VARCHAR": LONG_TEXT,
    "LONG VARCHAR": LONG_TEXT,
    "CLOB": LONG_TEXT,
    "NCLOB": LONG_TEXT,
    "TEXT": LONG_TEXT,
    "VARCHAR2": LONG_TEXT,
    "NVARCHAR": LONG_TEXT,
    "NVARCHAR2": LONG_TEXT,
    "CHARACTER VARYING": LONG_TEXT,
    "CHAR VARYING": LONG_TEXT,
    "CHARACTER LARGE OBJECT": LONG_TEXT,
    "TIMESTAMP": timestamp(),
    "GEOMETRY": GEOMETRY,
    "HASHTYPE": ExaType("HASHTYPE", size=16),
}
_SHAPE = re.compile(
    r"^([A-Z0-9 ]+?)(?: ?\( ?(\d+)(?: ?(?:,|BYTE|BIT|CHAR) ?(\d+)?)? ?\))?"
    r"( WITH LOCAL TIME ZONE)?(?: (UTF8|ASCII))?$"
)
_YEAR = re.compile(r"^INTERVAL YEAR ?(?:\( ?(\d+) ?\))? TO MONTH$")
_DAY = re.compile(r"^INTERVAL DAY ?(?:\( ?(\d+) ?\))? TO SECOND ?(?:\( ?(\d+) ?\))?$")


def parse_type(text: str) -> ExaType:
    """Reads a type as SQL spells it; raises ValueError for anything else."""
    plain = " ".join(text.upper().split())
    if found := _YEAR.match(plain):
        return ExaType(YEAR_MONTH, precision=int(found[1] or 2))
    if found := _DAY.match(plain):
        return ExaType(DAY_SECOND, precision=int(found[1] or 2), fraction=int(found[2] or 3))
    found = _SHAPE.match(plain)
    if not found or found[1] not in _ALIASES:
        raise ValueError(f"unknown type {text}")
    base, first = _ALIASES[found[1]], found[2]
    charset = found[5] or base.charset
    if base.is_text:
        return replace(base, size=int(first) if first else base.size, charset=charset)
    if base.name == "TIMESTAMP":
        precision = int(first) if first else 3
        if precision > 9:
            raise ValueError(f"illegal precision value: {precision}")
        return timestamp(precision, local=bool(found[4]))
    if not first:
        return base
    if base.name == "HASHTYPE":
        return replace(base, size=int(first) // 8 if "BIT" in plain else int(first))
    if base.name == "GEOMETRY":
        return replace(base, srid=int(first))
    if base.name == "DECIMAL":
        return _sized_decimal(int(first), int(found[3] or 0))
    return base


def _sized_decimal(precision: int, scale: int) -> ExaType:
    if not 1 <= precision <= 36:
        raise ValueError(f"illegal precision value: {precision}")
    if scale > precision:
        raise ValueError(f"illegal scale value: {scale}")
    return decimal(precision, scale)


def from_duck(text: str) -> ExaType:
    """The type under which a DuckDB result column without declared type appears."""
    plain = text.upper()
    if found := re.match(r"DECIMAL\((\d+),(\d+)\)", plain):
        return decimal(min(36, int(found[1])), int(found[2]))
    table = {
        "BOOLEAN": BOOLEAN,
        "TINYINT": decimal(3),
        "SMALLINT": decimal(5),
        "INTEGER": decimal(18),
        "BIGINT": decimal(18),
        "HUGEINT": decimal(36),
        "UTINYINT": decimal(3),
        "UINTEGER": decimal(18),
        "UBIGINT": decimal(20),
        "UHUGEINT": decimal(36),
        "FLOAT": DOUBLE,
        "DOUBLE": DOUBLE,
        "DATE": DATE,
        "TIMESTAMP": timestamp(6),
        "TIMESTAMP_S": timestamp(0),
        "TIMESTAMP_MS": timestamp(3),
        "TIMESTAMP_NS": timestamp(9),
        "TIMESTAMP WITH TIME ZONE": timestamp(6, local=True),
        "INTERVAL": ExaType(DAY_SECOND, precision=9, fraction=9),
        "\"NULL\"": BOOLEAN,
        "NULL": BOOLEAN,
    }
    return table.get(plain, LONG_TEXT)


def from_wire(declared: dict[str, Any]) -> ExaType:
    """The type that a client declares for a parameter; raises KeyError or ValueError."""
    name = declared["type"]
    match name:
        case "DECIMAL":
            return decimal(int(declared["precision"]), int(declared["scale"]))
        case "CHAR" | "VARCHAR":
            return ExaType(
                name, size=int(declared["size"]), charset=declared.get("characterSet", "UTF8")
            )
        case "TIMESTAMP" | "TIMESTAMP WITH LOCAL TIME ZONE":
            local = name == LTZ or bool(declared.get("withLocalTimeZone"))
            return timestamp(int(declared.get("precision", 9)), local=local)
        case "INTERVAL YEAR TO MONTH":
            return ExaType(name, precision=int(declared["precision"]))
        case "INTERVAL DAY TO SECOND":
            return ExaType(
                name, precision=int(declared["precision"]), fraction=int(declared["fraction"])
            )
        case "GEOMETRY":
            return ExaType(name, srid=int(declared.get("srid", 0)))
        case "HASHTYPE":
            return ExaType(name, size=int(declared.get("size", 32)) // 2)
        case "BOOLEAN" | "DOUBLE" | "DATE":
            return ExaType(name)
    raise ValueError(f"unknown type {name}")

"""SQL types of the stand-in: JDBC numbers, names, representations and sizes of the generic server."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

# kind -> JDBC id, rep, Java class, rep of array elements
_KINDS: dict[str, tuple[int, str, str, str]] = {
    "boolean": (16, "PRIMITIVE_BOOLEAN", "java.lang.Boolean", "BOOLEAN"),
    "bit": (-7, "PRIMITIVE_BOOLEAN", "[B", "BOOLEAN"),
    "tinyint": (-6, "PRIMITIVE_BYTE", "java.lang.Integer", "BYTE"),
    "smallint": (5, "PRIMITIVE_SHORT", "java.lang.Integer", "SHORT"),
    "integer": (4, "PRIMITIVE_INT", "java.lang.Integer", "INTEGER"),
    "bigint": (-5, "PRIMITIVE_LONG", "java.lang.Long", "LONG"),
    "utinyint": (-6, "UBYTE", "org.joou.UByte", "UBYTE"),
    "usmallint": (5, "USHORT", "org.joou.UShort", "USHORT"),
    "uinteger": (4, "UINTEGER", "org.joou.UInteger", "UINTEGER"),
    "ubigint": (-5, "ULONG", "org.joou.ULong", "ULONG"),
    "real": (7, "PRIMITIVE_FLOAT", "java.lang.Float", "FLOAT"),
    "double": (8, "PRIMITIVE_DOUBLE", "java.lang.Double", "DOUBLE"),
    "decimal": (3, "NUMBER", "java.math.BigDecimal", "NUMBER"),
    "numeric": (2, "NUMBER", "java.math.BigDecimal", "NUMBER"),
    "char": (1, "STRING", "java.lang.String", "STRING"),
    "varchar": (12, "STRING", "java.lang.String", "STRING"),
    "binary": (-2, "BYTE_STRING", "[B", "BYTE_STRING"),
    "varbinary": (-3, "BYTE_STRING", "[B", "BYTE_STRING"),
    "date": (91, "PRIMITIVE_INT", "java.sql.Date", "INTEGER"),
    "time": (92, "PRIMITIVE_INT", "java.sql.Time", "INTEGER"),
    "timestamp": (93, "PRIMITIVE_LONG", "java.sql.Timestamp", "LONG"),
    "timetz": (2013, "STRING", "java.time.OffsetTime", "STRING"),
    "timestamptz": (2014, "STRING", "java.time.OffsetDateTime", "STRING"),
    "uuid": (-2, "BYTE_STRING", "java.util.UUID", "BYTE_STRING"),
    "clob": (2005, "OBJECT", "java.sql.Clob", "OBJECT"),
    "blob": (2004, "OBJECT", "java.sql.Blob", "OBJECT"),
    "other": (1111, "OBJECT", "java.lang.Object", "OBJECT"),
    "array": (2003, "ARRAY", "java.sql.Array", "ARRAY"),
    "struct": (2003, "STRUCT", "java.sql.Struct", "STRUCT"),
}

_NAMES = {
    "char": "CHARACTER", "timestamptz": "TIMESTAMP WITH TIME ZONE", "timetz": "TIME WITH TIME ZONE",
    "utinyint": "TINYINT UNSIGNED", "usmallint": "SMALLINT UNSIGNED", "uinteger": "INTEGER UNSIGNED",
    "ubigint": "BIGINT UNSIGNED", "struct": "ROW",
}  # fmt: skip

# kind -> (precision of columns, display size); precision of parameters where it differs
_SIZES = {
    "boolean": (0, 5), "tinyint": (8, 4), "smallint": (16, 6), "integer": (32, 11), "bigint": (64, 20),
    "utinyint": (8, 3), "usmallint": (16, 5), "uinteger": (32, 10), "ubigint": (64, 20),
    "real": (32, 15), "double": (64, 23), "date": (10, 10), "uuid": (16, 36), "other": (0, 0),
}  # fmt: skip
_PARAMETER_PRECISION = {
    "tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 0, "double": 0,
}  # fmt: skip

# Spellings of declared types and of DuckDB's types -> kind
_SPELLINGS = {
    "BOOLEAN": "boolean", "BOOL": "boolean", "BIT": "bit", "BIT VARYING": "bit", "TINYINT": "tinyint",
    "SMALLINT": "smallint", "INTEGER": "integer", "INT": "integer", "BIGINT": "bigint", "UTINYINT": "utinyint",
    "USMALLINT": "usmallint", "UINTEGER": "uinteger", "UBIGINT": "ubigint", "REAL": "real", "FLOAT": "real",
    "DOUBLE": "double", "DOUBLE PRECISION": "double", "DECIMAL": "decimal", "NUMERIC": "numeric",
    "HUGEINT": "decimal", "UHUGEINT": "decimal", "CHAR": "char", "CHARACTER": "char", "VARCHAR": "varchar",
    "CHARACTER VARYING": "varchar", "NVARCHAR": "varchar", "TEXT": "varchar", "LONGVARCHAR": "varchar",
    "INTERVAL": "varchar", "BINARY": "binary", "VARBINARY": "varbinary", "LONGVARBINARY": "varbinary",
    "BYTEA": "varbinary", "DATE": "date", "TIME": "time", "TIMESTAMP": "timestamp", "DATETIME": "timestamp",
    "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz", "TIMESTAMPTZ": "timestamptz",
    "TIME WITH TIME ZONE": "timetz", "TIMETZ": "timetz", "UUID": "uuid", "CLOB": "clob", "BLOB": "blob",
    "OTHER": "other", "NULL": "other", '"NULL"': "other", "JSON": "varchar",
}  # fmt: skip
_DEFAULT_LENGTH = {"varchar": 16777216, "varbinary": 16777216, "char": 1, "binary": 1, "bit": 1}
_LOB_LENGTH = 1073741824


@dataclass(frozen=True)
class SqlType:
    """A column or parameter type. `length` is the precision of text, binary and decimal types."""

    kind: str
    name: str
    length: int = 0
    scale: int = 0
    component: "SqlType | None" = None
    fields: tuple[tuple[str, "SqlType"], ...] = ()

    @property
    def id(self) -> int:
        return _KINDS[self.kind][0]

    @property
    def rep(self) -> str:
        return _KINDS[self.kind][1]

    @property
    def class_name(self) -> str:
        return _KINDS[self.kind][2]

    @property
    def component_rep(self) -> str:
        return _KINDS[self.kind][3]

    @property
    def signed(self) -> bool:
        return self.kind in ("tinyint", "smallint", "integer", "bigint", "real", "double", "decimal", "numeric")

    @property
    def textual(self) -> bool:
        return self.kind in ("char", "varchar", "clob")

    @property
    def precision(self) -> int:
        """Precision as result columns report it (bits for integers)."""
        if self.kind in ("time", "timestamp", "timetz", "timestamptz"):
            base = {"time": 8, "timestamp": 19, "timetz": 14, "timestamptz": 25}[self.kind]
            return base + (self.scale + 1 if self.scale else 0)
        return _SIZES[self.kind][0] if self.kind in _SIZES else self.length

    @property
    def parameter_precision(self) -> int:
        """Precision as parameters report it (decimal digits for integers)."""
        return _PARAMETER_PRECISION.get(self.kind, self.precision)

    @property
    def display_size(self) -> int:
        if self.kind in ("decimal", "numeric"):
            return self.length + (2 if self.scale else 1)
        if self.kind == "array":
            return 12582919
        return _SIZES[self.kind][1] if self.kind in _SIZES else self.precision

    def avatica(self, component_known: bool = True) -> dict[str, Any]:
        """The AvaticaType object."""
        if self.kind == "array" and self.component is not None:
            return {
                "type": "array",
                "name": self.name,
                "rep": "ARRAY",
                "component": self.component.as_component() if component_known else self.unknown_component(),
                "id": self.id,
            }
        if self.kind == "struct":
            return {
                "type": "array",
                "name": self.name,
                "rep": "STRUCT",
                "component": self.unknown_component(),
                "id": self.id,
            }
        return {"type": "scalar", "id": self.id, "name": self.name, "rep": self.rep}

    def as_component(self) -> dict[str, Any]:
        """The type of array elements: boxed representations, nothing known below nested arrays."""
        return {"type": "scalar", "id": self.id, "name": self.name, "rep": self.component_rep}

    def unknown_component(self) -> dict[str, Any]:
        """What the server says while it has seen no array."""
        return {"type": "scalar", "id": 2000, "name": self.name, "rep": "OBJECT"}


def sql_type(text: str, *, real_is_double: bool = False) -> SqlType:
    """The type of a declaration (`VARCHAR(20)`, `INTEGER ARRAY`) or of a DuckDB type name."""
    text = re.sub(r"\s+", " ", text.strip())
    if match := re.fullmatch(r"(.*?) ?(?:\[\d*\]|\bARRAY(?:\[\d+\])?)", text, re.I):
        component = sql_type(match[1], real_is_double=real_is_double)
        return SqlType("array", f"{component.name} ARRAY", component=component)
    if text.upper().startswith("STRUCT("):
        return SqlType("struct", "ROW")
    if text.upper().startswith("ENUM("):
        return SqlType("other", text)
    if text.upper().startswith("MAP("):
        return SqlType("other", "MAP")
    if text.upper().startswith("INTERVAL "):
        return _interval(text.upper())
    match = re.fullmatch(r'("?[A-Z_ ]+?"?) ?(?:\( ?(\d+) ?(?:, ?(\d+) ?)?\))?( WITH TIME ZONE)?', text.upper())
    kind = _SPELLINGS.get(match[1] + (match[4] or "")) if match else None
    if match is None or kind is None:
        return SqlType("other", text.upper())
    if real_is_double and kind == "real":
        kind = "double"
    return _sized(kind, match[1], match[2], match[3])


def _sized(kind: str, spelled: str, first: str | None, second: str | None) -> SqlType:
    name = _NAMES.get(kind, kind.upper())
    if kind in ("decimal", "numeric"):
        if spelled in ("HUGEINT", "UHUGEINT"):
            return SqlType("decimal", "DECIMAL", 38, 0)
        return SqlType(kind, name, int(first or 18), int(second or (0 if first else 3)))
    if kind in ("time", "timestamp", "timetz", "timestamptz"):
        scale = int(first) if first else (0 if kind.startswith("time") and len(kind) <= 6 else 6)
        if spelled in ("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"):
            scale = {"S": 0, "MS": 3, "NS": 9}[spelled.rpartition("_")[2]]
        return SqlType(kind, name, 0, 0 if kind == "timetz" and not first else scale)
    if kind in ("clob", "blob"):
        return SqlType(kind, name, int(first or _LOB_LENGTH))
    if kind == "bit" and spelled == "BIT VARYING":
        name = spelled
    return SqlType(kind, name, int(first) if first else _DEFAULT_LENGTH.get(kind, 0))


def _interval(text: str) -> SqlType:
    base = re.sub(r" ?\( ?\d+ ?\)", "", text).strip()
    if "MONTH" in base or "YEAR" in base:
        return SqlType("varchar", base, 6)
    return SqlType("varchar", base, 16)


def duckdb_type(declared: SqlType) -> str:
    """The column type that holds values of a declared type."""
    if declared.component is not None:
        return duckdb_type(declared.component) + "[]"
    if declared.kind in ("decimal", "numeric"):
        return f"DECIMAL({min(declared.length, 38)},{declared.scale})"
    if declared.kind == "timestamp":
        return "TIMESTAMP_NS" if declared.scale > 6 else "TIMESTAMP"
    return {
        "char": "VARCHAR", "clob": "VARCHAR", "other": "VARCHAR", "binary": "BLOB", "varbinary": "BLOB",
        "real": "FLOAT", "timestamptz": "TIMESTAMPTZ", "timetz": "TIMETZ",
    }.get(declared.kind, declared.kind.upper())  # fmt: skip


def from_duckdb(text: str) -> SqlType:
    """The type of an expression by DuckDB's name for its type; BLOB is a binary here, not a LOB."""
    found = sql_type(text)
    if found.kind == "blob":
        return SqlType("varbinary", "VARBINARY", 16777216)
    if found.component is not None and found.component.kind == "blob":
        component = SqlType("varbinary", "VARBINARY", 16777216)
        return replace(found, component=component, name="VARBINARY ARRAY")
    return found


@dataclass(frozen=True)
class Column:
    """A result column with what the signature says about it."""

    label: str
    type: SqlType
    nullable: int = 2
    table: str = ""
    schema: str = ""
    catalog: str = ""
    name: str | None = None
    auto_increment: bool = False
    of_table: bool = False

    def metadata(self, ordinal: int, component_known: bool = True) -> dict[str, Any]:
        """The ColumnMetaData object."""
        kind = self.type
        return {
            "ordinal": ordinal,
            "autoIncrement": self.auto_increment,
            "caseSensitive": kind.textual and not kind.name.startswith("INTERVAL") or kind.kind == "varchar",
            "searchable": self.of_table and kind.kind != "other",
            "currency": kind.kind in ("decimal", "numeric") and kind.scale > 0,
            "nullable": self.nullable,
            "signed": kind.signed,
            "displaySize": kind.display_size,
            "label": self.label,
            "columnName": self.label if self.name is None else self.name,
            "schemaName": self.schema,
            "precision": kind.precision,
            "scale": kind.scale,
            "tableName": self.table,
            "catalogName": self.catalog,
            "type": kind.avatica(component_known),
            "readOnly": not self.of_table,
            "writable": False,
            "definitelyWritable": False,
            "columnClassName": kind.class_name,
        }

"""The metadata commands (getSchemas ... getTypeInfo) as queries over the system tables."""

from __future__ import annotations

from typing import Any

from testbed.exasol import systables, types as t
from testbed.exasol.errors import ExaError
from testbed.exasol.infer import Column
from testbed.exasol.meta import SCHEMA
from testbed.exasol.types import ExaType

N, I, B, C = t.varchar(128), t.decimal(18), t.BOOLEAN, t.varchar(2000)
KIND, TYPE = t.varchar(12), t.varchar(40)
_OWNER = "'SYS'"

# Command -> output columns, source with inner names, condition per argument, order.
_Shape = tuple[list[Column], str, dict[str, str], str]
_COMMANDS: dict[str, _Shape] = {
    "getSchemas": (
        [("NAME", N), ("OWNER", N), ("IS_VIRTUAL", B), ("COMMENT", C)],
        f"SELECT name, {_OWNER}, false, comment FROM {SCHEMA}.schemas "
        f"UNION ALL SELECT 'SYS', {_OWNER}, false, NULL",
        {"schema": "NAME LIKE"},
        "NAME",
    ),
    "getTables": (
        [
            ("SCHEMA", N),
            ("NAME", N),
            ("OWNER", N),
            ("TABLE_TYPE", KIND),
            ("IS_VIRTUAL", B),
            ("HAS_DISTRIBUTION_KEY", B),
            ("HAS_PARTITION_KEY", B),
            ("COMMENT", C),
        ],
        f"SELECT schema_name, name, {_OWNER}, kind, false, has_distribution, has_partition, comment "
        f"FROM {SCHEMA}.objects",
        {"schema": "SCHEMA LIKE", "table": "NAME LIKE", "tableTypes": "TABLE_TYPE IN"},
        "TABLE_TYPE, SCHEMA, NAME",
    ),
    "getTableTypes": (
        [("TABLE_TYPE", KIND)],
        "SELECT * FROM (VALUES ('SYSTEM TABLE'), ('TABLE'), ('VIEW'))",
        {},
        "TABLE_TYPE",
    ),
    "getColumns": (
        [
            ("SCHEMA", N),
            ("TABLE", N),
            ("NAME", N),
            ("TABLE_TYPE", KIND),
            ("TYPE", TYPE),
            ("TYPE_ID", I),
            ("MAXSIZE", I),
            ("NUM_PREC", I),
            ("NUM_SCALE", I),
            ("ORDINAL_POSITION", I),
            ("IS_VIRTUAL", B),
            ("IS_NULLABLE", B),
            ("IS_DISTRIBUTION_KEY", B),
            ("PARTITION_KEY_ORDINAL_POSITION", I),
            ("DEFAULT", t.LONG_TEXT),
            ("IS_IDENTITY", B),
            ("OWNER", N),
            ("COMMENT", C),
        ],
        "SELECT schema_name, table_name, name, kind, type, type_id, max_size, num_prec, num_scale, position, "
        "false, nullable, distribution, partition_position, default_text, identity IS NOT NULL, "
        f"{_OWNER}, comment FROM {SCHEMA}.columns",
        {
            "schema": "SCHEMA LIKE",
            "table": "\"TABLE\" LIKE",
            "column": "NAME LIKE",
            "tableTypes": "TABLE_TYPE IN",
        },
        "SCHEMA, \"TABLE\", ORDINAL_POSITION",
    ),
    "getPrimaryKeys": (
        [
            ("SCHEMA", N),
            ("TABLE", N),
            ("NAME", N),
            ("OWNER", N),
            ("ORDINAL_POSITION", I),
            ("COLUMN_NAME", N),
        ],
        f"SELECT schema_name, table_name, name, {_OWNER}, position, column_name FROM {SCHEMA}.constraints "
        "WHERE kind = 'PRIMARY KEY'",
        {"schema": "SCHEMA =", "table": "\"TABLE\" ="},
        "COLUMN_NAME",
    ),
    "getColumnPrivileges": (
        [
            ("SCHEMA", N),
            ("TABLE", N),
            ("COLUMN", N),
            ("NAME", N),
            ("GRANTOR", N),
            ("GRANTEE", N),
            ("OWNER", N),
        ],
        f"SELECT p.schema_name, p.name, c.name, p.privilege, p.grantor, p.grantee, {_OWNER} "
        f"FROM {SCHEMA}.privileges p JOIN {SCHEMA}.columns c "
        "ON c.schema_name = p.schema_name AND c.table_name = p.name",
        {"schema": "SCHEMA =", "table": "\"TABLE\" =", "column": "\"COLUMN\" LIKE"},
        "\"COLUMN\", NAME, GRANTOR, GRANTEE",
    ),
    "getTablePrivileges": (
        [("SCHEMA", N), ("TABLE", N), ("NAME", N), ("GRANTOR", N), ("GRANTEE", N), ("OWNER", N)],
        f"SELECT schema_name, name, privilege, grantor, grantee, {_OWNER} FROM {SCHEMA}.privileges",
        {"schema": "SCHEMA LIKE", "table": "\"TABLE\" LIKE"},
        "SCHEMA, \"TABLE\", NAME, GRANTOR, GRANTEE",
    ),
    "getFunctions": (
        [("SCHEMA", N), ("NAME", N), ("OWNER", N), ("COMMENT", C)],
        f"SELECT schema_name, name, {_OWNER}, comment FROM {SCHEMA}.scripts WHERE kind = 'FUNCTION'",
        {"schema": "SCHEMA LIKE", "function": "NAME LIKE"},
        "SCHEMA, NAME",
    ),
    "getScripts": (
        [
            ("SCHEMA", N),
            ("NAME", N),
            ("OWNER", N),
            ("TYPE", KIND),
            ("LANGUAGE", TYPE),
            ("INPUT_TYPE", KIND),
            ("RESULT_TYPE", KIND),
            ("COMMENT", C),
        ],
        f"SELECT schema_name, name, {_OWNER}, CASE kind WHEN 'SCRIPTING' THEN 'PROCEDURE' ELSE kind END, "
        f"language, input_type, result_type, comment FROM {SCHEMA}.scripts WHERE kind <> 'FUNCTION'",
        {"schema": "SCHEMA LIKE", "script": "NAME LIKE"},
        "SCHEMA, NAME",
    ),
    "getKeywords": (
        [("KEYWORD", N), ("RESERVED", B)],
        f"SELECT keyword, reserved FROM {SCHEMA}.keywords",
        {},
        "KEYWORD",
    ),
    "getProperties": (
        [("NAME", N), ("VALUE", C)],
        f"SELECT name, value FROM {SCHEMA}.properties",
        {"name": "NAME ="},
        "NAME",
    ),
    "getRoles": (
        [("NAME", N), ("CREATED", t.timestamp(3)), ("CONSUMER_GROUP", N), ("COMMENT", C)],
        f"SELECT name, TIMESTAMP '2024-01-01', NULL, comment FROM {SCHEMA}.principals WHERE kind = 'ROLE'",
        {"name": "NAME ="},
        "NAME",
    ),
    "getUsers": (
        [("NAME", N), ("CREATED", t.timestamp(3)), ("CONSUMER_GROUP", N), ("COMMENT", C)],
        f"SELECT name, TIMESTAMP '2024-01-01', NULL, comment FROM {SCHEMA}.principals WHERE kind = 'USER'",
        {"name": "NAME ="},
        "NAME",
    ),
    "getConnections": (
        [("NAME", N), ("CREATED", t.timestamp(3)), ("COMMENT", C)],
        "SELECT 'LEGACY_DB', TIMESTAMP '2024-01-01', NULL",
        {"name": "NAME ="},
        "NAME",
    ),
    "getTypeInfo": (
        [
            ("NAME" if name == "TYPE_NAME" else name, kind)
            for name, kind in systables.COLUMNS["EXA_SQL_TYPES"]
        ],
        'SELECT * FROM "SYS"."EXA_SQL_TYPES"',
        {},
        "TYPE_ID",
    ),
}
COMMANDS = frozenset(_COMMANDS)


def query(command: str, message: dict[str, Any]) -> tuple[str, list[Any], list[Column]]:
    """DuckDB text, its values and the columns of a metadata command."""
    columns, source, arguments, order = _COMMANDS[command]
    conditions, values = ["true"], []
    for argument, test in arguments.items():
        value = message.get(argument)
        if value is None:
            continue
        if argument == "tableTypes":
            if not isinstance(value, list):
                raise ExaError(f"JSON value '/{argument}' must be an array.", "00000")
            values += [str(v) for v in value]
            marks = ", ".join(f"${len(values) - len(value) + i + 1}" for i in range(len(value)))
            conditions.append(f"{test} ({marks})" if value else "false")
            continue
        if not isinstance(value, str):
            raise ExaError(f"JSON value '/{argument}' must be a string.", "00000")
        values.append(value)
        escape = " ESCAPE '\\'" if test.endswith("LIKE") else ""
        conditions.append(f"{test} ${len(values)}{escape}")
    names = ", ".join(f'"{name}"' for name, _ in columns)
    casts = ", ".join(
        f'CAST("{name}" AS {(kind or N).duck()}) AS "{name}"' for name, kind in columns
    )
    text = f"SELECT {casts} FROM ({source}) AS q({names}) WHERE {' AND '.join(conditions)} ORDER BY {order}"
    return text, values, columns


def column_types(columns: list[Column]) -> list[ExaType]:
    return [kind or N for _, kind in columns]

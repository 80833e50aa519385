"""SYS.EXA_*: the system tables that drivers and pyexasol read, as views over the side catalog."""

from __future__ import annotations

from typing import Any, Callable

from testbed.exasol import types as t
from testbed.exasol.infer import Column
from testbed.exasol.keywords import RESERVED, UNRESERVED
from testbed.exasol.meta import SCHEMA
from testbed.exasol.types import ExaType

NAME, LONG, NUMBER, FLAG = t.varchar(128), t.LONG_TEXT, t.decimal(18), t.BOOLEAN
_KIND = {
    "n": NAME,
    "l": LONG,
    "i": NUMBER,
    "b": FLAG,
    "c": t.varchar(2000),
    "t": t.timestamp(3),
    "y": t.varchar(40),
    "k": t.varchar(20),
}

# View name -> columns `NAME:kind=expression` (the expression is the column of that name by default), source.
_VIEWS: dict[str, tuple[str, str]] = {
    "EXA_ALL_SCHEMAS": (
        "SCHEMA_NAME:n=name SCHEMA_OWNER:n='SYS' SCHEMA_OBJECT_ID:i=id SCHEMA_IS_VIRTUAL:b=false "
        "SCHEMA_COMMENT:c=comment",
        f"{SCHEMA}.schemas",
    ),
    "EXA_ALL_TABLES": (
        "TABLE_SCHEMA:n=schema_name TABLE_NAME:n=name TABLE_OWNER:n='SYS' TABLE_OBJECT_ID:i=id "
        "TABLE_IS_VIRTUAL:b=false TABLE_HAS_DISTRIBUTION_KEY:b=has_distribution "
        "TABLE_HAS_PARTITION_KEY:b=has_partition TABLE_ROW_COUNT:i=estimated DELETE_PERCENTAGE:i=0 "
        "TABLE_COMMENT:c=comment",
        f"(SELECT o.*, d.estimated_size estimated FROM {SCHEMA}.objects o LEFT JOIN duckdb_tables() d "
        "ON d.schema_name = o.schema_name AND d.table_name = o.name WHERE o.kind = 'TABLE')",
    ),
    "EXA_ALL_VIEWS": (
        "VIEW_SCHEMA:n=schema_name VIEW_NAME:n=name SCOPE_SCHEMA:n=schema_name VIEW_OWNER:n='SYS' "
        "VIEW_OBJECT_ID:i=id VIEW_TEXT:l=body VIEW_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.objects WHERE kind = 'VIEW')",
    ),
    "EXA_ALL_COLUMNS": (
        "COLUMN_SCHEMA:n=schema_name COLUMN_TABLE:n=table_name COLUMN_OBJECT_TYPE:k=kind COLUMN_NAME:n=name "
        "COLUMN_TYPE:y=type COLUMN_TYPE_ID:i=type_id COLUMN_MAXSIZE:i=max_size COLUMN_NUM_PREC:i=num_prec "
        "COLUMN_NUM_SCALE:i=num_scale COLUMN_ORDINAL_POSITION:i=position COLUMN_IS_VIRTUAL:b=false "
        "COLUMN_IS_NULLABLE:b=nullable COLUMN_IS_DISTRIBUTION_KEY:b=distribution "
        "COLUMN_PARTITION_KEY_ORDINAL_POSITION:i=partition_position COLUMN_DEFAULT:l=default_text "
        "COLUMN_IDENTITY:i=CAST(identity,AS,BIGINT) COLUMN_OWNER:n='SYS' COLUMN_OBJECT_ID:i=position "
        "STATUS:k=NULL COLUMN_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.columns WHERE schema_name <> 'SYS')",
    ),
    "EXA_SYS_COLUMNS": (
        "COLUMN_SCHEMA:n=schema_name COLUMN_TABLE:n=table_name COLUMN_OBJECT_TYPE:k='TABLE' COLUMN_NAME:n=name "
        "COLUMN_TYPE:y=type COLUMN_TYPE_ID:i=type_id COLUMN_MAXSIZE:i=max_size COLUMN_NUM_PREC:i=num_prec "
        "COLUMN_NUM_SCALE:i=num_scale COLUMN_ORDINAL_POSITION:i=position COLUMN_IS_VIRTUAL:b=false "
        "COLUMN_IS_NULLABLE:b=NULL COLUMN_IS_DISTRIBUTION_KEY:b=false "
        "COLUMN_PARTITION_KEY_ORDINAL_POSITION:i=NULL COLUMN_DEFAULT:l=NULL COLUMN_IDENTITY:i=NULL "
        "COLUMN_OWNER:n='SYS' COLUMN_OBJECT_ID:i=position STATUS:k=NULL COLUMN_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.columns WHERE schema_name = 'SYS')",
    ),
    "EXA_SYSCAT": (
        "SCHEMA_NAME:n='SYS' OBJECT_NAME:n=name OBJECT_TYPE:k='TABLE' OBJECT_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.objects WHERE kind = 'SYSTEM TABLE')",
    ),
    "EXA_ALL_OBJECTS": (
        "OBJECT_NAME:n=name OBJECT_TYPE:k=kind CREATED:t=TIMESTAMP'2024-01-01' LAST_COMMIT:t=TIMESTAMP'2024-01-01' "
        "OWNER:n='SYS' OBJECT_ID:i=id ROOT_NAME:n=schema_name ROOT_TYPE:k='SCHEMA' ROOT_ID:i=0 "
        "OBJECT_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.objects WHERE kind <> 'SYSTEM TABLE')",
    ),
    "EXA_ALL_CONSTRAINTS": (
        "CONSTRAINT_SCHEMA:n=schema_name CONSTRAINT_TABLE:n=table_name CONSTRAINT_TYPE:k=kind "
        "CONSTRAINT_NAME:n=name CONSTRAINT_ENABLED:b=enabled CONSTRAINT_OWNER:n='SYS'",
        f"(SELECT DISTINCT schema_name, table_name, kind, name, enabled FROM {SCHEMA}.constraints)",
    ),
    "EXA_ALL_CONSTRAINT_COLUMNS": (
        "CONSTRAINT_SCHEMA:n=schema_name CONSTRAINT_TABLE:n=table_name CONSTRAINT_TYPE:k=kind "
        "CONSTRAINT_NAME:n=name CONSTRAINT_OWNER:n='SYS' ORDINAL_POSITION:i=position COLUMN_NAME:n=column_name "
        "REFERENCED_SCHEMA:n=ref_schema REFERENCED_TABLE:n=ref_table REFERENCED_COLUMN:n=ref_column",
        f"{SCHEMA}.constraints",
    ),
    "EXA_ALL_INDICES": (
        "INDEX_SCHEMA:n=schema_name INDEX_TABLE:n=table_name INDEX_OWNER:n='SYS' INDEX_OBJECT_ID:i=position "
        "INDEX_TYPE:k='GLOBAL' MEM_OBJECT_SIZE:i=65536 CREATED:t=TIMESTAMP'2024-01-01' "
        "LAST_COMMIT:t=TIMESTAMP'2024-01-01' REMARKS:c=column_name",
        f"(SELECT * FROM {SCHEMA}.constraints WHERE kind = 'PRIMARY KEY')",
    ),
    "EXA_ALL_FUNCTIONS": (
        "FUNCTION_SCHEMA:n=schema_name FUNCTION_NAME:n=name FUNCTION_OWNER:n='SYS' FUNCTION_OBJECT_ID:i=id "
        "FUNCTION_TEXT:l=body FUNCTION_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.scripts WHERE kind = 'FUNCTION')",
    ),
    "EXA_ALL_SCRIPTS": (
        "SCRIPT_SCHEMA:n=schema_name SCRIPT_NAME:n=name SCRIPT_OWNER:n='SYS' SCRIPT_OBJECT_ID:i=id "
        "SCRIPT_TYPE:k=kind SCRIPT_LANGUAGE:k=language SCRIPT_INPUT_TYPE:k=input_type "
        "SCRIPT_RESULT_TYPE:k=result_type SCRIPT_TEXT:l=body SCRIPT_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.scripts WHERE kind <> 'FUNCTION')",
    ),
    "EXA_ALL_OBJ_PRIVS": (
        "OBJECT_SCHEMA:n=schema_name OBJECT_NAME:n=name OBJECT_TYPE:k=kind PRIVILEGE:y=privilege "
        "GRANTEE:n=grantee GRANTOR:n=grantor OWNER:n='SYS'",
        f"{SCHEMA}.privileges",
    ),
    "EXA_ALL_OBJECT_SIZES": (
        "OBJECT_NAME:n=name OBJECT_TYPE:k=kind OWNER:n='SYS' ROOT_NAME:n=schema_name ROOT_TYPE:k='SCHEMA' "
        "RAW_OBJECT_SIZE:i=0 MEM_OBJECT_SIZE:i=0",
        f"{SCHEMA}.objects",
    ),
    "EXA_SQL_KEYWORDS": ("KEYWORD:n=keyword RESERVED:b=reserved", f"{SCHEMA}.keywords"),
    "EXA_METADATA": (
        "PARAM_NAME:n=name PARAM_VALUE:c=value IS_STATIC:b=true",
        f"{SCHEMA}.properties",
    ),
    "EXA_PARAMETERS": (
        "PARAMETER_NAME:n=name SESSION_VALUE:c=value SYSTEM_VALUE:c=value",
        f"{SCHEMA}.properties",
    ),
    "EXA_ALL_USERS": (
        "USER_NAME:n=name CREATED:t=TIMESTAMP'2024-01-01' USER_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.principals WHERE kind = 'USER')",
    ),
    "EXA_ALL_ROLES": (
        "ROLE_NAME:n=name CREATED:t=TIMESTAMP'2024-01-01' ROLE_COMMENT:c=comment",
        f"(SELECT * FROM {SCHEMA}.principals WHERE kind = 'ROLE')",
    ),
    "DUAL": ("DUMMY:k=NULL", "(SELECT 1 one)"),
}
_SYNONYMS = {
    "EXA_SCHEMAS": "EXA_ALL_SCHEMAS",
    "EXA_USER_TABLES": "EXA_ALL_TABLES",
    "EXA_DBA_TABLES": "EXA_ALL_TABLES",
    "EXA_DBA_COLUMNS": "EXA_ALL_COLUMNS",
    "EXA_USER_COLUMNS": "EXA_ALL_COLUMNS",
}
_SESSION_COLUMNS = (
    "SESSION_ID:s USER_NAME:n STATUS:k COMMAND_NAME:y STMT_ID:i DURATION:k CLIENT:c DRIVER:c "
    "OS_USER:n OS_NAME:c SCOPE_SCHEMA:n LOGIN_TIME:t"
)
SESSION_ID = t.decimal(20)
_TYPE_COLUMNS = (
    "TYPE_NAME:n TYPE_ID:i PRECISION:i LITERAL_PREFIX:n LITERAL_SUFFIX:n CREATE_PARAMS:n "
    "IS_NULLABLE:b CASE_SENSITIVE:b SEARCHABLE:i UNSIGNED_ATTRIBUTE:b FIXED_PREC_SCALE:b "
    "AUTO_INCREMENT:b LOCAL_TYPE_NAME:n MINIMUM_SCALE:i MAXIMUM_SCALE:i SQL_DATA_TYPE:i "
    "SQL_DATETIME_SUB:i NUM_PREC_RADIX:i INTERVAL_PRECISION:i"
)
_TYPES = [
    ("BOOLEAN", 16, 1, None, None, None, False, 2, 16),
    ("CHAR", 1, 2000, "'", "'", "length", True, 3, 1),
    ("DATE", 91, 10, "DATE '", "'", None, False, 2, 9),
    ("DECIMAL", 3, 36, None, None, "precision,scale", False, 2, 3),
    ("DOUBLE PRECISION", 8, 15, None, None, None, False, 2, 8),
    ("GEOMETRY", 123, 2000000, "'", "'", "srid", True, 0, 123),
    ("HASHTYPE", 126, 2048, "'", "'", "size", False, 2, 126),
    (
        "INTERVAL DAY TO SECOND",
        -104,
        28,
        "INTERVAL '",
        "' DAY TO SECOND",
        "precision,fraction",
        False,
        2,
        10,
    ),
    (
        "INTERVAL YEAR TO MONTH",
        -103,
        12,
        "INTERVAL '",
        "' YEAR TO MONTH",
        "precision",
        False,
        2,
        10,
    ),
    ("TIMESTAMP", 93, 29, "TIMESTAMP '", "'", "precision", False, 2, 9),
    ("TIMESTAMP WITH LOCAL TIME ZONE", 124, 29, "TIMESTAMP '", "'", "precision", False, 2, 9),
    ("VARCHAR", 12, 2000000, "'", "'", "max length", True, 3, 12),
]


def _columns(text: str) -> list[tuple[str, ExaType, str]]:
    result = []
    for item in text.split():
        name, _, rest = item.partition(":")
        kind, _, expression = rest.partition("=")
        result.append(
            (
                name,
                SESSION_ID if kind == "s" else _KIND[kind],
                expression.replace(",AS,", " AS ") or f'"{name}"',
            )
        )
    return result


COLUMNS: dict[str, list[Column]] = {
    name: [(column, kind) for column, kind, _ in _columns(text)]
    for name, (text, _) in _VIEWS.items()
}
COLUMNS.update({name: COLUMNS[target] for name, target in _SYNONYMS.items()})
COLUMNS["EXA_SQL_TYPES"] = [(column, kind) for column, kind, _ in _columns(_TYPE_COLUMNS)]
for _name in ("EXA_DBA_SESSIONS", "EXA_ALL_SESSIONS", "EXA_USER_SESSIONS"):
    COLUMNS[_name] = [(column, kind) for column, kind, _ in _columns(_SESSION_COLUMNS)]


def create(run: Callable[..., Any]) -> None:
    """Makes the views and describes them to themselves."""
    run(f"CREATE TABLE {SCHEMA}.keywords(keyword VARCHAR, reserved BOOLEAN)")
    words = [(word, "true") for word in RESERVED] + [(word, "false") for word in UNRESERVED]
    run(
        f"INSERT INTO {SCHEMA}.keywords VALUES " + ",".join(f"('{w}', {flag})" for w, flag in words)
    )
    run(f"CREATE TABLE {SCHEMA}.properties(name VARCHAR, value VARCHAR)")
    run(
        f"INSERT INTO {SCHEMA}.properties VALUES ('databaseProductName', 'EXASolution'), "
        "('databaseProductVersion', '8.32.0'), ('databaseMajorVersion', '8'), ('databaseMinorVersion', '32'), "
        "('maxColumnNameLength', '128'), ('databaseName', 'EXADB')"
    )
    for name, (text, source) in _VIEWS.items():
        selected = ", ".join(
            f'CAST({expression} AS {kind.duck()}) AS "{column}"'
            for column, kind, expression in _columns(text)
        )
        run(f'CREATE VIEW "SYS"."{name}" AS SELECT {selected} FROM {source} q')
    for name, target in _SYNONYMS.items():
        run(f'CREATE VIEW "SYS"."{name}" AS SELECT * FROM "SYS"."{target}"')
    _create_types(run)
    _create_sessions(run)
    _describe(run)


def _create_types(run: Callable[..., Any]) -> None:
    columns = ", ".join(f'"{c}" {kind.duck()}' for c, kind in COLUMNS["EXA_SQL_TYPES"])
    run(f'CREATE TABLE "SYS"."EXA_SQL_TYPES" ({columns})')
    for name, number, precision, prefix, suffix, parameters, case, search, data_type in _TYPES:
        scaled = name.startswith(("DECIMAL", "TIMESTAMP", "INTERVAL DAY"))
        run(
            f'INSERT INTO "SYS"."EXA_SQL_TYPES" VALUES ({", ".join(f"${i}" for i in range(1, 20))})',
            [
                name,
                number,
                precision,
                prefix,
                suffix,
                parameters,
                True,
                case,
                search,
                False,
                name == "DECIMAL",
                False,
                name,
                0 if scaled else None,
                (36 if name == "DECIMAL" else 9) if scaled else None,
                data_type,
                {"DATE": 1, "TIMESTAMP": 3}.get(name),
                10 if name == "DECIMAL" else None,
                None,
            ],
        )


def _create_sessions(run: Callable[..., Any]) -> None:
    columns = ", ".join(f'"{c}" {kind.duck()}' for c, kind in COLUMNS["EXA_ALL_SESSIONS"])
    run(f"CREATE TABLE {SCHEMA}.sessions ({columns})")
    for name in ("EXA_DBA_SESSIONS", "EXA_ALL_SESSIONS", "EXA_USER_SESSIONS"):
        run(f'CREATE VIEW "SYS"."{name}" AS SELECT * FROM {SCHEMA}.sessions')


def _describe(run: Callable[..., Any]) -> None:
    from testbed.exasol import meta

    for name, columns in COLUMNS.items():
        if name != "DUAL":
            meta.add_object(run, "SYS", name, "SYSTEM TABLE")
            for position, (column, kind) in enumerate(columns, 1):
                meta.add_column(
                    run,
                    "SYS",
                    name,
                    column,
                    position,
                    kind or LONG,
                    nullable=None,
                    owner_kind="SYSTEM TABLE",
                )

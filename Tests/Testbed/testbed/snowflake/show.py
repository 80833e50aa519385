"""SHOW, DESCRIBE and INFORMATION_SCHEMA: what exists, in the columns that drivers look for by name."""

from __future__ import annotations

import re
from typing import Any, Callable


from testbed.snowflake import commands, engine
from testbed.snowflake.catalog import Relation
from testbed.snowflake.errors import compilation, missing, syntax
from testbed.snowflake.results import Result
from testbed.snowflake.statements import DESCRIBE, SHOW, TEXT, Work, rows_of
from testbed.snowflake.types import MAX_TEXT, SFType
from testbed.snowflake.values import Column

_FIXED, _BOOLEAN, _LTZ = SFType("fixed", 38, 0), SFType("boolean"), SFType("timestamp_ltz", scale=3)
_CREATED = "2024-01-02 03:04:05.123000000"
_SHOW = re.compile(
    r"SHOW\s+(TERSE\s+)?(?P<what>[A-Z]+(?:\s+KEYS)?)(?:\s+HISTORY)?"
    r"(?:\s+LIKE\s+'(?P<like>(?:[^'\\]|''|\\.)*)')?"
    r"(?:\s+(?:IN|FROM)\s+(?P<scope>ACCOUNT|DATABASE|SCHEMA|TABLE|VIEW)?\s*(?P<name>" + commands.NAME + r")?)?"
    r"(?:\s+STARTS\s+WITH\s+'(?P<starts>(?:[^']|'')*)')?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+)(?:\s+FROM\s+'(?P<from>(?:[^'\\]|''|\\.)*)')?)?",
    re.I | re.S,
)


def _text(literal: str | None) -> str | None:
    return None if literal is None else re.sub(r"\\(.)", r"\1", literal.replace("''", "'"))


def show(work: Work, text: str) -> Result:
    """SHOW [TERSE] things [LIKE] [IN scope] [STARTS WITH] [LIMIT n [FROM name]]: at most 10 000 rows."""
    match = _SHOW.fullmatch(text)
    if not match:
        raise syntax("line 1 at position 5 unexpected '<EOF>'.")
    what = re.sub(r"\s+", " ", match["what"].upper())
    if what not in _SHOWN:
        raise syntax(f"line 1 at position 5 unexpected '{match['what']}'.")
    columns, make, key = _SHOWN[what]
    scope = _scope(work, match, what)
    rows = [r for r in make(work, scope)]
    index = [n for n, _ in columns].index(key)
    if (like := _text(match["like"])) is not None:
        pattern = re.compile("".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in like), re.I | re.S)
        rows = [r for r in rows if pattern.fullmatch(str(r[index]))]
    if match["starts"] is not None:
        rows = [r for r in rows if str(r[index]).startswith(match["starts"].replace("''", "'"))]
    if (after := _text(match["from"])) is not None:
        rows = [r for r in rows if str(r[index]) > after]
    rows = rows[: int(match["limit"] or work.session.options.show_rows)][: work.session.options.show_rows]
    if match[1] and what in ("DATABASES", "SCHEMAS", "OBJECTS", "TABLES", "VIEWS"):
        terse = ["created_on", "name", "kind", "database_name", "schema_name"]
        picks = [[n for n, _ in columns].index(t) if t in [n for n, _ in columns] else None for t in terse]
        rows = [tuple(None if p is None else r[p] for p in picks) for r in rows]
        columns = [(t, _LTZ if t == "created_on" else TEXT) for t in terse]
    return rows_of(columns, rows, SHOW)


def _scope(work: Work, match: re.Match[str], what: str) -> dict[str, str | None]:
    """Database, schema and table to which SHOW is confined."""
    word, parts = (match["scope"] or "").upper(), commands.parts_of(match["name"] or "")
    session, catalog = work.session, work.engine.catalog
    scope: dict[str, str | None] = {"database": None, "schema": None, "table": None}
    if word == "ACCOUNT" or what == "DATABASES":
        return scope
    if not word and parts:
        is_schema = len(parts) == 2 or parts[0] not in catalog.databases
        word = "TABLE" if what.endswith("KEYS") or what == "COLUMNS" else "SCHEMA" if is_schema and what != "SCHEMAS" else "DATABASE"
    if word == "DATABASE":
        scope["database"] = parts[0] if parts else session.database
    elif word == "SCHEMA":
        scope["database"] = parts[0] if len(parts) == 2 else session.database
        scope["schema"] = parts[-1] if parts else session.schema
    elif word in ("TABLE", "VIEW") and parts:
        name = commands.name_of(work, match["name"])
        catalog.get(name)
        scope |= dict(zip(("database", "schema", "table"), name))
    elif session.database:
        scope |= {"database": session.database, "schema": None if what == "SCHEMAS" else session.schema}
    if scope["database"] and scope["database"] not in catalog.databases:
        raise compilation("Object does not exist, or operation cannot be performed.", "002043", "02000")
    if scope["schema"] and scope["schema"] not in catalog.databases.get(scope["database"] or "", {}):
        raise compilation("Object does not exist, or operation cannot be performed.", "002043", "02000")
    return scope


def _relations(work: Work, scope: dict[str, Any]) -> list[Relation]:
    found = list(work.engine.catalog.relations(scope["database"], scope["schema"]))
    return [r for r in found if scope["table"] in (None, r.name[2])]


def _databases(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, n, "N", "Y" if n == work.session.database else "N", "", "ACCOUNTADMIN", "", "", "1", "STANDARD")
            for n in sorted(work.engine.catalog.databases)]  # fmt: skip


def _schemas(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    for database in sorted(work.engine.catalog.databases):
        if scope["database"] in (None, database):
            for name in sorted([*work.engine.catalog.databases[database], "INFORMATION_SCHEMA"]):
                current = "Y" if (database, name) == (work.session.database, work.session.schema) else "N"
                found.append((_CREATED, name, "N", current, database, "ACCOUNTADMIN", "", "", "1"))
    return found


def _objects(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, r.name[2], r.name[0], r.name[1], r.kind, r.comment, "", 0, 0, "ACCOUNTADMIN", "1")
            for r in _relations(work, scope)]  # fmt: skip


def _tables(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [r for r in _objects(work, scope) if r[4] != "VIEW"]


def _views(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, r.name[2], "", r.name[0], r.name[1], "ACCOUNTADMIN", r.comment, r.text, "false", "false", "VIEW")
            for r in _relations(work, scope) if r.kind == "VIEW"]  # fmt: skip


def _columns(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    for relation in _relations(work, scope):
        for c in relation.columns:
            found.append((relation.name[2], relation.name[1], c.name, c.type.column_type(c.nullable), "true" if c.nullable else "NOT_NULL",
                          c.default or "", "COLUMN", "", c.comment or "", relation.name[0], c.autoincrement))  # fmt: skip
    return found


def _primary(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, *r.name, c, n, r.primary_key_name or f"SYS_CONSTRAINT_{r.name[2]}", "false", None)
            for r in _relations(work, scope) for n, c in enumerate(r.primary_key, 1)]  # fmt: skip


def _unique(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, *r.name, c, n, name or f"SYS_UNIQUE_{r.name[2]}_{k}", "false", None)
            for r in _relations(work, scope) for k, (name, columns) in enumerate(r.unique_keys) for n, c in enumerate(columns, 1)]  # fmt: skip


def _references(work: Work) -> list[tuple[Any, ...]]:
    found = []
    for relation in work.engine.catalog.relations():
        for number, key in enumerate(relation.foreign_keys):
            target = work.engine.catalog.find(key.table)
            columns = key.references or (target.primary_key if target else [])
            name = target.primary_key_name if target and target.primary_key_name else f"SYS_CONSTRAINT_{key.table[2]}"
            for n, (mine, other) in enumerate(zip(key.columns, columns), 1):
                found.append((_CREATED, *key.table, other, *relation.name, mine, n, "NO ACTION", "NO ACTION",
                              key.name or f"SYS_FK_{relation.name[2]}_{number}", name, "NOT DEFERRABLE", "false", None))  # fmt: skip
    return found


def _within(parts: tuple[Any, ...], scope: dict[str, Any]) -> bool:
    return all(scope[k] in (None, p) for k, p in zip(("database", "schema", "table"), parts))


def _imported(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [r for r in _references(work) if _within(r[5:8], scope)]


def _exported(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [r for r in _references(work) if _within(r[1:4], scope)]


def _parameters(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    from testbed.snowflake.sessions import PARAMETERS

    values = {**PARAMETERS, **work.session.parameters}
    rows = []
    for name in sorted(values):
        level = "SESSION" if name in work.session.parameters else ""
        kind = "BOOLEAN" if isinstance(values[name], bool) else "NUMBER" if isinstance(values[name], int) else "STRING"
        text = str(values[name]).lower() if kind == "BOOLEAN" else str(values[name])
        rows.append((name, text, str(PARAMETERS.get(name, "")), level, "", kind))
    return rows


def _stages(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(_CREATED, name[2], name[0], name[1], "", "N", "N", "ACCOUNTADMIN", "", None, "INTERNAL") for name in sorted(work.engine.stages)
            if _within(name[:2], scope)]  # fmt: skip


def _nothing(work: Work, scope: dict[str, Any]) -> list[tuple[Any, ...]]:
    return []


def _named(names: str, **kinds: SFType) -> list[tuple[str, SFType]]:
    return [(n, kinds.get(n, _LTZ if n == "created_on" else TEXT)) for n in names.split()]


_KEY = _named("created_on database_name schema_name table_name column_name key_sequence constraint_name rely comment", key_sequence=_FIXED)
_FOREIGN = _named("created_on pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name "
                  "fk_column_name key_sequence update_rule delete_rule fk_name pk_name deferrability rely comment", key_sequence=_FIXED)  # fmt: skip
_OBJECT = _named("created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time", rows=_FIXED, bytes=_FIXED)
_SHOWN: dict[str, tuple[list[tuple[str, SFType]], Callable[..., list[tuple[Any, ...]]], str]] = {
    "DATABASES": (_named("created_on name is_default is_current origin owner comment options retention_time kind"), _databases, "name"),
    "SCHEMAS": (_named("created_on name is_default is_current database_name owner comment options retention_time"), _schemas, "name"),
    "OBJECTS": (_OBJECT, _objects, "name"),
    "TABLES": (_OBJECT, _tables, "name"),
    "VIEWS": (_named("created_on name reserved database_name schema_name owner comment text is_secure is_materialized kind"), _views, "name"),
    "COLUMNS": (_named("table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement"),
                _columns, "column_name"),
    "PRIMARY KEYS": (_KEY, _primary, "column_name"),
    "UNIQUE KEYS": (_KEY, _unique, "column_name"),
    "IMPORTED KEYS": (_FOREIGN, _imported, "pk_table_name"),
    "EXPORTED KEYS": (_FOREIGN, _exported, "pk_table_name"),
    "PARAMETERS": (_named("key value default level description type"), _parameters, "key"),
    "STAGES": (_named("created_on name database_name schema_name url has_credentials has_encryption_key owner comment region type"),
               _stages, "name"),
    "WAREHOUSES": (_named("name state type size"), lambda w, s: [("WH", "STARTED", "STANDARD", "X-Small")], "name"),
    "ROLES": (_named("created_on name is_default is_current"), lambda w, s: [(_CREATED, r, "N", "N") for r in commands.ROLES], "name"),
    "PROCEDURES": (_named("created_on name schema_name arguments description catalog_name"), _nothing, "name"),
    "FUNCTIONS": (_named("created_on name schema_name arguments description catalog_name"), _nothing, "name"),
    "USERS": (_named("name created_on"), _nothing, "name"),
}  # fmt: skip


def describe(work: Work, text: str) -> Result:
    """DESCRIBE TABLE or VIEW; DESCRIBE RESULT of a former statement."""
    match = re.fullmatch(rf"DESC(?:RIBE)?\s+(?:(TABLE|VIEW)\s+)?({commands.NAME})(?:\s+TYPE\s*=\s*\w+)?", text, re.I)
    if not match:
        raise missing(text.split()[-1])
    relation = work.engine.catalog.get(commands.name_of(work, match.group(2)))
    names = [(n, TEXT) for n in ("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression",
                                 "comment", "policy name", "privacy domain")]  # fmt: skip
    unique = {c for _, columns in relation.unique_keys for c in columns}
    rows = [(c.name, c.type.sql(), "COLUMN", "Y" if c.nullable else "N", c.default, "Y" if c.name in relation.primary_key else "N",
             "Y" if c.name in unique else "N", None, None, c.comment, None, None) for c in relation.columns]  # fmt: skip
    return rows_of(names, rows, DESCRIBE)


# INFORMATION_SCHEMA.


def information(work: Work, name: tuple[str, str, str]) -> list[Column] | None:
    """The columns of a view of INFORMATION_SCHEMA; None when there is no such view."""
    if name[0] not in work.engine.catalog.databases or name[2] not in _VIEWS:
        return None
    names, make = _VIEWS[name[2]]
    rows = make(work, name[0])
    kinds = [(n, _FIXED if n in _NUMBERS else TEXT) for n in names.split()]
    return [Column(k.rowtype(n), k, engine.arrow_of([r[i] for r in rows], k)) for i, (n, k) in enumerate(kinds)]


_NUMBERS = {"ORDINAL_POSITION", "CHARACTER_MAXIMUM_LENGTH", "CHARACTER_OCTET_LENGTH", "NUMERIC_PRECISION", "NUMERIC_PRECISION_RADIX",
            "NUMERIC_SCALE", "DATETIME_PRECISION", "ROW_COUNT", "BYTES"}  # fmt: skip


def _info_tables(work: Work, database: str) -> list[tuple[Any, ...]]:
    kinds = {"TABLE": "BASE TABLE", "TRANSIENT": "BASE TABLE", "TEMPORARY": "LOCAL TEMPORARY", "VIEW": "VIEW"}
    return [(*r.name, "ACCOUNTADMIN", kinds[r.kind], 0, 0, r.comment or None) for r in work.engine.catalog.relations(database)]


def _info_columns(work: Work, database: str) -> list[tuple[Any, ...]]:
    words = {"fixed": "NUMBER", "real": "FLOAT"}
    found = []
    for relation in work.engine.catalog.relations(database):
        for number, c in enumerate(relation.columns, 1):
            kind = c.type.kind
            length = c.type.length if kind in ("text", "binary") else None
            found.append((*relation.name, c.name, number, c.default, "YES" if c.nullable else "NO", words.get(kind, kind.upper()), length,
                          min(4 * length, MAX_TEXT) if length else None, c.type.precision if kind == "fixed" else None,
                          10 if kind == "fixed" else None, c.type.scale if kind == "fixed" else None,
                          c.type.scale if kind.startswith("time") else None, c.comment))  # fmt: skip
    return found


def _info_schemata(work: Work, database: str) -> list[tuple[Any, ...]]:
    return [(database, s, "ACCOUNTADMIN", None) for s in sorted([*work.engine.catalog.databases[database], "INFORMATION_SCHEMA"])]


def _info_databases(work: Work, database: str) -> list[tuple[Any, ...]]:
    return [(d, "ACCOUNTADMIN", None) for d in sorted(work.engine.catalog.databases)]


_VIEWS: dict[str, tuple[str, Callable[[Work, str], list[tuple[Any, ...]]]]] = {
    "TABLES": ("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER TABLE_TYPE ROW_COUNT BYTES COMMENT", _info_tables),
    "COLUMNS": ("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE "
                "CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_PRECISION_RADIX NUMERIC_SCALE "
                "DATETIME_PRECISION COMMENT", _info_columns),
    "SCHEMATA": ("CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER COMMENT", _info_schemata),
    "DATABASES": ("DATABASE_NAME DATABASE_OWNER COMMENT", _info_databases),
    "PROCEDURES": ("PROCEDURE_CATALOG PROCEDURE_SCHEMA PROCEDURE_NAME ARGUMENT_SIGNATURE DATA_TYPE COMMENT",
                   lambda w, d: [r for r in _PROCEDURES if r[0] in (d, "")]),
    "TABLE_CONSTRAINTS": ("CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_NAME CONSTRAINT_TYPE", lambda w, d: []),
}  # fmt: skip
_PROCEDURES: list[tuple[Any, ...]] = [
    ("TESTDB", "PUBLIC", "P_ADD", "(A NUMBER, B VARCHAR)", "VARCHAR(16777216)", "adds"),
    ("TESTDB", "PUBLIC", "P_ROWS", "()", "TABLE (ID NUMBER, NAME VARCHAR)", None),
]

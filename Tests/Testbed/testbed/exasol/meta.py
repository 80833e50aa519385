"""What the stand-in knows about schemas, tables and columns beyond DuckDB's own catalog.

The tables live in DuckDB beside the data, so that DDL, its rollback and its visibility to other
sessions need no further care. SYS.EXA_* and the metadata commands read them.
"""

from __future__ import annotations

import itertools
from typing import Any, Callable

from testbed.exasol.types import ExaType, parse_type

SCHEMA = '"EXA$META"'
_TABLES = f"""
CREATE SCHEMA {SCHEMA};
CREATE SCHEMA "SYS";
CREATE TABLE {SCHEMA}.schemas(name VARCHAR, comment VARCHAR, id BIGINT);
CREATE TABLE {SCHEMA}.objects(schema_name VARCHAR, name VARCHAR, kind VARCHAR, comment VARCHAR,
  body VARCHAR, id BIGINT, has_distribution BOOLEAN, has_partition BOOLEAN);
CREATE TABLE {SCHEMA}.columns(schema_name VARCHAR, table_name VARCHAR, name VARCHAR, position INTEGER,
  type VARCHAR, type_id INTEGER, max_size INTEGER, num_prec INTEGER, num_scale INTEGER, nullable BOOLEAN,
  default_text VARCHAR, identity VARCHAR, comment VARCHAR, distribution BOOLEAN, partition_position INTEGER,
  kind VARCHAR);
CREATE TABLE {SCHEMA}.constraints(schema_name VARCHAR, table_name VARCHAR, name VARCHAR, kind VARCHAR,
  enabled BOOLEAN, position INTEGER, column_name VARCHAR, ref_schema VARCHAR, ref_table VARCHAR,
  ref_column VARCHAR);
CREATE TABLE {SCHEMA}.scripts(schema_name VARCHAR, name VARCHAR, kind VARCHAR, language VARCHAR,
  input_type VARCHAR, result_type VARCHAR, body VARCHAR, comment VARCHAR, id BIGINT);
CREATE TABLE {SCHEMA}.principals(name VARCHAR, kind VARCHAR, comment VARCHAR);
CREATE TABLE {SCHEMA}.privileges(schema_name VARCHAR, name VARCHAR, kind VARCHAR, privilege VARCHAR,
  grantee VARCHAR, grantor VARCHAR);
"""
Run = Callable[..., Any]
_object_ids = itertools.count(1000)


def create(run: Run) -> None:
    """Makes the empty tables."""
    run(_TABLES)


def add_schema(run: Run, name: str, comment: str | None = None) -> None:
    run(f"INSERT INTO {SCHEMA}.schemas VALUES ($1, $2, $3)", [name, comment, next(_object_ids)])


def add_object(
    run: Run,
    schema: str,
    name: str,
    kind: str,
    *,
    comment: str | None = None,
    body: str | None = None,
    distributed: bool = False,
    partitioned: bool = False,
) -> None:
    run(
        f"INSERT INTO {SCHEMA}.objects VALUES ($1,$2,$3,$4,$5,$6,$7,$8)",
        [schema, name, kind, comment, body, next(_object_ids), distributed, partitioned],
    )


def add_column(
    run: Run,
    schema: str,
    table: str,
    name: str,
    position: int,
    kind: ExaType,
    *,
    nullable: bool | None = True,
    default: str | None = None,
    identity: str | None = None,
    comment: str | None = None,
    distribution: bool = False,
    partition: int | None = None,
    owner_kind: str = "TABLE",
) -> None:
    precision = {"DECIMAL": kind.precision, "DOUBLE": 64}.get(kind.name)
    run(
        f"INSERT INTO {SCHEMA}.columns VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
        [
            schema,
            table,
            name,
            position,
            kind.sql(),
            kind.type_id,
            kind.max_size(),
            precision,
            kind.scale,
            nullable,
            default,
            identity,
            comment,
            distribution,
            partition,
            owner_kind,
        ],
    )


def add_constraint(
    run: Run,
    schema: str,
    table: str,
    name: str,
    kind: str,
    columns: list[str],
    *,
    enabled: bool = True,
    reference: tuple[str, str, list[str]] | None = None,
) -> None:
    for position, column in enumerate(columns, 1):
        target = (
            (reference[0], reference[1], reference[2][position - 1]) if reference else (None,) * 3
        )
        run(
            f"INSERT INTO {SCHEMA}.constraints VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
            [schema, table, name, kind, enabled, position, column, *target],
        )


def forget(run: Run, schema: str, name: str | None = None) -> None:
    """Removes a table or view, or a whole schema when no name is given."""
    for table, column in (
        ("objects", "name"),
        ("columns", "table_name"),
        ("constraints", "table_name"),
        ("scripts", "name"),
        ("privileges", "name"),
    ):
        condition, values = "schema_name = $1", [schema]
        if name is not None:
            condition, values = f"{condition} AND {column} = $2", [schema, name]
        run(f"DELETE FROM {SCHEMA}.{table} WHERE {condition}", values)
    if name is None:
        run(f"DELETE FROM {SCHEMA}.schemas WHERE name = $1", [schema])


def schema_exists(run: Run, name: str) -> bool:
    return name == "SYS" or bool(
        run(f"SELECT 1 FROM {SCHEMA}.schemas WHERE name = $1", [name]).fetchall()
    )


def object_kind(run: Run, schema: str, name: str) -> str | None:
    """TABLE, VIEW, SYSTEM TABLE or None."""
    found = run(
        f"SELECT kind FROM {SCHEMA}.objects WHERE schema_name = $1 AND name = $2", [schema, name]
    ).fetchall()
    return found[0][0] if found else None


def columns_of(run: Run, schema: str, name: str) -> list[tuple[str, ExaType]] | None:
    """Names and declared types of a table's or view's columns; None when there is none."""
    rows = run(
        f"SELECT name, type FROM {SCHEMA}.columns WHERE schema_name = $1 AND table_name = $2 "
        "ORDER BY position",
        [schema, name],
    ).fetchall()
    return [(column, parse_type(kind)) for column, kind in rows] or None


def primary_key_name(run: Run, schema: str, table: str) -> str | None:
    found = run(
        f"SELECT name FROM {SCHEMA}.constraints WHERE schema_name = $1 AND table_name = $2 "
        "AND kind = 'PRIMARY KEY'",
        [schema, table],
    ).fetchall()
    return found[0][0] if found else None

"""The database: DuckDB, what exists in it, and how a session's statements are run there."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import duckdb
import pyarrow as pa

from testbed.snowflake import functions
from testbed.snowflake.catalog import Catalog, Name
from testbed.snowflake.errors import SQLError, from_duckdb
from testbed.snowflake.types import SFType


def quoted(*parts: str) -> str:
    """A name in DuckDB's quotes."""
    return ".".join('"' + p.replace('"', '""') + '"' for p in parts)


class Engine:
    """One database for all sessions; DuckDB databases are the service's databases."""

    def __init__(self) -> None:
        self._base = duckdb.connect(":memory:", config={"threads": 2})
        functions.define(self._base)
        self.catalog = Catalog()
        self.lock = threading.RLock()
        self._scratch = 0
        self.stages: dict[Name, Any] = {}
        self.sequences = 0

    def close(self) -> None:
        self._base.close()

    def _run(self, sql: str) -> None:
        """On the connection that all share: two threads at once would wait for each other for ever."""
        with self.lock:
            self._base.execute(sql)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same database."""
        with self.lock:
            cursor = self._base.cursor()
            cursor.execute("SET timezone = 'UTC'")
            return cursor

    def create_database(self, name: str) -> None:
        self._run(f"ATTACH ':memory:' AS {quoted(name)}")
        self._run(f"CREATE SCHEMA {quoted(name, 'PUBLIC')}")
        self.catalog.add_database(name)

    def drop_database(self, name: str) -> None:
        # DuckDB keeps a database that another connection uses; its name must be free all the same.
        for schema, relations in self.catalog.databases.pop(name).items():
            self._run(f"DROP SCHEMA {quoted(name, schema)} CASCADE")
            relations.clear()
        self._run(f"DETACH {quoted(name)}")

    def scratch(self, cursor: Any, table: pa.Table) -> Name:
        """These rows under a name that this cursor can read, also within a transaction."""
        with self.lock:
            self._scratch += 1
            name = f"$SCRATCH{self._scratch}"
        cursor.register(name, table)
        return "temp", "main", name

    @staticmethod
    def drop_scratch(cursor: Any, names: list[Name]) -> None:
        """Forgets them; a rollback may have done so already."""
        for name in names:
            with contextlib.suppress(duckdb.Error):
                cursor.unregister(name[2])


def run(cursor: Any, sql: str) -> tuple[list[str], list[pa.Array]]:
    """The types and columns of a query's result."""
    try:
        relation = cursor.sql(sql)
        types = [str(t) for t in relation.types]
        table = relation.to_arrow_table()
    except duckdb.Error as error:
        raise from_duckdb(error) from None
    return types, [_plain(c.combine_chunks()) for c in table.columns]


def describe(cursor: Any, sql: str) -> list[str]:
    """The types of a query's columns, without running it."""
    try:
        return [str(t) for t in cursor.sql(sql).types]
    except duckdb.Error as error:
        raise from_duckdb(error) from None


def execute(cursor: Any, sql: str) -> int:
    """Runs a statement without rows of its own; gives the number that it tells, or 0."""
    try:
        rows = cursor.execute(sql).fetchall()
    except duckdb.Error as error:
        raise from_duckdb(error) from None
    return int(rows[0][0]) if rows and rows[0] and isinstance(rows[0][0], int) else 0


def _plain(column: Any) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column


def arrow_of(values: list[Any], kind: SFType) -> pa.Array:
    """Rows that were made in Python, in the form in which DuckDB hands out its own."""
    types = {"text": pa.string(), "fixed": pa.decimal128(kind.precision, kind.scale), "boolean": pa.bool_(), "real": pa.float64()}
    if kind.kind == "fixed":
        return pa.array(values, pa.int64()).cast(pa.decimal128(38, 0)) if kind.scale == 0 else pa.array(values, types["fixed"])
    return pa.array(values, types.get(kind.kind, pa.string()))


def wrong_database() -> SQLError:
    return SQLError("090105", "22000", "Cannot perform operation. This session does not have a current database. "
                    "Call 'USE DATABASE', or use a qualified name.")  # fmt: skip

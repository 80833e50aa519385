"""The database behind the stand-in: DuckDB plus what a JDBC database knows about declared types."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pyarrow as pa

from testbed.avatica import infer
from testbed.avatica.dialect import Statement, quoted, translate
from testbed.avatica.errors import SqlError, from_duckdb, general
from testbed.avatica.types import Column, SqlType, from_duckdb as type_of, sql_type

ROOT = "TESTBED"
CATALOG = "PUBLIC"
_SYSTEM_SCHEMAS = ("INFORMATION_SCHEMA", "SYSTEM_LOBS")
# What can be repeated in a plain INSERT.
_INSERT = re.compile(r"(INSERT\s+INTO\s.*?\sVALUES\s*)(\([^()]*\))", re.IGNORECASE | re.DOTALL)
_MACROS = ["CREATE MACRO {0}.SEQUENCE_ARRAY(a,b,c) AS CAST(generate_series(a,b,c) AS INTEGER[])"]


@dataclass
class Execution:
    """What one execution gave: rows with columns, or an update count."""

    columns: list[Column] = field(default_factory=list)
    table: pa.Table | None = None
    count: int = -1


@dataclass
class TableColumn:
    """One column of a table or view."""

    schema: str
    table: str
    name: str
    type: SqlType
    nullable: bool
    default: str | None
    position: int
    identity: bool
    comment: str | None = None


class Database:
    """One DuckDB instance shared by every connection and every backend."""

    def __init__(self, *, real_is_double: bool = False) -> None:
        self.real_is_double = real_is_double
        self.root = duckdb.connect()
        for sql in (
            f"ATTACH ':memory:' AS {ROOT}",
            f'CREATE SCHEMA {ROOT}."{CATALOG}"',
            "SET threads = 2",
        ):
            self.root.execute(sql)
        for macro in _MACROS:
            self.root.execute(macro.format(f'{ROOT}."{CATALOG}"'))
        self.declared: dict[tuple[str, str, str], tuple[SqlType, bool]] = {}
        self.lock = threading.Lock()

    def session(self, user: str = "SA") -> "Session":
        """A connection of its own with its own transaction."""
        with self.lock:
            return Session(self, self.root.cursor(), user)

    def close(self) -> None:
        self.root.close()

    def remember(self, schema: str, statement: Statement) -> None:
        """Keeps the declared types of a table that was created."""
        if statement.table:
            owner, table = statement.table
            for column in statement.columns:
                kind = column.type
                if self.real_is_double and kind.kind == "real":
                    kind = sql_type("DOUBLE")
                self.declared[(owner or schema, table, column.name)] = (kind, column.identity)


class Session:
    """One database connection."""

    def __init__(self, database: Database, connection: duckdb.DuckDBPyConnection, user: str) -> None:
        self.database, self.connection, self.user = database, connection, user
        self.lock = threading.RLock()
        self.auto_commit, self.read_only, self.isolation = True, False, 2
        self.catalog, self.schema = CATALOG, CATALOG
        self.in_transaction = False
        self.closed = False
        self._done: list[tuple[str, list[Any]]] = []
        self._wake = threading.Event()
        self._running = False
        connection.execute(f'USE {ROOT}."{CATALOG}"')
        connection.execute("SET integer_division = true")

    # Life cycle.

    def close(self) -> None:
        """Rolls back and closes; a running statement is interrupted first."""
        self.closed = True
        self.interrupt()
        with self.lock:
            if self.in_transaction:
                self.rollback()
            self.connection.close()

    def interrupt(self) -> None:
        """Stops what runs."""
        if self._running:
            self._wake.set()
            self.connection.interrupt()

    # Transactions.

    def commit(self) -> None:
        with self.lock:
            if self.in_transaction:
                self._run("COMMIT")
            self.in_transaction = False
            self._done.clear()

    def rollback(self) -> None:
        with self.lock:
            if self.in_transaction:
                self._run("ROLLBACK")
            self.in_transaction = False
            self._done.clear()

    def apply(self, name: str, value: Any) -> None:
        """Sets one connection property as a JDBC driver would."""
        with self.lock:
            if name == "autoCommit":
                if value and not self.auto_commit:
                    self.commit()
                self.auto_commit = value
            elif name == "readOnly":
                self.read_only = value
            elif name == "transactionIsolation":
                if value not in (1, 2, 4, 8):
                    raise general("Invalid argument in JDBC call")
                self.isolation = value
            elif name == "catalog" and value.upper() != CATALOG:
                raise general("invalid catalog name")
            elif name == "schema":
                self._use(value)

    def _use(self, schema: str) -> None:
        found = [s for s in self.schemas() if s == schema]
        if not found:
            raise general(f"invalid schema name: {schema}")
        if schema not in _SYSTEM_SCHEMAS:
            self._run(f"USE {ROOT}.{quoted(schema)}")
        self.schema = schema

    # Statements.

    def execute(self, sql: str, parameters: list[Any] | None = None, limit: int = -1) -> Execution:
        """Runs a text; the last of several statements gives the result."""
        with self.lock:
            self._wake.clear()
            self._running = True
            try:
                result = Execution(count=0)
                for statement in translate(sql):
                    result = self._execute(statement, parameters or [])
                if result.table is not None and limit > 0:
                    result.table = result.table.slice(0, limit)
                return result
            finally:
                self._running = False

    def insert(self, sql: str, rows: list[list[Any]]) -> bool:
        """Inserts several rows at once, which takes a tenth of the time; False if the text is no plain INSERT or a row is
        refused: then nothing is inserted, and they are to be run one by one, which tells which."""
        with self.lock:
            statements = translate(sql)
            found = _INSERT.fullmatch(statements[0].sql.strip()) if len(statements) == 1 else None
            if not found or found[2].count("?") != statements[0].parameters or statements[0].before or len(rows) < 2:
                return False
            text = found[1] + ", ".join([found[2]] * len(rows))
            try:
                self._execute(replace(statements[0], sql=text), [value for row in rows for value in row])
            except SqlError:
                return False
            return True

    def _execute(self, statement: Statement, parameters: list[Any]) -> Execution:
        if statement.sleep:
            self._sleep(statement.sleep)
        if not self.auto_commit and not self.in_transaction:
            self._run("BEGIN")
            self.in_transaction = True
        try:
            for sql in statement.before:
                self._run(sql)
            result = self._result(statement, parameters)
        except SqlError:
            self._again()
            raise
        if self.in_transaction and not statement.returns_rows:
            self._done.append((statement.sql, parameters))
        self.database.remember(self.schema, statement)
        return result

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._wake.wait(max(until - time.monotonic(), 0)):
            if time.monotonic() >= until:
                return
        raise SqlError("SQLTimeoutException", "statement is canceled", "HYT00", vendor=57014)

    def _result(self, statement: Statement, parameters: list[Any]) -> Execution:
        if statement.returns_rows:
            try:
                relation = self.connection.sql(statement.sql, params=parameters or None)
                kinds = list(zip(map(str, relation.columns), map(str, relation.types)))
                table = relation.to_arrow_table()
            except duckdb.Error as error:
                raise from_duckdb(error, statement.sql) from error
            return Execution(self._columns(statement, kinds), table)
        cursor = self._run(statement.sql, parameters)
        if statement.counts:
            row = cursor.fetchone()
            return Execution(count=int(row[0]) if row else 0)
        return Execution(count=0)

    def _again(self) -> None:
        """An error aborts DuckDB's transaction and no JDBC database's: repeat what had succeeded."""
        if self.in_transaction:
            done = list(self._done)
            self._run("ROLLBACK")
            self._run("BEGIN")
            for sql, parameters in done:
                self._run(sql, parameters)

    def _run(self, sql: str, parameters: list[Any] | None = None) -> Any:
        try:
            return self.connection.execute(sql, parameters) if parameters else self.connection.execute(sql)
        except duckdb.Error as error:
            raise from_duckdb(error, sql) from error
        except RuntimeError as error:
            raise general(str(error)) from error

    def query(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of the stand-in's own questions."""
        with self.lock:
            return list(self._run(sql, parameters).fetchall())

    # Descriptions.

    def describe(self, sql: str) -> tuple[list[Column], list[SqlType], Statement]:
        """Columns and parameter types of a text without running it."""
        with self.lock:
            statement = translate(sql)[-1]
            columns: list[Column] = []
            nothing = [None] * statement.parameters
            if statement.returns_rows and statement.verb not in ("EXPLAIN", "DESCRIBE", "SHOW"):
                try:
                    rows = self._run("DESCRIBE " + statement.sql, nothing).fetchall()
                except SqlError as error:
                    error.text += f" in statement [{sql}]"
                    self._again()
                    raise
                columns = self._columns(statement, [(str(r[0]), str(r[1])) for r in rows])
            elif statement.counts:
                self._check(statement, sql)
            elif statement.verb not in _KNOWN_VERBS:
                raise from_duckdb(duckdb.ParserException(f'syntax error at or near "{statement.verb}"'))
            return columns, infer.parameters(statement, self), statement

    def _check(self, statement: Statement, sql: str) -> None:
        try:
            self._run("EXPLAIN " + statement.sql, [None] * statement.parameters).fetchall()
        except SqlError as error:
            if error.category == "SQLSyntaxErrorException":
                self._again()
                error.text += f" in statement [{sql}]"
                raise
            self._again()

    def _columns(self, statement: Statement, kinds: list[tuple[str, str]]) -> list[Column]:
        return infer.columns(statement, kinds, self)

    def schemas(self) -> list[str]:
        rows = self.query(
            f"SELECT schema_name FROM duckdb_schemas() WHERE database_name='{ROOT}' AND schema_name <> 'main' ORDER BY 1"
        )
        names = [r[0] for r in rows if r[0] not in ("pg_catalog", "information_schema")]
        return sorted({*names, *_SYSTEM_SCHEMAS})

    def columns_of(self, table: str | None = None) -> list[TableColumn]:
        """Every column of the tables and views, or of those with one name."""
        where = "" if table is None else " AND table_name = ?"
        rows = self.query(
            "SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default, column_index, comment "
            f"FROM duckdb_columns() WHERE database_name='{ROOT}' AND NOT internal{where} ORDER BY table_oid, column_index",
            None if table is None else [table],
        )
        return [self._table_column(row) for row in rows]

    def _table_column(self, row: tuple[Any, ...]) -> TableColumn:
        schema, table, name, kind, nullable, default, position, comment = row
        declared, identity = self.database.declared.get((schema, table, name), (None, False))
        if default is not None and (identity or default == "NULL"):
            default = None
        return TableColumn(schema, table, name, declared or type_of(kind), bool(nullable), default, position, identity, comment)


_KNOWN_VERBS = {
    "CREATE", "DROP", "ALTER", "COMMENT", "SET", "TRUNCATE", "BEGIN", "COMMIT", "ROLLBACK", "GRANT", "REVOKE",
    "EXPLAIN", "DESCRIBE", "SHOW", "USE", "CHECKPOINT", "ANALYZE",
}  # fmt: skip

"""The SQL side of a session: statements, transactions and session settings over DuckDB."""

from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pyarrow as pa

from testbed.exasol import convert, demo, meta, settings, systables
from testbed.exasol.ddl import Definer
from testbed.exasol.errors import ABORTED, COLLISION, TIMED_OUT, ExaError, from_duckdb
from testbed.exasol.infer import Column
from testbed.exasol.results import Formats, ResultColumn, ResultSet, zone_name
from testbed.exasol.tokens import tokenize
from testbed.exasol.translate import BIG_COLUMNS, Translated, Translator
from testbed.exasol import types as t
from testbed.exasol.types import ExaType, from_duck


class Database:
    """One in-memory database that all sessions of a server share."""

    def __init__(self) -> None:
        self.root = duckdb.connect(":memory:", config={"threads": 2})
        self.root.execute("SET GLOBAL default_null_order = 'NULLS_LAST_ON_ASC_FIRST_ON_DESC'")
        convert.register(self.root)
        meta.create(self.root.execute)
        systables.create(self.root.execute)
        self.collisions = 0
        session = SqlSession(self, session_id=1, user="SYS")
        demo.create(session)
        session.close()

    def close(self) -> None:
        self.root.close()


@dataclass
class Outcome:
    """What one statement gave: rows or a count, and the attributes that it changed."""

    rows: ResultSet | None = None
    row_count: int = 0
    changed: dict[str, Any] = field(default_factory=dict)


class SqlSession:
    """Runs statements one at a time; `interrupt` may come from another thread."""

    def __init__(self, database: Database, session_id: int, user: str) -> None:
        self._db = database
        self._cursor = database.root.cursor()
        self.session_id, self.user = session_id, user
        self.current_schema = ""
        self.autocommit = True
        self.formats = Formats()
        self.query_timeout = 0.0
        self.max_rows = 0
        self.zone_behavior = "INVALID SHIFT AMBIGUOUS ST"
        self.numeric_characters = ".,"
        self.in_transaction = False
        self._snapshot: tuple[Any, ...] | None = None
        self._journal: list[tuple[str, Any]] = []
        self._stop = threading.Event()
        self._gate = threading.Lock()
        self._running = False
        self._stop_reason = ABORTED
        # Subconnections work on the main connection's session, and a cursor serves one thread.
        self.lock = threading.Lock()
        self._translator = Translator(self)
        self.set_zone(self.formats.zone)

    # What the translator and the definer ask for.

    @property
    def time_zone(self) -> str:
        return self.formats.zone

    def is_system(self, name: str) -> bool:
        return name in systables.COLUMNS

    def lookup(self, schema: str | None, name: str) -> list[Column] | None:
        """Columns of a table or view as a name in SQL finds it."""
        if schema in (None, "") and name == "EXA$BULK":
            return []
        if schema is None and (found := re.fullmatch(r"BIG_(\d+)", name)):
            return list(BIG_COLUMNS) if int(found[1]) <= 10**9 else None
        if schema is None and self.current_schema:
            found_columns = meta.columns_of(self.run, self.current_schema, name)
            if found_columns is not None:
                return found_columns  # type: ignore[return-value]
        if schema in (None, "SYS", "EXA_STATISTICS") and name in systables.COLUMNS:
            return list(systables.COLUMNS[name])
        return meta.columns_of(self.run, schema, name) if schema else None  # type: ignore[return-value]

    def translate_query(self, sql: str) -> tuple[str, list[tuple[str, ExaType]]]:
        """A query's DuckDB text and its columns, for CREATE VIEW and CREATE TABLE AS."""
        done = self._translator.translate(sql)
        rows = self._describe(done, None)
        return done.sql, [(c.name, c.type) for c in rows]

    def set_schema(self, name: str) -> None:
        self.current_schema = name

    def set_zone(self, zone: str) -> None:
        """Makes the zone that of the session, in the engine too."""
        known = zone_name(zone)
        if known is None:
            raise ExaError(f"Unknown timezone {zone}")
        self._cursor.execute(f"SET TimeZone = '{known}'")
        self.formats = replace(self.formats, zone=zone.upper())

    def run(self, sql: str, values: Any = None) -> duckdb.DuckDBPyConnection:
        """Runs DuckDB SQL inside the open transaction."""
        if self._stop.is_set():
            raise ExaError(*self._stop_reason)
        return (
            self._cursor.execute(sql, values) if values is not None else self._cursor.execute(sql)
        )

    # Interruption.

    def begin_call(self) -> None:
        """Must precede a call that `interrupt` may end."""
        self._stop.clear()
        self._stop_reason = ABORTED

    def interrupt(self, reason: tuple[str, str] = ABORTED) -> None:
        """Ends the running statement with that error; from any thread."""
        with self._gate:
            if not self._stop.is_set():
                self._stop_reason = reason
                self._stop.set()
                if self._running:
                    self._cursor.interrupt()

    @property
    def aborting(self) -> bool:
        """An interruption is under way."""
        return self._stop.is_set()

    def press(self) -> None:
        """Interrupts again: DuckDB forgets an interruption that comes before the query has begun."""
        with self._gate:
            if self._running and self._stop.is_set():
                self._cursor.interrupt()

    def _set_running(self, running: bool) -> None:
        """Opens and shuts the gate: COMMIT and ROLLBACK must not be hit by a late interruption."""
        with self._gate:
            self._running = running

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise ExaError(*self._stop_reason)

    # Statements.

    def execute(self, sql: str) -> Outcome:
        """Runs one Exasol statement."""
        return self._guarded(sql, lambda: self._statement(sql))

    def _guarded(self, sql: str, action: Any) -> Outcome:
        before = settings.snapshot(self)
        timer = None
        if self.query_timeout:
            timer = threading.Timer(self.query_timeout, self.interrupt, [TIMED_OUT])
            timer.start()
        try:
            self._begin()
            self._set_running(True)
            outcome: Outcome = action()
            self._set_running(False)
            if self.autocommit and self.in_transaction:
                self.commit()
        except (ExaError, duckdb.Error) as error:
            raise self._failed(error, sql) from None
        finally:
            if timer:
                timer.cancel()
        outcome.changed = settings.changes(before, settings.snapshot(self))
        return outcome

    def _failed(self, error: Exception, sql: str) -> ExaError:
        """Undoes the failed statement, or the transaction when the error says so."""
        self._set_running(False)
        problem = error if isinstance(error, ExaError) else from_duckdb(error, sql)
        if problem.code == "R0003":
            problem = ExaError(*self._stop_reason)
        if problem.text == "constraint violation - primary key":
            problem = self._name_key(sql)
        self._stop.clear()
        if self.autocommit or problem.code.startswith("40"):
            self.rollback()
        else:
            self._replay()
        return problem

    def _name_key(self, sql: str) -> ExaError:
        """DuckDB does not name the violated key; the statement's table does."""
        words = tokenize(sql)
        index = next((i for i, w in enumerate(words) if w.upper in ("INTO", "UPDATE")), 0)
        parts = [w.identifier for w in words[index + 1 : index + 4] if w.kind in ("word", "quoted")]
        qualified = len(words) > index + 2 and words[index + 2].text == "."
        schema, table = (parts[0], parts[1]) if qualified else (self.current_schema, parts[0])
        self._stop.clear()
        self._replay()
        name = meta.primary_key_name(self.run, schema, table) or "SYS_0"
        return ExaError(f"constraint violation - primary key ({name} on table {table})", "27002")

    def _statement(self, sql: str) -> Outcome:
        words = [token.upper for token in tokenize(sql)[:4]]
        if not words:
            raise ExaError("syntax error, unexpected end of input")
        if words[0] in ("COMMIT", "ROLLBACK") and len(words) <= 2:
            self.commit() if words[0] == "COMMIT" else self.rollback()
            return Outcome()
        if self._db.collisions and words[0] in ("UPDATE", "DELETE", "INSERT", "MERGE"):
            self._db.collisions -= 1
            raise ExaError(*COLLISION)
        if words[0] in ("IMPORT", "EXPORT"):
            raise ExaError(f"Feature not supported: {words[0]} in this stand-in", "0A000")
        if settings.apply(self, sql):
            return Outcome()
        count = Definer(self).execute(sql)
        if count is not None:
            self._journal.append(("SELECT 1", None))
            return Outcome(row_count=count)
        return self._run_translated(self._translator.translate(sql), None)

    def _run_translated(self, done: Translated, values: dict[str, Any] | None) -> Outcome:
        if done.sleep_seconds:
            self._sleep(done.sleep_seconds)
        if done.kind == "query":
            return Outcome(rows=self._rows(done, values))
        rows = self.run(done.sql, values).fetchall()
        self._journal.append((done.sql, values))
        return Outcome(row_count=int(rows[0][0]) if rows and rows[0] else 0)

    def _rows(self, done: Translated, values: dict[str, Any] | None) -> ResultSet:
        sql = done.sql
        if self.max_rows:
            sql = f"SELECT * FROM ({sql}) AS Q LIMIT {self.max_rows}"
        if self._stop.is_set():
            raise ExaError(*self._stop_reason)
        relation = self._cursor.sql(sql, params=values) if values else self._cursor.sql(sql)
        columns = self._columns(done, relation.description)
        table = relation.to_arrow_table()
        data = [table.column(i) for i in range(table.num_columns)]
        return ResultSet(columns, data, table.num_rows, replace(self.formats))

    def metadata(self, text: str, values: list[Any], columns: list[Column]) -> Outcome:
        """Runs a metadata command's query; it sees committed and own data, and locks nothing."""
        table = (
            self._cursor.sql(text, params=values).to_arrow_table()
            if values
            else self._cursor.sql(text).to_arrow_table()
        )
        shown = [ResultColumn(name, kind or t.LONG_TEXT) for name, kind in columns]
        data = [table.column(i) for i in range(table.num_columns)]
        return Outcome(rows=ResultSet(shown, data, table.num_rows, replace(self.formats)))

    def _columns(self, done: Translated, description: Any) -> list[ResultColumn]:
        declared = done.columns if done.columns and len(done.columns) == len(description) else None
        result = []
        for index, entry in enumerate(description):
            engine = from_duck(str(entry[1]))
            name, kind = declared[index] if declared else (entry[0], None)
            if kind is None or (kind.name in ("DECIMAL", "DOUBLE") and engine.name != kind.name):
                kind = engine
            result.append(ResultColumn(name, kind))
        return result

    # Prepared statements.

    def prepare(self, sql: str) -> tuple[Translated | None, list[ResultColumn] | None, Outcome]:
        """Translates and describes a statement without running it."""
        prepared: list[Any] = [None, None]

        def action() -> Outcome:
            words = [token.upper for token in tokenize(sql)[:1]]
            if words and words[0] in (
                "SELECT",
                "WITH",
                "INSERT",
                "UPDATE",
                "DELETE",
                "MERGE",
                "VALUES",
                "(",
            ):
                prepared[0] = self._translator.translate(sql)
                if prepared[0].kind == "query":
                    prepared[1] = self._describe(prepared[0], {})
            return Outcome()

        outcome = self._guarded(sql, action)
        return prepared[0], prepared[1], outcome

    def _describe(self, done: Translated, values: Any) -> list[ResultColumn]:
        sql = done.sql
        for index in range(len(done.parameters), 0, -1):
            sql = sql.replace(f"$p{index}", f"CAST(NULL AS {done.parameters[index - 1].duck()})")
        self.run(f"SELECT * FROM ({sql}) AS Q LIMIT 0")
        return self._columns(done, self._cursor.description)

    def execute_prepared(
        self, sql: str, done: Translated | None, rows: list[dict[str, Any]]
    ) -> Outcome:
        """Runs a prepared statement once per row of parameters, or for all rows at once."""
        if done is None:
            return self.execute(sql)

        def action() -> Outcome:
            if done.bulk_sql and len(rows) > 1:
                return self._bulk(done, rows)
            outcome, total = Outcome(), 0
            for values in rows or [{}]:
                outcome = self._run_translated(done, values or None)
                total += outcome.row_count
            outcome.row_count = total
            return outcome

        return self._guarded(sql, action)

    def _bulk(self, done: Translated, rows: list[dict[str, Any]]) -> Outcome:
        names = [f"P{i + 1}" for i in range(len(done.parameters))]
        columns = [
            pa.array([row[name.lower()] for row in rows], type=arrow_type(kind))
            for name, kind in zip(names, done.parameters)
        ]
        self._cursor.register("EXA$BULK", pa.table(columns, names=names))
        try:
            counted = self.run(str(done.bulk_sql)).fetchall()
            for row in rows:
                self._journal.append((done.sql, row))
            return Outcome(row_count=int(counted[0][0]))
        finally:
            # In an aborted transaction this fails too, and must not hide the first error.
            with contextlib.suppress(duckdb.Error):
                self._cursor.unregister("EXA$BULK")

    # Transactions.

    def _begin(self) -> None:
        if not self.in_transaction:
            self._cursor.execute("BEGIN TRANSACTION")
            self.in_transaction = True
            self._snapshot = settings.snapshot_committable(self)
            self._journal = []

    def commit(self) -> None:
        """Ends the transaction; a conflict that shows only now is raised as 40001."""
        if self.in_transaction:
            self._cursor.execute("COMMIT")
            self.in_transaction = False
            self._journal = []

    def rollback(self) -> None:
        """Undoes the transaction and the committable attributes with it."""
        if self._snapshot is not None and self.in_transaction:
            settings.restore(self, self._snapshot)
        self.rollback_engine()
        self._journal = []

    def rollback_engine(self) -> None:
        if self.in_transaction:
            try:
                self._cursor.execute("ROLLBACK")
            except duckdb.Error:
                pass
            self.in_transaction = False

    def _replay(self) -> None:
        """DuckDB gives up a transaction after an error, Exasol only the statement.

        Without savepoints the earlier statements are run again in a new transaction; a transaction
        with DDL before the error is rolled back instead, which is a known limit of the stand-in.
        """
        journal, snapshot = self._journal, self._snapshot
        self.rollback_engine()
        self._begin()
        self._snapshot = snapshot
        for statement, values in journal:
            self._cursor.execute(statement, values) if values else self._cursor.execute(statement)
        self._journal = journal

    def close_running(self) -> None:
        """Closes although a statement may still run in another thread: ends that one first."""
        while not self.lock.acquire(timeout=0.05):
            self.interrupt()
            self.press()
        try:
            self.close()
        finally:
            self.lock.release()

    def close(self) -> None:
        """Rolls back and lets go of the cursor."""
        self.rollback_engine()
        self._cursor.close()


def arrow_type(kind: ExaType) -> pa.DataType:
    """The Arrow type in which bound values travel to DuckDB; text for all that DuckDB converts."""
    match kind.name:
        case "BOOLEAN":
            return pa.bool_()
        case "DOUBLE":
            return pa.float64()
    return pa.string()

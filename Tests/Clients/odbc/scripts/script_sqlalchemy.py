"""The script through SQLAlchemy over pyodbc, raw SQL: `script_sqlalchemy.py CONNECTION-STRING`."""

from __future__ import annotations

import datetime
import decimal
import sys
import threading
from os import environ

import pyodbc
import sqlalchemy
from sqlalchemy.connectors.pyodbc import PyODBCConnector
from sqlalchemy.engine import default
from sqlalchemy.exc import DBAPIError

TABLE = environ["SCRIPT_TABLE"]


class Plain(PyODBCConnector, default.DefaultDialect):
    """SQLAlchemy without a dialect of its own."""

    name = "plain"
    supports_statement_cache = False

    def initialize(self, connection: object) -> None:
        """Asks the server nothing."""


def show(step: str, values: object) -> None:
    """One line of the outcome."""
    print(f"{step}={'|'.join('NULL' if v is None else str(v) for v in values)}", flush=True)


def state_of(action) -> str:
    """The SQLSTATE that an action fails with."""
    try:
        action()
    except DBAPIError as error:
        return str(error.orig.args[0])
    return "no error"


def cancel_endless(engine: sqlalchemy.Engine) -> str:
    """Cancels through the cursor below; SQLAlchemy has no call for it."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        threading.Timer(0.5, cursor.cancel).start()
        cursor.execute(environ["SCRIPT_ENDLESS"])
    except pyodbc.Error as error:
        return str(error.args[0])
    finally:
        raw.close()
    return "no error"


def write(engine: sqlalchemy.Engine) -> None:
    """Parameters by name, then as arrays."""
    insert = sqlalchemy.text(f"INSERT INTO {TABLE} VALUES (:i, :t, :d, :f, :da, :ts)")
    with engine.begin() as session:
        session.execute(insert, {
            "i": 3, "t": "naïve €\U0001f600", "d": decimal.Decimal("12.34"), "f": 0.25,
            "da": datetime.date(2000, 2, 29), "ts": datetime.datetime(2000, 2, 29, 1, 2, 3)})
        session.execute(insert, dict.fromkeys(("t", "d", "f", "da", "ts")) | {"i": 4})
        for number in (3, 4):
            one = sqlalchemy.text(f"SELECT * FROM {TABLE} WHERE I = :i")
            show("parameters", session.execute(one, {"i": number}).one())
    with engine.begin() as session:
        session.execute(
            sqlalchemy.text(f"INSERT INTO {TABLE} (I, T) VALUES (:i, :t)"),
            [{"i": 100 + i, "t": None if i % 5 == 0 else f"näme {i}"} for i in range(10_000)])
        counts = f"SELECT COUNT(*), COUNT(T), MAX(I) FROM {TABLE} WHERE I >= 100"
        show("array", [int(n) for n in session.execute(sqlalchemy.text(counts)).one()])


def main() -> None:
    """All steps, in order."""
    sqlalchemy.dialects.registry.register("plain.pyodbc", "__main__", "Plain")
    engine = sqlalchemy.create_engine(
        "plain+pyodbc://", creator=lambda: pyodbc.connect(sys.argv[1]),
        use_insertmanyvalues=False)

    @sqlalchemy.event.listens_for(engine, "before_cursor_execute")
    def use_arrays(conn, cursor, statement, parameters, context, executemany) -> None:
        cursor.fast_executemany = executemany

    with engine.begin() as session:
        show("connect", ["yes"])
        for statement in ("SCRIPT_CREATE", "SCRIPT_FILL_1", "SCRIPT_FILL_2"):
            session.exec_driver_sql(environ[statement])
        cursor = session.connection.cursor()
        schema = environ["SCRIPT_SCHEMA"] or None
        names = [row.table_name for row in cursor.tables(environ["SCRIPT_NAME"], schema=schema)]
        columns = [row.column_name for row in cursor.columns(environ["SCRIPT_NAME"], schema=schema)]
        show("catalog", [*names, ",".join(columns)])
        for row in session.exec_driver_sql(f"SELECT * FROM {TABLE} ORDER BY I"):
            show("row", row)
    write(engine)
    with engine.connect() as session:
        session.exec_driver_sql(f"DELETE FROM {TABLE} WHERE I < 100")
        session.rollback()
        count = session.exec_driver_sql(f"SELECT COUNT(*) FROM {TABLE}").scalar()
        show("rollback", [int(count)])
        show("error", [state_of(lambda: session.exec_driver_sql(environ["SCRIPT_MISSING"]))])
    state = cancel_endless(engine)
    with engine.begin() as session:
        one = session.exec_driver_sql(f"SELECT I FROM {TABLE} WHERE I = 1").scalar()
        show("cancel", [state, one])
        session.exec_driver_sql(f"DROP TABLE {TABLE}")


main()

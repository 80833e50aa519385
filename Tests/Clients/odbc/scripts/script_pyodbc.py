"""The script through pyodbc: `script_pyodbc.py CONNECTION-STRING`."""

from __future__ import annotations

import datetime
import decimal
import sys
import threading
from os import environ

import pyodbc

pyodbc.pooling = False
TABLE = environ["SCRIPT_TABLE"]


def show(step: str, values: object) -> None:
    """One line of the outcome."""
    print(f"{step}={'|'.join('NULL' if v is None else str(v) for v in values)}", flush=True)


def state_of(action) -> str:
    """The SQLSTATE that an action fails with."""
    try:
        action()
    except pyodbc.Error as error:
        return str(error.args[0])
    return "no error"


def main() -> None:
    """All steps, in order."""
    session = pyodbc.connect(sys.argv[1], autocommit=True)
    show("connect", ["yes"])
    cursor = session.cursor()
    cursor.execute(environ["SCRIPT_CREATE"])
    schema = environ["SCRIPT_SCHEMA"] or None
    names = [row.table_name for row in cursor.tables(table=environ["SCRIPT_NAME"], schema=schema)]
    columns = [row.column_name for row in cursor.columns(environ["SCRIPT_NAME"], schema=schema)]
    show("catalog", [*names, ",".join(columns)])
    cursor.execute(environ["SCRIPT_FILL_1"])
    cursor.execute(environ["SCRIPT_FILL_2"])
    for row in cursor.execute(f"SELECT * FROM {TABLE} ORDER BY I"):
        show("row", row)
    insert = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?)"
    cursor.execute(
        insert, 3, "naïve €\U0001f600", decimal.Decimal("12.34"), 0.25,
        datetime.date(2000, 2, 29), datetime.datetime(2000, 2, 29, 1, 2, 3))
    cursor.execute(insert, 4, *[None] * 5)
    for number in (3, 4):
        show("parameters", cursor.execute(f"SELECT * FROM {TABLE} WHERE I = ?", number).fetchone())
    cursor.execute(
        f"INSERT INTO {TABLE} (I, TS) VALUES (?, ?)", 5,
        datetime.datetime(2000, 2, 29, 1, 2, 3, 456000))
    fraction = cursor.execute(f"SELECT TS FROM {TABLE} WHERE I = 5").fetchval()
    show("fraction", [fraction.isoformat(" ", "milliseconds")])
    cursor.execute(f"DELETE FROM {TABLE} WHERE I = 5")
    cursor.fast_executemany = True
    cursor.executemany(
        f"INSERT INTO {TABLE} (I, T) VALUES (?, ?)",
        [(100 + i, None if i % 5 == 0 else f"näme {i}") for i in range(10_000)])
    counts = f"SELECT COUNT(*), COUNT(T), MAX(I) FROM {TABLE} WHERE I >= 100"
    show("array", [int(n) for n in cursor.execute(counts).fetchone()])
    session.autocommit = False
    cursor.execute(f"DELETE FROM {TABLE} WHERE I < 100")
    session.rollback()
    session.autocommit = True
    show("rollback", [int(cursor.execute(f"SELECT COUNT(*) FROM {TABLE}").fetchval())])
    show("error", [state_of(lambda: cursor.execute(environ["SCRIPT_MISSING"]))])
    threading.Timer(0.5, cursor.cancel).start()
    state = state_of(lambda: cursor.execute(environ["SCRIPT_ENDLESS"]))
    show("cancel", [state, cursor.execute(f"SELECT I FROM {TABLE} WHERE I = 1").fetchval()])
    cursor.execute(f"DROP TABLE {TABLE}")


main()

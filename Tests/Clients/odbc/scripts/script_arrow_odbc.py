"""The script through arrow-odbc: `script_arrow_odbc.py CONNECTION-STRING`.

It has no catalog functions, transactions or cancel: the first two are asked in SQL or left out,
and a query timeout stands for the cancel.
"""

from __future__ import annotations

import re
import sys
from os import environ

import pyarrow
from arrow_odbc import Error, connect, insert_into_table, read_arrow_batches_from_odbc

TABLE = environ["SCRIPT_TABLE"]
TARGET = sys.argv[1]


def show(step: str, values: object) -> None:
    """One line of the outcome."""
    print(f"{step}={'|'.join('NULL' if v is None else str(v) for v in values)}", flush=True)


def read(sql: str, parameters: list[str] | None = None, **options: object) -> list[list[object]]:
    """The rows of a query."""
    batches = read_arrow_batches_from_odbc(
        sql, connection_string=TARGET, batch_size=1000, max_text_size=4000,
        parameters=parameters, **options)
    return [list(row.values()) for batch in batches or [] for row in batch.to_pylist()]


def run(sql: str) -> None:
    """A statement without rows."""
    read_arrow_batches_from_odbc(sql, connection_string=TARGET, batch_size=1)


def state_of(sql: str, **options: object) -> str:
    """The SQLSTATE that a query fails with."""
    try:
        read(sql, **options)
    except Error as error:
        found = re.search(r"State: (\w{5})", str(error))
        return found.group(1) if found else str(error)
    return "no error"


def main() -> None:
    """The steps that this client has."""
    connect(connection_string=TARGET)
    show("connect", ["yes"])
    for statement in ("SCRIPT_CREATE", "SCRIPT_FILL_1", "SCRIPT_FILL_2"):
        run(environ[statement])
    for row in read(f"SELECT * FROM {TABLE} ORDER BY I"):
        show("row", row)
    rows = pyarrow.table({
        "I": pyarrow.array(range(100, 10_100), pyarrow.int64()),
        "T": [None if i % 5 == 0 else f"näme {i}" for i in range(10_000)]})
    insert_into_table(rows.to_reader(), chunk_size=10_000, table=TABLE, connection_string=TARGET)
    counts = f"SELECT COUNT(*), COUNT(T), MAX(I) FROM {TABLE} WHERE I >= ?"
    show("array", [int(n) for n in read(counts, ["100"])[0]])
    show("error", [state_of(environ["SCRIPT_MISSING"])])
    state = state_of(environ["SCRIPT_ENDLESS"], query_timeout_sec=1)
    show("timeout", [state, int(read(f"SELECT I FROM {TABLE} WHERE I = 1")[0][0])])
    run(f"DROP TABLE {TABLE}")


main()

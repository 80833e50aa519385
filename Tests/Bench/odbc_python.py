"""Fetches one query's result through pyodbc or arrow-odbc; the driver is in the connection string.

    python odbc_python.py pyodbc|arrow-odbc CONNECTION-STRING SQL
"""

from __future__ import annotations

import json
import sys
import time


def pyodbc_rows(target: str, sql: str) -> int:
    """Python rows, a thousand at a time."""
    import pyodbc

    rows = 0
    with pyodbc.connect(target) as connection:
        cursor = connection.cursor().execute(sql)
        while batch := cursor.fetchmany(1000):
            rows += len(batch)
    return rows


def arrow_rows(target: str, sql: str) -> int:
    """Arrow batches of a thousand rows, which arrow-odbc fills from bound arrays."""
    from arrow_odbc import read_arrow_batches_from_odbc

    reader = read_arrow_batches_from_odbc(
        query=sql, connection_string=target, batch_size=1000, max_text_size=128)
    return sum(batch.num_rows for batch in reader)


def main() -> None:
    """One fetch, with the connection inside the measured time."""
    reader = {"pyodbc": pyodbc_rows, "arrow-odbc": arrow_rows}[sys.argv[1]]
    start = time.perf_counter()
    rows = reader(sys.argv[2], sys.argv[3])
    print(json.dumps({"seconds": [time.perf_counter() - start], "rows": rows}))


main()

"""The peer of the Exasol fetch case: pyexasol reading every row; prints its seconds as JSON."""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["EXASOL_TELEMETRY_DISABLE"] = "1"

import pyexasol  # noqa: E402  (telemetry is switched off before it is loaded)


def main() -> None:
    """`exasol_pyexasol.py HOST:PORT RUNS SQL`."""
    dsn, runs, sql = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    connection = pyexasol.connect(dsn=dsn, user="SYS", password="exasol", encryption=False)
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        rows = sum(1 for _ in connection.execute(sql))
        seconds.append(time.perf_counter() - start)
    connection.close()
    print(json.dumps({"seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()

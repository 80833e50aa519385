"""The peers of the Snowflake cases: a result fetched as Arrow; prints figures as JSON.

    snowflake_peers.py connector|adbc HOST PORT RUNS SQL
    snowflake_peers.py chunks HOST PORT RUNS SQL

`chunks` prints where the chunks of the result are, as `inflate_chunks` reads it.
"""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

USER, PASSWORD, ACCOUNT = "tern", "t3rn-pw", "acct"


def connector(host: str, port: int) -> tuple[Callable[[str], int], Callable[[], None]]:
    """snowflake-connector-python, all of it as one table."""
    import snowflake.connector

    connection = snowflake.connector.connect(
        user=USER, password=PASSWORD, account=ACCOUNT, host=host, port=port, protocol="http",
        session_parameters={"CLIENT_TELEMETRY_ENABLED": False})
    cursor = connection.cursor()

    def read(sql: str) -> int:
        cursor.execute(sql)
        if cursor._query_result_format == "json":
            return sum(1 for _ in cursor)
        return cursor.fetch_arrow_all().num_rows

    # On one thread first: its decoder makes its logger once, and several threads that come at the same
    # time wait for each other for ever.
    read("TERN ROWS 10")
    return read, connection.close


def adbc(host: str, port: int) -> tuple[Callable[[str], int], Callable[[], None]]:
    """adbc-driver-snowflake, batch after batch, none kept."""
    import adbc_driver_manager.dbapi as dbapi
    import adbc_driver_snowflake

    connection = dbapi.connect(
        adbc_driver_snowflake._driver_path(), db_kwargs={
            "username": USER, "password": PASSWORD, "adbc.snowflake.sql.account": ACCOUNT,
            "adbc.snowflake.sql.uri.host": host, "adbc.snowflake.sql.uri.port": str(port),
            "adbc.snowflake.sql.uri.protocol": "http"})
    cursor = connection.cursor()

    def read(sql: str) -> int:
        cursor.execute(sql)
        return sum(batch.num_rows for batch in cursor.fetch_record_batch())

    def close() -> None:
        cursor.close()
        connection.close()

    return read, close


def peak_kilobytes() -> int:
    """The largest resident size of this process."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def post(url: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """What the service answers."""
    headers = {"Content-Type": "application/json", "Accept": "application/snowflake"}
    if token:
        headers["Authorization"] = f'Snowflake Token="{token}"'
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["data"]


def chunks(host: str, port: int, sql: str, client: str) -> None:
    """Asks for the result and prints the headers and the paths of its chunks."""
    base = f"http://{host}:{port}"
    name, version = client.split("/")
    login = post(f"{base}/session/v1/login-request?requestId=1", {"data": {
        "CLIENT_APP_ID": name, "CLIENT_APP_VERSION": version, "ACCOUNT_NAME": ACCOUNT,
        "LOGIN_NAME": USER, "PASSWORD": PASSWORD, "SESSION_PARAMETERS": {}}})
    data = post(f"{base}/queries/v1/query-request?requestId=2",
                {"sqlText": sql, "asyncExec": False, "sequenceId": 1}, login["token"])
    for key, value in (data.get("chunkHeaders") or {}).items():
        print(f"{key}: {value}")
    store = ""
    for chunk in data["chunks"]:
        store, path = re.match(r"http://([^/]+)(/.*)", chunk["url"]).groups()
        print(path)
    print(store, file=sys.stderr)


def main() -> None:
    """See the module."""
    kind, host, port, runs, sql = sys.argv[1:6]
    if kind == "chunks":
        chunks(host, int(port), sql, sys.argv[6])
        return
    read, close = {"connector": connector, "adbc": adbc}[kind](host, int(port))
    seconds, busy = [], 0.0
    for _ in range(int(runs)):
        start, start_busy = time.perf_counter(), time.process_time()
        rows = read(sql)
        seconds.append(time.perf_counter() - start)
        busy = time.process_time() - start_busy
    close()
    print(json.dumps({"seconds": seconds, "processor_seconds": busy, "rows": rows,
                      "peak_kilobytes": peak_kilobytes()}))


if __name__ == "__main__":
    main()

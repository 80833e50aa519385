"""A reader that only receives: the baseline of the benchmarks.

It sends the requests that a driver sends and takes the bytes of the answer from the socket without
looking at more than the headers. With `--keep-results` the stand-in renders the result once, for
the first of the runs, and then sends it from memory.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import sys
import time
from typing import Any

_ADMIN = base64.b64encode(b"admin:mariadb").decode()
UNLIMITED = 2**63 - 1
COLUMNS = (
    "seq AS id, CAST(seq*1.01 AS DECIMAL(18,2)) AS amount, seq*1.5e0 AS rate, CONCAT('name ',seq) AS name, "
    "DATE'2024-01-01'+INTERVAL seq MOD 3650 DAY AS day, TIMESTAMP'2024-01-01 00:00:00'+INTERVAL seq SECOND AS at"
)


def query(rows: int) -> str:
    """Six columns: BIGINT, DECIMAL(18,2), DOUBLE, VARCHAR, DATE, DATETIME."""
    return f"SELECT {COLUMNS} FROM seq_1_to_{rows}"


class RawReader:
    """One HTTP connection with an open session; bodies are received into one buffer and forgotten."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = memoryview(bytearray(4 << 20))
        self._path = "/v1/sql"
        self._cookie = ""
        self.received = 0
        login = {"target": "server1", "user": "tern", "password": "t3rn-pw", "db": "shop", "timeout": 0}
        opened = json.loads(self._call("POST", "", login, keep=True))
        name = opened["data"]["id"]
        self._path += f"/{name}"
        self._cookie = f"Cookie: conn_id_sig_{name}={opened['meta']['token']}\r\n"

    def read(self, sql: str) -> int:
        """Runs a query and takes its answer; the bytes of the body."""
        before = self.received
        self._call("POST", "/queries", {"sql": sql, "max_rows": UNLIMITED})
        return self.received - before

    def close(self) -> None:
        self._call("DELETE", "", {})
        self._socket.close()

    def _call(self, method: str, action: str, message: dict[str, Any], keep: bool = False) -> bytes:
        body = json.dumps(message).encode()
        head = (f"{method} {self._path}{action}?pretty=false HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {_ADMIN}\r\n"
                f"{self._cookie}Content-Length: {len(body)}\r\n\r\n")  # fmt: skip
        self._socket.sendall(head.encode() + body)
        have = 0
        while (end := bytes(self._buffer[:have]).find(b"\r\n\r\n")) < 0:
            have += self._receive(have, None)
        answer = bytes(self._buffer[:end]).decode("latin-1").lower()
        if " 20" not in answer.split("\r\n")[0]:
            raise OSError(answer.split("\r\n")[0])
        lengths = [int(line[15:]) for line in answer.split("\r\n") if line.startswith("content-length:")]
        left = (lengths or [0])[0] - (have - end - 4)
        first = bytes(self._buffer[end + 4 : have]) if keep else b""
        while left > 0:
            count = self._receive(0, left)
            first += bytes(self._buffer[:count]) if keep else b""
            left -= count
        return first

    def _receive(self, at: int, most: int | None) -> int:
        room = self._buffer[at:] if most is None else self._buffer[at : at + most]
        count = self._socket.recv_into(room)
        if count == 0:
            raise OSError("the server closed the connection")
        self.received += count
        return count


def main() -> int:
    """Reads and prints one JSON line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sql", help="default: six columns of so many rows")
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    reader = RawReader(arguments.port)
    for _ in range(arguments.runs):
        began = time.perf_counter()
        size = reader.read(arguments.sql or query(arguments.rows))
        print(json.dumps({"rows": arguments.rows, "bytes": size, "seconds": round(time.perf_counter() - began, 4)}), flush=True)
    reader.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A reader that only receives: the baseline of the benchmarks.

It sends the requests that a driver sends and takes the bytes of the answers from the socket
without looking at more than the headers. Works with `avatica-replay` and with `avatica`.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from typing import Any

from testbed.avatica import protobuf as pb

_NAME = "raw-reader"


class RawReader:
    """One HTTP connection; bodies are received into one buffer and forgotten."""

    def __init__(self, port: int, form: str, host: str = "127.0.0.1") -> None:
        self._form = form
        self._socket = socket.create_connection((host, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = memoryview(bytearray(4 << 20))
        self.received = 0

    def call(self, request: str, message: str, json_members: dict[str, Any], members: dict[str, Any], keep: bool = False) -> bytes:
        """Sends a request and reads the answer; only with `keep` the first piece of the body is returned."""
        if self._form == "json":
            body = json.dumps({"request": request, **json_members}).encode()
        else:
            name = f"{pb.PREFIX}Requests${message}"
            body = pb.encode("WireMessage", {"name": name, "wrapped_message": pb.encode(message, members)})
        self._socket.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return self._answer(keep)

    def _answer(self, keep: bool) -> bytes:
        have = 0
        while (end := bytes(self._buffer[:have]).find(b"\r\n\r\n")) < 0:
            have += self._receive(have)
        head = bytes(self._buffer[:end]).decode("latin-1").lower()
        if " 200 " not in head.split("\r\n")[0]:
            raise OSError(head.split("\r\n")[0])
        if "transfer-encoding: chunked" in head:
            return self._chunked(end + 4, have, keep)
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        left = length - (have - end - 4)
        first = bytes(self._buffer[end + 4 : have]) if keep else b""
        while left > 0:
            count = self._receive(0, left)
            first += bytes(self._buffer[:count]) if keep else b""
            left -= count
        return first

    def _chunked(self, start: int, have: int, keep: bool) -> bytes:
        """Reads to the last chunk; the end is looked for only in the last bytes of what has come."""
        kept, tail = bytes(self._buffer[start:have]), bytes(self._buffer[max(have - 7, start) : have])
        while not tail.endswith(b"\r\n0\r\n\r\n"):
            count = self._receive(0)
            kept += bytes(self._buffer[:count]) if keep else b""
            tail = (tail + bytes(self._buffer[max(count - 7, 0) : count]))[-7:]
        return kept

    def _receive(self, at: int, most: int | None = None) -> int:
        room = self._buffer[at:] if most is None else self._buffer[at : at + most]
        count = self._socket.recv_into(room)
        if count == 0:
            raise OSError("the server closed the connection")
        self.received += count
        return count

    def read(self, sql: str, rows: int, frame_rows: int) -> None:
        """Runs a query of a known number of rows and takes every frame of it."""
        who = {"connection_id": _NAME}
        self.call("openConnection", "OpenConnectionRequest", {"connectionId": _NAME}, who)
        answer = self.call("createStatement", "CreateStatementRequest", {"connectionId": _NAME}, who, keep=True)
        number = self._statement(answer)
        self.call("prepareAndExecute", "PrepareAndExecuteRequest",
                  {"connectionId": _NAME, "statementId": number, "sql": sql, "maxRowsTotal": -1, "maxRowsInFirstFrame": -1},
                  {**who, "statement_id": number, "sql": sql, "max_rows_total": -1, "first_frame_max_size": -1})  # fmt: skip
        offset = min(100, rows)
        while offset < rows:
            self.call("fetch", "FetchRequest",
                      {"connectionId": _NAME, "statementId": number, "offset": offset, "fetchMaxRowCount": frame_rows},
                      {**who, "statement_id": number, "offset": offset, "frame_max_size": frame_rows})  # fmt: skip
            offset += frame_rows
        self.call("closeStatement", "CloseStatementRequest", {"connectionId": _NAME, "statementId": number},
                  {**who, "statement_id": number})  # fmt: skip
        self.call("closeConnection", "CloseConnectionRequest", {"connectionId": _NAME}, who)

    def _statement(self, answer: bytes) -> int:
        if self._form == "json":
            return int(json.loads(answer)["statementId"])
        inner = pb.decode("WireMessage", answer)["wrapped_message"]
        return int(pb.decode("CreateStatementResponse", inner).get("statement_id", 0))


def main() -> int:
    """Reads once and prints one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--form", choices=("json", "protobuf"), default="json")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--frame-rows", type=int, default=10_000)
    parser.add_argument("--sql", default="SELECT * FROM BIG_1000000")
    arguments = parser.parse_args()
    reader = RawReader(arguments.port, arguments.form)
    began = time.perf_counter()
    reader.read(arguments.sql, arguments.rows, arguments.frame_rows)
    seconds = time.perf_counter() - began
    print(json.dumps({"rows": arguments.rows, "bytes": reader.received, "seconds": round(seconds, 4)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

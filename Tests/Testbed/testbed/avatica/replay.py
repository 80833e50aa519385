"""`avatica-replay`: one result in both encodings, rendered once and sent as fast as a socket takes it.

Blocking sockets and one thread per connection: no event loop and no encoder between the rendered
rows and the kernel. Rows repeat after `--page-rows`, so a frame of any size is slices of one page.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import itertools
import os
import socket
import ssl
import tempfile
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

from testbed.avatica import protobuf as pb
from testbed.avatica import responses
from testbed.avatica.frames import Frame, column_values, json_cell, json_document
from testbed.avatica.options import Options
from testbed.avatica.requests import NEWEST, from_json, from_protobuf
from testbed.avatica.service import database_properties
from testbed.avatica.types import Column, SqlType
from testbed.common.certificates import make_certificates
from testbed.common.control import ControlEndpoint

COLUMNS = [
    Column("ID", SqlType("bigint", "BIGINT")),
    Column("AMOUNT", SqlType("decimal", "DECIMAL", 18, 2)),
    Column("RATE", SqlType("double", "DOUBLE")),
    Column("NAME", SqlType("varchar", "VARCHAR", 100)),
    Column("DAY_", SqlType("date", "DATE")),
    Column("AT_", SqlType("timestamp", "TIMESTAMP", 0, 6)),
]
_FIRST_FRAME = 100



def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command line."""
    parser.add_argument("--rows", type=int, default=None, help="rows of the result, default 1000000")
    parser.add_argument("--page-rows", type=int, default=None, help="rows until the values repeat, default 10000")


def create(rows: int = 1_000_000, page_rows: int = 10_000) -> "ReplayServer":
    return ReplayServer(rows, page_rows)


def row_values(index: int) -> tuple[Any, ...]:
    """The cells of row `index` of a page; a page starts again with row 0."""
    day = datetime.date(2024, index % 12 + 1, index % 28 + 1).toordinal() - 719163
    clock = (index % 24 * 3600 + index * 7 % 60 * 60 + index * 13 % 60) * 1000 + index * 123_457 % 1_000_000 // 1000
    return (
        index * 1_000_003,
        Decimal(index * 7919 % 10_000_000_000 - 5_000_000).scaleb(-2),
        index * 0.37 + 1e-3,
        f"customer name {index * 31 % 100_000} ü",
        day,
        day * 86_400_000 + clock,
    )


class Page:
    """The rows of a page in one encoding and where each of them begins."""

    def __init__(self, encoded: list[bytes], separator: bytes) -> None:
        self.separator = separator
        self.data = memoryview(separator.join(encoded) + separator)
        steps = [len(e) + len(separator) for e in encoded]
        self.starts = [0, *itertools.accumulate(steps)]

    def slices(self, start: int, count: int) -> list[memoryview]:
        """The bytes of `count` rows from row `start` of the result, the last separator left out."""
        found: list[memoryview] = []
        rows = len(self.starts) - 1
        at = start % rows
        while count > 0:
            some = min(count, rows - at)
            found.append(self.data[self.starts[at] : self.starts[at + some]])
            count, at = count - some, 0
        if found and self.separator:
            found[-1] = found[-1][: -len(self.separator)]
        return found


def render(page_rows: int) -> dict[str, Page]:
    """Both encodings of a page, made by the code of the ordinary stand-in."""
    columns = [list(c) for c in zip(*(row_values(i) for i in range(page_rows)))]
    texts = zip(*([json_cell(v) for v in column] for column in columns))
    values = zip(*(column_values(c, k.type) for c, k in zip(columns, COLUMNS)))
    return {
        "json": Page([("[" + ",".join(row) + "]").encode() for row in texts], b","),
        "protobuf": Page([pb.delimited(b"\x1a", b"".join(row)) for row in values], b""),
    }


class _Position:
    """How far the result of one statement was delivered."""

    def __init__(self) -> None:
        self.single, self.delivered = False, 0


class ReplayServer:
    """`port` speaks JSON, `protobufPort` protobuf; both take TLS and clear text."""

    def __init__(self, rows: int, page_rows: int) -> None:
        if rows < 1 or page_rows < 1:
            raise ValueError("rows and page-rows must be at least 1")
        self.rows, self.page_rows = rows, min(page_rows, rows)
        self._pages = render(self.page_rows)
        self._directory = tempfile.TemporaryDirectory(prefix="tern-replay-")
        self._certificates = make_certificates(Path(self._directory.name))
        self._tls = self._certificates.server_context(self._certificates.leaf)
        self._sockets: dict[str, socket.socket] = {}
        self._open: set[socket.socket] = set()
        self._statements: dict[int, _Position] = {}
        self._ids = itertools.count()
        self._control = ControlEndpoint(self)
        self.accepted = 0

    # Life cycle.

    async def start(self) -> None:
        """Opens the ports."""
        for form in self._pages:
            listening = socket.create_server(("127.0.0.1", 0), backlog=64)
            self._sockets[form] = listening
            threading.Thread(target=self._accept, args=(form, listening), daemon=True).start()
        await self._control.start()

    async def stop(self) -> None:
        """Closes the ports and every connection."""
        await self._control.stop()
        for item in [*self._sockets.values(), *self._open]:
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        await asyncio.sleep(0)
        self._directory.cleanup()

    def _accept(self, form: str, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(form, client), daemon=True).start()

    def _serve(self, form: str, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(client)
        with contextlib.suppress(OSError, ssl.SSLError, ValueError, IndexError):
            if client.recv(1, socket.MSG_PEEK) == b"\x16":
                self._open.discard(client)
                client = self._tls.wrap_socket(client, server_side=True)
                self._open.add(client)
            buffer = bytearray()
            while (body := _request(client, buffer)) is not None:
                _send(client, self._answer(form, body))
        self._open.discard(client)
        client.close()

    # Requests.

    def _answer(self, form: str, body: bytes) -> list[memoryview | bytes]:
        request = from_json(body.decode(), NEWEST) if form == "json" else from_protobuf(body, NEWEST)
        kind, number = request["request"], request.get("statementId", 0)
        position = self._statements.setdefault(number, _Position())
        rows: list[memoryview] = []
        if kind == "fetch":
            rows, frame = self._frame(form, position, request.get("fetchMaxRowCount", 0))
            response: dict[str, Any] = {"response": "fetch", "frame": frame, "missingStatement": False, "missingResults": False}
        elif kind in ("prepareAndExecute", "execute"):
            number = number if kind == "prepareAndExecute" else request["statementHandle"]["id"]
            position = self._statements[number] = _Position()
            position.single = "SELECT 1" in str(request.get("sql", "")).upper()
            asked = request.get("maxRowsInFirstFrame", request.get("maxRowCount", -1))
            size = min(asked, _FIRST_FRAME) if asked >= 0 else (-1 if asked == -2 else _FIRST_FRAME)
            rows, frame = self._frame(form, position, size)
            response = _executed(request.get("connectionId", ""), number, frame, position.single)
        else:
            response = self._other(kind, request)
        return _spliced(form, response, rows)

    def _frame(self, form: str, position: _Position, size: int) -> tuple[list[memoryview], Frame | None]:
        """The slices of the next rows and the empty frame that they go into."""
        if position.single:
            return [], Frame([SqlType("integer", "INTEGER")], [[1]], 0, True)
        left = self.rows - position.delivered
        count = left if size < 0 else min(size, left)
        start, position.delivered = position.delivered, position.delivered + count
        frame = Frame([], [], start, size < 0 or count < size or size == 0)
        return self._pages[form].slices(start, count), frame

    def _other(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        name = request.get("connectionId", "")
        if kind == "createStatement":
            return {"response": kind, "connectionId": name, "statementId": next(self._ids)}
        if kind == "connectionSync":
            return {"response": kind, "connProps": {"connProps": "connPropsImpl", "autoCommit": True, "readOnly": False,
                    "transactionIsolation": 2, "catalog": "PUBLIC", "schema": "PUBLIC", "dirty": False}}  # fmt: skip
        if kind == "databaseProperties":
            return {"response": kind, "map": database_properties(Options())}
        if kind == "prepare":
            signature = _signature(COLUMNS, request.get("sql"))
            return {"response": kind, "statement": {"connectionId": name, "id": next(self._ids), "signature": signature}}
        return {"response": kind}

    # Control.

    def info(self) -> dict[str, Any]:
        """Everything that a benchmark needs to connect."""
        ports = {form: listening.getsockname()[1] for form, listening in self._sockets.items()}
        full, rest = divmod(self.rows, self.page_rows)
        sizes = {form: full * len(p.data) + p.starts[rest] for form, p in self._pages.items()}
        return {
            "standIn": "avatica-replay",
            "pid": os.getpid(),
            "control": self._control.url,
            "host": "127.0.0.1",
            "port": ports["json"],
            "protobufPort": ports["protobuf"],
            "ca": str(self._certificates.authority.certificate_path),
            "fingerprint": self._certificates.leaf.fingerprint,
            "rows": self.rows,
            "pageRows": self.page_rows,
            "rowBytes": sizes,
        }

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        raise ValueError("the replay server has no faults")

    def set_options(self, options: dict[str, Any]) -> dict[str, Any]:
        if options:
            raise ValueError("the replay server has no options at run time")
        return {}

    def reset(self) -> None:
        self._statements.clear()

    def log_entries(self) -> list[dict[str, Any]]:
        return []

    def connections(self) -> dict[str, Any]:
        return {"open": len(self._open), "accepted": self.accepted, "statements": len(self._statements)}


def _signature(columns: list[Column], sql: Any = None) -> dict[str, Any]:
    return {"columns": [c.metadata(i) for i, c in enumerate(columns)], "sql": sql, "parameters": [],
            "cursorFactory": {"style": "LIST", "clazz": None, "fieldNames": None}, "statementType": None}  # fmt: skip


def _executed(connection: str, number: int, frame: Frame | None, single: bool) -> dict[str, Any]:
    columns = [Column("ONE", SqlType("integer", "INTEGER"))] if single else COLUMNS
    result = {"response": "resultSet", "connectionId": connection, "statementId": number, "ownStatement": True,
              "signature": _signature(columns), "firstFrame": frame, "updateCount": -1}  # fmt: skip
    return {"response": "executeResults", "missingStatement": False, "results": [result]}


def _spliced(form: str, response: dict[str, Any], rows: list[memoryview]) -> list[memoryview | bytes]:
    """Head and body with the rendered rows in the place of the empty ones."""
    if form == "json":
        head, mark, tail = json_document(response).partition(b'"rows":[')
        return _framed([head + mark, *rows, tail], "application/json;charset=utf-8")
    if not rows:
        return _framed([responses.encode(response)], "application/octet-stream;charset=utf-8")
    return _framed(_protobuf_parts(response, rows), "application/octet-stream;charset=utf-8")


def _protobuf_parts(response: dict[str, Any], rows: list[memoryview]) -> list[memoryview | bytes]:
    """Lengths come before contents, so every level around the rows is written by hand."""
    size = sum(map(len, rows))
    if response["response"] == "fetch":
        frame = response["frame"].protobuf()
        head = b"\x0a" + pb.varint(len(frame) + size) + frame
        inner: list[memoryview | bytes] = [head, *rows]
        name = "FetchResponse"
    else:
        result = response["results"][0]
        frame, around = result["firstFrame"].protobuf(), {**result, "firstFrame": None}
        message = {**responses.result_set(around), "first_frame": None}
        body = pb.encode("ResultSetResponse", message)
        framed = b"\x2a" + pb.varint(len(frame) + size) + frame
        inner = [b"\x0a" + pb.varint(len(body) + len(framed) + size) + body + framed, *rows]
        name = "ExecuteResponse"
    total = sum(map(len, inner))
    wire = pb.encode("WireMessage", {"name": f"{pb.PREFIX}Responses${name}"})
    return [wire + b"\x12" + pb.varint(total), *inner]


def _framed(parts: list[memoryview | bytes], kind: str) -> list[memoryview | bytes]:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {sum(map(len, parts))}\r\n\r\n"
    return [head.encode(), *parts]


def _request(client: socket.socket, buffer: bytearray) -> bytes | None:
    """The next request body; None at the end of the stream."""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        if not (data := client.recv(65536)):
            return None
        buffer += data
    head = bytes(buffer[:end]).lower()
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(buffer) < end + 4 + length:
        if not (data := client.recv(65536)):
            return None
        buffer += data
    body = bytes(buffer[end + 4 : end + 4 + length])
    del buffer[: end + 4 + length]
    return body


def _send(client: socket.socket, parts: list[memoryview | bytes]) -> None:
    """Sends the parts without joining them where the socket allows it."""
    if isinstance(client, ssl.SSLSocket):
        for part in parts:
            client.sendall(part)
        return
    pending = [memoryview(p) for p in parts if len(p)]
    while pending:
        sent = client.sendmsg(pending[:500])
        while pending and sent >= len(pending[0]):
            sent -= len(pending.pop(0))
        if sent:
            pending[0] = pending[0][sent:]

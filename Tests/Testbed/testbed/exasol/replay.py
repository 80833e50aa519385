"""`exasol-replay`: one result, rendered once and sent as fast as a socket takes it, for benchmarks.

Blocking sockets and one thread per connection: no event loop and no JSON encoder between the
rendered page and the kernel. Any rows below the last full page are a shorter page of their own, so
that the fetch arithmetic is that of a real server.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
import os
import socket
import struct
import tempfile
import threading
from pathlib import Path
from typing import Any, Callable

from testbed.common.certificates import make_certificates
from testbed.common.control import ControlEndpoint
from testbed.exasol import login

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_COLUMNS = [
    {"name": "ID", "dataType": {"type": "DECIMAL", "precision": 18, "scale": 0}},
    {"name": "AMOUNT", "dataType": {"type": "DECIMAL", "precision": 18, "scale": 2}},
    {"name": "RATE", "dataType": {"type": "DOUBLE"}},
    {"name": "NAME", "dataType": {"type": "VARCHAR", "size": 100, "characterSet": "UTF8"}},
    {"name": "DAY_", "dataType": {"type": "DATE"}},
    {"name": "AT_", "dataType": {"type": "TIMESTAMP", "precision": 6, "withLocalTimeZone": False}},
]
_OLD = {
    "DATE": {"type": "DATE", "size": 4},
    "TIMESTAMP": {"type": "TIMESTAMP", "size": 16, "withLocalTimeZone": False},
}
_ATTRIBUTES = {
    "autocommit": True,
    "compressionEnabled": False,
    "currentSchema": "",
    "dateFormat": "YYYY-MM-DD",
    "dateLanguage": "ENG",
    "datetimeFormat": "YYYY-MM-DD HH24:MI:SS.FF6",
    "defaultLikeEscapeCharacter": "\\",
    "feedbackInterval": 1,
    "numericCharacters": ".,",
    "openTransaction": 0,
    "queryTimeout": 0,
    "snapshotTransactionsEnabled": False,
    "timezone": "UTC",
    "timezoneBehavior": "INVALID SHIFT AMBIGUOUS ST",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command line."""
    parser.add_argument(
        "--rows", type=int, default=None, help="rows of the result, default 1000000"
    )
    parser.add_argument(
        "--page-bytes", type=int, default=None, help="size of a page, default 5000000"
    )


def create(rows: int = 1_000_000, page_bytes: int = 5_000_000) -> "ReplayServer":
    return ReplayServer(rows, page_bytes)


def row_values(index: int) -> tuple[Any, ...]:
    """The values of row `index` of a page; a page starts again with row 0."""
    cents = index * 7919 % 10_000_000_000 - 5_000_000
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    whole, part = divmod(cents, 100)
    amount = f"{sign}{whole}.{part:02d}".rstrip("0").rstrip(".")
    stamp = f"2024-{index % 12 + 1:02d}-{index % 28 + 1:02d}"
    clock = f"{index % 24:02d}:{index * 7 % 60:02d}:{index * 13 % 60:02d}.{index * 123_457 % 1_000_000:06d}"
    return (
        index * 1_000_003,
        amount,
        index * 0.37 + 1e-3,
        f"customer name {index * 31 % 100_000} ü",
        stamp,
        f"{stamp} {clock}",
    )


def render_page(row_count: int) -> bytes:
    """The JSON of a fetch reply with that many rows."""
    columns = (
        list(zip(*(row_values(i) for i in range(row_count)))) if row_count else [()] * len(_COLUMNS)
    )
    reply = {"status": "ok", "responseData": {"numRows": row_count, "data": columns}}
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """One unmasked server frame."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
    return head + payload


class ReplayServer:
    """Ports: `port` (TLS and clear text by first byte), `rawPort` (all pages, then end of stream)."""

    def __init__(self, rows: int, page_bytes: int) -> None:
        if rows < 1 or page_bytes < 1000:
            raise ValueError("rows must be at least 1 and page-bytes at least 1000")
        sample = len(render_page(2000)) / 2000
        self.rows = rows
        self.page_rows = max(1, min(rows, int(page_bytes / sample)))
        self._full = frame(render_page(self.page_rows))
        self._last_rows = rows % self.page_rows
        self._last = frame(render_page(self._last_rows)) if self._last_rows else b""
        self._directory = tempfile.TemporaryDirectory(prefix="tern-replay-")
        self._certificates = make_certificates(Path(self._directory.name))
        self._tls = self._certificates.server_context(self._certificates.leaf)
        self._key = login.LoginKey.make("fixed")
        self._sockets: list[socket.socket] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._ids = itertools.count(1659680558719702237)
        self._control = ControlEndpoint(self)
        self.port = self.raw_port = 0

    @property
    def page_count(self) -> int:
        return self.rows // self.page_rows + (1 if self._last_rows else 0)

    @property
    def total_bytes(self) -> int:
        return self.rows // self.page_rows * len(self._full) + len(self._last)

    # Life cycle.

    async def start(self) -> None:
        self.port = self._listen(self._serve)
        self.raw_port = self._listen(self._serve_raw)
        await self._control.start()

    def _listen(self, handler: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._sockets.append(listener)
        thread = threading.Thread(target=self._accept, args=(listener, handler), daemon=True)
        thread.start()
        self._threads.append(thread)
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        await self._control.stop()
        for item in [*self._sockets, *list(self._open)]:
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        for thread in self._threads:
            await asyncio.get_running_loop().run_in_executor(None, thread.join, 5)
        self._directory.cleanup()

    def _accept(self, listener: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
            threading.Thread(target=self._guarded, args=(client, handler), daemon=True).start()

    def _guarded(self, client: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        self._open.add(client)
        try:
            handler(client)
        except (OSError, ValueError, KeyError):
            pass
        finally:
            self._open.discard(client)
            client.close()

    # Conversations.

    def _serve_raw(self, client: socket.socket) -> None:
        """The bytes that a client of the protocol would get, without the protocol."""
        for _ in range(self.rows // self.page_rows):
            client.sendall(self._full)
        client.sendall(self._last)

    def _serve(self, client: socket.socket) -> None:
        if client.recv(1, socket.MSG_PEEK) == b"\x16":
            client = self._tls.wrap_socket(client, server_side=True)
        reader = client.makefile("rb")
        self._upgrade(client, reader)
        session = _Replay(self, next(self._ids))
        while (message := _read_message(reader, client)) is not None:
            for piece in session.answer(json.loads(message)):
                client.sendall(piece)
            if session.ended:
                client.sendall(frame(struct.pack("!H", 1000), 8))
                return

    @staticmethod
    def _upgrade(client: socket.socket, reader: Any) -> None:
        key = b""
        while line := reader.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"sec-websocket-key":
                key = value.strip()
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    def page_at(self, start: int) -> bytes:
        """The frame that answers a fetch from that row; a page never crosses the end."""
        left = self.rows - start
        if left >= self.page_rows:
            return self._full
        if left == self._last_rows and left:
            return self._last
        return frame(render_page(max(0, left)))

    # Control.

    def info(self) -> dict[str, Any]:
        return {
            "standIn": "exasol-replay",
            "pid": os.getpid(),
            "control": self._control.url,
            "host": "127.0.0.1",
            "port": self.port,
            "rawPort": self.raw_port,
            "rows": self.rows,
            "pageRows": self.page_rows,
            "pages": self.page_count,
            "totalBytes": self.total_bytes,
            "ca": str(self._certificates.authority.certificate_path),
            "fingerprint": self._certificates.leaf.fingerprint,
            "users": {"SYS": login.USERS["SYS"]},
        }

    def key(self) -> login.LoginKey:
        return self._key

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        raise ValueError("exasol-replay has no faults")

    def set_options(self, options: dict[str, Any]) -> dict[str, Any]:
        if options:
            raise ValueError("exasol-replay has no options at run time")
        return {"rows": self.rows}

    def reset(self) -> None:
        pass

    def log_entries(self) -> list[dict[str, Any]]:
        return []

    def connections(self) -> dict[str, Any]:
        return {"open": len(self._open)}


class _Replay:
    """The dialogue of one connection: login, then one result for every query."""

    def __init__(self, server: ReplayServer, session_id: int) -> None:
        self._server, self._session_id = server, session_id
        self._version = 5
        self.ended = False

    def answer(self, message: dict[str, Any]) -> list[bytes]:
        """The frames that answer a request."""
        command = message.get("command")
        if command == "fetch":
            return [self._server.page_at(int(message["startPosition"]))]
        return [frame(json.dumps(self._reply(command, message), separators=(",", ":")).encode())]

    def _reply(self, command: str | None, message: dict[str, Any]) -> dict[str, Any]:
        match command:
            case "login":
                self._version = min(5, int(message["protocolVersion"]))
                return {"status": "ok", "responseData": self._server.key().described()}
            case None:
                return self._credentials(message)
            case "getAttributes":
                return {"status": "ok", "attributes": _ATTRIBUTES}
            case "execute":
                return self._execute(str(message.get("sqlText", "")))
            case "disconnect":
                self.ended = True
        return {"status": "ok"}

    def _credentials(self, message: dict[str, Any]) -> dict[str, Any]:
        secret = self._server.key().decrypt(str(message.get("password", "")))
        if login.password_user(str(message.get("username", "")), secret) is None or message.get(
            "useCompression"
        ):
            self.ended = True
            return {
                "status": "error",
                "exception": {
                    "text": "Connection exception - authentication failed.",
                    "sqlCode": "08004",
                },
            }
        return {
            "status": "ok",
            "responseData": {
                "sessionId": self._session_id,
                "protocolVersion": self._version,
                "releaseVersion": "8.32.0",
                "databaseName": "EXADB",
                "productName": "EXASolution",
                "maxDataMessageSize": 67108864,
                "maxIdentifierLength": 128,
                "maxVarcharLength": 2000000,
                "identifierQuoteString": '"',
                "timeZone": "UTC",
                "timeZoneBehavior": "INVALID SHIFT AMBIGUOUS ST",
            },
        }

    def _execute(self, sql: str) -> dict[str, Any]:
        """`SELECT 1` is the small query of the round-trip figure; every other text gets the result."""
        if sql.strip().upper() == "SELECT 1":
            columns = [{"name": "1", "dataType": {"type": "DECIMAL", "precision": 1, "scale": 0}}]
            result: dict[str, Any] = {
                "numColumns": 1,
                "numRows": 1,
                "numRowsInMessage": 1,
                "columns": columns,
                "data": [[1]],
            }
        elif not sql.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            return {
                "status": "ok",
                "responseData": {
                    "numResults": 1,
                    "results": [{"resultType": "rowCount", "rowCount": 0}],
                },
            }
        else:
            columns = (
                [
                    {**c, "dataType": _OLD.get(c["dataType"]["type"], c["dataType"])}
                    for c in _COLUMNS
                ]
                if self._version < 5
                else _COLUMNS
            )
            result = {
                "resultSetHandle": 1,
                "numColumns": len(columns),
                "numRows": self._server.rows,
                "numRowsInMessage": 0,
                "columns": columns,
                "data": [[] for _ in columns],
            }
        return {
            "status": "ok",
            "responseData": {
                "numResults": 1,
                "results": [{"resultType": "resultSet", "resultSet": result}],
            },
        }


def _read_message(reader: Any, client: socket.socket) -> bytes | None:
    """The next text message; answers Pings, ends at a close frame or the end of the stream."""
    parts: list[bytes] = []
    while True:
        head = reader.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack("!H", reader.read(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", reader.read(8))[0]
        mask = reader.read(4) if head[1] & 0x80 else b"\0\0\0\0"
        data = reader.read(size)
        if any(mask):
            whole = (mask * (size // 4 + 1))[:size]
            data = (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(
                size, "big"
            )
        opcode = head[0] & 0x0F
        if opcode == 8:
            return None
        if opcode == 9:
            client.sendall(frame(data, 10))
        elif opcode in (0, 1, 2):
            parts.append(data)
            if head[0] & 0x80:
                return b"".join(parts)

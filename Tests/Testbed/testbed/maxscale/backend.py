"""One connection to the database: PyMySQL logs in and sends, the answers are read here in raw form.

A client library turns values into objects; MaxScale's losses can only be shown from what the server sent.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import struct
from dataclasses import dataclass, field
from typing import Any

import pymysql
from pymysql.constants import CLIENT, COMMAND

from testbed.maxscale.values import Column

IN_TRANSACTION, MORE_RESULTS, STATE_CHANGED = 1, 8, 0x4000
_SESSION_TRACK = 1 << 23
_MAX_PACKET = 16 << 20
_SCHEMA = 1
_CHUNK = 1 << 18


@dataclass
class Failure(Exception):
    """An error of the server, or of the client library (2000 to 2999)."""

    errno: int
    message: str
    sqlstate: str = "HY000"


@dataclass
class Rows:
    """A result set; `rows` are JSON arrays, at most as many as were to be kept."""

    columns: list[Column]
    rows: list[bytes] = field(default_factory=list)
    read: int = 0


@dataclass
class Done:
    """The counts of a statement without rows."""

    affected: int
    insert_id: int
    warnings: int


Result = Rows | Done | Failure


def gone() -> Failure:
    return Failure(2006, "Server has gone away")


def lost() -> Failure:
    return Failure(2013, "Lost connection to server during query")


class Backend:
    """A database session; every call that talks to the server may end it for good."""

    def __init__(self, port: int, user: str, password: str, database: str | None, timeout: float) -> None:
        """Connects; raises Failure with the words of MariaDB Connector/C. `timeout` 0 is none."""
        self.status = 0
        self.database = database
        self._dead = self._killed = False
        # Seconds become milliseconds in 32 bits.
        milliseconds = int(timeout * 1000) % 2**32
        self.seconds = milliseconds / 1000 if 0 < milliseconds < 2**31 else None
        try:
            self._client: Any = pymysql.connect(
                host="127.0.0.1", port=port, user="x", password=password.encode(), database=database,
                connect_timeout=min(self.seconds or 3600, 3600), read_timeout=self.seconds, write_timeout=self.seconds,
                client_flag=CLIENT.MULTI_STATEMENTS | _SESSION_TRACK, autocommit=None, ssl_disabled=True, charset="utf8mb4",
                defer_connect=True,
            )  # fmt: skip
            # Given to the constructor, an empty name would become that of whoever runs the tests.
            self._client.user = user.encode()
            self._client.connect()
        except pymysql.err.MySQLError as error:
            raise _client_words(error) from None
        self._socket: socket.socket = self._client._sock
        self.thread_id: int = self._client.thread_id()
        self._buffer, self._at = b"", 0

    @property
    def alive(self) -> bool:
        """Whether the server has not said that it is over."""
        return self.outlives(0)

    def outlives(self, seconds: float) -> bool:
        """Whether the server does not say within that time that it is over: an idle one says nothing else."""
        if self._dead:
            return False
        asked = select.poll()
        with contextlib.suppress(OSError, ValueError):
            asked.register(self._socket, select.POLLIN)
            return not asked.poll(seconds * 1000)
        return False

    def close(self) -> None:
        """Ends the session; the server rolls back."""
        if not self._dead:
            with contextlib.suppress(Exception):
                self._client.close()
        self._dead = True

    def abort(self) -> None:
        """Cuts the connection, also under a statement that another thread is waiting for."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    # Statements.

    def run(self, sql: bytes, keep: int | None) -> list[Result]:
        """Runs a text and reads all that it gives, with at most `keep` rows of each result set."""
        if self._killed:
            self._end()
            return [lost()]
        if self._dead or not self.alive:
            self._end()
            return [gone()]
        if len(sql) >= _MAX_PACKET:
            self._end()
            return [Failure(1153, "Got a packet bigger than 'max_allowed_packet' bytes", "08S01")]
        try:
            self._client._execute_command(COMMAND.COM_QUERY, sql)
        except (OSError, pymysql.err.MySQLError):
            self._end()
            return [gone()]
        return self._results(keep)

    def _results(self, keep: int | None) -> list[Result]:
        results: list[Result] = []
        try:
            self._socket.settimeout(self.seconds)
            self._client._current_timeout = None if self.seconds is None else -1
            while True:
                results.append(self._result(keep))
                if not self.status & MORE_RESULTS:
                    return results
        except Failure as failure:
            self.status &= ~MORE_RESULTS
            self._killed = failure.errno == 1927
            return [*results, failure]
        except (OSError, EOFError, struct.error, IndexError):
            self._end()
            return [*results, lost()]

    def _end(self) -> None:
        self._dead, self._killed = True, False
        with contextlib.suppress(Exception):
            self._socket.close()

    def _result(self, keep: int | None) -> Result:
        packet = self._packet()
        if packet[0] == 0xFF:
            raise _server_error(packet)
        if packet[0] == 0:
            return self._done(packet)
        if packet[0] == 0xFB:
            raise OSError("the server wants a file")
        count, _ = _length(packet, 0)
        columns = [_column(self._packet()) for _ in range(count)]
        self._packet()
        return self._rows(Rows(columns), keep)

    def _rows(self, result: Rows, keep: int | None) -> Rows:
        encoders = [column.encoder() for column in result.columns]
        rows, limit = result.rows, (1 << 62) if keep is None else keep
        while True:
            packet = self._packet()
            first = packet[0]
            if first == 0xFE and len(packet) < 9:
                self.status = int.from_bytes(packet[3:5], "little")
                return result
            if first == 0xFF:
                raise _server_error(packet)
            result.read += 1
            if len(rows) < limit:
                rows.append(_row(packet, encoders))

    def _done(self, packet: bytes) -> Done:
        affected, at = _length(packet, 1)
        insert_id, at = _length(packet, at)
        self.status, warnings = struct.unpack_from("<HH", packet, at)
        at += 4
        if self.status & STATE_CHANGED and at < len(packet):
            size, at = _length(packet, at)
            self._track(packet, at + size)
        return Done(_signed(affected), _signed(insert_id), warnings)

    def _track(self, packet: bytes, at: int) -> None:
        """Notes the current database, to which a reconnect returns."""
        size, at = _length(packet, at)
        end = at + size
        while at < end:
            kind = packet[at]
            size, at = _length(packet, at + 1)
            if kind == _SCHEMA:
                length, start = _length(packet, at)
                self.database = packet[start : start + length].decode("utf-8", "replace") or None
            at += size

    # Packets.

    def _packet(self) -> bytes:
        head = self._take(4)
        size = head[0] | head[1] << 8 | head[2] << 16
        payload = self._take(size)
        while size == 0xFFFFFF:
            head = self._take(4)
            size = head[0] | head[1] << 8 | head[2] << 16
            payload += self._take(size)
        return payload

    def _take(self, size: int) -> bytes:
        buffer, at = self._buffer, self._at
        if len(buffer) - at < size:
            parts, have = [buffer[at:]], len(buffer) - at
            while have < size:
                data = self._socket.recv(max(_CHUNK, size - have))
                if not data:
                    raise EOFError
                parts.append(data)
                have += len(data)
            self._buffer = buffer = b"".join(parts)
            at = 0
        self._at = at + size
        return buffer[at : at + size]


def _row(packet: bytes, encoders: list[Any]) -> bytes:
    at, cells = 0, []
    for encode in encoders:
        size = packet[at]
        at += 1
        if size == 0xFB:
            cells.append(b"null")
            continue
        if size > 0xFB:
            size, at = _length(packet, at - 1)
        cells.append(encode(packet[at : at + size]))
        at += size
    return b"[%s]" % b",".join(cells)


def _length(packet: bytes, at: int) -> tuple[int, int]:
    """A length-encoded integer and the place behind it."""
    first = packet[at]
    if first < 0xFB:
        return first, at + 1
    width = {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
    return int.from_bytes(packet[at + 1 : at + 1 + width], "little"), at + 1 + width


def _column(packet: bytes) -> Column:
    at, texts = 0, []
    for _ in range(6):
        size, at = _length(packet, at)
        texts.append(packet[at : at + size])
        at += size
    charset, length, kind, flags, decimals = struct.unpack_from("<HIBHB", packet, at + 1)
    _, schema, table, _, name, _ = texts
    return Column(schema, table, name, charset, length, kind, flags, decimals)


def _server_error(packet: bytes) -> Failure:
    errno = int.from_bytes(packet[1:3], "little")
    if packet[3:4] == b"#":
        return Failure(errno, packet[9:].decode("utf-8", "replace"), packet[4:9].decode("latin-1"))
    return Failure(errno, packet[3:].decode("utf-8", "replace"))


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _client_words(error: pymysql.err.MySQLError) -> Failure:
    """The error of a login in the words of MariaDB Connector/C."""
    errno, message = (error.args + ("",))[:2] if len(error.args) > 1 else (2013, str(error))
    if errno == 2003:
        return Failure(2002, "Can't connect to server on '127.0.0.1' (115)")
    if errno == 2013:
        return Failure(2013, "Lost connection to server at 'handshake: reading initial communication packet', system error: 110")
    return Failure(int(errno), re.sub("MySQL server", "server", str(message)))

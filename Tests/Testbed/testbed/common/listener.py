"""Listening sockets that look at the first byte before they decide about TLS.

A database port serves TLS and clear text side by side; the choice needs a peek at the raw socket,
which is why the accept loop is written here and not left to asyncio.start_server.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import Awaitable, Callable

TLS_HANDSHAKE = 0x16
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter, "Accepted"], Awaitable[None]]


class Accepted:
    """Where a connection came in: its number, the listener's label and whether it is encrypted."""

    def __init__(
        self, number: int, label: str, first_byte: int, secure: bool, address: str
    ) -> None:
        self.number = number
        self.label = label
        self.first_byte = first_byte
        self.secure = secure
        self.address = address


class Listener:
    """One port. `tls` may be None (clear text only); `clear` says whether clear text is served too."""

    def __init__(
        self,
        label: str,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        clear: bool = True,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.label, self.host, self.port = label, host, port
        self._handler, self._tls, self._clear = handler, tls, clear
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._on_change = on_change
        self.accepted = 0
        self.open = 0

    async def start(self) -> None:
        """Binds and begins to accept; raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((self.host, self.port))
        except OSError:
            self._socket.close()
            raise
        self._socket.listen(128)
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        self._spawn(self._accept_loop())

    async def stop(self) -> None:
        """Closes the port and drops every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket:
            self._socket.close()

    def _spawn(self, coroutine: Awaitable[None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept_loop(self) -> None:
        assert self._socket is not None
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(self._socket)
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.accepted += 1
            self._spawn(self._serve(client, self.accepted))

    async def _serve(self, client: socket.socket, number: int) -> None:
        self.open += 1
        writer: asyncio.StreamWriter | None = None
        try:
            first = await _peek(client)
            if first is None:
                return
            secure = first == TLS_HANDSHAKE and self._tls is not None
            if not secure and not self._clear:
                return
            reader, writer = await _streams(client, self._tls if secure else None)
            accepted = Accepted(number, self.label, first, secure, self.host)
            await self._handler(reader, writer, accepted)
        except (OSError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            if writer:
                writer.transport.abort()
            else:
                client.close()
            self._on_change()


async def _peek(client: socket.socket) -> int | None:
    """The first byte that the client sent, left in place; None at end of stream."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(client.fileno(), lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(client.fileno())
    with contextlib.suppress(OSError):
        data = client.recv(1, socket.MSG_PEEK)
        return data[0] if data else None
    return None


async def _streams(
    client: socket.socket, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, client, ssl=tls)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

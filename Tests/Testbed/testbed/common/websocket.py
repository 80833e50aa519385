"""A WebSocket server connection on asyncio streams.

The sans-I/O half of the `websockets` library does the protocol; the I/O half is here because the
stand-ins must send what a well-behaved library never would: odd fragments, bad UTF-8, raw bytes.
"""

from __future__ import annotations

import asyncio
import contextlib

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

_CHUNK_BYTES = 1 << 18


class WebSocket:
    """One accepted connection after its first byte was seen to be no TLS."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = ServerProtocol(max_size=None)
        self._frames: list[Frame] = []
        self._partial: list[bytes] = []
        self._partial_text = True
        self._write_lock = asyncio.Lock()
        self._ended = False
        self.request: Request | None = None

    async def handshake(self) -> bool:
        """Answers the upgrade request; False when the peer sent none or a bad one."""
        while self.request is None:
            if not await self._fill():
                return False
        response = self._protocol.accept(self.request)
        self._protocol.send_response(response)
        await self._flush()
        return response.status_code == 101

    async def receive(self) -> str | bytes | None:
        """The next whole message (text as str, binary as bytes), or None at the end."""
        while True:
            while self._frames:
                message = self._take(self._frames.pop(0))
                if message is not None:
                    return message
            if not await self._fill():
                return None

    def _take(self, frame: Frame) -> str | bytes | None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._partial_text = frame.opcode is Opcode.TEXT
            self._partial = [bytes(frame.data)]
        elif frame.opcode is Opcode.CONT:
            self._partial.append(bytes(frame.data))
        else:
            return None
        if not frame.fin:
            return None
        data = b"".join(self._partial)
        self._partial = []
        return data.decode("utf-8", "replace") if self._partial_text else data

    async def _fill(self) -> bool:
        if self._protocol.state is State.CLOSED:
            return False
        data = await self._reader.read(_CHUNK_BYTES)
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self.request = event
            else:
                self._frames.append(event)
        with contextlib.suppress(ConnectionError):
            await self._flush()
        return bool(data) and self._protocol.state is not State.CLOSED or bool(self._frames)

    async def send(self, payload: bytes, *, text: bool = True, fragments: int = 1) -> None:
        """Sends one message, cut into `fragments` frames with a Ping of the server's between them."""
        pieces = max(1, min(fragments, max(1, len(payload))))
        step = -(-len(payload) // pieces) if payload else 0
        async with self._write_lock:
            for index in range(pieces):
                part = payload[index * step : (index + 1) * step] if step else b""
                opcode = Opcode.CONT if index else (Opcode.TEXT if text else Opcode.BINARY)
                await self._frame(opcode, part, fin=index == pieces - 1)
                if index < pieces - 1:
                    await self._frame(Opcode.PONG, b"EXECUTING")

    async def pong(self, payload: bytes = b"EXECUTING") -> None:
        """Sends the unsolicited Pong that Exasol uses as a heartbeat."""
        async with self._write_lock:
            await self._frame(Opcode.PONG, payload)

    async def raw(self, data: bytes) -> None:
        """Writes bytes past the protocol."""
        async with self._write_lock:
            self._writer.write(data)
            await self._writer.drain()

    async def close(self, code: int = 1000) -> None:
        """Starts the close handshake, or only flushes when the peer has started it."""
        async with self._write_lock:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(code)
            with contextlib.suppress(ConnectionError):
                await self._flush_locked()

    def abort(self) -> None:
        """Drops the TCP connection without a close frame."""
        self._writer.transport.abort()

    async def _frame(self, opcode: Opcode, data: bytes, fin: bool = True) -> None:
        if self._ended:
            raise ConnectionResetError("the WebSocket has been closed")
        frame = Frame(opcode, data, fin=fin)
        self._writer.write(frame.serialize(mask=False, extensions=[]))
        await self._writer.drain()

    async def _flush(self) -> None:
        async with self._write_lock:
            await self._flush_locked()

    async def _flush_locked(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
                continue
            self._ended = True
            if self._writer.can_write_eof():
                self._writer.write_eof()
            else:
                # TLS knows no half-close, and the client waits for the server to end the connection.
                self._writer.close()
                return
        await self._writer.drain()

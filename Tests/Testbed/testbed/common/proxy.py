"""A TCP proxy that misbehaves on request, to be put in front of any stand-in.

Faults count bytes of the stream as it is on the wire, so they hit TLS records, HTTP heads and
WebSocket frames alike and no protocol needs code of its own for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Iterable

ACTIONS = ("close", "reset", "stall", "drip", "garbage", "half-close", "refuse")
_CHUNK_BYTES = 65536


@dataclass
class ProxyFault:
    """What to do with one connection: `action` after `after` bytes of `direction`."""

    action: str
    after: int = 0
    direction: str = "s2c"
    connection: int | None = None
    times: int | None = None
    bytes_per_step: int = 1
    step_seconds: float = 0.002
    payload: bytes = b"\xff\x00garbage\xff"
    hits: int = field(default=0, compare=False)

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> "ProxyFault":
        """Reads the control endpoint's form; raises ValueError for what it does not know."""
        known = {
            "action",
            "after",
            "direction",
            "connection",
            "times",
            "bytesPerStep",
            "stepSeconds",
            "payloadHex",
        }
        if unknown := set(rule) - known:
            raise ValueError(f"unknown proxy fault member {sorted(unknown)}")
        if rule.get("action") not in ACTIONS:
            raise ValueError(f"action must be one of {ACTIONS}")
        if rule.get("direction", "s2c") not in ("s2c", "c2s"):
            raise ValueError("direction must be s2c or c2s")
        return cls(
            action=rule["action"],
            after=int(rule.get("after", 0)),
            direction=rule.get("direction", "s2c"),
            connection=rule.get("connection"),
            times=rule.get("times"),
            bytes_per_step=int(rule.get("bytesPerStep", 1)),
            step_seconds=float(rule.get("stepSeconds", 0.002)),
            payload=bytes.fromhex(rule["payloadHex"]) if "payloadHex" in rule else cls.payload,
        )

    def applies(self, number: int) -> bool:
        """Whether this fault wants the connection with this number (the first is 1)."""
        if self.times is not None and self.hits >= self.times:
            return False
        return self.connection is None or self.connection == number


class FaultProxy:
    """One listening port that forwards to one backend port on loopback."""

    def __init__(self, backend_host: str, backend_port: int) -> None:
        self.backend = (backend_host, backend_port)
        self.port = 0
        self.faults: list[ProxyFault] = []
        self.accepted = 0
        self.open = 0
        self.bytes_s2c = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Starts to listen on a free port of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops to listen and drops what is open."""
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def reset(self) -> None:
        """Forgets the faults and starts the connection numbers again."""
        self.faults.clear()
        self.accepted = 0
        self.bytes_s2c = 0

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        self.open += 1
        try:
            await self._serve(self.accepted, reader, writer)
        except (ConnectionError, OSError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        fault = next((item for item in self.faults if item.applies(number)), None)
        if fault:
            fault.hits += 1
            if fault.action == "refuse":
                _reset(writer)
                return
        back_reader, back_writer = await asyncio.open_connection(*self.backend)
        try:
            down = asyncio.create_task(_Flow(self, back_reader, writer, "s2c").pump(fault))
            up = asyncio.create_task(_Flow(self, reader, back_writer, "c2s").pump(fault))
            done, pending = await asyncio.wait({down, up}, return_when=asyncio.FIRST_COMPLETED)
            # An orderly end of one side lets the other finish what it still has to say.
            if all(task.exception() is None and task.result() == "eof" for task in done):
                await asyncio.wait(pending, timeout=2)
            for task in pending:
                task.cancel()
            await asyncio.gather(*done, *pending, return_exceptions=True)
        finally:
            back_writer.transport.abort()


@dataclass
class _Flow:
    """One direction of one connection."""

    proxy: FaultProxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    direction: str

    async def pump(self, fault: ProxyFault | None) -> str:
        """Passes on what comes until its end or the fault's place; tells how it ended."""
        mine = fault if fault and fault.direction == self.direction else None
        left = mine.after if mine else 0
        while data := await self.reader.read(_CHUNK_BYTES):
            if mine and left <= len(data):
                await self.send(data[:left])
                return await _STRIKES[mine.action](self, mine, data[left:])
            left -= len(data)
            await self.send(data)
        with contextlib.suppress(OSError):
            if self.writer.can_write_eof():
                self.writer.write_eof()
        return "eof"

    async def send(self, data: bytes) -> None:
        if self.direction == "s2c":
            self.proxy.bytes_s2c += len(data)
        self.writer.write(data)
        await self.writer.drain()

    async def swallow(self) -> None:
        """The peer sees an open connection on which nothing happens."""
        while await self.reader.read(_CHUNK_BYTES):
            pass

    # What a fault does with what is left of a piece, and with all that follows.

    async def close(self, fault: ProxyFault, rest: bytes) -> str:
        self.writer.close()
        await self.writer.wait_closed()
        return "closed"

    async def reset(self, fault: ProxyFault, rest: bytes) -> str:
        _reset(self.writer)
        return "reset"

    async def stall(self, fault: ProxyFault, rest: bytes) -> str:
        await self.swallow()
        return "stalled"

    async def drip(self, fault: ProxyFault, rest: bytes) -> str:
        while rest or (rest := await self.reader.read(_CHUNK_BYTES)):
            for start in range(0, len(rest), fault.bytes_per_step):
                await self.send(rest[start : start + fault.bytes_per_step])
                await asyncio.sleep(fault.step_seconds)
            rest = b""
        return "eof"

    async def garbage(self, fault: ProxyFault, rest: bytes) -> str:
        await self.send(fault.payload + rest)
        while data := await self.reader.read(_CHUNK_BYTES):
            await self.send(data)
        return "eof"

    async def half_close(self, fault: ProxyFault, rest: bytes) -> str:
        self.writer.write_eof()
        await self.swallow()
        return "half-closed"


def traffic(proxies: Iterable[FaultProxy]) -> dict[str, int]:
    """What went through them, for whoever looks at a stand-in's connections."""
    every = list(proxies)
    return {
        "proxyOpen": sum(p.open for p in every),
        "proxyAccepted": sum(p.accepted for p in every),
        "proxyBytesToClient": sum(p.bytes_s2c for p in every),
    }


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with RST instead of FIN."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


_Strike = Callable[[_Flow, ProxyFault, bytes], Awaitable[str]]
_STRIKES: dict[str, _Strike] = {
    "close": _Flow.close,
    "reset": _Flow.reset,
    "stall": _Flow.stall,
    "drip": _Flow.drip,
    "garbage": _Flow.garbage,
    "half-close": _Flow.half_close,
}

"""An HTTP proxy that only knows CONNECT: one port open to all, one that asks for Basic credentials."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from typing import Any

USER, PASSWORD = "proxy-user", "proxy-pass:word"


class ConnectProxy:
    """Counts the tunnels that it opened, so that a test sees whether it was used."""

    def __init__(self) -> None:
        self.tunnels = 0
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        for secured in (False, True):
            server = await asyncio.start_server(
                lambda r, w, s=secured: self._accept(r, w, s), "127.0.0.1", 0
            )
            self._servers.append(server)

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def described(self) -> dict[str, Any]:
        """Ports and credentials for the info line."""
        ports = [server.sockets[0].getsockname()[1] for server in self._servers]
        return {"port": ports[0], "basicPort": ports[1], "user": USER, "password": PASSWORD}

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secured: bool
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer, secured)
        except (OSError, EOFError, ValueError, asyncio.CancelledError, asyncio.LimitOverrunError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secured: bool
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {
            k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])
        }
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if secured and headers.get("proxy-authorization") != wanted:
            writer.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b"Proxy-Authenticate: Basic realm=\"testbed\"\r\nContent-Length: 0\r\n\r\n"
            )
            await writer.drain()
            return
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or host.strip("[]") not in ("127.0.0.1", "localhost", "::1"):
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        back_reader, back_writer = await asyncio.open_connection(host.strip("[]"), int(port))
        self.tunnels += 1
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))
        finally:
            back_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()

"""HTTP/1.1 server connections for the stand-ins: small, and able to send what a server should not.

A web framework repairs headers, lengths and chunk ends on its own; fault tests need them broken.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Awaitable, Callable

from testbed.common.listener import Accepted

REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 301: "Moved Permanently", 302: "Found",
    303: "See Other", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 413: "Payload Too Large", 414: "URI Too Long", 422: "Unprocessable Entity", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


@dataclass
class HttpRequest:
    """One request; header names are lower case, repeated headers are joined with a comma."""

    method: str
    target: str
    version: str
    headers: dict[str, str]
    body: bytes
    accepted: Accepted

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def cookies(self) -> dict[str, str]:
        """The cookies that the client sent back."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass
class HttpResponse:
    """An answer and the ways in which it can be wrong on the wire; `after` follows `body` without a copy."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunked: bool = False
    chunk_bytes: int = 16384
    close: bool = False
    delay: float = 0.0
    stall: bool = False
    # So many bytes of the body are sent, then nothing more comes.
    stall_after: int | None = None
    drop: bool = False
    reset: bool = False
    declared_length: int | None = None
    head_bytes: bytes | None = None
    after: tuple[bytes, ...] = ()

    def head(self) -> bytes:
        """The status line and headers as they are sent."""
        if self.head_bytes is not None:
            return self.head_bytes
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.status != 204 or self.declared_length is not None:
            size = len(self.body) + sum(map(len, self.after))
            length = size if self.declared_length is None else self.declared_length
            lines.append(f"Content-Length: {length}")
        if self.close:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def payload(self) -> bytes:
        """The body as it is sent."""
        if not self.chunked:
            return self.body
        size = max(self.chunk_bytes, 1)
        pieces = [self.body[at : at + size] for at in range(0, len(self.body), size)]
        return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


class HeadTooLarge(Exception):
    """The header block is over the limit."""


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


class HttpConnection:
    """Reads requests from one connection and answers them in order."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        accepted: Accepted,
        *,
        idle_seconds: float = 60.0,
        head_bytes: int = 65536,
    ) -> None:
        self._reader, self._writer, self._accepted = reader, writer, accepted
        self._idle, self._head_bytes = idle_seconds, head_bytes

    async def run(self, handler: Handler) -> None:
        """Serves until the client leaves, is idle for too long or an answer ends the connection."""
        while True:
            try:
                head = await asyncio.wait_for(self._head(), self._idle)
            except (TimeoutError, asyncio.IncompleteReadError):
                return
            except HeadTooLarge:
                await self._send(HttpResponse(431, b"<h1>Bad Message 431</h1>", _HTML, close=True))
                return
            request = await self._request(head)
            if request is None:
                await self._send(HttpResponse(400, b"<h1>Bad Message 400</h1>", _HTML, close=True))
                return
            response = await handler(request)
            wants_close = "close" in request.headers.get("connection", "").lower()
            old = request.version == "HTTP/1.0" and "keep-alive" not in request.headers.get("connection", "")
            if not await self._send(response) or response.close or wants_close or old:
                return

    async def _head(self) -> bytes:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise HeadTooLarge from None
        if len(head) > self._head_bytes:
            raise HeadTooLarge
        return head

    async def _request(self, head: bytes) -> HttpRequest | None:
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return None
        headers: dict[str, str] = {}
        for line in lines[1:]:
            if line:
                name, colon, value = line.partition(":")
                if not colon:
                    return None
                key, text = name.strip().lower(), value.strip()
                headers[key] = f"{headers[key]}, {text}" if key in headers else text
        if headers.get("expect", "").lower() == "100-continue":
            self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await self._body(headers)
        return HttpRequest(words[0], words[1], words[2], headers, body, self._accepted)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            parts = []
            while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
                parts.append(await self._reader.readexactly(size))
                await self._reader.readexactly(2)
            while await self._reader.readuntil(b"\r\n") != b"\r\n":
                pass
            return b"".join(parts)
        length = int(headers.get("content-length") or 0)
        return await self._reader.readexactly(length) if length else b""

    async def _send(self, response: HttpResponse) -> bool:
        """Sends an answer; False when the connection is over."""
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.stall:
            await self._reader.read()
            return False
        if response.drop or response.reset:
            self._writer.transport.abort()
            return False
        self._writer.write(response.head())
        if response.stall_after is not None:
            whole = b"".join((response.payload(), *response.after))
            self._writer.write(whole[: response.stall_after])
            await self._writer.drain()
            await self._reader.read()
            return False
        # In pieces, which go to the socket as they are: the writer copies what it cannot send at once.
        for body in (response.payload(), *response.after):
            part = memoryview(body)
            for at in range(0, len(part), _PIECE_BYTES):
                self._writer.write(part[at : at + _PIECE_BYTES])
                await self._writer.drain()
        await self._writer.drain()
        if response.close:
            self._writer.close()
        return True


_PIECE_BYTES = 1 << 18
_HTML = [("Content-Type", "text/html;charset=iso-8859-1")]

"""A bare WebSocket client for what pyexasol never sends."""

from __future__ import annotations

import base64
import json
import os
import ssl
import zlib
from typing import Any

from websockets.sync.client import ClientConnection, connect


def encrypt(secret: str, key: dict[str, str]) -> str:
    """PKCS#1 v1.5 with the modulus and exponent of a login reply."""
    modulus, exponent = int(key["publicKeyModulus"], 16), int(key["publicKeyExponent"], 16)
    text = secret.encode()
    padding = bytes(b or 1 for b in os.urandom(128 - 3 - len(text)))
    block = int.from_bytes(b"\0\2" + padding + b"\0" + text, "big")
    return base64.b64encode(pow(block, exponent, modulus).to_bytes(128, "big")).decode()


class Wire:
    """One connection on which requests are JSON objects."""

    def __init__(
        self, port: int, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> None:
        scheme = "wss" if tls else "ws"
        self._opening = connect(
            f"{scheme}://{host}:{port}/",
            ssl=tls,
            compression=None,
            max_size=None,
            ping_interval=None,
            server_hostname="localhost" if tls else None,
        )
        self.socket: ClientConnection = self._opening.__enter__()
        self.compressed = False
        self.session_id = 0

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self.socket.send(zlib.compress(data, 1) if self.compressed else data.decode())

    def receive(self) -> dict[str, Any]:
        raw = self.socket.recv(timeout=20)
        return json.loads(zlib.decompress(raw) if isinstance(raw, bytes) else raw)

    def ask(self, command: str, **members: Any) -> dict[str, Any]:
        self.send({"command": command, **members})
        return self.receive()

    def login(
        self,
        version: int = 5,
        user: str = "sys",
        password: str = "exasol",
        *,
        command: str = "login",
        compress: bool = False,
        **members: Any,
    ) -> dict[str, Any]:
        """The four login messages; returns the last reply."""
        reply = self.ask(command, protocolVersion=version)
        self.send(
            {
                "username": user,
                "password": encrypt(password, reply["responseData"]),
                "useCompression": compress,
                **members,
            }
        )
        reply = self.receive()
        self.compressed = compress and reply["status"] == "ok"
        self.session_id = reply.get("responseData", {}).get("sessionId", 0)
        return reply

    def execute(self, sql: str, **members: Any) -> dict[str, Any]:
        return self.ask("execute", sqlText=sql, **members)

    def rows(self, sql: str) -> list[list[Any]]:
        """Column-major values of an inline result."""
        reply = self.execute(sql)
        assert reply["status"] == "ok", reply
        return reply["responseData"]["results"][0]["resultSet"].get("data", [])

    def close(self) -> None:
        self._opening.__exit__(None, None, None)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def result_of(reply: dict[str, Any]) -> dict[str, Any]:
    """The result set, or the row count object, of a reply with one result."""
    assert reply["status"] == "ok", reply
    result: dict[str, Any] = reply["responseData"]["results"][0]
    return result.get("resultSet", result)

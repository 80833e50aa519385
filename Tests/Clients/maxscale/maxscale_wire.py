"""A bare client of MaxScale's REST interface: sends what it is told and shows what came."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from typing import Any

ADMIN = "Basic " + base64.b64encode(b"admin:mariadb").decode()
LOGIN = {"target": "server1", "user": "tern", "password": "t3rn-pw", "db": "shop", "timeout": 0}


class Client:
    """One HTTP connection, opened again after the server has closed it."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        if tls:
            self._http: http.client.HTTPConnection = http.client.HTTPSConnection("localhost", port, timeout=30, context=tls)
        else:
            self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.status, self.headers, self.body = 0, {}, b""
        self.id = self.token = ""
        self.thread_id = 0

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self._http.close()

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        """Sends a request with exactly these headers, beside the length; Host only when it is not among them."""
        self._http.putrequest(method, path, skip_accept_encoding=True, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            self._http.putheader(name, value)
        if body is not None and "Transfer-Encoding" in (headers or {}):
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        elif body is not None:
            self._http.putheader("Content-Length", str(len(body)))
        self._http.endheaders(body)
        reply = self._http.getresponse()
        self.body, self.status = reply.read(), reply.status
        self.headers = dict(reply.getheaders())
        self.header_list = reply.getheaders()
        return self.body

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Sends JSON as the administrator; the answer, None when it is empty."""
        data = None if body is None else json.dumps(body).encode()
        self.send(method, path, data, {"Authorization": ADMIN, **headers})
        return json.loads(self.body) if self.body else None

    def open(self, **members: Any) -> Any:
        """Opens a connection and keeps its id and token."""
        reply = self.ask("POST", "/v1/sql?pretty=false", {**LOGIN, **members})
        assert self.status == 201, self.body
        self.id, self.token = reply["data"]["id"], reply["meta"]["token"]
        self.thread_id = reply["data"].get("attributes", {}).get("thread_id", 0)
        return reply

    def on(self, method: str, action: str = "", body: Any = None, query: str = "") -> Any:
        """A request for the open connection."""
        path = f"/v1/sql/{self.id}{action}?pretty=false{query}"
        return self.ask(method, path, body, Cookie=f"conn_id_sig_{self.id}={self.token}")

    def run(self, sql: str, rows: int = 1_000_000, **members: Any) -> list[dict[str, Any]]:
        """Executes a text; its results."""
        reply = self.on("POST", "/queries", {"sql": sql, "max_rows": rows, **members})
        assert self.status == 201, self.body
        found: list[dict[str, Any]] = reply["data"]["attributes"]["results"]
        return found

    def rows(self, sql: str) -> list[list[Any]]:
        """The rows of a query."""
        results = self.run(sql)
        assert "data" in results[-1], results
        found: list[list[Any]] = results[-1]["data"]
        return found

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

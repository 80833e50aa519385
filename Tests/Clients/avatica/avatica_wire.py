"""A bare Avatica client over one HTTP connection: sends what it is told and shows what came."""

from __future__ import annotations

import http.client
import json
from decimal import Decimal
from typing import Any


class Client:
    """JSON messages; every call remembers status and headers."""

    def __init__(self, port: int, path: str = "/") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.path = path
        self.status, self.headers, self.body = 0, {}, b""
        self.id, self.statement = "", 0

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self._connection.close()

    def post(self, body: bytes, headers: dict[str, Any] | None = None) -> bytes:
        """Sends a body and returns the one of the answer."""
        self._connection.request("POST", self.path, body, headers or {})
        reply = self._connection.getresponse()
        self.body, self.status = reply.read(), reply.status
        self.headers = {k.lower(): v for k, v in reply.getheaders()}
        return self.body

    def send(self, request: str, headers: dict[str, Any] | None = None, **members: Any) -> Any:
        """Sends a request with these attributes."""
        text = json.dumps({"request": request, **members})
        return json.loads(self.post(text.encode(), headers), parse_float=Decimal)

    def call(self, request: str, **members: Any) -> Any:
        """Sends a request of the open connection."""
        return self.send(request, connectionId=self.id, **members)

    def open(self, name: str) -> None:
        """Opens a connection with one statement."""
        self.id = name
        assert self.call("openConnection")["response"] == "openConnection"
        self.statement = self.call("createStatement")["statementId"]

    def run(self, sql: str, first: int = -1, total: int = -1, **members: Any) -> dict[str, Any]:
        """Executes a text; the one result of the answer."""
        reply = self.call("prepareAndExecute", statementId=self.statement, sql=sql, maxRowsTotal=total, maxRowsInFirstFrame=first,
                          **members)  # fmt: skip
        assert reply["response"] == "executeResults", reply
        return reply["results"][0]

    def rows(self, sql: str) -> list[list[Any]]:
        """All rows of a query, in one frame."""
        return self.run(sql, first=-2)["firstFrame"]["rows"]

    def fetch(self, offset: int, size: int) -> Any:
        return self.call("fetch", statementId=self.statement, offset=offset, fetchMaxRowCount=size)

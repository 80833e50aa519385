"""A bare client of Snowflake's REST interface: sends what it is told and shows what came."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import ssl
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyarrow as pa


class Client:
    """One HTTP connection and one session."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._http: http.client.HTTPConnection = (
            http.client.HTTPSConnection("localhost", port, timeout=30, context=tls) if tls
            else http.client.HTTPConnection("127.0.0.1", port, timeout=30))  # fmt: skip
        self.token = self.master = ""
        self.status, self.headers, self.body = 0, {}, b""
        self.session: dict[str, Any] = {}

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self._http.close()

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> bytes:
        """Sends a request and keeps what came: status, headers, body without gzip."""
        self._http.request(method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})
        reply = self._http.getresponse()
        self.status, self.headers, self.body = reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
        if self.headers.get("content-encoding") == "gzip":
            self.body = gzip.decompress(self.body)
        return self.body

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **query: str) -> Any:
        """Sends JSON with the session's token."""
        given = self.token if token is None else token
        is_transfer = isinstance(body, dict) and str(body.get("sqlText")).lower().startswith(("put ", "get "))
        headers = {"Content_Type": "application/json", "Accept": "application/json" if is_transfer else "application/snowflake"}
        if given:
            headers["Authorization"] = f'Snowflake Token="{given}"'
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self.send(method, path + ("?" + urlencode(query) if query else ""), data, **headers))

    def login(self, user: str = "TERN", query: dict[str, str] | None = None, **data: Any) -> Any:
        """Logs in; keeps the tokens if that went well."""
        facts = {"CLIENT_APP_ID": "PythonConnector", "CLIENT_APP_VERSION": "4.8.1", "ACCOUNT_NAME": "testaccount", "LOGIN_NAME": user,
                 "SESSION_PARAMETERS": {}, **data}  # fmt: skip
        if user == "TERN" and not data.get("AUTHENTICATOR") and "PASSWORD" not in data:
            facts["PASSWORD"] = "t3rn-pw"
        place = {"databaseName": "TESTDB", "schemaName": "PUBLIC"} if query is None else query
        reply = self.ask("POST", "/session/v1/login-request", {"data": facts}, "", requestId=str(uuid.uuid4()), **place)
        if reply["success"]:
            self.session = reply["data"]
            self.token, self.master = reply["data"]["token"], reply["data"]["masterToken"]
        return reply

    def query(self, sql: str, request: str | None = None, **members: Any) -> Any:
        """The answer to a statement."""
        body = {"sqlText": sql, "asyncExec": False, "sequenceId": 1, **members}
        return self.ask("POST", "/queries/v1/query-request", body, requestId=request or str(uuid.uuid4()))

    def data(self, sql: str, **members: Any) -> dict[str, Any]:
        """The `data` of a statement that must succeed."""
        reply = self.query(sql, **members)
        assert reply["success"] and reply["code"] is None, reply
        return reply["data"]

    def rows(self, sql: str, **members: Any) -> list[list[str | None]]:
        """Rows as JSON has them, from wherever they are."""
        return rows_of(self.data(sql, parameters={"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "JSON"}, **members))

    def result(self, query_id: str) -> Any:
        return self.ask("GET", f"/queries/{query_id}/result")


def chunk(data: dict[str, Any], number: int, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a chunk, asked for as the answer says."""
    url = urlsplit(data["chunks"][number]["url"])
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
    given = headers or data.get("chunkHeaders") or {}
    connection.request("GET", f"{url.path}?{url.query}", headers=given)
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, {k.lower(): v for k, v in reply.getheaders()}, body


def opened(body: bytes) -> bytes:
    """A chunk without its compression, which its first bytes tell."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def rows_of(data: dict[str, Any]) -> list[list[str | None]]:
    """All rows of a JSON result."""
    rows = list(data["rowset"])
    for number in range(len(data.get("chunks") or [])):
        rows += json.loads(b"[" + opened(chunk(data, number)[2]) + b"]")
    return rows


def inline(data: dict[str, Any]) -> pa.Table:
    """The inline part of an Arrow result."""
    return pa.ipc.open_stream(base64.b64decode(data["rowsetBase64"])).read_all()

"""The service's own interface: which request is which, and what it is answered."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import tempfile
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from testbed.common.http import HttpRequest, HttpResponse
from testbed.snowflake import bulk, runner, show, stage
from testbed.snowflake.cloud import Cloud
from testbed.snowflake.engine import Engine
from testbed.snowflake.errors import Refusal, SQLError, missing
from testbed.snowflake.login import Logins
from testbed.snowflake.options import Options
from testbed.snowflake.queries import Queries, Query
from testbed.snowflake.results import Prepared, Result, prepared
from testbed.snowflake.sessions import Session, Sessions
from testbed.snowflake.statements import MULTI, TEXT, Work, rows_of, split
from testbed.snowflake.store import Store

_PATHS = {
    ("POST", "/session/v1/login-request"): "login", ("POST", "/session/authenticator-request"): "authenticator",
    ("POST", "/session/token-request"): "token", ("POST", "/session/heartbeat"): "heartbeat", ("POST", "/session"): "logout",
    ("POST", "/session/logout-request"): "logout", ("POST", "/queries/v1/query-request"): "query",
    ("POST", "/queries/v1/abort-request"): "abort", ("POST", "/telemetry/send"): "telemetry",
    ("GET", "/oauth/authorize"): "oauth-authorize", ("POST", "/oauth/token-request"): "oauth-token", ("GET", "/sso"): "sso",
    ("GET", "/console/login"): "console",
}  # fmt: skip
_ID = r"/?([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})"
_PATTERNS = [
    ("GET", re.compile(rf"/queries/{_ID}/result"), "result"), ("POST", re.compile(rf"/queries/{_ID}/abort-request"), "abort-id"),
    ("GET", re.compile(rf"/monitoring/queries/{_ID}"), "monitoring"),
]  # fmt: skip
# The clients that the service knows, with the parameter that says in which format they want results.
_CLIENTS = {
    "PYTHONCONNECTOR": ("PYTHON_CONNECTOR", "arrow"), "GO": ("GO", "arrow"), "ODBC": ("ODBC", "arrow"), "C API": ("C_API", "arrow"),
    "JDBC": ("JDBC", "arrow"), "JAVASCRIPT": ("JS", "json"), ".NET": ("DOTNET", "arrow"),
}  # fmt: skip
_BAD_REQUEST = b"<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<title>Bad Request</title>\n</head><body>400</body></html>"
_RUNNING = "Query execution in progress. Wait."
_DETACHED = "Asynchronous execution in progress. Use provided query id to perform query monitoring and management."


@dataclass
class Call:
    """One request, taken apart."""

    http: HttpRequest
    kind: str
    id: str
    query: dict[str, str]
    body: Any
    base: str
    actions: dict[str, Any] = field(default_factory=dict)

    @property
    def authorization(self) -> str:
        return self.http.headers.get("authorization", "")

    @property
    def sql(self) -> str:
        return str(self.body.get("sqlText") or "") if isinstance(self.body, dict) else ""


def call_of(http: HttpRequest) -> Call:
    """Takes a request apart; raises ValueError for a body that is no JSON."""
    kind, query_id = _PATHS.get((http.method, http.path), ""), ""
    for method, pattern, name in _PATTERNS:
        if http.method == method and (match := pattern.fullmatch(http.path)):
            kind, query_id = name, match.group(1).lower()
    raw = gzip.decompress(http.body) if http.headers.get("content-encoding") == "gzip" else http.body
    http.body = raw
    is_form = kind in ("oauth-token", "telemetry")
    body = json.loads(raw) if raw.strip() and not is_form else None
    scheme = "https" if http.accepted.secure else "http"
    query = {k: v[-1] for k, v in parse_qs(http.query, keep_blank_values=True).items()}
    return Call(http, kind, query_id, query, body, f"{scheme}://{http.headers.get('host', '127.0.0.1')}")


class Service:
    """Sessions, statements and what they share."""

    def __init__(self, options: Options, logins: Logins, threads: Executor, directory: Path) -> None:
        self.options, self.logins, self._threads = options, logins, threads
        self.engine = Engine()
        self.sessions = Sessions(options)
        self.queries = Queries(options, threads)
        self.store = Store(options)
        self.stage_root = directory / "stages"
        self.stage_root.mkdir()
        self.cloud = Cloud(options, self.stage_root)
        self.fixtures: dict[str, Any] = {}
        self.store_port = self.okta_port = 0
        self._bulk: dict[tuple[int, str], Prepared] = {}
        self._user_stages: dict[str, Path] = {}
        self._context = 0
        self.engine.create_database("TESTDB")

    def close(self) -> None:
        for query in self.queries.all:
            if not query.done.is_set():
                self._threads.submit(self.queries.abort, query)

    # Requests.

    async def handle(self, call: Call) -> dict[str, Any]:
        """The document that answers a request."""
        self._shake(call)
        handler = {
            "login": self._login, "authenticator": self._authenticator, "token": self._renew, "heartbeat": self._heartbeat,
            "logout": self._logout, "query": self._query, "result": self._result, "abort": self._abort, "abort-id": self._abort,
            "monitoring": self._monitoring, "telemetry": self._telemetry,
        }.get(call.kind)  # fmt: skip
        if handler is None:
            raise Refusal(None, "Not Found", status=404)
        return await handler(call)

    def _shake(self, call: Call) -> None:
        """The rules that change the server's state before a request is looked at."""
        actions = call.actions
        token = call.authorization[17:-1]
        session = self.sessions.tokens.get(token) or self.sessions.masters.get(token)
        if session is None:
            return
        if actions.get("expireToken"):
            session.token_ends = 0
        if actions.get("expireMaster"):
            session.master_ends = 0
        if actions.get("killSession"):
            session.alive = False
        if actions.get("expireChunks"):
            self.store.expire()

    async def _login(self, call: Call) -> dict[str, Any]:
        data = (call.body or {}).get("data") or {}
        user, more = self.logins.check(call.body or {}, call.base)
        session = await self._in_thread(self._open, call, data, user)
        answer = {
            "masterToken": session.master, "token": session.token, "validityInSeconds": self.options.token_seconds,
            "masterValidityInSeconds": self.options.master_seconds, "displayUserName": user, "serverVersion": self.options.server_version,
            "firstLogin": False, "remMeToken": None, "remMeValidityInSeconds": 0, "healthCheckInterval": 45, "newClientForUpgrade": None,
            "sessionId": session.id, "parameters": session.told_parameters(), "sessionInfo": {
                "databaseName": session.database, "schemaName": session.schema, "warehouseName": session.warehouse,
                "roleName": session.role}, "idToken": None, "idTokenValidityInSeconds": 0, "responseData": None, "mfaToken": None,
            "mfaTokenValidityInSeconds": 0, **more,
        }  # fmt: skip
        return _success(answer)

    def _open(self, call: Call, data: dict[str, Any], user: str) -> Session:
        """A session of a user, where the login's URL says."""
        from testbed.snowflake.commands import ROLES, folded

        wanted = {k: folded(v) if (v := call.query.get(n)) else None for k, n in (
            ("database", "databaseName"), ("schema", "schemaName"), ("warehouse", "warehouse"), ("role", "roleName"))}  # fmt: skip
        parameters = {k: v for k, v in (data.get("SESSION_PARAMETERS") or {}).items()}
        checks = str(parameters.get("CLIENT_VALIDATE_DEFAULT_PARAMETERS", False)).lower() == "true"
        if wanted["role"] and wanted["role"] not in ROLES:
            raise Refusal("390189", f"Role '{wanted['role']}' specified in the connect string does not exist or not authorized. "
                          "Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.")  # fmt: skip
        spaces = self.engine.catalog.databases.get(wanted["database"] or "")
        if checks and wanted["database"] and spaces is None:
            raise Refusal("390201", "The requested database does not exist or not authorized.")
        if checks and wanted["schema"] and spaces is not None and wanted["schema"] not in spaces:
            raise Refusal("390201", "The requested schema does not exist or not authorized.")
        if checks and wanted["warehouse"] not in (None, "WH"):
            raise Refusal("390201", "The requested warehouse does not exist or not authorized.")
        account = str(data.get("ACCOUNT_NAME") or "")
        client, version = str(data.get("CLIENT_APP_ID") or ""), str(data.get("CLIENT_APP_VERSION") or "")

        def make(number: int) -> Session:
            return Session(number, user, account, client, version, self.engine.cursor(), self.options)

        session = self.sessions.add(make)
        session.role, session.warehouse = wanted["role"] or "PUBLIC", wanted["warehouse"]
        if spaces is not None or not checks and wanted["database"]:
            session.database = wanted["database"]
            session.schema = wanted["schema"] or ("PUBLIC" if spaces and "PUBLIC" in spaces else None)
        work = self._work(session, session.cursor, "", {})
        from testbed.snowflake.commands import set_parameter

        for name, value in parameters.items():
            set_parameter(work, name.upper(), value)
        return session

    async def _authenticator(self, call: Call) -> dict[str, Any]:
        return _success(self.logins.sso((call.body or {}).get("data") or {}, call.base, str(self.okta_port)))

    async def _renew(self, call: Call) -> dict[str, Any]:
        body = call.body or {}
        if body.get("requestType") != "RENEW":
            raise Refusal("390400", "The request is malformed.")
        session = self.sessions.renewed(call.authorization, str(body.get("oldSessionToken") or ""))
        return _success({"sessionToken": session.token, "validityInSecondsST": self.options.token_seconds, "masterToken": session.master,
                         "validityInSecondsMT": self.options.master_seconds, "sessionId": session.id})  # fmt: skip

    async def _heartbeat(self, call: Call) -> dict[str, Any]:
        session = self.sessions.of(call.authorization)
        session.heartbeats += 1
        session.master_ends = self.options.now() + self.options.master_seconds
        return _success(None)

    async def _logout(self, call: Call) -> dict[str, Any]:
        if call.http.path == "/session" and call.query.get("delete") != "true":
            raise Refusal("390400", "The request is malformed.")
        session = self.sessions.of(call.authorization)
        session.alive = False
        self.queries.abort_session(session)
        self._threads.submit(self._end, session)
        return _success(None)

    def _end(self, session: Session) -> None:
        from testbed.snowflake.engine import execute, quoted

        with session.lock:
            if session.in_transaction:
                session.in_transaction = False
                execute(session.cursor, "ROLLBACK")
            for name in session.temporary:
                execute(session.cursor, f"DROP TABLE IF EXISTS {quoted(*name)}")
                self.engine.catalog.drop(name)
            session.cursor.close()

    async def _telemetry(self, call: Call) -> dict[str, Any]:
        return _success("Log Received")

    # Statements.

    async def _query(self, call: Call) -> dict[str, Any]:
        session = self.sessions.of(call.authorization)
        body = call.body if isinstance(call.body, dict) else {}
        if not str(body.get("sqlText") or "").strip():
            raise Refusal(None, "", HttpResponse(400, _BAD_REQUEST, [("Content-Type", "text/html")]), status=400)
        request_id = call.query.get("requestId", "")
        query = None if call.actions.get("forget") else self.queries.known(session, request_id)
        if query is None:
            query = self.queries.add(session, request_id, call.sql, body)
            query.form = self._form(session, body.get("parameters") or {})
            query.is_async = bool(body.get("asyncExec"))
            query.accept = call.http.headers.get("accept", "")
            limit = float((body.get("parameters") or {}).get("STATEMENT_TIMEOUT_IN_SECONDS")
                          or session.parameter("STATEMENT_TIMEOUT_IN_SECONDS") or 0)  # fmt: skip
            self.queries.start(query, self._execute, limit)
        else:
            query.requests += 1
        if query.is_async:
            return self._pending(query, "333334", _DETACHED)
        return await self._held(query, call)

    async def _result(self, call: Call) -> dict[str, Any]:
        session = self.sessions.of(call.authorization)
        query = self._found(session, call.id)
        return await self._held(query, call)

    def _found(self, session: Session, query_id: str) -> Query:
        query = self.queries.by_id.get(query_id)
        if query is None or query.session.user != session.user:
            raise Refusal("000612", f"Result for query {query_id} not found.", {"queryId": query_id})
        return query

    async def _held(self, query: Query, call: Call) -> dict[str, Any]:
        """Holds a request until the statement is done, or for as long as the service holds it."""
        query.asked += 1
        if query.asked <= int(call.actions.get("inProgress") or 0):
            return self._pending(query, "333333", _RUNNING)
        if not await self._done(query, self.options.hold_seconds):
            return self._pending(query, "333333", _RUNNING)
        return await self._in_thread(self._answer, query, call)

    @staticmethod
    async def _done(query: Query, seconds: float) -> bool:
        if query.done.is_set():
            return True
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def tell() -> None:
            loop.call_soon_threadsafe(lambda: done.done() or done.set_result(True))

        query.listeners.append(tell)
        if query.done.is_set():
            return True
        try:
            await asyncio.wait_for(done, seconds)
        except TimeoutError:
            return query.done.is_set()
        finally:
            query.listeners.remove(tell)
        return True

    def _pending(self, query: Query, code: str, text: str) -> dict[str, Any]:
        data = {"queryId": query.id, "getResultUrl": f"/queries/{query.id}/result", "progressDesc": None, "queryAbortsAfterSecs": 300}
        return {"data": data, "code": code, "message": text, "success": True}

    def _execute(self, query: Query) -> Result:
        """Runs in a thread of its own."""
        session = query.session
        own = query.is_async and not session.in_transaction
        cursor = self.engine.cursor() if own else session.cursor
        while not own and not session.lock.acquire(timeout=0.05):
            if query.aborted.is_set():
                raise SQLError("000604", "57014", "SQL execution canceled", "ABORTED")
        try:
            query.cursor = cursor
            return self._statements(query, cursor)
        finally:
            query.cursor = None
            if own:
                cursor.close()
            else:
                session.lock.release()
            session.last_query = query.id

    def _statements(self, query: Query, cursor: Any) -> Result:
        parameters = query.body.get("parameters") or {}
        texts = split(query.sql)
        wanted = int(parameters.get("MULTI_STATEMENT_COUNT", query.session.parameter("MULTI_STATEMENT_COUNT") or 1))
        if len(texts) != wanted and wanted != 0 and (len(texts) > 1 or wanted > 1):
            raise SQLError("000008", "0A000", f"Actual statement count {len(texts)} did not match the desired statement count {wanted}.")
        if len(texts) <= 1:
            return self._one(query, cursor, query.sql)
        for text in texts:
            child = self.queries.child(query, text)
            child.executions += 1
            try:
                child.result = self._one(child, cursor, text)
            except SQLError as error:
                child.error = error
                raise
            finally:
                child.done.set()
        result = rows_of([("multiple statement execution", TEXT)], [("Multiple statements executed successfully.",)], MULTI)
        kinds = ",".join(str(c.result.statement_type) for c in query.children if c.result)
        result.more = {"resultIds": ",".join(c.id for c in query.children), "resultTypes": kinds}
        return result

    def _one(self, query: Query, cursor: Any, text: str) -> Result:
        work = self._work(query.session, cursor, text, query.body, query)
        if stage_name := query.body.get("bindStage"):
            work.bindings = stage.stage_of_binds(work, str(stage_name))
        return runner.run(work)

    def _work(self, session: Session, cursor: Any, sql: str, body: dict[str, Any], query: Query | None = None) -> Work:
        return Work(self.engine, session, cursor, sql, body.get("parameters") or {}, dict(body.get("bindings") or {}), self,
                    query.id if query else "", bool(body.get("describeOnly")),
                    wait=query.wait if query else (lambda seconds: False))  # fmt: skip

    # Answers.

    def _answer(self, query: Query, call: Call) -> dict[str, Any]:
        session = query.session
        context = self._query_context()
        if query.error is not None:
            error = query.error
            data = {"internalError": False, "unredactedFromSecureObject": False, "errorCode": error.code, "age": 0, "sqlState": error.state,
                    "queryId": query.id, "line": -1, "pos": -1, "type": error.kind, "queryContext": context}  # fmt: skip
            return {"data": data, "code": error.code, "message": error.message, "success": False, "headers": None}
        result = query.result
        if result is None:
            raise Refusal("000612", f"Result for query {query.id} not found.", {"queryId": query.id})
        if result.more.get("command") and query.is_async:
            raise Refusal("000612", f"Result for query {query.id} not found.", {"queryId": query.id})
        final = {"finalDatabaseName": session.database, "finalSchemaName": session.schema, "finalWarehouseName": session.warehouse,
                 "finalRoleName": session.role}  # fmt: skip
        if result.more.get("command"):
            if "application/snowflake" in query.accept:
                # The service tells where a stage is only to those who ask for JSON.
                result.more.pop("stageInfo", None)
            return _success({**result.more, "queryId": query.id, "statementTypeId": result.statement_type, **final})
        form = query.form if not result.always_json or query.form == "arrow_force" else "json"
        described = bool(query.body.get("describeOnly"))
        empty = Prepared(0, {"rowset": []} if form == "json" else {"rowsetBase64": ""}, [])
        cut = empty if described else self._cut(query, result, "json" if form == "json" else "arrow")
        data = {
            "parameters": session.told_parameters(), "rowtype": result.rowtype, **cut.inline, "total": cut.total, "returned": cut.total,
            "queryId": query.id, "databaseProvider": None, **final, "numberOfBinds": 0, "arrayBindSupported": False,
            "statementTypeId": result.statement_type, "version": 1, "sendResultTime": int(self.options.now() * 1000),
            "queryResultFormat": form, "queryContext": context,
        }  # fmt: skip
        if cut.chunks:
            data |= {"chunks": self._chunks(query, cut, call), **self.store.members()}
        if result.stats:
            data["stats"] = result.stats
        data |= {k: v for k, v in result.more.items()}
        return _success(data)

    def _cut(self, query: Query, result: Result, form: str) -> Prepared:
        key = (form, tuple(vars(self.options).values())[4:15])
        if query.prepared is None or query.prepared[0] != key:
            query.prepared = (key, prepared(result, form, self.options))
        return query.prepared[1]

    def _chunks(self, query: Query, cut: Prepared, call: Call) -> list[dict[str, Any]]:
        scheme = "https" if call.http.accepted.secure else "http"
        host = call.http.headers.get("host", "127.0.0.1").rpartition(":")[0] or "127.0.0.1"
        targets = self.store.targets(query.id, cut.chunks)
        return [{"url": f"{scheme}://{host}:{self.store_port}{t}", "rowCount": c.rows, "uncompressedSize": c.uncompressed,
                 "compressedSize": len(c.body)} for t, c in zip(targets, cut.chunks)]  # fmt: skip

    def _form(self, session: Session, parameters: dict[str, Any]) -> str:
        """In which format a client gets its rows."""
        if self.options.result_format != "client":
            return self.options.result_format
        prefix, default = _CLIENTS.get(session.client.upper(), ("", "json"))
        if not prefix:
            return "json"
        for names in (parameters, session.parameters):
            upper = {k.upper(): str(v).lower() for k, v in names.items()}
            for name in (f"{prefix}_QUERY_RESULT_FORMAT", "QUERY_RESULT_FORMAT"):
                if name in upper:
                    return upper[name]
        return default

    def _query_context(self) -> dict[str, Any]:
        self._context += 1
        stamp = int(self.options.now() * 1_000_000) + self._context
        return {"entries": [{"id": 0, "timestamp": stamp, "priority": 0, "context": "CPb8fA=="}]}

    async def _abort(self, call: Call) -> dict[str, Any]:
        session = self.sessions.of(call.authorization)
        if call.kind == "abort-id":
            query = self.queries.by_id.get(call.id)
        else:
            query = self.queries.known(session, str((call.body or {}).get("requestId") or ""))
        if query is None or query.done.is_set():
            raise Refusal("000605", "Identified SQL statement is not currently executing.")
        self._threads.submit(self.queries.abort, query)
        return _success(None)

    def cancel_by_id(self, query_id: str) -> bool:
        return self.queries.abort(self.queries.by_id.get(query_id))

    async def _monitoring(self, call: Call) -> dict[str, Any]:
        self.sessions.of(call.authorization)
        query = self.queries.by_id.get(call.id)
        if query is None:
            return _success({"queries": []})
        facts = {
            "id": query.id, "status": query.status, "state": query.status, "sqlText": query.sql, "sessionId": query.session.id,
            "startTime": int(query.started * 1000), "endTime": int((query.ended or 0) * 1000), "warehouseName": query.session.warehouse,
            "errorCode": query.error.code if query.error else "", "errorMessage": query.error.message if query.error else "",
            "stats": {"scanBytes": 0, "producedRows": query.result.rows if query.result else 0},
        }  # fmt: skip
        return _success({"queries": [facts]})

    # What statements ask for.

    def result_of(self, session: Session, query_id: str) -> Result:
        query = self.queries.by_id.get(query_id)
        if query is None or query.result is None:
            raise missing(query_id, "Statement")
        return query.result

    @staticmethod
    def information(work: Work, name: Any) -> Any:
        return show.information(work, name)

    def form_of(self, work: Work) -> str:
        return self._form(work.session, work.parameters)

    def bulk(self, rows: int, work: Work) -> Result:
        """The result of TERN ROWS, rendered once for a format."""
        form = "json" if self.form_of(work) == "json" else "arrow"
        if (rows, form) not in self._bulk:
            self._bulk[rows, form] = bulk.rendered(rows, form, self.options)
        return Result(bulk.block(1), prepared=self._bulk[rows, form])

    def directory(self) -> Path:
        """A new directory for a stage."""
        return Path(tempfile.mkdtemp(prefix="stage-", dir=self.stage_root))

    def user_stage(self, user: str) -> Path:
        if user not in self._user_stages:
            self._user_stages[user] = self.directory()
        return self._user_stages[user]

    def stage_info(self, directory: Path, path: str) -> dict[str, Any]:
        """Where the client finds the files of a stage."""
        if self.options.stage == "local":
            location = str(directory / path) if path else str(directory)
            return {"locationType": "LOCAL_FS", "location": location, "path": path, "region": None, "storageAccount": None,
                    "isClientSideEncrypted": False, "creds": {}, "presignedUrl": None, "endPoint": None}  # fmt: skip
        facts = self.cloud.stage_info(directory, path, False)
        return {**facts, "creds": {}, "endPoint": None} if self.options.stage == "presigned" else facts

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


def _success(data: Any) -> dict[str, Any]:
    return {"data": data, "code": None, "message": None, "success": True}



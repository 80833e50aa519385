"""The Snowflake stand-in: the service, its cloud store and an identity provider, a port each, and control."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from testbed.common.answer_faults import AnswerFault, broken, merged, shaped
from testbed.common.certificates import make_certificates
from testbed.common.control import ControlEndpoint
from testbed.common.http import HttpConnection, HttpRequest, HttpResponse
from testbed.common.listener import Accepted, Listener
from testbed.common.notice import NotedLog, Notice
from testbed.common.proxy import FaultProxy, ProxyFault, traffic
from testbed.snowflake import bulk, providers
from testbed.snowflake.errors import Refusal
from testbed.snowflake.faults import ACTIONS, SELECTORS, patched
from testbed.snowflake.login import CLIENT, LOCAL, PASSCODE, PASSPHRASE, TOKENS, USERS, Keys, Logins
from testbed.snowflake.options import Options
from testbed.snowflake.service import Call, Service, call_of

_FIXTURES = Path(__file__).resolve().parents[3] / "Fixtures" / "snowflake" / "snowflake-arrow-fixtures.jsonl"
_SECRET = re.compile(r"PASSWORD|PASSCODE|TOKEN|PROOF_KEY|SAML|oldSessionToken", re.I)


def create(**values: Any) -> "SnowflakeStandIn":
    """Makes a stand-in with these options (see options.py)."""
    options = Options()
    options.change(values)
    return SnowflakeStandIn(options, values)


class SnowflakeStandIn:
    """One service with everything around it."""

    def __init__(self, options: Options, initial: dict[str, Any]) -> None:
        self.options, self._initial = options, initial
        self._directory = tempfile.TemporaryDirectory(prefix="tern-testbed-")
        root = Path(self._directory.name)
        self._certificates = make_certificates(root)
        self._threads = ThreadPoolExecutor(max_workers=256, thread_name_prefix="snowflake")
        self.notice = Notice()
        self._log = NotedLog(self.notice)
        self._keys = Keys(root)
        self._logins = Logins(options, self._keys)
        self.service = Service(options, self._logins, self._threads, root)
        self._listeners: dict[str, Listener] = {}
        self._proxies: dict[str, FaultProxy] = {}
        self._faults: list[AnswerFault] = []
        self._control = ControlEndpoint(self, {
            "/executions": self._executions, "/fixture": self._fixture, "/expire": self._expire, "/sessions": self._sessions})  # fmt: skip

    # Life cycle.

    async def start(self) -> None:
        """Opens every port."""
        if _FIXTURES.exists():
            self.service.fixtures = bulk.load(str(_FIXTURES))
        certificates = self._certificates
        tls = certificates.server_context(certificates.leaf)
        self._listeners = {name: self._listener(name, serve, tls, True) for name, serve in (
            ("service", self._service), ("store", self._store), ("okta", self._okta), ("foreign", self._foreign))}  # fmt: skip
        for name, context in certificates.strict_contexts().items():
            self._listeners[name] = self._listener(name, self._service, context, False)
        for listener in self._listeners.values():
            await listener.start()
        for name in ("service", "store"):
            self._proxies[name] = FaultProxy("127.0.0.1", self._listeners[name].port)
            await self._proxies[name].start()
        self.service.store_port = self._listeners["store"].port
        self.service.cloud.port = self.service.store_port
        self.service.okta_port = self._listeners["okta"].port
        loop = asyncio.get_running_loop()
        self.service.queries.on_end = lambda: loop.call_soon_threadsafe(self.notice.ring)
        await self._control.start()

    def _listener(self, name: str, handler: Any, tls: Any, clear: bool) -> Listener:
        return Listener(name, partial(self._serve, handler), tls=tls, clear=clear, on_change=self.notice.ring)

    async def stop(self) -> None:
        """Closes everything."""
        await self._control.stop()
        for proxy in self._proxies.values():
            await proxy.stop()
        for listener in self._listeners.values():
            await listener.stop()
        self.service.close()
        self.service.queries.on_end = lambda: None
        await asyncio.to_thread(self._threads.shutdown, True)
        self.service.engine.close()
        self._directory.cleanup()

    async def _serve(
        self, handler: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, accepted: Accepted
    ) -> None:
        connection = HttpConnection(reader, writer, accepted, idle_seconds=600, head_bytes=1 << 20)
        await connection.run(handler)

    # The service.

    async def _service(self, http: HttpRequest) -> HttpResponse:
        entry = self._entry(http)
        try:
            call = call_of(http)
            entry |= {"request": call.kind, "query": call.query, "message": _masked(call.body), "gzip": "content-encoding" in http.headers}
            actions = call.actions = self._matching(call.kind, call.sql, http, None)
            response = HttpResponse(200) if actions.get("before") else await self._answer(call)
            response = self._finished(response, actions, http)
        except Exception as error:  # noqa: BLE001  a defect of the stand-in must reach the test that met it
            entry["defect"] = repr(error)
            response = HttpResponse(500, repr(error).encode(), close=True)
        entry["status"] = response.status
        return response

    async def _answer(self, call: Call) -> HttpResponse:
        if (answered := providers.browser(self._logins, call.http)) is not None:
            return answered
        status = 200
        try:
            document = await self.service.handle(call)
        except Refusal as refusal:
            if isinstance(refusal.data, HttpResponse):
                return refusal.data
            status = refusal.status
            document = {"data": refusal.data, "code": refusal.code, "message": refusal.message, "success": False, "headers": None}
        body = json.dumps(document).encode("utf-8", "surrogatepass")
        headers = [("Content-Type", "application/json")]
        if len(body) > 1024 and "gzip" in call.http.headers.get("accept-encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
        if self.options.sticky and call.kind == "login" and document["success"]:
            session = self.service.sessions.tokens[document["data"]["token"]]
            headers.append(("x-snowflake-session", session.sticky))
        return HttpResponse(status, body, headers)

    def _finished(self, response: HttpResponse, actions: dict[str, Any], http: HttpRequest) -> HttpResponse:
        """The answer after every rule that wants it, compressed at the end."""
        if actions:
            body = patched(response.body, actions) if response.body or not actions.get("before") else response.body
            if "error" in actions or "replace" in actions:
                body = patched(b"{}", actions)
            response.body = broken(body, {k: v for k, v in actions.items() if k != "gzip"})
            if "html" in actions:
                response.headers = [("Content-Type", "text/html")]
        if ("Content-Encoding", "gzip") in response.headers and response.body:
            import gzip

            response.body = gzip.compress(response.body, 1)
        return self._broken(response, actions, http) if actions else response

    def _broken(self, response: HttpResponse, actions: dict[str, Any], http: HttpRequest) -> HttpResponse:
        """The answer after the rules that work on its form."""
        # What is packed says so only where the service does.
        response = shaped(response, {k: v for k, v in actions.items() if k != "gzip"}, "text/html")
        response.status = int(actions.get("status", response.status))
        if "redirect" in actions:
            response.headers.append(("Location", self._redirect(str(actions["redirect"]), http)))
        response.stall_after = actions.get("stallAfter")
        return response

    def _redirect(self, target: str, http: HttpRequest) -> str:
        """`foreign` is another port of the same machine under another name; `same` is where the request went."""
        scheme = "https" if http.accepted.secure else "http"
        if target == "foreign":
            return f"{scheme}://localhost:{self._listeners['foreign'].port}{http.target}"
        return http.target if target == "same" else target

    # The other ports.

    async def _store(self, http: HttpRequest) -> HttpResponse:
        entry = self._entry(http)
        match = re.match(r"/results/.*_(\d+)\?", http.target)
        number = int(match.group(1)) if match else None
        actions = self._matching("chunk", "", http, number)
        entry |= {"request": "chunk", "chunk": number, "headers": sorted(http.headers)}
        if actions.get("expireChunks"):
            self.service.store.expire()
        if number is None and self.service.cloud.wants(http):
            actions = self._matching("stage", "", http, None)
            entry |= {"request": "stage", "headers": sorted(http.headers), "bodyBytes": len(http.body)}
        place = self.service.cloud if entry["request"] == "stage" else self.service.store
        response = HttpResponse(200) if actions.get("before") else place.answer(http)
        if actions:
            body = b"".join((response.body, *response.after))
            response.body, response.after = broken(body, actions), ()
            response = self._broken(response, actions, http)
        entry["status"] = response.status
        return response

    async def _okta(self, http: HttpRequest) -> HttpResponse:
        entry = self._entry(http)
        kind = {"/api/v1/authn": "okta-authn", "/app/snowflake/sso/saml": "okta-sso", "/oauth2/v1/token": "idp-token",
                "/oauth2/v1/authorize": "idp-authorize"}.get(http.path, "")  # fmt: skip
        actions = self._matching(kind, "", http, None)
        entry["request"] = kind
        scheme = "https" if http.accepted.secure else "http"
        service = f"{scheme}://127.0.0.1:{self._listeners['service'].port}"
        response = HttpResponse(200) if actions.get("before") else providers.okta(self._logins, http, service)
        response = self._finished(response, actions, http)
        entry["status"] = response.status
        return response

    async def _foreign(self, http: HttpRequest) -> HttpResponse:
        """A host that nobody should trust: it notes what it is told."""
        entry = self._entry(http)
        entry |= {"request": "foreign", "sawAuthorization": "authorization" in http.headers, "bodyBytes": len(http.body)}
        return HttpResponse(200, b'{"data":null,"code":null,"message":"foreign","success":true}', [("Content-Type", "application/json")])

    def _entry(self, http: HttpRequest) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "connection": http.accepted.number, "listener": http.accepted.label, "method": http.method,
            "target": re.sub(r"(?i)(token|signature|sig|nonce|code)=[^&]*", r"\1=***", http.target), "secure": http.accepted.secure,
            "accept": http.headers.get("accept", ""), "authorization": http.headers.get("authorization", "").partition(" ")[0],
            "client": http.headers.get("client_app_id", ""), "userAgent": http.headers.get("user-agent", ""),
            "sticky": http.headers.get("x-snowflake-session", ""), "service": http.headers.get("x-snowflake-service", ""),
        }  # fmt: skip
        self._log.append(entry)
        return entry

    def _matching(self, kind: str, sql: str, http: HttpRequest, chunk: int | None) -> dict[str, Any]:
        return merged([f for f in self._faults if f.takes(sql, request=kind, connection=http.accepted.number, chunk=chunk)])

    # Control.

    def info(self) -> dict[str, Any]:
        """Everything that a test needs to connect."""
        return {
            "standIn": "snowflake", "pid": os.getpid(), "control": self._control.url, "host": "127.0.0.1", "account": "testaccount",
            "port": self._listeners["service"].port, "storePort": self._listeners["store"].port,
            "oktaPort": self._listeners["okta"].port, "foreignPort": self._listeners["foreign"].port,
            "faultPort": self._proxies["service"].port, "storeFaultPort": self._proxies["store"].port,
            "ports": {name: listener.port for name, listener in self._listeners.items()},
            **self._certificates.info(), "users": USERS, "database": "TESTDB", "schema": "PUBLIC",
            "warehouse": "WH", "keyUser": "KEY", "keys": self._keys.files, "passphrase": PASSPHRASE, "passcode": PASSCODE,
            "programmaticAccessToken": next(iter(TOKENS)), "workloadToken": "wif-oidc-token",
            "oauthClient": list(CLIENT), "localClient": list(LOCAL), "fixtures": sorted(self.service.fixtures),
        }  # fmt: skip

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """Rules with `action` are for the proxies (`port`: `service` or `store`), the others for answers."""
        for rule in rules:
            if "action" not in rule:
                self._faults.append(AnswerFault.from_json(rule, ACTIONS, SELECTORS))
                continue
            name = rule.pop("port", "service")
            self._proxies[name].faults.append(ProxyFault.from_json(rule))

    def set_options(self, options: dict[str, Any]) -> dict[str, Any]:
        return self.options.change(options)

    async def _executions(self, body: Any) -> Any:
        """Every statement since the start, or those whose text has `sqlContains`."""
        found = self.service.queries.report()
        return [q for q in found if str(body.get("sqlContains", "")) in q["sql"]]

    async def _fixture(self, body: Any) -> Any:
        """Adds a result for `TERN FIXTURE case`."""
        self.service.fixtures[body["case"]] = body
        return {"status": "ok"}

    async def _expire(self, body: Any) -> Any:
        """`{"what": "tokens" | "masters" | "sessions" | "chunks"}` ends all of them now."""
        what = body["what"]
        for session in self.service.sessions.all:
            if what == "tokens":
                session.token_ends = 0
            elif what == "masters":
                session.master_ends = session.token_ends = 0
            elif what == "sessions":
                session.alive = False
        if what == "chunks":
            self.service.store.expire()
        return {"status": "ok"}

    async def _sessions(self, body: Any) -> Any:
        """Sessions with their state."""
        return [{"id": s.id, "user": s.user, "alive": s.alive, "renewals": s.renewals, "heartbeats": s.heartbeats, "database": s.database,
                 "schema": s.schema, "inTransaction": s.in_transaction, "client": s.client} for s in self.service.sessions.all]  # fmt: skip

    def reset(self) -> None:
        """Forgets faults and log and puts the options back; sessions and data stay."""
        self._faults.clear()
        self._log.clear()
        for proxy in self._proxies.values():
            proxy.reset()
        self.options.restore(self._initial)

    def log_entries(self) -> list[dict[str, Any]]:
        return self._log

    def connections(self) -> dict[str, Any]:
        queries = self.service.queries.all
        return {
            "open": sum(listener.open for listener in self._listeners.values()),
            "accepted": sum(listener.accepted for listener in self._listeners.values()),
            "openStore": self._listeners["store"].open, "openService": self._listeners["service"].open,
            "sessions": self.service.sessions.open(), "running": sum(not q.done.is_set() for q in queries),
            "executions": sum(q.executions for q in queries), "repeated": sum(q.executions > 1 for q in queries),
            "chunksServed": self.service.store.served,
            **traffic(self._proxies.values()),
        }  # fmt: skip


def _masked(value: Any) -> Any:
    """A body without secrets."""
    if isinstance(value, dict):
        return {k: "***" if _SECRET.search(k) and isinstance(v, str) else _masked(v) for k, v in value.items()}
    return value

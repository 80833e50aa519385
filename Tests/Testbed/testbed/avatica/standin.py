"""The Avatica stand-in: ports, balancer, encodings, control."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from testbed.avatica import responses
from testbed.avatica.auth import BEARER_TOKEN, REFUSED_IMPERSONATION, USERS, WITHOUT_ROLE, Authenticator, html
from testbed.avatica.database import Database
from testbed.avatica.errors import AvaticaError, SqlError, java, wire_form
from testbed.avatica.faults import ACTIONS, SELECTORS, is_unexecuted, patched, sql_of
from testbed.avatica.frames import json_document
from testbed.avatica.options import Options
from testbed.avatica.requests import from_json, from_protobuf
from testbed.avatica.service import PASSWORDS, Service
from testbed.common.answer_faults import AnswerFault, broken, merged, shaped
from testbed.common.certificates import make_certificates
from testbed.common.control import ControlEndpoint
from testbed.common.http import HttpConnection, HttpRequest, HttpResponse
from testbed.common.listener import Accepted, Listener
from testbed.common.notice import NotedLog, Notice
from testbed.common.proxy import FaultProxy, ProxyFault, traffic

_COOKIE = "BALANCEID"
_UNKNOWN_PROTOBUF = bytes.fromhex("c23e03616263c83e07d13e0102030405060708")
_JSON_TYPE = ("Content-Type", "application/json;charset=utf-8")
_PROTOBUF_TYPE = ("Content-Type", "application/octet-stream;charset=utf-8")


def create(**values: Any) -> "AvaticaStandIn":
    """Makes a stand-in with these options (see options.py)."""
    options = Options()
    options.change(values)
    return AvaticaStandIn(options, values)


class AvaticaStandIn:
    """One database behind a JSON port, a protobuf port and as many server processes as asked for."""

    def __init__(self, options: Options, initial: dict[str, Any]) -> None:
        self.options, self._initial = options, initial
        self._directory = tempfile.TemporaryDirectory(prefix="tern-testbed-")
        self._certificates = make_certificates(Path(self._directory.name))
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="avatica")
        self._listeners: dict[str, Listener] = {}
        self._backends: list[dict[str, Listener]] = []
        self._proxies: dict[str, FaultProxy] = {}
        self._faults: list[AnswerFault] = []
        self._auth = Authenticator(options)
        self._turn = 0
        self.database = Database(real_is_double=options.real_is_double)
        self.services: list[Service] = []
        self.notice = Notice()
        self._control = ControlEndpoint(self, notice=self.notice)
        self.log: list[dict[str, Any]] = NotedLog(self.notice)

    # Life cycle.

    async def start(self) -> None:
        """Opens every port."""
        certificates = self._certificates
        tls = certificates.server_context(certificates.leaf)
        for index in range(self.options.backends):
            ports = {form: Listener(f"{form}{index}", partial(self._serve, form, index), tls=tls) for form in ("json", "protobuf")}
            for listener in ports.values():
                await listener.start()
            self._backends.append(ports)
            self.services.append(Service(self.database, self.options, f"127.0.0.1:{ports['json'].port}"))
        for form in ("json", "protobuf"):
            self._listeners[form] = Listener(form, partial(self._serve, form, None), tls=tls, on_change=self.notice.ring)
        for name, context in certificates.strict_contexts().items():
            self._listeners[name] = Listener(name, partial(self._serve, "json", None), tls=context, clear=False)
        for listener in self._listeners.values():
            await listener.start()
        for form in ("json", "protobuf"):
            self._proxies[form] = FaultProxy("127.0.0.1", self._listeners[form].port)
            await self._proxies[form].start()
        await self._control.start()

    async def stop(self) -> None:
        """Closes everything."""
        await self._control.stop()
        for proxy in self._proxies.values():
            await proxy.stop()
        for listener in [*self._listeners.values(), *(p for ports in self._backends for p in ports.values())]:
            await listener.stop()
        for service in self.services:
            for connection in service.connections.values():
                connection.session.interrupt()
        self._threads.shutdown(wait=True)
        for service in self.services:
            service.close()
        self.database.close()
        self._directory.cleanup()

    async def _serve(
        self, form: str, backend: int | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, accepted: Accepted
    ) -> None:
        limit = 65536 if self.options.version >= (1, 11) else 8192
        connection = HttpConnection(reader, writer, accepted, idle_seconds=self.options.idle_seconds, head_bytes=limit)
        await connection.run(partial(self._answer, form, backend))

    # One request.

    async def _answer(self, form: str, backend: int | None, http: HttpRequest) -> HttpResponse:
        if http.method != "POST":
            return self._wrong_method(form, http)
        refusal, user, headers = self._auth.check(http)
        if refusal is not None:
            self.log.append({"connection": http.accepted.number, "form": form, "status": refusal.status, "refused": True,
                             "authorization": http.headers.get("authorization", "").partition(" ")[0]})  # fmt: skip
            return refusal
        index, sticky = self._route(backend, http)
        headers += sticky
        entry: dict[str, Any] = {
            "connection": http.accepted.number, "listener": http.accepted.label, "form": form, "backend": index, "target": http.target,
            "secure": http.accepted.secure, "user": user, "contentType": http.headers.get("content-type"), "cookies": dict(http.cookies()),
            "authorization": http.headers.get("authorization", "").partition(" ")[0],
        }  # fmt: skip
        self.log.append(entry)
        response = await self._run(form, index, http, entry)
        response.headers += headers
        return response

    def _wrong_method(self, form: str, http: HttpRequest) -> HttpResponse:
        if form == "protobuf":
            return HttpResponse(400, b"This server expects only POST calls.", [_PROTOBUF_TYPE])
        page = b"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>Error 404 - Not Found</title>\n</head>\n<body>\n<h2>Error 404 - Not Found.</h2>\n</body>\n</html>\n"  # noqa: E501
        return HttpResponse(404, page if http.method == "GET" else b"", [("Content-Type", "text/html;charset=utf-8")])

    def _route(self, backend: int | None, http: HttpRequest) -> tuple[int, list[tuple[str, str]]]:
        """Which process gets the request: the one of the port, of the cookie, or the next in turn."""
        if backend is not None:
            return backend, []
        count = len(self.services)
        named = http.cookies().get(_COOKIE, "")
        if count > 1 and self.options.affinity == "cookie" and named.isdigit() and int(named) < count:
            return int(named), []
        index, self._turn = self._turn % count, self._turn + 1
        sticky = [("Set-Cookie", f"{_COOKIE}={index}; Path=/; HttpOnly")] if count > 1 and self.options.affinity == "cookie" else []
        return index, sticky

    async def _run(self, form: str, index: int, http: HttpRequest, entry: dict[str, Any]) -> HttpResponse:
        service, request = self.services[index], None
        actions: dict[str, Any] = {}
        status, document = 200, {}
        try:
            self._impersonate(http, entry)
            request = self._read(form, http)
            entry["message"] = _masked(request)
            self.notice.ring()
            facts = {"request": request.get("request"), "connection": http.accepted.number, "backend": index}
            actions = merged([f for f in self._faults if f.takes(sql_of(request), **facts)])
            self._lose(actions, service, request)
            if not is_unexecuted(actions):
                loop = asyncio.get_running_loop()
                document = await loop.run_in_executor(self._threads, service.handle, request, form)
        except (AvaticaError, SqlError) as error:
            found = wire_form(error, self.options.flavour) if isinstance(error, SqlError) else error
            status, document = found.status, found.body()
            if self.options.version < (1, 7) and found.message:
                # Only the text of the innermost exception.
                document["errorMessage"] = found.message.rpartition(" -> ")[2].partition(": ")[2]
            if self._uncaught(found):
                entry["status"] = 500
                return html(500, f"java.lang.RuntimeException: {(found.message or 'NoSuchConnectionException')[:300]}")
            if self.options.version >= (1, 6):
                document["rpcMetadata"] = {"response": "rpcMetadata", "serverAddress": service.address}
        except Exception as error:  # noqa: BLE001  a defect of the stand-in must reach the test that met it
            entry["defect"] = repr(error)
            status, document = 500, java("StandInDefect", repr(error)).body()
        response = await self._write(form, status, document, actions)
        entry["status"] = response.status
        return response

    def _uncaught(self, error: AvaticaError) -> bool:
        """Old servers let errors fall through to the web server's page."""
        version = self.options.version
        return version < (1, 5) or version < (1, 8) and error.parse

    def _read(self, form: str, http: HttpRequest) -> dict[str, Any]:
        if form == "protobuf":
            return from_protobuf(http.body, self.options.version)
        version = self.options.version
        if "request" in http.headers:
            return from_json(http.headers["request"], version)
        body = http.body if version >= (1, 4) else b""
        charset = re.search(r"charset=\"?([\w-]+)", http.headers.get("content-type", ""), re.I)
        name = (charset[1] if charset else "utf-8") if version >= (1, 17) else self.options.charset
        try:
            text = body.decode(name, "replace")
        except LookupError:
            text = body.decode("utf-8", "replace")
        return from_json(text, version)

    def _impersonate(self, http: HttpRequest, entry: dict[str, Any]) -> None:
        user = parse_qs(http.query).get("doAs", [None])[0]
        if user is not None:
            entry["doAs"] = user
        if self.options.impersonation == "query":
            if user is None:
                raise AvaticaError("Failed to determine remote user", status=401)
            if user == REFUSED_IMPERSONATION:
                raise AvaticaError("User is not allowed to impersonate nobody", status=403)

    def _lose(self, actions: dict[str, Any], service: Service, request: dict[str, Any]) -> None:
        number = request.get("statementId", (request.get("statementHandle") or {}).get("id"))
        if actions.get("loseStatement"):
            service.statements.pop(number, None)
        if actions.get("loseConnection"):
            service.connections.pop(str(request.get("connectionId")), None)
        if actions.get("loseNonce"):
            self._auth.expire()

    async def _write(self, form: str, status: int, document: dict[str, Any], actions: dict[str, Any]) -> HttpResponse:
        document = patched(document, actions)
        if "error" in actions:
            status = 500
        status = int(actions.get("status", status))
        encode = partial(self._encode, form, document, bool(actions.get("unknownFields")))
        body = await asyncio.get_running_loop().run_in_executor(self._threads, encode)
        response = HttpResponse(status, broken(body, actions), [_JSON_TYPE if form == "json" else _PROTOBUF_TYPE])
        response.chunked = self.options.chunked and len(response.body) > 32768
        return shaped(response, actions, "text/html;charset=iso-8859-1")

    @staticmethod
    def _encode(form: str, document: dict[str, Any], unknown: bool) -> bytes:
        if form == "json":
            return json_document(document)
        return responses.encode(document, _UNKNOWN_PROTOBUF if unknown else b"") if document else b""

    # Control.

    def info(self) -> dict[str, Any]:
        """Everything that a test needs to connect."""
        return {
            "standIn": "avatica",
            "pid": os.getpid(),
            "control": self._control.url,
            "host": "127.0.0.1",
            "port": self._listeners["json"].port,
            "protobufPort": self._listeners["protobuf"].port,
            "faultPort": self._proxies["json"].port,
            "protobufFaultPort": self._proxies["protobuf"].port,
            "ports": {name: listener.port for name, listener in self._listeners.items()},
            "backends": [{form: listener.port for form, listener in ports.items()} for ports in self._backends],
            **self._certificates.info(),
            "users": PASSWORDS,
            "httpUsers": USERS,
            "httpUsersWithoutRole": WITHOUT_ROLE,
            "bearerToken": BEARER_TOKEN,
            "generation": self.options.generation,
        }

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """Rules with `action` are for the proxies (`form` chooses one), the others for responses."""
        for rule in rules:
            if "action" in rule:
                form = rule.pop("form", None)
                for name, proxy in self._proxies.items():
                    if form in (None, name):
                        proxy.faults.append(ProxyFault.from_json(rule))
            else:
                self._faults.append(AnswerFault.from_json(rule, ACTIONS, SELECTORS))

    def set_options(self, values: dict[str, Any]) -> dict[str, Any]:
        return self.options.change(values)

    def reset(self) -> None:
        """Back to the options of the start; faults and log forgotten. Data and connections stay."""
        self._faults.clear()
        for proxy in self._proxies.values():
            proxy.reset()
        self.log.clear()
        self._auth.expire()
        self._turn = 0
        self.options.restore(self._initial, "backends")

    def log_entries(self) -> list[dict[str, Any]]:
        return self.log

    def connections(self) -> dict[str, Any]:
        listeners = [*self._listeners.values(), *(p for ports in self._backends for p in ports.values())]
        return {
            "open": sum(listener.open for listener in listeners),
            "accepted": sum(listener.accepted for listener in listeners),
            "connections": sum(len(s.connections) for s in self.services),
            "statements": sum(len(s.statements) for s in self.services),
            "running": sum(t.running for s in self.services for t in s.statements.values()),
            "challenges": self._auth.challenges,
            **traffic(self._proxies.values()),
        }


def _masked(request: dict[str, Any]) -> Any:
    """The message for the log: passwords hidden, values in a form that JSON can carry."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {str(k): ("***" if k == "password" else plain(v)) for k, v in node.items()}
        if isinstance(node, (list, tuple)):
            return [plain(v) for v in node]
        return node if node is None or isinstance(node, (str, int, float, bool)) else str(node)

    return plain(request)

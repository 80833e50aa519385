"""The MaxScale stand-in: a MariaDB server, a process of each release, ports, control."""

from __future__ import annotations

import asyncio
import os
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
from testbed.maxscale import mariadb
from testbed.maxscale.faults import ACTIONS, SELECTORS, patched
from testbed.maxscale.mariadb import MariaDB
from testbed.maxscale.options import Options
from testbed.maxscale.requests import Early, call_of, finished, masked, refused
from testbed.maxscale.service import LISTENER, RELEASES, ROUTER, SERVER, Call, Refusal, Reply, Service
from testbed.maxscale.tokens import ACCOUNTS, Keys

_NEWEST = "24.02"
_WIDTHS = """SELECT a.ID, c.MAXLEN FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY a
JOIN information_schema.CHARACTER_SETS c USING(CHARACTER_SET_NAME) WHERE a.ID IS NOT NULL"""


def create(**values: Any) -> "MaxScaleStandIn":
    """Makes a stand-in with these options (see options.py)."""
    options = Options()
    options.change(values)
    return MaxScaleStandIn(options, values)


class MaxScaleStandIn:
    """A MaxScale process of each release in front of one database server."""

    def __init__(self, options: Options, initial: dict[str, Any]) -> None:
        self.options, self._initial = options, initial
        self._directory = tempfile.TemporaryDirectory(prefix="tern-testbed-")
        self._certificates = make_certificates(Path(self._directory.name))
        self._threads = ThreadPoolExecutor(max_workers=256, thread_name_prefix="maxscale")
        self._listeners: dict[str, Listener] = {}
        self._proxies: dict[str, FaultProxy] = {}
        # Rings at every request and change of connections, also of those that run a statement.
        self.notice = Notice()
        actions = {"/database": self._switch_database, "/restart": self._restart}
        self._control = ControlEndpoint(self, actions, self.notice)
        self._faults: list[AnswerFault] = []
        self._database = MariaDB(Path(self._directory.name) / "mariadb")
        self._services: dict[str, Service] = {}
        self._log: list[dict[str, Any]] = NotedLog(self.notice)

    # Life cycle.

    async def start(self) -> None:
        """Starts the database server and opens every port."""
        await asyncio.to_thread(self._database.create)
        widths = await asyncio.to_thread(self._widths)
        ring = partial(asyncio.get_running_loop().call_soon_threadsafe, self.notice.ring)
        certificates = self._certificates
        for release in RELEASES:
            keys = Keys(certificates.leaf.key, self.options.now)
            self._services[release] = Service(release, self._database, self.options, keys, widths, ring)
            tls = certificates.server_context(certificates.leaf)
            serve = partial(self._serve, release)
            self._listeners[release] = Listener(release, serve, tls=tls, on_change=self.notice.ring)
        for name, context in certificates.strict_contexts().items():
            self._listeners[name] = Listener(name, partial(self._serve, _NEWEST), tls=context, clear=False)
        for listener in self._listeners.values():
            await listener.start()
        for release in RELEASES:
            self._proxies[release] = FaultProxy("127.0.0.1", self._listeners[release].port)
            await self._proxies[release].start()
        await self._control.start()

    def _widths(self) -> dict[int, int]:
        """Bytes of the longest character, by number of the collation."""
        with self._database.connect() as connection, connection.cursor() as cursor:
            cursor.execute(_WIDTHS)
            return dict(cursor.fetchall())

    async def stop(self) -> None:
        """Closes everything."""
        await self._control.stop()
        for proxy in self._proxies.values():
            await proxy.stop()
        for listener in self._listeners.values():
            await listener.stop()
        for service in self._services.values():
            service.close()
        await asyncio.to_thread(self._database.stop)
        self._threads.shutdown(wait=True)
        self._directory.cleanup()

    async def _serve(
        self, release: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, accepted: Accepted
    ) -> None:
        connection = HttpConnection(reader, writer, accepted, idle_seconds=600, head_bytes=1 << 20)
        await connection.run(partial(self._answer, release))

    # One request.

    async def _answer(self, release: str, http: HttpRequest) -> HttpResponse:
        service = self._services[release]
        entry: dict[str, Any] = {
            "connection": http.accepted.number, "listener": http.accepted.label, "release": release, "method": http.method,
            "target": _without_token(http.target), "secure": http.accepted.secure, "hasBody": bool(http.body),
            "authorization": http.headers.get("authorization", "").partition(" ")[0], "cookies": sorted(http.cookies()),
            "tokenInUrl": "token=" in http.query,
        }  # fmt: skip
        self._log.append(entry)
        try:
            call = call_of(http, service, self.options)
            kind = service.kind(call)
            entry |= {"request": kind, "message": masked(call)}
            self.notice.ring()
            facts = {"request": str(kind), "connection": http.accepted.number, "release": release}
            actions = call.actions = merged([f for f in self._faults if f.takes(call.sql, **facts)])
            if actions.get("loseKeys"):
                service.keys.forget()
            response = await asyncio.get_running_loop().run_in_executor(self._threads, self._run, service, call, kind)
        except Early as early:
            response = early.response
        except Exception as error:  # noqa: BLE001  a defect of the stand-in must reach the test that met it
            entry["defect"] = repr(error)
            response = HttpResponse(500, repr(error).encode(), close=True)
        if http.method == "HEAD":
            response.body, response.after = b"", ()
        entry["status"] = response.status
        return response

    def _run(self, service: Service, call: Call, kind: str | None) -> HttpResponse:
        actions, reply = call.actions, Reply(200)
        try:
            if not actions.get("before"):
                reply = service.handle(call, kind)
        except Refusal as refusal:
            reply = refused(refusal)
            reply.status = 403 if service.ancient and reply.status == 400 else reply.status
        if actions:
            reply.join()
            reply.body = patched(reply.body, actions)
        reply.status = int(actions.get("status", 400 if "error" in actions else reply.status))
        tagged = call.method in ("GET", "HEAD") and kind != "auth" and not call.threaded
        response = finished(reply, call.http, call.pretty, tagged)
        if not actions:
            return response
        response.body = broken(response.body, actions)
        return shaped(response, actions, "text/html")

    # Control.

    def info(self) -> dict[str, Any]:
        """Everything that a test needs to connect."""
        return {
            "standIn": "maxscale",
            "pid": os.getpid(),
            "control": self._control.url,
            "host": "127.0.0.1",
            "port": self._listeners[_NEWEST].port,
            **{f"port{r.replace('.', '')}": self._listeners[r].port for r in RELEASES if r != _NEWEST},
            "faultPort": self._proxies[_NEWEST].port,
            **{f"faultPort{r.replace('.', '')}": self._proxies[r].port for r in RELEASES if r != _NEWEST},
            "ports": {name: listener.port for name, listener in self._listeners.items()},
            **self._certificates.info(),
            "accounts": {name: password for name, (password, _) in ACCOUNTS.items()},
            "targets": {"server": SERVER, "service": ROUTER, "listener": LISTENER},
            "users": {mariadb.USER: mariadb.PASSWORD, mariadb.READER: mariadb.READER_PASSWORD},
            "catalog": "shop",
            "database": {
                "host": "127.0.0.1", "port": self._database.port, "socket": str(self._database.socket),
                "pid": self._database.pid,
            },
            "releases": RELEASES,
        }

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """Rules with `action` are for the proxies (`release` chooses one), the others for answers."""
        for rule in rules:
            if "action" not in rule:
                self._faults.append(AnswerFault.from_json(rule, ACTIONS, SELECTORS))
                continue
            release = rule.pop("release", None)
            for name in [release] if release else list(RELEASES):
                self._proxies[name].faults.append(ProxyFault.from_json(rule))

    def set_options(self, options: dict[str, Any]) -> dict[str, Any]:
        return self.options.change(options)

    async def _switch_database(self, body: Any) -> Any:
        """`{"running": false}` stops the database server, true starts it again with its data."""
        if set(body) != {"running"} or not isinstance(body["running"], bool):
            raise ValueError('{"running": true} or {"running": false}')
        if body["running"] != self._database.running:
            await asyncio.to_thread(self._database.start if body["running"] else self._database.stop)
        return {"running": self._database.running}

    async def _restart(self, body: Any) -> Any:
        """A new MaxScale process: connections and tokens are gone. `{"release": "24.02"}` restarts one."""
        for name in [body["release"]] if "release" in body else list(RELEASES):
            await asyncio.to_thread(self._services[name].restart)
        return {"status": "ok"}

    def reset(self) -> None:
        """Forgets faults and log and puts the options back; connections and data stay."""
        self._faults.clear()
        self._log.clear()
        for proxy in self._proxies.values():
            proxy.reset()
        self.options.restore(self._initial)

    def log_entries(self) -> list[dict[str, Any]]:
        return self._log

    def connections(self) -> dict[str, Any]:
        sessions = [s for service in self._services.values() for s in list(service.sessions.values())]
        return {
            "open": sum(listener.open for listener in self._listeners.values()),
            "accepted": sum(listener.accepted for listener in self._listeners.values()),
            "sessions": len(sessions),
            "busy": sum(s.busy for s in sessions),
            **traffic(self._proxies.values()),
        }


def _without_token(target: str) -> str:
    path, mark, query = target.partition("?")
    return path + mark + "&".join("token=***" if p.startswith("token=") else p for p in query.split("&"))

"""The Exasol stand-in: ports, shared state, control."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from testbed.common.certificates import make_certificates
from testbed.common.connect_proxy import ConnectProxy
from testbed.common.control import ControlEndpoint
from testbed.common.listener import Accepted, Listener
from testbed.common.notice import NotedLog, Notice
from testbed.common.proxy import FaultProxy, ProxyFault, traffic
from testbed.common.websocket import WebSocket
from testbed.exasol import login
from testbed.exasol.engine import Database, SqlSession
from testbed.exasol.json_faults import ReplyFault
from testbed.exasol.meta import SCHEMA
from testbed.exasol.options import Options
from testbed.exasol.session import Session

_FIRST_SESSION = 1659680558719702237
_TUNNEL_BYTE = 0x02


def create(**values: Any) -> "ExasolStandIn":
    """Makes a stand-in with these options (see options.py)."""
    options = Options()
    options.change(values)
    return ExasolStandIn(options, values)


class ExasolStandIn:
    """One database behind several ports."""

    def __init__(self, options: Options, initial: dict[str, Any]) -> None:
        self.options, self._initial = options, initial
        self._directory = tempfile.TemporaryDirectory(prefix="tern-testbed-")
        self._certificates = make_certificates(Path(self._directory.name))
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="exasol")
        self._session_ids = itertools.count(_FIRST_SESSION)
        self._listeners: dict[str, Listener] = {}
        self._nodes: list[Listener] = []
        self._proxy: FaultProxy | None = None
        self._connect_proxy: ConnectProxy | None = None
        self._faults: list[ReplyFault] = []
        self._sql_lock = threading.Lock()
        self.database = Database()
        self.database.collisions = options.collisions
        self.sessions: set[Session] = set()
        self.groups: dict[Any, Any] = {}
        self.notice = Notice()
        self._control = ControlEndpoint(self, notice=self.notice)
        self.log: list[dict[str, Any]] = NotedLog(self.notice)
        self.paths: list[str] = []
        self._key = login.LoginKey.make(options.key)

    # Life cycle.

    async def start(self) -> None:
        """Opens every port."""
        self._loop = asyncio.get_running_loop()
        certificates = self._certificates
        good = certificates.server_context(certificates.leaf)
        await self._start_nodes(good)
        self._listeners = {
            "plain": Listener("plain", self._connected),
            "tls": Listener("tls", self._connected, tls=good, clear=False),
        }
        for name, context in certificates.strict_contexts().items():
            self._listeners[name] = Listener(name, self._connected, tls=context, clear=False)
        if self.options.ipv6:
            self._listeners["ipv6"] = Listener("ipv6", self._connected, host="::1", tls=good)
        for listener in self._listeners.values():
            await listener.start()
        self._proxy = FaultProxy("127.0.0.1", self._nodes[0].port)
        await self._proxy.start()
        self._connect_proxy = ConnectProxy()
        await self._connect_proxy.start()
        await self._control.start()

    async def _start_nodes(self, good: Any) -> None:
        """Node i listens on 127.0.0.(1+i) at one common port, as cluster nodes do.

        With `hosts=same` every node is 127.0.0.1 and subconnections are told apart by login order.
        """
        for _ in range(20):
            first = Listener("node0", self._connected, tls=good)
            await first.start()
            nodes = [first]
            try:
                for index in range(1, self.options.nodes):
                    host = f"127.0.0.{index + 1}"
                    node = Listener(
                        f"node{index}", self._connected, host=host, port=first.port, tls=good
                    )
                    await node.start()
                    nodes.append(node)
            except OSError:
                for node in nodes:
                    await node.stop()
                continue
            self._nodes = nodes
            return
        raise OSError("no port is free on all node addresses")

    async def stop(self) -> None:
        """Closes every port and connection."""
        for session in list(self.sessions):
            if session.sql:
                session.sql.interrupt()
        await self._control.stop()
        if self._proxy:
            await self._proxy.stop()
        if self._connect_proxy:
            await self._connect_proxy.stop()
        for listener in [*self._listeners.values(), *self._nodes]:
            await listener.stop()
        self._threads.shutdown(wait=True)
        self.database.close()
        self._directory.cleanup()

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, accepted: Accepted
    ) -> None:
        if accepted.first_byte == _TUNNEL_BYTE and not accepted.secure:
            # HTTP tunnels are not served yet: read the hello, then end in an orderly way.
            await reader.read(12)
            self.log.append({"connection": accepted.number, "tunnelRefused": True})
            return
        socket = WebSocket(reader, writer)
        if await socket.handshake():
            assert socket.request is not None
            self.paths.append(socket.request.path)
            session = Session(self, socket, accepted)
            self.sessions.add(session)
            await session.run()

    # What sessions ask for.

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def next_session_id(self) -> int:
        return next(self._session_ids)

    def new_key(self) -> login.LoginKey:
        """The key of one login; ad hoc keys differ per server, not per login, to stay quick."""
        return self._key

    def open_sql(self, session_id: int, user: str) -> SqlSession:
        with self._sql_lock:
            return SqlSession(self.database, session_id, user)

    def fault_for(
        self, command: str, message: dict[str, Any], connection: int
    ) -> ReplyFault | None:
        return next((f for f in self._faults if f.takes(command, message, connection)), None)

    def session_data(self, session: Session) -> dict[str, Any]:
        """`responseData` of the last login message."""
        sql = session.sql
        assert sql is not None
        return {
            "protocolVersion": session.version,
            "timeZone": sql.formats.zone,
            "timeZoneBehavior": sql.zone_behavior,
            "sessionId": session.session_id,
            "maxDataMessageSize": self.options.max_message,
            "releaseVersion": self.options.release,
            "databaseName": "EXADB",
            "productName": "EXASolution",
            "maxIdentifierLength": 128,
            "maxVarcharLength": 2000000,
            "identifierQuoteString": '"',
        }

    def record_session(self, session: Session, message: dict[str, Any]) -> None:
        """Writes what the client said about itself where EXA_ALL_SESSIONS shows it."""
        if session.member_of:
            return
        client = f"{message.get('clientName', '')} {message.get('clientVersion', '')}".strip()
        with self._sql_lock:
            self.database.root.execute(
                f"INSERT INTO {SCHEMA}.sessions VALUES ($1,$2,'IDLE','NOT SPECIFIED',0,'0:00:00',$3,$4,$5,$6,"
                "NULL, now()::TIMESTAMP)",
                [
                    session.session_id,
                    session.user,
                    client,
                    message.get("driverName"),
                    message.get("clientOsUsername"),
                    message.get("clientOs"),
                ],
            )

    def forget(self, session: Session) -> None:
        self.sessions.discard(session)
        if session.group:
            self.groups.pop(session.group.token, None)
        if session.logged_in and not session.member_of:
            with self._sql_lock:
                self.database.root.execute(
                    f"DELETE FROM {SCHEMA}.sessions WHERE \"SESSION_ID\" = $1", [session.session_id]
                )

    def kill(self, session_id: int, whole: bool) -> None:
        """KILL SESSION drops the connection without a word, KILL STATEMENT aborts what runs."""
        for session in list(self.sessions):
            if session.session_id == session_id and not session.member_of:
                if whole:
                    asyncio.run_coroutine_threadsafe(self._drop(session), self._loop)
                elif session.sql:
                    session.sql.interrupt()

    @staticmethod
    async def _drop(session: Session) -> None:
        session.socket.abort()

    def node_hosts(self) -> list[str]:
        same = self.options.hosts == "same"
        return ["127.0.0.1" if same else node.host for node in self._nodes]

    def node_addresses(self) -> list[str]:
        return [f"{node.host}:{node.port}" for node in self._nodes]

    # Control.

    def info(self) -> dict[str, Any]:
        """Everything that a test needs to connect."""
        certificates = self._certificates
        proxy_port = self._proxy.port if self._proxy else 0
        return {
            "standIn": "exasol",
            "pid": os.getpid(),
            "control": self._control.url,
            "host": "127.0.0.1",
            "port": self._nodes[0].port,
            "faultPort": proxy_port,
            "connectProxy": self._connect_proxy.described() if self._connect_proxy else None,
            "ports": {name: listener.port for name, listener in self._listeners.items()},
            "nodes": self.node_addresses(),
            **certificates.info(),
            "fingerprints": {
                "leaf": certificates.leaf.fingerprint,
                "expired": certificates.expired.fingerprint,
                "wrongHost": certificates.wrong_host.fingerprint,
                "selfSigned": certificates.self_signed.fingerprint,
            },
            "users": {name: secret for name, secret in login.USERS.items() if secret},
            "refreshToken": next(iter(login.REFRESH_TOKENS)),
            "accessToken": next(iter(login.ACCESS_TOKENS)),
            "release": self.options.release,
        }

    def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """Rules with `action` are for the proxy, the others for replies."""
        assert self._proxy is not None
        for rule in rules:
            if "action" in rule:
                self._proxy.faults.append(ProxyFault.from_json(rule))
            else:
                self._faults.append(ReplyFault.from_json(rule))

    def set_options(self, values: dict[str, Any]) -> dict[str, Any]:
        result = self.options.change(values)
        self.database.collisions = (
            self.options.collisions if "collisions" in values else self.database.collisions
        )
        return result

    def reset(self) -> None:
        """Back to the options of the start; faults and log forgotten. Data stays."""
        self._faults.clear()
        if self._proxy:
            self._proxy.reset()
        self.log.clear()
        self.paths.clear()
        self.options.restore(self._initial, "nodes")
        self.database.collisions = self.options.collisions

    def log_entries(self) -> list[dict[str, Any]]:
        return self.log

    def connections(self) -> dict[str, Any]:
        listeners = [*self._listeners.values(), *self._nodes]
        return {
            "open": sum(listener.open for listener in listeners),
            "sessions": len(self.sessions),
            "accepted": sum(listener.accepted for listener in listeners),
            "connectProxyTunnels": self._connect_proxy.tunnels if self._connect_proxy else 0,
            **traffic([self._proxy] if self._proxy else []),
            "resultSets": sum(len(s.commands._results) for s in self.sessions),
            "paths": self.paths,
            "statements": sum(len(s.commands._prepared) for s in self.sessions),
        }

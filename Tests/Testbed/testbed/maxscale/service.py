"""One MaxScale process: its connections, keys and the endpoints of the `sql` resource."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import parse_qs

from testbed.common.http import HttpRequest
from testbed.maxscale.backend import Backend, Failure, lost
from testbed.maxscale.mariadb import MariaDB
from testbed.maxscale.options import Options
from testbed.maxscale.sessions import DEFAULT_ROWS, Async, Login, Session, killed_thread, results_json
from testbed.maxscale.tokens import Account, Keys, connection_cookies, connection_token, cookie, given_cookie, rest_token
from testbed.maxscale.values import dumped, real, string

# 24.02 and 22.08 are held to recorded traffic, the others made from what the reference says.
RELEASES = {"24.02": "24.02.4", "23.08": "23.08.8", "22.08": "22.08.14", "6.4": "6.4.8"}
SERVER, ROUTER, LISTENER = "server1", "RW", "RWListener"
# Services that cannot be opened, with what MaxScale says about them.
CLOSED = {
    "RC": "Service 'RC' has no listeners",
    "RM": "Service 'RM' has more than one listener, connect to a listener directly.",
}
_TRUE, _FALSE = {"yes", "true", "1", "on"}, {"no", "false", "0", "off"}
# What came with 23.02, and `clone` with 22.08.
_LATER = {"cancel", "result", "erase", "clone"}
# Results below this are made fresh also when results are kept.
_LARGE = 1 << 20
DENIED, UNENCRYPTED = "Access denied", "Connection is not encrypted"


class Refusal(Exception):
    """An answer in place of what was asked for."""

    def __init__(self, status: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass
class Reply:
    """An answer before it is written: compact JSON or nothing. `after` follows the body without a copy."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    after: tuple[bytes, ...] = ()

    def join(self) -> None:
        """Makes one body of the parts."""
        self.body, self.after = b"".join((self.body, *self.after)), ()


@dataclass
class Call:
    """A request taken apart. `path` has no version prefix; `body` is None when none was seen.

    `threaded` says that a thread of its own answers; such answers carry no entity tag.
    """

    http: HttpRequest
    method: str
    path: list[str]
    prefix: str
    body: Any
    account: Account
    actions: dict[str, Any] = field(default_factory=dict)
    threaded: bool = False

    @property
    def secure(self) -> bool:
        return self.http.accepted.secure

    @property
    def base(self) -> str:
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{self.http.headers.get('host', 'localhost')}{self.prefix}"

    def parameter(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return parse_qs(self.http.query, keep_blank_values=True).get(name, [None])[-1]

    def says(self, name: str) -> bool:
        return (self.parameter(name) or "").lower() in _TRUE

    @property
    def pretty(self) -> bool:
        return (self.parameter("pretty") or "").lower() not in _FALSE

    @property
    def sql(self) -> str:
        found = self.body.get("sql") if isinstance(self.body, dict) else None
        return found if isinstance(found, str) else ""


class Service:
    """Everything that dies with the process; requests come from many threads."""

    def __init__(
        self, release: str, database: MariaDB, options: Options, keys: Keys, widths: dict[int, int],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_change` is called, from any thread, when a connection begins to run something."""
        number = tuple(map(int, release.split(".")))
        self.release, self.modern, self.ancient = release, number >= (23, 2), number < (22, 8)
        self._typed = number >= (24, 2)
        self._database, self._options, self.keys, self._widths = database, options, keys, widths
        self._issuer = "maxscale" if self.modern else "mxs-query"
        self._router_sessions, self._names = itertools.count(1), itertools.count(1)
        self._on_change = on_change
        self.sessions: dict[str, Session] = {}
        self._kept: dict[tuple[str, int, str | None], bytes] = {}

    def restart(self) -> None:
        """A new process: no connection is known, tokens of the random key are void."""
        self.close()
        self.keys.forget()

    def close(self) -> None:
        """Ends every database session, also under a running statement."""
        sessions, self.sessions = list(self.sessions.values()), {}
        for session in sessions:
            if session.backend:
                session.backend.abort()
            if not session.busy:
                session.close()

    # Routes.

    def kind(self, call: Call) -> str | None:
        """The name of what a request asks for; None when the path does not exist."""
        method, path = call.method, call.path
        shape = [":id" if i == 1 and path[0] == "sql" else ":qid" if i == 3 else part for i, part in enumerate(path)]
        if path == ["sql", "odbc", "drivers"]:
            return "drivers" if method in ("GET", "HEAD") and self.modern else None
        name = _ROUTES.get((method.replace("HEAD", "GET"), "/".join(shape)))
        if self.modern or name not in _LATER:
            return name
        return name if name == "clone" and not self.ancient else None

    def handle(self, call: Call, kind: str | None) -> Reply:
        """Answers a request whose account has been accepted."""
        if call.method == "OPTIONS":
            return Reply(200, headers=[("Accept", "GET, POST")])
        if kind is None:
            raise Refusal(404)
        if len(call.path) > 1 and kind != "drivers":
            return self._of_connection(call, kind)
        plain: dict[str, Callable[[Call], Reply]] = {
            "auth": self._auth, "version": self._version, "servers": self._servers, "list": self._list, "open": self._open,
            "drivers": lambda c: _data(200, b"[]", c.base + "/sql/odbc/drivers/"),
        }  # fmt: skip
        return plain[kind](call)

    def _of_connection(self, call: Call, kind: str) -> Reply:
        session = self.sessions.get(call.path[1])
        if kind == "cancel" and session is None:
            raise Refusal(503, f"ID {call.path[1]} was not found.")
        if session is None:
            raise self._unknown(call.path[1], "connection_id")
        if kind == "get":
            return _data(200, self._describe(call, session), self._self(call, session))
        if kind in ("result", "erase") and call.path[3] != session.query_id:
            raise self._unknown(call.path[3], "query_id")
        if kind == "query" and call.body is None:
            raise Refusal(400, "Missing request body")
        self._check_token(call, session)
        if call.actions.get("loseSession"):
            self.sessions.pop(session.id).close()
            raise self._unknown(session.id, "connection_id")
        if call.actions.get("busy"):
            raise self._busy(session)
        known: dict[str, Callable[[Call, Session], Reply]] = {
            "close": self._close, "query": self._query, "result": self._result, "erase": self._erase,
            "cancel": self._cancel, "reconnect": self._reconnect, "clone": self._clone,
        }  # fmt: skip
        return known[kind](call, session)

    def _unknown(self, name: str, what: str) -> Refusal:
        return Refusal(404, f"{name} is not a {what}" if self.modern else None)

    def _busy(self, session: Session) -> Refusal:
        return Refusal(503, f"ID {session.id} is busy." if self.modern else f"ID {session.id} not found or is busy.")

    def _check_token(self, call: Call, session: Session) -> None:
        """The parameter decides when there is one, even against a good cookie."""
        token = call.parameter("token")
        if token is None:
            token = given_cookie(call.http.cookies(), session.id, self.ancient)
        claims = self.keys.verify(token)
        if claims is None or claims.get("iss") != self._issuer or "account" in claims:
            raise Refusal(400, "Malformed connection token")
        if claims.get("sub") != session.id:
            raise Refusal(400, f"URL is for connection {session.id}, token is for connection {claims.get('sub')}")

    # Accounts.

    def _auth(self, call: Call) -> Reply:
        if call.says("logout"):
            return Reply(200, headers=[("Set-Cookie", cookie("token_sig", "", None, call.secure))])
        given, seconds = _positive(call.parameter("max-age")), self._age(call)
        token = rest_token(self.keys, call.account, seconds, self._options.sign)
        if not self._persists(call):
            return Reply(200, b'{"meta":{"token":"%s"}}' % token.encode())
        return Reply(204, headers=[("Set-Cookie", cookie("token_sig", token, seconds if given else None, call.secure))])

    def _age(self, call: Call) -> int:
        asked = _positive(call.parameter("max-age")) or self._options.token_seconds
        return min(asked, self._options.max_token_seconds) if self.modern else asked

    def _persists(self, call: Call) -> bool:
        return call.says("persist") if self.modern else call.parameter("persist") == "yes"

    # Other resources.

    def _version(self, call: Call) -> Reply:
        attributes: dict[str, Any] = {"version": RELEASES[self.release]}
        if "fields" not in call.http.query:
            attributes |= {"commit": "0" * 40, "started_at": "Sat, 21 Nov 2026 03:16:10 GMT", "uptime": 1}
        document = {"attributes": attributes, "id": "maxscale", "type": "maxscale"}
        return _data(200, dumped(document).encode(), f"{call.base}/maxscale/")

    def _servers(self, call: Call) -> Reply:
        state = "Master, Running" if self._database.running else "Down"
        link = f"{call.base}/servers/"
        server = {"attributes": {"state": state}, "id": SERVER, "links": {"self": f"{link}{SERVER}/"}, "type": "servers"}
        return _data(200, dumped([server]).encode(), link)

    # Connections.

    def _self(self, call: Call, session: Session) -> str:
        return f"{call.base}/sql/{session.id}/"

    def _describe(self, call: Call, session: Session) -> bytes:
        attributes: dict[str, Any] = {"thread_id": session.thread_id}
        if self.modern:
            attributes |= {"seconds_idle": round(session.idle_seconds, 9), "sql": session.sql, "target": session.login.target}
        else:
            attributes["seconds_idle"] = int(session.idle_seconds)
        link = self._self(call, session)
        document: dict[str, Any] = {"id": session.id, "links": {"related": f"{link}queries/", "self": link}, "type": "sql"}
        return dumped(document if self.ancient else {**document, "attributes": attributes}).encode()

    def _list(self, call: Call) -> Reply:
        found = [self._describe(call, session) for _, session in sorted(self.sessions.items())]
        return _data(200, b"[%s]" % b",".join(found), f"{call.base}/sql/")

    def _open(self, call: Call) -> Reply:
        if call.body is None:
            raise Refusal(400, "Missing request body")
        return self._opened(call, self._login(call.body if isinstance(call.body, dict) else {}))

    def _login(self, body: dict[str, Any]) -> Login:
        target, user, password = (body.get(k) if isinstance(body.get(k), str) else None for k in ("target", "user", "password"))
        if not self.modern and None in (target, user, password):
            raise Refusal(400, "The `target`, `user` and `password` fields are mandatory")
        if target is None:
            raise Refusal(400, "The `target` field is mandatory")
        if target == "odbc" and self.modern:
            self._refuse_odbc(body.get("connection_string"))
        if user is None or password is None:
            raise Refusal(400, "The `user` and `password` fields are mandatory for this `target`")
        if target in CLOSED:
            raise Refusal(400, CLOSED[target])
        if target not in (SERVER, ROUTER, LISTENER):
            raise Refusal(400, f"Target '{target}' not found")
        database, timeout = body.get("db"), body.get("timeout")
        seconds = float(timeout) if type(timeout) is int and timeout >= 0 else self._options.default_timeout
        return Login(target, user, password, database if isinstance(database, str) and database else None, seconds)

    def _refuse_odbc(self, text: Any) -> None:
        if not isinstance(text, str):
            raise Refusal(400, "Missing connection string for ODBC connection.")
        pairs = dict(part.partition("=")[::2] for part in text.split(";"))
        driver = pairs.get("Driver", "")
        raise Refusal(400, f"[unixODBC][Driver Manager]Can't open lib '{driver}' : file not found")

    def _connect(self, login: Login) -> Backend:
        return Backend(self._database.port, login.user, login.password, login.database, login.timeout)

    def _opened(self, call: Call, login: Login) -> Reply:
        routed = login.target != SERVER
        try:
            name = str(next(self._names)) if self.ancient else None
            session = Session(login, self._connect, routed, next(self._router_sessions) if routed else None, name)
        except Failure as failure:
            place = f"[127.0.0.1]:{self._database.port}"
            raise Refusal(400, f"Connection to {place} failed. Error {failure.errno}: {failure.message}") from None
        self.sessions[session.id] = session
        age = self._age(call)
        token = connection_token(self.keys, session.id, self._issuer, age, self._options.sign)
        link = self._self(call, session)
        headers, meta = [("Location", link[:-1])], b',"meta":{"token":"%s"}' % token.encode()
        if self._persists(call):
            found = connection_cookies(session.id, token, age, call.secure, self.ancient)
            headers, meta = [*headers, *(("Set-Cookie", line) for line in found)], b""
        body = b'{"data":%s,"links":{"self":%s}%s}' % (self._describe(call, session), string(link), meta)
        return Reply(201, body, headers)

    def _clone(self, call: Call, session: Session) -> Reply:
        return self._opened(call, session.login)

    def _close(self, call: Call, session: Session) -> Reply:
        if not session.acquire():
            raise Refusal(404, f"Connection {session.id} not found or is busy.")
        self.sessions.pop(session.id, None)
        session.close()
        found = connection_cookies(session.id, "", None, call.secure, self.ancient)
        return Reply(204, headers=[("Set-Cookie", line) for line in found])

    def _reconnect(self, call: Call, session: Session) -> Reply:
        if not session.acquire():
            raise self._busy(session)
        try:
            session.reconnect(next(self._router_sessions) if session.login.target != SERVER else None)
        except Failure as failure:
            raise Refusal(503, f"Reconnect failed. Error {failure.errno}: {failure.message}") from None
        finally:
            session.release()
        return Reply(204)

    # Queries.

    def _query(self, call: Call, session: Session) -> Reply:
        body = call.body if isinstance(call.body, dict) else {}
        if not isinstance(body.get("sql"), str):
            raise Refusal(400, "No `sql` defined.")
        rows = _count(body, "max_rows", DEFAULT_ROWS)
        seconds = _count(body, "timeout", 0) if self.modern else 0
        if not session.acquire():
            raise self._busy(session)
        sql = body["sql"]
        session.next_query(sql)
        self._on_change()
        if self.modern and call.says("async"):
            return self._start(call, session, rows, seconds)
        try:
            spent, results = self._run(call, session, sql, rows, seconds)
        finally:
            session.release()
        return self._answer(201, call, session, sql, spent, results)

    def _run(self, call: Call, session: Session, sql: str, rows: int, seconds: int) -> tuple[float, bytes]:
        way = call.actions.get("loseBackend")
        if way and session.backend and way != "during":
            session.backend.close()
        place = (sql, rows, session.backend.database if session.backend else None)
        if self._options.keep_results and place in self._kept and session.backend and session.backend.alive:
            return 0.0, self._kept[place]
        spent, results, keep = session.run(self._routed_kill(session, sql), rows, seconds)
        if way == "during" and session.backend:
            session.backend.close()
            results = [lost()]
        if (number := killed_thread(sql)) is not None:
            self._await_death(number)
        document = results_json(results, keep, self._typed, self._widths)
        if self._options.keep_results and len(document) > _LARGE:
            self._kept[place] = document
        return spent, document

    def _routed_kill(self, session: Session, sql: str) -> str:
        """A router takes KILL for its own sessions, whose numbers are not those of the database."""
        number = killed_thread(sql, query=True) if session.login.target != SERVER else None
        if number is None:
            return sql
        others = (s.backend for s in list(self.sessions.values()) if s.thread_id == number and s.login.target != SERVER)
        thread = next((b.thread_id for b in others if b), 0)
        return sql.replace(str(number), str(thread), 1)

    def _await_death(self, thread_id: int) -> None:
        """KILL answers before the victim is gone; the next request shall find it gone."""
        sessions = [s for s in list(self.sessions.values()) if s.thread_id == thread_id and not s.busy]
        for session in sessions:
            if session.backend:
                session.backend.outlives(2)

    def _answer(
        self, status: int, call: Call, session: Session, sql: str, seconds: float, results: bytes | None
    ) -> Reply:
        """The answer of a query; `results` is absent while an asynchronous one is being accepted."""
        name = session.query_id
        link = string(f"{self._self(call, session)}queries/{name}/")
        head = b'{"data":{"attributes":{"execution_time":%s,' % real(round(seconds, 9)).encode()
        tail = b'"sql":%s},"id":"%s","type":"queries"},"links":{"self":%s}}' % (string(sql), name.encode(), link)
        return Reply(status, head, after=(tail,) if results is None else (b'"results":', results, b",", tail))

    def _start(self, call: Call, session: Session, rows: int, seconds: int) -> Reply:
        background = session.background = Async(session.sql or "", time.perf_counter())

        def work() -> None:
            spent, background.results = 0.0, results_json([lost()], None, True, {})
            with contextlib.suppress(OSError):
                spent, background.results = self._run(call, session, background.sql, rows, seconds)
            # Whoever sees the result may send the next query.
            session.release()
            background.seconds = spent

        reply = self._answer(202, call, session, background.sql, 0.0, None)
        reply.headers.append(self._broken_location(call, session))
        threading.Thread(target=work, daemon=True).start()
        return reply

    def _broken_location(self, call: Call, session: Session) -> tuple[str, str]:
        """Two slashes: nothing is found there."""
        return "Location", f"{call.base}//sql/{session.id}/queries/{session.query_id}"

    def _result(self, call: Call, session: Session) -> Reply:
        call.threaded = True
        background = session.background
        if background is None:
            raise Refusal(400, "No async query results found.")
        spent = background.seconds
        if spent is None:
            spent = time.perf_counter() - background.began
            reply = self._answer(202, call, session, background.sql, spent, b"{}")
            reply.headers.append(self._broken_location(call, session))
            return reply
        return self._answer(201, call, session, background.sql, spent, background.results)

    def _erase(self, call: Call, session: Session) -> Reply:
        if session.busy:
            raise self._busy(session)
        session.background = None
        return Reply(200)

    def _cancel(self, call: Call, session: Session) -> Reply:
        """Succeeds whether or not there was something to stop."""
        time.sleep(self._options.slow_cancel)
        if session.backend and not self._options.cancel_does_nothing:
            with contextlib.suppress(Failure):
                login = session.login
                other = self._connect(Login(login.target, login.user, login.password, None, login.timeout))
                other.run(b"KILL QUERY %d" % session.backend.thread_id, None)
                other.close()
        return Reply(200)


_ROUTES = {
    ("GET", "auth"): "auth", ("GET", "maxscale"): "version", ("GET", "servers"): "servers", ("GET", "sql"): "list",
    ("POST", "sql"): "open", ("GET", "sql/:id"): "get", ("DELETE", "sql/:id"): "close", ("POST", "sql/:id/queries"): "query",
    ("GET", "sql/:id/queries/:qid"): "result", ("DELETE", "sql/:id/queries/:qid"): "erase",
    ("POST", "sql/:id/cancel"): "cancel", ("POST", "sql/:id/reconnect"): "reconnect", ("POST", "sql/:id/clone"): "clone",
}  # fmt: skip


def _data(status: int, data: bytes, link: str) -> Reply:
    return Reply(status, b'{"data":%s,"links":{"self":%s}}' % (data, string(link)))


def _positive(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and int(value) > 0 else None


def _count(body: dict[str, Any], name: str, default: int) -> int:
    """A count that is not an integer is as good as none."""
    value = body.get(name)
    if type(value) is not int:
        return default
    if value < 0:
        raise Refusal(400, f"`{name}` cannot be negative.")
    return value

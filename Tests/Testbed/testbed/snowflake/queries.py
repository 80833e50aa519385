"""Statements on the server: each has an id, runs in a thread, and is remembered with its answer."""

from __future__ import annotations

import secrets
import threading
import time
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Callable

from testbed.snowflake.errors import CANCELED, SQLError
from testbed.snowflake.options import Options
from testbed.snowflake.results import Result
from testbed.snowflake.sessions import Session

_SLICE = 0.05
_KEPT = 500


@dataclass
class Query:
    """One statement. `requests` counts how often it was asked for, `executions` how often it was run."""

    id: str
    request_id: str
    session: Session
    sql: str
    body: dict[str, Any]
    started: float
    is_async: bool = False
    result: Result | None = None
    error: SQLError | None = None
    ended: float | None = None
    requests: int = 1
    executions: int = 0
    children: list["Query"] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    aborted: threading.Event = field(default_factory=threading.Event)
    timed_out: bool = False
    cursor: Any = None
    limit: float = 0.0
    listeners: list[Callable[[], None]] = field(default_factory=list)
    asked: int = 0
    form: str = "json"
    prepared: Any = None
    accept: str = ""

    @property
    def status(self) -> str:
        """The word that monitoring has for its state."""
        if not self.done.is_set():
            return "ABORTING" if self.aborted.is_set() else "RUNNING"
        if self.error is None:
            return "SUCCESS"
        return "ABORTED" if self.error.code == "000604" else "FAILED_WITH_ERROR"

    def wait(self, seconds: float) -> bool:
        """Waits for an abort, at most so long; a statement's own limit ends it, too."""
        return self.aborted.wait(seconds)


class Queries:
    """All statements, by their id and by the request that brought them."""

    def __init__(self, options: Options, threads: Executor) -> None:
        self._options, self._threads = options, threads
        self._prefix, self._next = f"01{secrets.token_hex(3)}", secrets.randbelow(1 << 20)
        self.by_id: dict[str, Query] = {}
        self.by_request: dict[tuple[int, str], Query] = {}
        self.all: list[Query] = []
        self._lock = threading.Lock()
        # Called in whichever thread a statement ends.
        self.on_end: Callable[[], None] = lambda: None

    def new_id(self) -> str:
        """An id of the service's form, which is no UUID of any version."""
        with self._lock:
            self._next += 1
            return f"{self._prefix}-0607-c{self._next % 4096:03x}-0000-1111{self._next:08x}"

    def known(self, session: Session, request_id: str) -> Query | None:
        return self.by_request.get((session.id, request_id)) if request_id else None

    def add(self, session: Session, request_id: str, sql: str, body: dict[str, Any]) -> Query:
        """Remembers a new statement."""
        query = Query(self.new_id(), request_id, session, sql, body, self._options.now())
        self.by_id[query.id] = query
        if request_id:
            self.by_request[session.id, request_id] = query
        self.all.append(query)
        self._forget_old()
        return query

    def _forget_old(self) -> None:
        """The service keeps results for a day; here the last ones are enough."""
        if len(self.all) > _KEPT:
            old = self.all[-_KEPT - 1]
            if old.done.is_set():
                old.result = old.prepared = None

    def child(self, parent: Query, sql: str) -> Query:
        """A statement of several; it has no request of its own."""
        query = Query(self.new_id(), "", parent.session, sql, parent.body, self._options.now(), form=parent.form)
        self.by_id[query.id] = query
        self.all.append(query)
        parent.children.append(query)
        return query

    def start(self, query: Query, work: Callable[[Query], Result], limit: float) -> None:
        """Runs a statement in a thread; after `limit` seconds by the server's clock it is stopped."""
        query.limit = limit
        query.executions += 1
        self._threads.submit(self._run, query, work)
        if 0 < limit < 172800:
            self._threads.submit(self._watch, query, limit)

    def _run(self, query: Query, work: Callable[[Query], Result]) -> None:
        try:
            query.result = work(query)
        except SQLError as error:
            query.error = error
        except Exception as error:  # noqa: BLE001  a defect of the stand-in must reach the test that met it
            query.error = SQLError("000603", "XX000", f"SQL execution internal error: {error!r}", "INTERNAL")
        if query.error is not None and query.timed_out:
            query.error = SQLError("000630", "57014", "Statement reached its statement or warehouse timeout of "
                                   f"{int(query.limit)} second(s) and was canceled.", "ABORTED")  # fmt: skip
        elif query.aborted.is_set() and (query.error is not None or query.result is not None):
            query.error, query.result = CANCELED, None
        query.ended = self._options.now()
        query.done.set()
        for listener in list(query.listeners):
            listener()
        self.on_end()

    def _watch(self, query: Query, limit: float) -> None:
        """The clock may be put ahead, so it is looked at again and again."""
        ends = query.started + limit
        while not query.done.is_set():
            left = ends - self._options.now()
            if left <= 0:
                query.timed_out = True
                self._stop(query)
                return
            query.done.wait(min(left, _SLICE))

    def abort(self, query: Query | None) -> bool:
        """Stops a statement that runs; False when none does."""
        if query is None or query.done.is_set():
            return False
        self._stop(query)
        return True

    @staticmethod
    def _stop(query: Query) -> None:
        query.aborted.set()
        # An interrupt that comes between two statements of DuckDB's is lost; it is given again.
        while not query.done.is_set():
            cursor = query.cursor
            if cursor is not None:
                cursor.interrupt()
            for child in query.children:
                child.aborted.set()
            if query.done.wait(_SLICE):
                return
            if time.time() - query.started > 600:
                return

    def abort_session(self, session: Session) -> None:
        """Stops what a session runs."""
        for query in [q for q in self.all if q.session is session and not q.done.is_set()]:
            self._threads.submit(self.abort, query)

    def report(self) -> list[dict[str, Any]]:
        """Every statement with how often it was asked for and run: proves that none ran twice."""
        return [{"queryId": q.id, "requestId": q.request_id, "sql": q.sql, "requests": q.requests, "executions": q.executions,
                 "status": q.status, "session": q.session.id} for q in self.all]  # fmt: skip

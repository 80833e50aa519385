"""Connections of the `sql` resource: a database session each, one statement at a time."""

from __future__ import annotations

import re
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Callable

from testbed.maxscale.backend import IN_TRANSACTION, Backend, Done, Failure, Result, Rows, gone, lost
from testbed.maxscale.values import string, text

DEFAULT_ROWS = 1000
# What is remembered after "no limit": no number that a client can ask for.
_NONE = -1
_KILL_ANY = re.compile(r"\s*kill\s+(?:hard\s+|soft\s+)?(?:connection\s+|query\s+)?(\d+)", re.I)
_KILL = re.compile(r"\s*kill\s+(?:hard\s+|soft\s+)?(?:connection\s+)?(\d+)", re.I)


@dataclass(frozen=True)
class Login:
    """The open request, which reconnect and clone repeat."""

    target: str
    user: str
    password: str
    database: str | None
    timeout: float


@dataclass
class Async:
    """A query that runs, or has run, in the background."""

    sql: str
    began: float
    seconds: float | None = None
    results: bytes = b"{}"


class Session:
    """One connection; `connect` makes a database session and may raise Failure."""

    def __init__(self, login: Login, connect: Callable[[Login], Backend], lazy: bool, number: int | None,
                 name: str | None = None) -> None:  # fmt: skip
        """`number` is the router's own of the session, `name` the id of old releases: a count."""
        self.id, self._mark = name or str(uuid.uuid4()), "-" if name else "."
        self.login, self._connect, self._lazy = login, connect, lazy
        self._lock = threading.Lock()
        self._rows = self._seconds = 0
        self.busy = False
        self.sql: str | None = None
        self.queries = 0
        self.background: Async | None = None
        self.backend: Backend | None = self._opened(login)
        self.thread_id = number if number is not None else self.backend.thread_id if self.backend else 0
        self.used = time.monotonic()

    def _opened(self, login: Login) -> Backend | None:
        """A router connects to its servers when it needs them, so that opening works when none is there."""
        try:
            return self._connect(login)
        except Failure as failure:
            if self._lazy and failure.errno == 2002:
                return None
            raise

    # One user at a time.

    def acquire(self) -> bool:
        """Takes the connection, or says that it is busy."""
        with self._lock:
            if self.busy:
                return False
            self.busy = True
            return True

    def release(self) -> None:
        self.used = time.monotonic()
        self.busy = False

    @property
    def idle_seconds(self) -> float:
        return 0.0 if self.busy else time.monotonic() - self.used

    # What the holder does.

    def next_query(self, sql: str) -> str:
        """Notes a new query, which makes an older result unreachable; its id."""
        self.queries += 1
        self.sql, self.background = sql, None
        return self.query_id

    @property
    def query_id(self) -> str:
        return f"{self.id}{self._mark}{self.queries}"

    def run(self, sql: str, rows: int, seconds: int) -> tuple[float, list[Result], int | None]:
        """Runs a text under these limits; seconds taken, results, and how many rows were to be kept."""
        if self.backend is None:
            try:
                self.backend = self._connect(self.login)
            except Failure:
                return 0.0, [lost()], 0
        backend = self.backend
        if failure := self._limit_time(backend, seconds) or self._limit_rows(backend, rows):
            return 0.0, [failure], 0
        # Nothing was ever remembered: then 0 does not mean "all", but no row.
        keep = rows if rows or self._rows == 0 else None
        began = time.perf_counter()
        results = backend.run(sql.encode(), keep)
        return time.perf_counter() - began, results, keep

    def _limit_rows(self, backend: Backend, rows: int) -> Failure | None:
        if rows == self._rows:
            return None
        failure = _set(backend, "sql_select_limit", rows)
        self._rows = self._rows if failure else rows or _NONE
        return failure

    def _limit_time(self, backend: Backend, seconds: int) -> Failure | None:
        if seconds == self._seconds:
            return None
        failure = _set(backend, "max_statement_time", seconds)
        self._seconds = self._seconds if failure else seconds or _NONE
        return failure

    def reconnect(self, number: int | None) -> None:
        """A new database session under the same id; what was remembered stays. Raises Failure."""
        if self.backend is None:
            self.backend = self._connect(self.login)
            return
        if self.backend.status & IN_TRANSACTION:
            # Refused once: the flag is cleared by the refusal.
            self.backend.status &= ~IN_TRANSACTION
            raise gone()
        login = Login(self.login.target, self.login.user, self.login.password, self.backend.database, self.login.timeout)
        fresh = self._connect(login)
        self.backend.close()
        self.backend = fresh
        self.thread_id = fresh.thread_id if number is None else number

    def close(self) -> None:
        """Ends the database session."""
        if self.backend:
            self.backend.close()


def killed_thread(sql: str, query: bool = False) -> int | None:
    """The number of a KILL that ends a connection, or with `query` also of one that ends a statement."""
    found = (_KILL_ANY if query else _KILL).match(sql)
    return int(found[1]) if found else None


def _set(backend: Backend, name: str, value: int) -> Failure | None:
    results = backend.run(f"SET {name}={value or 'DEFAULT'}".encode(), None)
    return results[-1] if isinstance(results[-1], Failure) else None


def results_json(results: list[Result], keep: int | None, metadata: bool, widths: dict[int, int]) -> bytes:
    """The `results` array; the members of its objects are in the order of their names."""
    parts = []
    for result in results:
        if isinstance(result, Rows):
            parts.append(_rows_json(result, keep, metadata, widths))
        elif isinstance(result, Done):
            parts.append(b'{"affected_rows":%d,"last_insert_id":%d,"warnings":%d}'
                         % (result.affected, result.insert_id, result.warnings))  # fmt: skip
        else:
            parts.append(b'{"errno":%d,"message":%s,"sqlstate":%s}'
                         % (result.errno, string(result.message), string(result.sqlstate)))  # fmt: skip
    return b"[%s]" % b",".join(parts)


def _rows_json(result: Rows, keep: int | None, metadata: bool, widths: dict[int, int]) -> bytes:
    complete = b"true" if keep is None or result.read < keep else b"false"
    fields = b",".join(text(c.name) for c in result.columns)
    more = b',"metadata":[%s]' % b",".join(c.metadata(widths) for c in result.columns) if metadata else b""
    return b'{"complete":%s,"data":[%s],"fields":[%s]%s}' % (complete, b",".join(result.rows), fields, more)


"""Sessions: their tokens, their parameters, and where they stand."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, Callable

from testbed.snowflake.errors import BAD_TOKEN, MASTER_EXPIRED, MASTER_INVALID, NO_TOKEN, SESSION_GONE, TOKEN_EXPIRED, Refusal
from testbed.snowflake.options import Options

# What a login answers, and every later answer repeats.
PARAMETERS: dict[str, Any] = {
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", "CLIENT_PREFETCH_THREADS": 4,
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS", "TIMESTAMP_TZ_OUTPUT_FORMAT": "", "CLIENT_RESULT_CHUNK_SIZE": 48,
    "CLIENT_SESSION_KEEP_ALIVE": False, "CLIENT_METADATA_USE_SESSION_DATABASE": False, "QUERY_CONTEXT_CACHE_SIZE": 5,
    "ENABLE_STAGE_S3_PRIVATELINK_FOR_US_EAST_1": False, "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "CLIENT_RESULT_PREFETCH_THREADS": 1, "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX": False,
    "CLIENT_HONOR_CLIENT_TZ_FOR_TIMESTAMP_NTZ": True, "CLIENT_MEMORY_LIMIT": 1536, "CLIENT_TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_LTZ",
    "TIMEZONE": "America/Los_Angeles", "SERVICE_NAME": "", "CLIENT_RESULT_PREFETCH_SLOTS": 2, "CLIENT_TELEMETRY_ENABLED": False,
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False, "CLIENT_USE_V1_QUERY_API": True, "CLIENT_DISABLE_INCIDENTS": True,
    "CLIENT_RESULT_COLUMN_CASE_INSENSITIVE": False, "BINARY_OUTPUT_FORMAT": "HEX", "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 65280, "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": 3600, "AUTOCOMMIT": True,
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "", "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ", "JSON_INDENT": 2, "QUERY_TAG": "",
    "STATEMENT_TIMEOUT_IN_SECONDS": 172800, "ROWS_PER_RESULTSET": 0, "GEOGRAPHY_OUTPUT_FORMAT": "GeoJSON",
    "VARCHAR_AND_BINARY_MAX_SIZE_IN_RESULT": 16777216, "ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE": False,
    "MULTI_STATEMENT_COUNT": 1, "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
}  # fmt: skip
_UNTOLD = {"STATEMENT_TIMEOUT_IN_SECONDS", "ROWS_PER_RESULTSET", "MULTI_STATEMENT_COUNT", "QUERY_TAG"}


@dataclass
class Session:
    """One session of a user."""

    id: int
    user: str
    account: str
    client: str
    version: str
    cursor: Any
    options: Options
    role: str | None = "PUBLIC"
    warehouse: str | None = None
    database: str | None = None
    schema: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    master: str = ""
    token_ends: float = 0.0
    master_ends: float = 0.0
    alive: bool = True
    sticky: str = ""
    renewals: int = 0
    heartbeats: int = 0
    last_query: str | None = None
    temporary: set[tuple[str, str, str]] = field(default_factory=set)
    stages: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    # Of the open transaction: what has been written, to be written again after an error.
    in_transaction: bool = False
    written: list[Any] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    def parameter(self, name: str) -> Any:
        """A parameter's value for this session."""
        return self.parameters.get(name, PARAMETERS.get(name))

    def told_parameters(self) -> list[dict[str, Any]]:
        """The list that every answer carries."""
        values = {**PARAMETERS, **self.parameters}
        values["SERVICE_NAME"] = self.options.service_name
        if "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD" not in self.parameters:
            values["CLIENT_STAGE_ARRAY_BINDING_THRESHOLD"] = self.options.stage_threshold
        return [{"name": k, "value": v} for k, v in values.items() if k not in _UNTOLD]

    def renew(self) -> None:
        """New tokens; the old ones are known, and refused."""
        number = self.renewals
        self.token = f"ver:1-hint:{self.id}-ST{number}-{secrets.token_urlsafe(48)}"
        self.master = f"ver:1-hint:{self.id}-MT{number}-{secrets.token_urlsafe(48)}"
        self.token_ends = self.options.now() + self.options.token_seconds
        self.master_ends = self.options.now() + self.options.master_seconds


class Sessions:
    """All sessions, by both of their tokens."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._next = 4611686018427387904 + secrets.randbelow(1 << 40)
        self.tokens: dict[str, Session] = {}
        self.masters: dict[str, Session] = {}
        self.all: list[Session] = []

    def add(self, make: Callable[[int], Session]) -> Session:
        """A new session with tokens."""
        self._next += 1
        session = make(self._next)
        session.sticky = secrets.token_hex(8)
        self.all.append(session)
        self._renew(session)
        return session

    def _renew(self, session: Session) -> None:
        session.renew()
        self.tokens[session.token] = session
        self.masters[session.master] = session

    def of(self, authorization: str) -> Session:
        """The session that a request is for; raises what the service answers otherwise."""
        given = _token(authorization)
        if given is None:
            raise Refusal(*NO_TOKEN, status=401)
        session = self.tokens.get(given)
        if session is None:
            raise Refusal(*BAD_TOKEN, status=401)
        if not session.alive:
            raise Refusal(*SESSION_GONE)
        if given != session.token or session.token_ends <= self._options.now():
            if self._options.unauthorized == "401":
                raise Refusal("390112", TOKEN_EXPIRED[1], status=401)
            raise Refusal(*TOKEN_EXPIRED)
        return session

    def renewed(self, authorization: str, old: str) -> Session:
        """Renews by the master token."""
        given = _token(authorization)
        session = self.masters.get(given or "")
        if session is None:
            raise Refusal("390113", "Master token not found in the request data." if given is None else MASTER_INVALID[1])
        if not session.alive:
            raise Refusal(*SESSION_GONE)
        if session.master_ends <= self._options.now():
            raise Refusal(*MASTER_EXPIRED)
        if given != session.master or self.tokens.get(old) is not session:
            raise Refusal(*MASTER_INVALID)
        session.renewals += 1
        self._renew(session)
        return session

    def open(self) -> int:
        return sum(s.alive for s in self.all)


def _token(authorization: str) -> str | None:
    """The text between the quotes of `Snowflake Token="..."`."""
    if not authorization.startswith('Snowflake Token="') or not authorization.endswith('"'):
        return None
    given = authorization[17:-1]
    return None if given in ("", "None") else given

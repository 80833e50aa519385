"""The commands after login, each a method that turns a request into a reply."""

from __future__ import annotations

import re
from typing import Any

from testbed.exasol import binds, metadata, parallel, settings
from testbed.exasol.errors import ExaError
from testbed.exasol.results import ResultColumn, ResultSet
from testbed.exasol.engine import Outcome
from testbed.exasol.translate import Translated

_FETCH_MAX = 67108864
_KILL = re.compile(
    r"\s*KILL\s+(SESSION|STATEMENT)\s+(?:IN\s+SESSION\s+)?(?:(\d+)|CURRENT_SESSION)\s*$", re.I
)


def _need(message: dict[str, Any], name: str) -> Any:
    if name not in message:
        raise ExaError(f"JSON value '/{name}' is required, but was not provided.", "00000")
    return message[name]


class Prepared:
    """A prepared statement and what its description said."""

    def __init__(
        self, sql: str, done: Translated | None, columns: list[ResultColumn] | None
    ) -> None:
        self.sql, self.done, self.columns = sql, done, columns


class Commands:
    """Handlers of one session; `session` is the connection they answer on."""

    def __init__(self, session: Any) -> None:
        self._s = session
        self._results: dict[int, ResultSet] = {}
        self._prepared: dict[int, Prepared] = {}
        self._handle: int | None = None
        self._extra: dict[str, Any] = {
            "feedbackInterval": 1,
            "resultSetMaxRows": 0,
            "snapshotTransactionsEnabled": False,
            "timestampUtcEnabled": False,
        }
        self._pending: dict[str, Any] = {}

    @property
    def _options(self) -> Any:
        return self._s.server.options

    async def handle(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        """Applies the request's attributes, then runs the command in a thread."""
        if self._s.member_of and command not in ("fetch", "executePreparedStatement"):
            await self._s.member_of.together(command)
        if command in ("requestParallelConnections", "enterParallel"):
            return self._parallel(command, message)
        return await self._s.server.in_thread(self._locked, command, message)

    def _locked(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        with self._s.sql.lock:
            before = self._visible()
            try:
                return self._run(command, message)
            except ExaError:
                # A forced rollback brings attributes back, and the error reply says which.
                self._pending = settings.changes(before, self._visible())
                raise

    def _run(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        before = self._visible()
        if command != "setAttributes":
            self._apply(message.get("attributes") or {})
        method = getattr(
            self, "_" + re.sub(r"(?<!^)([A-Z])", lambda m: "_" + m[1].lower(), command), None
        )
        if command in metadata.COMMANDS:
            reply = self._metadata(command, message)
        elif method is None or command not in _COMMANDS:
            raise ExaError(
                (
                    f"unknown command: {command}"
                    if command
                    else "JSON value '/command' is required, but was not provided."
                ),
                "00000",
            )
        else:
            reply = method(message)
        changed = settings.changes(before, self._visible())
        if (
            changed
            and command not in _NO_ECHO
            and (self._options.echo_attributes or command == "setAttributes")
        ):
            reply.setdefault("attributes", self._form(changed))
        return reply

    # Attributes.

    def set_initial(self, attributes: dict[str, Any]) -> None:
        """The attributes of the login; an unknown schema fails it."""
        self._s.sql.begin_call()
        self._apply({k: v for k, v in attributes.items() if k.lower() != "compressionenabled"})
        self._s.sql.rollback_engine()

    def _visible(self) -> dict[str, Any]:
        sql = self._s.sql
        return {**settings.snapshot(sql), "autocommit": sql.autocommit, **self._extra}

    def pending_changes(self) -> dict[str, Any]:
        """Attributes that an error changed: a rolled back transaction restores some."""
        pending, self._pending = self._pending, {}
        return self._form(pending) if self._options.echo_attributes else {}

    def _form(self, values: dict[str, Any]) -> dict[str, Any]:
        if "openTransaction" in values and self._options.open_transaction == "boolean":
            values = {**values, "openTransaction": bool(values["openTransaction"])}
        return values

    def _apply(self, attributes: dict[str, Any]) -> None:
        if not isinstance(attributes, dict):
            raise ExaError("JSON value '/attributes' must be an object.", "00000")
        for name, value in attributes.items():
            self._apply_one(name, value)

    def _apply_one(self, name: str, value: Any) -> None:
        sql, lower = self._s.sql, name.lower()
        if lower in settings.READ_ONLY:
            raise ExaError(f"Cannot set read-only protocol attribute '{name}'", "00000")
        match lower:
            case "autocommit":
                sql.autocommit = bool(value)
                if sql.autocommit and sql.in_transaction:
                    sql.commit()
            case "currentschema":
                if value:
                    from testbed.exasol import meta

                    if not meta.schema_exists(sql.run, value):
                        raise ExaError(f"schema {value} not found", "42000")
                    sql.set_schema(value)
            case "querytimeout":
                sql.query_timeout = float(value)
            case "resultsetmaxrows":
                sql.max_rows = int(value)
                self._extra["resultSetMaxRows"] = int(value)
            case "feedbackinterval":
                self._extra["feedbackInterval"] = value
                self._s.feedback = max(0.005, float(value))
            case "numericcharacters":
                sql.numeric_characters = str(value)
            case "snapshottransactionsenabled" | "timestamputcenabled":
                key = next(k for k in self._extra if k.lower() == lower)
                self._extra[key] = bool(value)
            case _:
                raise ExaError(f"Unknown protocol attribute '{name}'", "00000")

    def _get_attributes(self, message: dict[str, Any]) -> dict[str, Any]:
        values = {
            **self._visible(),
            "compressionEnabled": self._s.compression,
            "defaultLikeEscapeCharacter": "\\",
        }
        if self._options.attributes_form == "real":
            for name in ("feedbackInterval", "resultSetMaxRows", "timestampUtcEnabled"):
                values.pop(name)
        return {"status": "ok", "attributes": self._form(dict(sorted(values.items())))}

    def _set_attributes(self, message: dict[str, Any]) -> dict[str, Any]:
        attributes = _need(message, "attributes")
        self._apply(attributes)
        return {"status": "ok", "attributes": dict(attributes)}

    # Statements.

    def _execute(self, message: dict[str, Any]) -> dict[str, Any]:
        from testbed.exasol.tokens import strip_end

        sql = strip_end(str(_need(message, "sqlText")))
        if found := _KILL.match(sql):
            self._s.server.kill(
                int(found[2] or self._s.session_id), whole=found[1].upper() == "SESSION"
            )
            return self._reply([Outcome()])
        return self._reply([self._s.sql.execute(sql)])

    def _execute_batch(self, message: dict[str, Any]) -> dict[str, Any]:
        return self._reply([self._s.sql.execute(str(text)) for text in _need(message, "sqlTexts")])

    def _reply(self, outcomes: list[Outcome]) -> dict[str, Any]:
        results = [self._result(outcome) for outcome in outcomes]
        return {"status": "ok", "responseData": {"results": results, "numResults": len(results)}}

    def _result(self, outcome: Outcome) -> dict[str, Any]:
        if outcome.rows is None:
            return {"resultType": "rowCount", "rowCount": outcome.row_count}
        return {"resultType": "resultSet", "resultSet": self._result_set(outcome.rows)}

    def _describe(self, rows: ResultSet) -> list[dict[str, Any]]:
        return rows.described(
            self._s.version, modern=not self._options.release.startswith(("6.", "7."))
        )

    def _result_set(self, rows: ResultSet) -> dict[str, Any]:
        """Inline, behind a handle, or both: real servers show every combination."""
        mode, total = self._options.result_mode, rows.row_count
        if mode == "auto":
            mode = "inline" if total < self._options.inline_rows else "handle"
        inline = {
            "inline": total,
            "inline-handle": total,
            "negative-handle": total,
            "both": min(total, max(1, total // 4)),
        }.get(mode, 0)
        answer: dict[str, Any] = {
            "numColumns": len(rows.columns),
            "numRows": total,
            "numRowsInMessage": inline,
            "columns": self._describe(rows),
        }
        if mode == "negative-handle":
            answer["resultSetHandle"] = -3
        elif total and mode != "inline":
            rows.handle = self._next_handle()
            self._results[rows.handle] = rows
            answer["resultSetHandle"] = rows.handle
        if inline:
            answer["data"] = rows.page(0, inline)
        elif total and mode == "handle":
            answer["data"] = [[] for _ in rows.columns]
        return answer

    def _next_handle(self) -> int:
        self._handle = self._options.first_handle if self._handle is None else self._handle + 1
        return self._handle

    def _rows(self, handle: Any) -> ResultSet:
        # Results belong to the main connection; its subconnections see them under the same handle.
        owner = self._s.member_of.main.commands if self._s.member_of else self
        rows = owner._results.get(handle) if isinstance(handle, int) else None
        if rows is None:
            raise ExaError(f"Invalid result set handle: {handle}", "00000")
        return rows

    def _fetch(self, message: dict[str, Any]) -> dict[str, Any]:
        rows = self._rows(_need(message, "resultSetHandle"))
        start, size = int(_need(message, "startPosition")), int(_need(message, "numBytes"))
        if start < 0 or not 0 < size <= _FETCH_MAX:
            raise ExaError("invalid startPosition or numBytes", "00000")
        end = rows.row_count
        if self._s.member_of:
            first, end = self._share(rows)
            start = first + start if self._options.start_position == "local" else start
            if not first <= start < end:
                start = end
        count = min(rows.rows_for(size), max(0, end - start))
        if self._options.rows_per_fetch:
            count = min(count, self._options.rows_per_fetch)
        data = rows.page(start, count)
        # The text of a page may be several times the size that was asked for, but not beyond the limit.
        while (
            count > 1
            and rows.row_bytes * count * 8 > self._options.max_message
            and len(self._s.encode(data)) > self._options.max_message - 200
        ):
            count //= 2
            data = [column[:count] for column in data]
        return {"status": "ok", "responseData": {"numRows": count, "data": data}}

    def _close_result_set(self, message: dict[str, Any]) -> dict[str, Any]:
        for handle in _need(message, "resultSetHandles"):
            if self._s.member_of:
                continue
            if self._results.pop(handle, None) is None:
                raise ExaError(f"Invalid result set handle: {handle}", "00000")
        return {"status": "ok"}

    def _get_result_set_header(self, message: dict[str, Any]) -> dict[str, Any]:
        results = []
        for handle in _need(message, "resultSetHandles"):
            rows = self._rows(handle)
            results.append(
                {
                    "resultType": "resultSet",
                    "resultSet": {
                        "resultSetHandle": handle,
                        "numColumns": len(rows.columns),
                        "numRows": rows.row_count,
                        "numRowsInMessage": 0,
                        "columns": self._describe(rows),
                    },
                }
            )
        return {"status": "ok", "responseData": {"numResults": len(results), "results": results}}

    # Prepared statements.

    def _create_prepared_statement(self, message: dict[str, Any]) -> dict[str, Any]:
        from testbed.exasol.tokens import strip_end

        sql = strip_end(str(_need(message, "sqlText")))
        done, columns, _ = self._s.sql.prepare(sql)
        handle = self._next_handle()
        self._prepared[handle] = Prepared(sql, done, columns)
        data: dict[str, Any] = {"statementHandle": handle}
        if done and done.parameters:
            data["parameterData"] = {
                "numColumns": len(done.parameters),
                "columns": [
                    {"name": "", "dataType": kind.wire(self._s.version)} for kind in done.parameters
                ],
            }
        data["numResults"] = 1
        if columns is None:
            data["results"] = [{"resultType": "rowCount", "rowCount": 0}]
        else:
            empty = ResultSet(columns, [], 0, self._s.sql.formats)
            data["results"] = [
                {
                    "resultType": "resultSet",
                    "resultSet": {
                        "numColumns": len(columns),
                        "numRows": 0,
                        "numRowsInMessage": 0,
                        "columns": self._describe(empty),
                    },
                }
            ]
        return {"status": "ok", "responseData": data}

    def _execute_prepared_statement(self, message: dict[str, Any]) -> dict[str, Any]:
        owner = self._s.member_of.main.commands if self._s.member_of else self
        statement = owner._prepared.get(_need(message, "statementHandle"))
        if statement is None:
            raise ExaError(f"Invalid statement handle: {message['statementHandle']}", "00000")
        expected = statement.done.parameters if statement.done else []
        rows = binds.read_rows(message, expected, self._s.sql.formats)
        return self._reply([self._s.sql.execute_prepared(statement.sql, statement.done, rows)])

    def _close_prepared_statement(self, message: dict[str, Any]) -> dict[str, Any]:
        if (
            not self._s.member_of
            and self._prepared.pop(_need(message, "statementHandle"), None) is None
        ):
            raise ExaError(f"Invalid statement handle: {message['statementHandle']}", "00000")
        return {"status": "ok"}

    # Metadata, hosts, subconnections.

    def _metadata(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        if self._s.version < 2:
            raise ExaError(f"unknown command: {command}", "00000")
        text, values, columns = metadata.query(command, message)
        return self._reply([self._s.sql.metadata(text, values, columns)])

    def _get_hosts(self, message: dict[str, Any]) -> dict[str, Any]:
        _need(message, "hostIp")
        nodes = self._s.server.node_hosts()
        return {"status": "ok", "responseData": {"numNodes": len(nodes), "nodes": nodes}}

    def _get_offset(self, message: dict[str, Any]) -> dict[str, Any]:
        rows = self._rows(_need(message, "resultSetHandle"))
        first = self._share(rows)[0] if self._s.member_of else 0
        return {"status": "ok", "responseData": {"rowOffset": first}}

    def _share(self, rows: ResultSet) -> tuple[int, int]:
        return parallel.shares(rows.row_count, self._s.member_of.wanted)[self._s.node]

    def _parallel(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        if command == "requestParallelConnections" and self._s.version < 4:
            raise ExaError(f"unknown command: {command}", "00000")
        if command == "enterParallel":
            _need(message, "hostIp")
        wanted = int(_need(message, "numRequestedConnections"))
        if self._s.group:
            self._s.server.groups.pop(self._s.group.token, None)
            self._s.group.close()
            self._s.group = None
        count = min(wanted, self._options.nodes)
        data: dict[str, Any] = {"numOpenConnections": count, "token": 0}
        if count > 0:
            self._s.group = parallel.Group(self._s, count)
            self._s.server.groups[self._s.group.token] = self._s.group
            data["token"] = self._s.group.token
        if command == "enterParallel":
            data["nodes"] = self._s.server.node_addresses()[:count]
        return {"status": "ok", "responseData": data}

    def _disconnect(self, message: dict[str, Any]) -> dict[str, Any]:
        if not self._s.member_of:
            self._s.sql.rollback()
        return {"status": "ok"}


_NO_ECHO = {"getAttributes", "fetch", "closeResultSet", "getHosts", "getOffset", "disconnect"}
_COMMANDS = {
    "getAttributes",
    "setAttributes",
    "execute",
    "executeBatch",
    "fetch",
    "closeResultSet",
    "getResultSetHeader",
    "createPreparedStatement",
    "executePreparedStatement",
    "closePreparedStatement",
    "getHosts",
    "getOffset",
    "disconnect",
}

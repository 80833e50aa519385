"""One Avatica server process: its two caches and every request of the protocol."""

from __future__ import annotations

import itertools
import random
import threading
import zoneinfo
from collections import OrderedDict
from typing import Any, Callable

from testbed.avatica.catalog import Metadata
from testbed.avatica.database import Database, Execution, Session
from testbed.avatica.errors import AvaticaError, SqlError, general, java, no_such_connection, not_supported, syntax
from testbed.avatica.frames import Frame
from testbed.avatica.options import Options
from testbed.avatica.statement import Statement
from testbed.avatica.types import Column, SqlType
from testbed.avatica.values import parameter

_NOBODY = "00000000-0000-0000-0000-000000000000"
# Rows of a batch that are inserted at once.
_GROUP = 500
PASSWORDS = {"SA": "", "TERN": "tern-secret"}


class Connection:
    """An entry of the connection cache."""

    def __init__(self, session: Session, info: dict[str, str], now: float) -> None:
        self.session, self.info = session, info
        self.used = now


class Service:
    """State that dies with its process; a balancer in front of several mixes them up."""

    def __init__(self, database: Database, options: Options, address: str) -> None:
        self.database, self.options, self.address = database, options, address
        self.connections: OrderedDict[str, Connection] = OrderedDict()
        self.statements: OrderedDict[int, Statement] = OrderedDict()
        self._ids = itertools.count()
        self._lock = threading.RLock()
        self._default: Session | None = None

    def close(self) -> None:
        for connection in self.connections.values():
            connection.session.close()
        if self._default:
            self._default.close()

    def handle(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        """The response; raises AvaticaError and SqlError. `form` is json or protobuf."""
        response = self._handlers[request["request"]](self, request, form)
        metadata = {"response": "rpcMetadata", "serverAddress": self.address}
        if self.options.version >= (1, 6) and request["request"] not in ("commit", "rollback"):
            response["rpcMetadata"] = metadata
            for result in response.get("results") or []:
                result["rpcMetadata"] = metadata
        return response

    # Caches.

    def _connection(self, name: str | None) -> Connection:
        with self._lock:
            if self.options.version < (1, 5):
                return self._implicit(name or _NOBODY)
            if name is None:
                raise java("NullPointerException", "Connection id is null.")
            self._expire()
            found = self.connections.get(name)
            if found is None:
                raise no_such_connection()
            found.used = self.options.now()
            self.connections.move_to_end(name)
            return found

    def _implicit(self, name: str) -> Connection:
        if name not in self.connections:
            self.connections[name] = Connection(self.database.session(), {}, self.options.now())
        return self.connections[name]

    def _statement(self, number: int) -> Statement | None:
        with self._lock:
            self._expire()
            found = self.statements.get(number)
            if found:
                found.used = self.options.now()
                self.statements.move_to_end(number)
            return found

    def _expire(self) -> None:
        now, options = self.options.now(), self.options
        for name, connection in list(self.connections.items()):
            if now - connection.used > options.connection_seconds and options.version >= (1, 5):
                self._drop(name)
        for number, statement in list(self.statements.items()):
            if now - statement.used > options.statement_seconds:
                del self.statements[number]
        while len(self.connections) > options.connection_capacity:
            self._drop(next(iter(self.connections)))
        while len(self.statements) > options.statement_capacity:
            self.statements.popitem(last=False)

    def _drop(self, name: str) -> None:
        """Expiry loses the transaction; statements work until the session itself goes."""
        connection = self.connections.pop(name)
        connection.session.rollback()

    def _new_statement(self, connection: str | None, session: Session) -> Statement:
        with self._lock:
            druid = self.options.flavour == "druid"
            mine = [s for s in self.statements.values() if s.connection_id == connection]
            if druid and len(mine) >= 4:
                raise AvaticaError("RuntimeException: Too many open statements, limit is [4]")
            number = random.getrandbits(31) if self.options.version < (1, 5) else next(self._ids)
            statement = Statement(number, connection or "", session, self.options.now())
            self.statements[number] = statement
            self._expire()
            return statement

    # Connections.

    def _open(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        name, info = request.get("connectionId"), dict(request.get("info") or {})
        if name is None:
            raise java("NullPointerException", "")
        with self._lock:
            self._expire()
            if name in self.connections:
                raise AvaticaError(f"RuntimeException: Connection already exists: {name}")
            user = str(info.get("user") or "SA").upper()
            if user in PASSWORDS and info.get("password", PASSWORDS[user]) != PASSWORDS[user] or user not in PASSWORDS:
                if self.options.flavour == "druid":
                    raise AvaticaError("Unauthorized", code=2, state="00002", severity="ERROR", status=500)
                raise SqlError("SQLInvalidAuthorizationSpecException",
                               f"invalid authorization specification: {info.get('user')}", "28000", vendor=4001)  # fmt: skip
            if self.options.flavour == "druid" and len(self.connections) >= 25:
                raise AvaticaError("RuntimeException: Too many connections, limit is [25]")
            self.connections[name] = Connection(self.database.session(user), info, self.options.now())
            self._expire()
        return {"response": "openConnection"}

    def _close(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        with self._lock:
            found = self.connections.pop(str(request.get("connectionId")), None)
        if found:
            found.session.close()
        return {"response": "closeConnection"}

    def _sync(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        connection, wanted = self._connection(request.get("connectionId")), request.get("connProps")
        if wanted is None:
            raise java("NullPointerException", 'Cannot invoke "org.apache.calcite.avatica.Meta$ConnectionProperties.isAutoCommit()" '
                       'because "<parameter1>" is null')  # fmt: skip
        session = connection.session
        if self.options.flavour == "druid":
            echoed = {k: wanted.get(k) for k in ("autoCommit", "readOnly", "transactionIsolation", "catalog", "schema")}
            return {"response": "connectionSync", "connProps": {"connProps": "connPropsImpl", **echoed, "dirty": False}}
        for name, current in _current(session).items():
            value = wanted.get(name)
            same = str(value).upper() == str(current).upper() if name in ("catalog", "schema") else value == current
            if value is not None and not same:
                session.apply(name, value)
        properties = {"connProps": "connPropsImpl", **_current(session), "dirty": False}
        return {"response": "connectionSync", "connProps": properties}

    def _properties(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        self._connection(request.get("connectionId"))
        return {"response": "databaseProperties", "map": database_properties(self.options)}

    def _commit(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        self._connection(request.get("connectionId")).session.commit()
        return {"response": "commit"}

    def _rollback(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        self._connection(request.get("connectionId")).session.rollback()
        return {"response": "rollback"}

    # Statements.

    def _create_statement(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        name = request.get("connectionId")
        statement = self._new_statement(name, self._connection(name).session)
        return {"response": "createStatement", "connectionId": name, "statementId": statement.number}

    def _close_statement(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        with self._lock:
            found = self.statements.pop(request.get("statementId", 0), None)
        if found and found.running:
            found.session.interrupt()
        return {"response": "closeStatement"}

    def _prepare(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        name, sql = request.get("connectionId"), request.get("sql")
        session = self._connection(name).session
        if sql is None:
            raise general("General error")
        columns, kinds, parsed = session.describe(sql)
        statement = self._new_statement(name, session)
        statement.prepared, statement.kinds, statement.is_query = sql, kinds, parsed.returns_rows
        statement.limit = request.get("maxRowCount", 0) or -1
        signature = self._signature(columns, None, sql, self._parameters(kinds))
        return {"response": "prepare", "statement": {"connectionId": name, "id": statement.number, "signature": signature}}

    def _prepare_and_execute(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        if self.options.version < (1, 4):
            name = request.get("connectionId")
            statement: Statement | None = self._new_statement(name, self._connection(name).session)
        else:
            statement = self._statement(request.get("statementId", 0))
        if statement is None:
            return self._results(None)
        # A prepared statement of Phoenix also runs other texts; those of other drivers refuse.
        if statement.prepared is not None and self.options.flavour != "phoenix":
            raise not_supported()
        sql = request.get("sql")
        if sql is None:
            raise general("General error")
        total = request.get("maxRowCount", request.get("maxRowsTotal", 0))
        if total:
            statement.limit = total
        size = request.get("maxRowsInFirstFrame", 0)
        if self.options.version < (1, 8):
            size = -1 if total <= 0 else total
        statement.run(sql, [])
        return self._results(self._result_set(statement, size, form))

    def _execute(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        handle = request.get("statementHandle") or {}
        statement = self._statement(handle.get("id", 0))
        if statement is None:
            return self._results(None)
        if statement.prepared is None:
            raise _not_prepared()
        self._bind(statement, request.get("parameterValues"))
        if statement.is_query and handle.get("signature") is None:
            raise java("NullPointerException", 'Cannot read field "sql" because "<parameter1>.signature" is null')
        statement.run(statement.prepared, statement.values())
        result = self._result_set(statement, request.get("maxRowCount", 0), form, prepared=True)
        if result["signature"] is not None:
            # The text is the one that the client sent with the handle.
            sql = handle["signature"].get("sql")
            result["signature"] |= {"sql": sql, "parameters": self._parameters(statement.kinds)}
        return self._results(result)

    def _bind(self, statement: Statement, values: list[Any] | None, *, batch: bool = False) -> None:
        if values is None:
            return
        if len(values) > len(statement.kinds):
            raise general(f"Invalid argument in JDBC call: parameter index out of range: {len(statement.kinds) + 1}")
        zone, hybrid = self.zone, self.options.version < (1, 23)
        for at, item in enumerate(values):
            if item is None:
                if batch:
                    raise java("NullPointerException", 'Cannot invoke "org.apache.calcite.avatica.remote.TypedValue.toJdbc'
                               '(java.util.Calendar)" because "<local10>" is null')  # fmt: skip
                raise general("exception while executing query: unbound parameter")
            kind = statement.kinds[at]
            if item[0] in ("BYTE", "SHORT", "INTEGER", "LONG") and kind.kind in ("date", "time", "timestamp"):
                raise syntax("incompatible data type in conversion")
            try:
                statement.bound[at] = parameter(item[0], item[1], kind, zone, hybrid)
            except (ValueError, ArithmeticError, OverflowError) as error:
                raise SqlError("SQLDataException", "data exception: invalid character value for cast", "22018", vendor=203) from error

    def _batch(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        statement = self._statement(request.get("statementId", 0))
        head = {"response": "executeBatch", "connectionId": request.get("connectionId"), "statementId": request.get("statementId", 0)}
        if statement is None:
            return {**head, "updateCounts": None, "missingStatement": True}
        if self.options.flavour == "druid":
            raise not_supported("Batch not supported")
        plain = request["request"] == "prepareAndExecuteBatch"
        if not plain and statement.prepared is None:
            raise _not_prepared()
        if not plain and not request.get("parameterValues"):
            raise general("statement is not in batch mode")
        if not plain and statement.is_query:
            raise general("statement does not generate a row count")
        counts: list[int] = []
        items = list(request.get("sqlCommands" if plain else "parameterValues") or [])
        single = 0
        while items:
            if not plain and single == 0:
                group = self._grouped(statement, items)
                counts += [1] * group
                del items[:group]
                single = 0 if group else _GROUP
                continue
            single -= 1
            item = items.pop(0)
            if not plain:
                self._bind(statement, item, batch=True)
            try:
                result = statement.session.execute(item, []) if plain else statement.once()
            except SqlError as error:
                raise SqlError("BatchUpdateException", error.text, error.state, vendor=error.vendor,
                               extra=f"{error.category}: {error.text}") from error  # fmt: skip
            counts.append(-2 if result.table is not None else result.count)
        return {**head, "updateCounts": counts, "missingStatement": False}

    def _grouped(self, statement: Statement, items: list[Any]) -> int:
        """How many of the first rows were inserted at once; none where one of them must be looked at by itself."""
        rows: list[list[Any]] = []
        kept = dict(statement.bound)
        try:
            for item in items[:_GROUP]:
                self._bind(statement, item, batch=True)
                rows.append(statement.values())
        except (AvaticaError, SqlError):
            rows = []
        if rows and statement.session.insert(statement.prepared or "", rows):
            return len(rows)
        statement.bound = kept
        return 0

    def _fetch(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        statement = self._statement(request.get("statementId", 0))
        old = self.options.version < (1, 5)
        if statement is None and old:
            raise java("NullPointerException", f"Statement not found, potentially expired. {request.get('connectionId')}::"
                       f"{request.get('statementId')}")  # fmt: skip
        missing = statement is None or not statement.executed and not (old and statement.prepared is not None)
        if statement is None or missing:
            return {"response": "fetch", "frame": None, "missingStatement": statement is None, "missingResults": True}
        if old and statement.prepared is not None and request.get("parameterValues") is not None:
            self._bind(statement, request["parameterValues"])
            statement.run(statement.prepared, statement.values())
        size, offset = request.get("fetchMaxRowCount", 0), request.get("offset", 0)
        if self.options.flavour == "druid":
            if offset != statement.delivered:
                raise AvaticaError(f"RuntimeException: Requested offset[{offset}] does not match current offset[{statement.delivered}]")
            size = min(size, self.options.frame_rows) if size > 0 else self.options.frame_rows
        frame = statement.frame(size, offset, self.zone, form, fetched=True)
        frame.version = self.options.version
        response = {"response": "fetch", "frame": frame, "missingStatement": False, "missingResults": False}
        return {"response": "fetch", "frame": frame} if old else response

    def _sync_results(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        connection = self._connection(request.get("connectionId"))
        statement = self._statement(request.get("statementId", 0))
        head = {"response": "syncResults"}
        if statement is None:
            return {**head, "moreResults": False, "missingStatement": True}
        state, offset = request.get("state"), request.get("offset", 0)
        if self.options.flavour == "druid":
            if offset != statement.delivered:
                raise AvaticaError("RuntimeException: Cannot move to a different offset")
            return {**head, "moreResults": not statement.finished, "missingStatement": False}
        if state is None:
            raise java("NullPointerException", 'Cannot invoke "org.apache.calcite.avatica.QueryState.invoke(java.sql.Connection, '
                       'java.sql.Statement)" because "<parameter2>" is null')  # fmt: skip
        if statement.prepared is not None:
            raise not_supported()
        if state.get("type") == "METADATA":
            rows = Metadata(connection.session).operation(str(state.get("metaDataOperation")), state.get("operationArgs") or [])
            statement.take_rows(rows)
        else:
            statement.run(state.get("sql") or "", [])
        more = statement.skip_to(offset)
        return {**head, "moreResults": more, "missingStatement": False}

    # Metadata.

    def _metadata(self, request: dict[str, Any], form: str) -> dict[str, Any]:
        name = request.get("connectionId")
        session = self._connection(name).session
        metadata, kind = Metadata(session), request["request"]
        catalog, schema = request.get("catalog"), request.get("schemaPattern")
        calls: dict[str, Callable[[], Execution]] = {
            "getCatalogs": metadata.catalogs,
            "getTableTypes": metadata.table_types,
            "getTypeInfo": metadata.type_info,
            "getSchemas": lambda: metadata.schemas(catalog, schema),
            "getTables": lambda: metadata.tables(catalog, schema, request.get("tableNamePattern"), request.get("typeList")),
            "getColumns": lambda: metadata.columns(catalog, schema, request.get("tableNamePattern"), request.get("columnNamePattern")),
        }
        result = calls[kind]()
        if self.options.version < (1, 5):
            answer = Statement(-1, _NOBODY, session, self.options.now())
        else:
            answer = self._new_statement(name, session)
        answer.take(result)
        response = self._result_set(answer, -2, form)
        if self.options.flavour == "druid":
            self.statements.pop(answer.number, None)
        return response

    # Parts of answers.

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        return None if self.options.time_zone == "UTC" else zoneinfo.ZoneInfo(self.options.time_zone)

    def _results(self, result: dict[str, Any] | None) -> dict[str, Any]:
        if self.options.version < (1, 5):
            return {"response": "Service$ExecuteResponse", "results": [result]}
        return {"response": "executeResults", "missingStatement": result is None,
                "results": None if result is None else [result]}  # fmt: skip

    def _result_set(self, statement: Statement, size: int, form: str, *, prepared: bool = False) -> dict[str, Any]:
        result = statement.result
        head = {"response": "resultSet", "connectionId": statement.connection_id, "statementId": statement.number}
        if result is None or result.table is None:
            return {**head, "ownStatement": prepared, "signature": None, "firstFrame": None,
                    "updateCount": result.count if result else 0}  # fmt: skip
        if self.options.flavour == "druid":
            size = min(size, self.options.frame_rows) if size > 0 else self.options.frame_rows
        elif size > self.options.first_frame_rows or size < 0 and size != -2:
            size = self.options.first_frame_rows
        frame = statement.frame(-1 if size == -2 else size, 0, None, form)
        frame.version = self.options.version
        if self.options.version < (1, 5) and any(isinstance(v, list) for column in frame.columns for v in column):
            raise java("InvalidDefinitionException", "Direct self-reference leading to cycle")
        signature = self._signature(result.columns, frame, None, [])
        return {**head, "ownStatement": True, "signature": signature, "firstFrame": frame, "updateCount": -1}

    def _parameters(self, kinds: list[SqlType]) -> list[dict[str, Any]]:
        phoenix = self.options.flavour == "phoenix"
        return [_parameter(kind, at, phoenix) for at, kind in enumerate(kinds)]

    def _signature(self, columns: list[Column], frame: Frame | None, sql: str | None, parameters: list[Any]) -> dict[str, Any]:
        described = []
        for at, column in enumerate(columns):
            known = frame is not None and any(v is not None for v in frame.columns[at])
            item = column.metadata(at, known)
            if self.options.flavour == "druid":
                _as_druid(item)
            _as_old(item, self.options.version)
            described.append(item)
        return {"columns": described, "sql": sql, "parameters": parameters,
                "cursorFactory": {"style": "LIST", "clazz": None, "fieldNames": None}, "statementType": None}  # fmt: skip

    _handlers: dict[str, Callable[["Service", dict[str, Any], str], dict[str, Any]]] = {
        "openConnection": _open, "closeConnection": _close, "connectionSync": _sync, "databaseProperties": _properties,
        "commit": _commit, "rollback": _rollback, "createStatement": _create_statement, "closeStatement": _close_statement,
        "prepare": _prepare, "prepareAndExecute": _prepare_and_execute, "execute": _execute, "executeBatch": _batch,
        "prepareAndExecuteBatch": _batch, "fetch": _fetch, "syncResults": _sync_results, "getCatalogs": _metadata,
        "getSchemas": _metadata, "getTables": _metadata, "getTableTypes": _metadata, "getColumns": _metadata, "getTypeInfo": _metadata,
    }  # fmt: skip


def _current(session: Session) -> dict[str, Any]:
    return {"autoCommit": session.auto_commit, "readOnly": session.read_only, "transactionIsolation": session.isolation,
            "catalog": session.catalog, "schema": session.schema}  # fmt: skip


def _not_prepared() -> AvaticaError:
    return java("ClassCastException", "class org.hsqldb.jdbc.JDBCStatement cannot be cast to class java.sql.PreparedStatement")


def _parameter(kind: SqlType, at: int, phoenix: bool) -> dict[str, Any]:
    # Phoenix tells the element type of an array parameter in its type number.
    number = 3000 + kind.component.id if phoenix and kind.component else kind.id
    return {"signed": kind.signed, "precision": kind.parameter_precision, "scale": kind.scale, "parameterType": number,
            "typeName": kind.name, "className": kind.class_name, "name": f"?{at + 1}"}  # fmt: skip


def _as_druid(column: dict[str, Any]) -> None:
    """Druid fills only the label and calls every number and time a NUMBER."""
    column |= {"columnName": column["label"], "schemaName": "", "tableName": "", "catalogName": ""}
    if column["type"]["id"] in (-6, 5, 4, -5, 7, 8, 2, 3, 91, 92, 93):
        column["type"]["rep"] = "NUMBER"


def _as_old(column: dict[str, Any], version: tuple[int, int]) -> None:
    """Representations of old servers: decimals, and before 1.4 booleans, are objects."""
    kind = column["type"]
    if version < (1, 20) and kind["id"] in (2, 3) or version < (1, 4) and kind["id"] == 16:
        kind["rep"] = "OBJECT"


def database_properties(options: Options) -> dict[str, Any]:
    """The map of databaseProperties for a flavour and generation."""
    if options.flavour == "druid":
        return {}
    phoenix = options.flavour == "phoenix"
    result: dict[str, Any] = {
        "GET_SYSTEM_FUNCTIONS": "" if phoenix else "DATABASE,IFNULL,USER",
        "GET_NUMERIC_FUNCTIONS": "" if phoenix else "ABS,ACOS,ASIN,ATAN,CEILING,COS,EXP,FLOOR,LOG,MOD,PI,POWER,ROUND,SIGN,SIN,SQRT,TAN",
        "GET_TIME_DATE_FUNCTIONS": "" if phoenix else "CURDATE,CURTIME,DAYNAME,HOUR,MINUTE,MONTH,NOW,QUARTER,SECOND,YEAR",
        "GET_STRING_FUNCTIONS": "" if phoenix else "ASCII,CHAR,CONCAT,LCASE,LEFT,LENGTH,LTRIM,REPEAT,REPLACE,RTRIM,UCASE",
        "GET_S_Q_L_KEYWORDS": "",
        "GET_DEFAULT_TRANSACTION_ISOLATION": 2,
    }
    if options.version >= (1, 8):
        name, driver = ("Phoenix", "PhoenixEmbeddedDriver") if phoenix else ("HSQL Database Engine", "HSQL Database Engine Driver")
        major, minor = (5, 1) if phoenix else (2, 7)
        result |= {
            "AVATICA_VERSION": options.generation if options.generation.count(".") > 1 else options.generation + ".0",
            "GET_DRIVER_NAME": driver, "GET_DRIVER_VERSION": f"{major}.{minor}.1", "GET_DRIVER_MAJOR_VERSION": major,
            "GET_DRIVER_MINOR_VERSION": minor, "GET_DATABASE_PRODUCT_NAME": name, "GET_DATABASE_PRODUCT_VERSION": f"{major}.{minor}.1",
            "GET_DATABASE_MAJOR_VERSION": major, "GET_DATABASE_MINOR_VERSION": minor,
        }  # fmt: skip
    return result

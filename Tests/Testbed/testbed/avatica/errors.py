"""Errors in the shapes that real servers give them."""

from __future__ import annotations

import re
from typing import Any

import duckdb

_TRACE = "\n\tat org.apache.calcite.avatica.jdbc.JdbcMeta.propagate(JdbcMeta.java:700)\n\tat java.base/java.lang.Thread.run(Thread.java:1583)"


class AvaticaError(Exception):
    """An ErrorResponse: code, state and text as the server sends them."""

    def __init__(
        self,
        message: str | None,
        *,
        exceptions: list[str] | None = None,
        code: int = -1,
        state: str = "00000",
        severity: str = "UNKNOWN",
        status: int = 500,
        parse: bool = False,
    ) -> None:
        super().__init__(message or "")
        self.message, self.code, self.state, self.severity = message, code, state, severity
        self.exceptions = exceptions if exceptions is not None else [f"{message}{_TRACE}"]
        self.status, self.parse = status, parse

    def body(self) -> dict[str, Any]:
        """The ErrorResponse object without rpcMetadata."""
        return {
            "response": "error",
            "exceptions": self.exceptions,
            "errorMessage": self.message,
            "errorCode": self.code,
            "sqlState": self.state,
            "severity": self.severity,
        }


def no_such_connection() -> AvaticaError:
    """Unknown or expired connection: code 1 and no message."""
    return AvaticaError(
        None,
        exceptions=["org.apache.calcite.avatica.NoSuchConnectionException" + _TRACE],
        code=1,
        severity="ERROR",
    )


def java(name: str, text: str, package: str = "java.lang.") -> AvaticaError:
    """An exception of the server itself (no database involved)."""
    return AvaticaError(f"{name}: {text}", exceptions=[f"{package}{name}: {text}{_TRACE}"])


def jackson(name: str, text: str, body: str) -> AvaticaError:
    """A request that the JSON mapper refuses; the text carries the request, passwords included."""
    package = "com.fasterxml.jackson.databind.exc."
    if name in ("JsonParseException", "JsonEOFException"):
        package = "com.fasterxml.jackson.core."
    where = f'\n at [Source: (String)"{body[:500]}"; line: 1, column: {min(len(body), 500)}]'
    return AvaticaError(
        f"{name}: {text}{where}", exceptions=[f"{package}{name}: {text}{where}{_TRACE}"], parse=True
    )


class SqlError(Exception):
    """A database error before a flavour gives it its wire form."""

    def __init__(self, category: str, text: str, state: str, *, vendor: int = 0, extra: str = "") -> None:
        super().__init__(text)
        self.category, self.text, self.state = category, text, state
        self.vendor, self.extra = vendor, extra


def syntax(text: str, state: str = "42000", vendor: int = 601) -> SqlError:
    return SqlError("SQLSyntaxErrorException", text, state, vendor=vendor)


def not_found(name: str, *, column: bool = False) -> SqlError:
    text = f"user lacks privilege or object not found: {name}"
    return syntax(text, "42703" if column else "42M03", 504 if column else 1012)


def integrity(text: str) -> SqlError:
    return SqlError("SQLIntegrityConstraintViolationException", f"integrity constraint violation: {text}", "23000",
                    vendor=218)  # fmt: skip


def data(text: str, state: str = "22000", vendor: int = 201) -> SqlError:
    return SqlError("SQLDataException", f"data exception: {text}", state, vendor=vendor)


def not_supported(text: str = "feature not supported") -> SqlError:
    return SqlError("SQLFeatureNotSupportedException", text, "0A000", vendor=1)


def general(text: str) -> SqlError:
    return SqlError("SQLException", text, "HY000", vendor=101)


_PATTERNS: list[tuple[str, Any]] = [
    (r"Table with name \"?(.+?)\"? already exists", lambda m: syntax(f"object name already exists: {m[1]}", "42M04", 1013)),
    (r"(?:Schema|View|Index|Sequence) with name \"?(.+?)\"? already exists",
     lambda m: syntax(f"object name already exists: {m[1]}", "42M04", 1013)),
    (r"Scalar Function with name \"?(.+?)\"? does not exist", lambda m: not_found(m[1].upper())),
    (r"(?:Table|View|Schema|Sequence|Index|Function|Type)[\w ]* with name \"?(.+?)\"? does not exist",
     lambda m: not_found(m[1])),
    (r"schema with name \"?(.+?)\"? does not exist", lambda m: not_found(m[1])),
    (r"Referenced column \"(.+?)\" not found", lambda m: not_found(m[1], column=True)),
    (r"does not have a column (?:named|with name) \"(.+?)\"", lambda m: not_found(m[1], column=True)),
    (r"Referenced table \"(.+?)\" not found", lambda m: not_found(m[1])),
    (r"syntax error at end of input|SELECT clause without", lambda m: syntax("unexpected end of statement")),
    (r"syntax error at or near \"(.*?)\"", lambda m: syntax(f"unexpected token: {m[1].upper()}")),
    (r"[Dd]uplicate key \"(.*?)\"", lambda m: integrity(f"unique constraint or index violation ; SYS_PK_10264 table: {{table}}")),
    (r"NOT NULL constraint failed: (.+?)\.(.+)",
     lambda m: integrity(f"NOT NULL check constraint ; SYS_CT_10097 table: {m[1]} column: {m[2].split()[0].strip(chr(34))}")),
    (r"CHECK constraint failed on table \"(.+?)\" with expression CHECK\(\(+(?:length|char_length|octet_length)\(\"?(.+?)\"?\) <= (\d+)",
     lambda m: data(f"string data, right truncation ; size limit: {m[3]} table: {m[1]} column: {m[2]}", "22001", 206)),
    (r"CHECK constraint failed on table \"(.+?)\"", lambda m: integrity(f"check constraint ; SYS_CT_10098 table: {m[1]}")),
    (r"foreign key constraint.*?(?:because key|key) \"(.*?)\" does not exist",
     lambda m: integrity(f"foreign key no parent ; SYS_FK_10103 table: {{table}} value: {m[1].partition(': ')[2]}")),
    (r"still referenced by a foreign key", lambda m: integrity("foreign key no action; SYS_FK_10103 table: {table}")),
    (r"[Dd]ivision by zero", lambda m: data("division by zero", "22012", 202)),
    (r"date field value out of range: \"(.*?)\"|invalid (?:date|time|timestamp) field format: \"(.*?)\"",
     lambda m: data("invalid datetime format", "22007", 203)),
    (r"out of range|[Oo]verflow|Could not cast value .* to DECIMAL", lambda m: data("numeric value out of range", "22003", 204)),
    (r"Could not convert|Unimplemented type for cast|invalid .* format",
     lambda m: data("invalid character value for cast", "22018", 203)),
    (r"Cannot drop entry .* because there are entries that depend on it|depend on|main key table",
     lambda m: syntax("dependent objects exist: PUBLIC.ADULTS")),
    (r"Write-write conflict|Conflict on",
     lambda m: SqlError("SQLTransactionRollbackException", "transaction rollback: serialization failure", "40001", vendor=40001)),
    (r"[Ii]nterrupted", lambda m: SqlError("SQLTimeoutException", "statement is canceled", "HYT00", vendor=57014)),
    (r"transaction is aborted", lambda m: general("transaction rollback: current transaction is aborted")),
]  # fmt: skip


def from_duckdb(error: Exception, sql: str = "") -> SqlError:
    """The database error that the recorded server would have raised for a DuckDB error."""
    text = str(error)
    for pattern, make in _PATTERNS:
        if match := re.search(pattern, text, re.S):
            found: SqlError = make(match)
            if "{table}" in found.text:
                table = re.search(r'(?:INTO|UPDATE|FROM)\s+(?:"?[\w ]+"?\.)?"?(\w+)"?', sql, re.I)
                found.text = found.text.replace("{table}", table[1] if table else "?")
            return found
    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return syntax(text.split("\n")[0].partition(": ")[2] or text)
    return general(text.split("\n")[0])


def wire_form(error: SqlError, flavour: str) -> AvaticaError:
    """The ErrorResponse of a database error."""
    if flavour == "druid":
        text = f"Error while executing SQL: {error.text}"
        return AvaticaError(f"RuntimeException: {text} -> DruidException: {error.text}",
                            exceptions=[f"java.lang.RuntimeException: {text}{_TRACE}"])  # fmt: skip
    if flavour == "phoenix":
        text = f"ERROR {error.vendor} ({error.state}): {error.text}"
        name = "org.apache.phoenix.schema.TableNotFoundException" if error.vendor == 1012 else "java.sql.SQLException"
        short = name.rpartition(".")[2]
        return AvaticaError(f"RuntimeException: {name}: {text} -> {short}: {text}",
                            exceptions=[f"java.lang.RuntimeException: {name}: {text}{_TRACE}"])  # fmt: skip
    name, text = error.category, error.text
    if error.category == "BatchUpdateException" and error.extra:
        chain = f"RuntimeException: java.sql.{name}: {text} -> {name}: {text} -> {error.extra}"
    elif error.category == "SQLFeatureNotSupportedException":
        chain = f"RuntimeException: java.sql.{name}: {text} -> {name}: {text}"
    else:
        chain = f"RuntimeException: java.sql.{name}: {text} -> {name}: {text} -> HsqlException: {text}"
    stack = f"java.lang.RuntimeException: java.sql.{name}: {text}{_TRACE}\nCaused by: java.sql.{name}: {text}\n\t... 41 more\n"
    return AvaticaError(chain, exceptions=[stack])

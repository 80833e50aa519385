"""SQL errors in Exasol's words and codes, and the way from DuckDB's to them."""

from __future__ import annotations

import re

import duckdb


class ExaError(Exception):
    """An error reply: text without the session suffix, and the five-character code."""

    def __init__(
        self, text: str, code: str = "42000", *, fatal: bool = False, suffix: bool = True
    ) -> None:
        super().__init__(text)
        self.text, self.code, self.fatal, self.suffix = text, code, fatal, suffix


# Errors raised inside SQL carry this mark, so that they come back as they were meant.
MARK = re.compile(r"EXA\[(\w{5})\](.*?)\[/EXA\]", re.S)


def marked(code: str, text: str) -> str:
    """A text for DuckDB's error() that `from_duckdb` turns back into an ExaError."""
    return f"EXA[{code}]{text}[/EXA]"


def not_found(name: str, sql: str = "") -> ExaError:
    """`object X not found` with the position of its first mention."""
    return ExaError(f"object {name} not found{position(sql, name.split('.')[0])}")


def position(sql: str, word: str) -> str:
    """` [line L, column C]` of a word in the statement, or nothing."""
    found = re.search(r"(?<![\w\"])\"?" + re.escape(word) + r"(?![\w])", sql, re.I)
    if not found:
        return ""
    line = sql.count("\n", 0, found.start()) + 1
    column = found.start() - (sql.rfind("\n", 0, found.start()) + 1) + 1
    return f" [line {line}, column {column}]"


ABORTED = ("Client requested execution abort.", "R0003")
TIMED_OUT = ("Query terminated because timeout has been reached.", "R0001")
COLLISION = (
    "GlobalTransactionRollback msg: Transaction collision: automatic transaction rollback.",
    "40001",
)

_PATTERNS: list[tuple[str, str, str]] = [
    (r"Table with name (\S+) does not exist", "object {0} not found", "42000"),
    (r"View with name (\S+) does not exist", "object {0} not found", "42000"),
    (r"Schema with name (\S+) does not exist", "schema {0} not found", "42000"),
    (r'Referenced column "([^"]+)" not found', "object {0} not found", "42000"),
    (r'does not have a column named "([^"]+)"', "object {0} not found", "42000"),
    (r'Referenced table "([^"]+)" not found', "object {0} not found", "42000"),
    (
        r'column "([^"]+)" not found|Column with name (\S+) does not exist',
        "object {0} not found",
        "42000",
    ),
    (
        r"Scalar Function with name (\S+) does not exist",
        "function or script {0} not found",
        "42000",
    ),
    (r'Ambiguous reference to column name "([^"]+)"', "identifier {0} is ambiguous", "42000"),
    (r'with name "([^"]+)" already exists', "object {0} already exists", "42000"),
    (r"NOT NULL constraint failed: (\S+)", "constraint violation - not null (column {0})", "27001"),
    (
        r"Duplicate key|violates primary key|duplicate key",
        "constraint violation - primary key",
        "27002",
    ),
    (r"foreign key constraint", "constraint violation - foreign key", "27002"),
    (r"CHECK constraint failed", "data exception - string data, right truncation.", "22001"),
    (
        r'Could not convert string "?\'?([^"\']*)"?\'? to (?:INT|DECIMAL|DOUBLE|BIGINT|HUGEINT|BOOL)',
        "data exception - invalid character value for cast; Value: '{0}'",
        "22018",
    ),
    (
        r"(?:date|timestamp) field value out of range|invalid (?:date|timestamp) field",
        "data exception - invalid date value",
        "22007",
    ),
    (
        r"Could not convert string '([^']*)'",
        "data exception - invalid character value for cast; Value: '{0}'",
        "22018",
    ),
    (
        r"Could not cast value (\S+) to DECIMAL\((\d+),(\d+)\)",
        "data exception - numeric value out of range: value {0} does not fit DECIMAL({1},{2})",
        "22003",
    ),
    (r"[Oo]verflow|out of range", "data exception - numeric value out of range", "22003"),
    (r"must appear in the GROUP BY clause", "not a valid GROUP BY expression", "42000"),
    (
        r"table (\S+) has (\d+) columns but (\d+) values were supplied",
        "number of columns and values does not match",
        "42000",
    ),
]


def from_duckdb(error: Exception, sql: str) -> ExaError:
    """The Exasol error that stands for what DuckDB raised while it ran `sql`."""
    text = str(error)
    if found := MARK.search(text):
        return ExaError(found[2], found[1])
    if isinstance(error, duckdb.InterruptException):
        return ExaError(*ABORTED)
    if isinstance(error, duckdb.TransactionException) and "onflict" in text:
        return ExaError(*COLLISION)
    for pattern, message, code in _PATTERNS:
        if found := re.search(pattern, text):
            groups = [group for group in found.groups() if group] or [""]
            name = (
                groups[0].upper() if "not found" in message or "already" in message else groups[0]
            )
            where = position(sql, name) if "not found" in message or "ambiguous" in message else ""
            return ExaError(message.format(name, *groups[1:], "", "") + where, code)
    if isinstance(error, duckdb.ParserException):
        near = re.search(r'at or near "([^"]*)"', text)
        return syntax_error(sql, near[1] if near else "")
    first = text.split("\n")[0]
    return ExaError(re.sub(r"^[\w ]+Error: ", "", first) or "internal error", "42000")


def syntax_error(sql: str, token: str) -> ExaError:
    """Names an offending word as the server does: keywords end in an underscore."""
    shown = (
        f"{token.upper()}_"
        if re.fullmatch(r"\w+", token)
        else f"'{token}'" if token else "end of input"
    )
    return ExaError(
        f"syntax error, unexpected {shown}{position(sql, token) if token else ''}", "42000"
    )

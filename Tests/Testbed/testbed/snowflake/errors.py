"""What the service says when it refuses: codes, SQLSTATEs, texts; and DuckDB's errors in its words."""

from __future__ import annotations

import re
from typing import Any

import duckdb


class Refusal(Exception):
    """An answer without success; `data` is what it carries beside code and message."""

    def __init__(self, code: str | None, message: str, data: Any = None, status: int = 200) -> None:
        super().__init__(message)
        self.code, self.message, self.data, self.status = code, message, data, status


class SQLError(Exception):
    """A statement that failed."""

    def __init__(self, code: str, state: str, message: str, kind: str = "COMPILATION") -> None:
        super().__init__(message)
        self.code, self.state, self.message, self.kind = code, state, message, kind


TOKEN_EXPIRED = ("390112", "Session token has expired. Renew the session token to continue.")
SESSION_GONE = ("390111", "Session no longer exists. New login required to access the service.")
MASTER_EXPIRED = ("390114", "Authentication token has expired.  The user must authenticate again.")
MASTER_INVALID = ("390115", "Master token is invalid.  The user must authenticate again.")
NO_TOKEN = ("390103", "Session token not found in the request data.")
BAD_TOKEN = ("390104", "User must login again to access the service.")
CANCELED = SQLError("000604", "57014", "SQL execution canceled", "ABORTED")


def compilation(text: str, code: str = "001003", state: str = "42000") -> SQLError:
    """An error that the compiler finds."""
    return SQLError(code, state, "SQL compilation error:\n" + text)


def syntax(text: str) -> SQLError:
    """A statement that cannot be parsed."""
    return compilation(f"syntax error {text}")


def missing(name: str, kind: str = "Object") -> SQLError:
    """An object that does not exist, or may not be seen."""
    return compilation(f"{kind} '{name}' does not exist or not authorized.", "002003", "42S02")


def unsupported(what: str) -> SQLError:
    """Something that this stand-in, or the service, does not do."""
    return compilation(f"Unsupported feature '{what}'.", "000002", "0A000")


# Class of DuckDB's exception, pattern of its text, code, SQLSTATE, text with the groups of the pattern.
_KNOWN = [
    (duckdb.InterruptException, r"", "000604", "57014", "SQL execution canceled"),
    (duckdb.Error, r"(?:Table|View) with name \"?([^\" ]+)\"? already exists", "002002", "42710",
     "SQL compilation error:\nObject '{0}' already exists."),
    (duckdb.Error, r"(?:Schema|Database|database) with name \"?([^\" ]+)\"? already exists", "002002", "42710",
     "SQL compilation error:\nObject '{0}' already exists."),
    (duckdb.CatalogException, r"(?:Table|View|Schema|Sequence|Type|Catalog) with name \"?([^\"!]+?)\"? does not exist", "002003", "42S02",
     "SQL compilation error:\nObject '{0}' does not exist or not authorized."),
    (duckdb.CatalogException, r"(?:Scalar|Table|Aggregate|Macro)? ?Function with name \"?([^\" ]+)\"? does not exist", "002140", "42601",
     "SQL compilation error:\nUnknown function {0}"),
    (duckdb.BinderException, r"(?:Referenced|Table \"[^\"]*\" does not have a) column (?:named )?\"?([^\" ]+)\"?", "000904", "42000",
     "SQL compilation error: error line 1 at position 7\ninvalid identifier '{0}'"),
    (duckdb.BinderException, r"Column \"([^\"]+)\" referenced", "000904", "42000",
     "SQL compilation error: error line 1 at position 7\ninvalid identifier '{0}'"),
    (duckdb.BinderException, r"(?:Catalog|Schema) \"([^\"]+)\" does not exist", "002003", "02000",
     "SQL compilation error:\nSchema '{0}' does not exist or not authorized."),
    (duckdb.ConstraintException, r"NOT NULL constraint failed: (?:\w+\.)?\"?([^\"\s]+)", "100072", "22000",
     "NULL result in a non-nullable column"),
    (duckdb.ConstraintException, r"CHECK constraint failed .*length", "100078", "22000",
     "String is too long and would be truncated"),
    (duckdb.ConversionException, r"(?:Could not convert string|string) [\"']([^\"']*)[\"'] to (?:INT|DECIMAL|HUGEINT|DOUBLE|UINT|FLOAT)", "100038", "22018",
     "Numeric value '{0}' is not recognized"),
    (duckdb.ConversionException, r"Could not convert string [\"']([^\"']*)[\"'] to BOOL", "100037", "22018", "Boolean value '{0}' is not recognized"),
    (duckdb.ConversionException, r"Could not convert string [\"']([^\"']*)[\"'] to DECIMAL", "100038", "22018", "Numeric value '{0}' is not recognized"),
    (duckdb.ConversionException, r"(?:date|time|timestamp) field value out of range: [\"']([^\"']*)", "100035", "22007", "Date '{0}' is not recognized"),
    (duckdb.ConversionException, r"(?:invalid|date|time|timestamp)[^\"']*[\"']([^\"']*)", "100035", "22007", "Date '{0}' is not recognized"),
    (duckdb.ConversionException, r"out of range|Casting value|Could not cast value ([\d.-]+)", "100039", "22003", "Numeric value is out of range"),
    (duckdb.OutOfRangeException, r"", "100039", "22003", "Numeric value is out of range"),
    (duckdb.ParserException, r"at or near \"([^\"]*)\"", "001003", "42000", "SQL compilation error:\nsyntax error line 1 at position 0 unexpected '{0}'."),
    (duckdb.ParserException, r"", "001003", "42000", "SQL compilation error:\nsyntax error."),
]  # fmt: skip
# What macros and functions of the stand-in raise: `@code/state@text@`.
_RAISED = re.compile(r"@(\d{6})/(\w{5})@([^@]*)@")


def from_duckdb(error: Exception) -> SQLError:
    """The service's error for one of DuckDB's."""
    text = str(error)
    if raised := _RAISED.search(text):
        return SQLError(raised.group(1), raised.group(2), raised.group(3), "EXECUTION")
    for kind, pattern, code, state, message in _KNOWN:
        if isinstance(error, kind) and (match := re.search(pattern, text)):
            groups = [g or "" for g in match.groups()] or [""]
            return SQLError(code, state, message.format(*groups))
    return SQLError("001002", "42000", "SQL compilation error:\n" + text.split("\n\n")[0])


def raised(code: str, state: str, text: str) -> str:
    """The text by which a function that DuckDB calls names its error."""
    return f"@{code}/{state}@{text}@"

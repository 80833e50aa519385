"""The C API as Python sees it: cffi reads Include/tern.h itself, so a header that only a C compiler
understands fails here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cffi import FFI

ROOT = Path(__file__).resolve().parents[3]
HEADER = ROOT / "Include" / "tern.h"


def declarations() -> str:
    """The header without its directives and without the part that only C++ sees."""
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", HEADER.read_text(), flags=re.S)
    text = re.sub(r"^#define TERN_API.*$", "", text, flags=re.M)
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).replace(
        "TERN_API ", "")


def function_names() -> list[str]:
    """Every function that the header declares."""
    return re.findall(r"^TERN_API [^;(]*?(\w+)\(", HEADER.read_text(), re.M)


class TernError(Exception):
    """An error object as an exception."""

    def __init__(self, code: int, sqlstate: str, message: str, vendor_code: int) -> None:
        super().__init__(f"[{sqlstate}] {message}")
        self.code = code
        self.sqlstate = sqlstate
        self.message = message
        self.vendor_code = vendor_code


class Library:
    """libtern.so with errors as exceptions; handles stay raw."""

    def __init__(self, path: str) -> None:
        self.ffi = FFI()
        self.ffi.cdef(declarations())
        self.c: Any = self.ffi.dlopen(path)

    def error(self, code: int, error: Any) -> TernError:
        """Takes an error object apart and frees it."""
        state = self.ffi.string(self.c.tern_error_sqlstate(error)).decode()
        message = self.ffi.string(self.c.tern_error_message(error, self.ffi.NULL)).decode()
        assert self.c.tern_error_code(error) == code
        vendor = self.c.tern_error_vendor_code(error)
        self.c.tern_error_free(error)
        return TernError(code, state, message, vendor)

    def call(self, name: str, *arguments: Any) -> int:
        """Calls a function that takes an error last; returns TERN_OK or TERN_DONE."""
        place = self.ffi.new("tern_error **")
        code = getattr(self.c, name)(*arguments, place)
        if code < 0:
            assert place[0] != self.ffi.NULL, f"{name} failed without an error object"
            raise self.error(code, place[0])
        assert place[0] == self.ffi.NULL, f"{name} made an error and succeeded"
        return code

    def make(self, kind: str, name: str, *arguments: Any) -> Any:
        """Calls a function whose last place but one takes a new handle."""
        out = self.ffi.new(f"{kind} **")
        self.call(name, *arguments, out)
        return out[0]

    def connect(self, target: str) -> Any:
        """A connection."""
        return self.make("tern_connection", "tern_connect", target.encode(), -1)

    def query(self, connection: Any, sql: str) -> Any:
        """A result."""
        return self.make("tern_result", "tern_query", connection, sql.encode(), -1)

    def execute(self, connection: Any, sql: str) -> int:
        """Rows changed."""
        rows = self.ffi.new("int64_t *")
        self.call("tern_execute", connection, sql.encode(), -1, rows)
        return rows[0]

    def prepare(self, connection: Any, sql: str) -> Any:
        """A prepared statement."""
        return self.make("tern_statement", "tern_prepare", connection, sql.encode(), -1)

    def run(self, statement: Any) -> Any:
        """The result of a prepared statement."""
        return self.make("tern_result", "tern_statement_run", statement)

    def value(self, kind: str, result: Any, index: int) -> Any:
        """A typed value: `kind` names the getter."""
        types = {"int64": "int64_t *", "uint64": "uint64_t *", "double": "double *",
                 "bool": "int32_t *", "date": "int32_t *", "time": "int64_t *"}
        out = self.ffi.new(types[kind])
        self.call(f"tern_value_{kind}", result, index, out)
        return out[0]

    def text(self, result: Any, index: int) -> str | None:
        """A value's text, None for NULL."""
        if self.c.tern_value_is_null(result, index) == 1:
            return None
        out, length = self.ffi.new("const char **"), self.ffi.new("int64_t *")
        self.call("tern_value_text", result, index, out, length)
        found = self.ffi.buffer(out[0], length[0])[:]
        assert out[0][length[0]] == b"\0"
        return found.decode()

    def rows(self, result: Any) -> list[list[str | None]]:
        """The rest of a result as text; frees it."""
        count = self.c.tern_column_count(result)
        found = []
        while self.call("tern_result_step", result) == self.c.TERN_OK:
            found.append([self.text(result, index) for index in range(count)])
        self.c.tern_result_free(result)
        return found

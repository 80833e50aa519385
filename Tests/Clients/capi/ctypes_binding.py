"""The C API through ctypes alone: prototypes read from Include/tern.h, errors as exceptions."""

from __future__ import annotations

import ctypes
import re
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_uint8, c_uint64, c_void_p
from typing import Any

from binding import HEADER, TernError

PROTOTYPE = re.compile(r"^TERN_API ([^;(]*?)(\w+)\(([^;]*)\);", re.M)
NUMBERS = {"int32_t": c_int32, "int64_t": c_int64, "uint64_t": c_uint64, "uint8_t": c_uint8,
           "double": c_double}
LOG_CALLBACK = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_void_p, c_int64)


def ctype(declaration: str) -> Any:
    """The ctypes type of one parameter or return value."""
    words = declaration.replace("const ", "").replace("struct ", "").replace("*", " * ").split()
    name, stars = words[0], words.count("*")
    if name == "void":
        return c_void_p if stars else None
    if name == "char":
        return c_char_p if stars == 1 else POINTER(c_char_p)
    if name in NUMBERS:
        # Pointers to bytes stay addresses: bytes need not end with a NUL.
        kind = NUMBERS[name] if not stars else POINTER(NUMBERS[name])
        return c_void_p if name == "uint8_t" and stars == 1 else kind if stars < 2 else POINTER(c_void_p)
    if name == "tern_log_callback":
        return LOG_CALLBACK
    return c_void_p if stars == 1 else POINTER(c_void_p)


class Tern:
    """The library; `called` holds the names of the functions that were called."""

    def __init__(self, path: str) -> None:
        self._library = ctypes.CDLL(path)
        self.called: set[str] = set()
        for returned, name, parameters in PROTOTYPE.findall(HEADER.read_text()):
            function = getattr(self._library, name)
            function.restype = ctype(returned)
            listed = [] if parameters.strip() == "void" else parameters.split(",")
            function.argtypes = [ctype(" ".join(p.split())) for p in listed]

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._library, f"tern_{name}")

        def call(*arguments: Any) -> Any:
            self.called.add(f"tern_{name}")
            return function(*arguments)

        return call

    def check(self, name: str, *arguments: Any) -> int:
        """Calls a function whose last parameter is the error; TERN_OK or TERN_DONE."""
        error = c_void_p()
        code = getattr(self, name)(*arguments, byref(error))
        if code >= 0:
            return code
        state, message = self.error_sqlstate(error).decode(), self.error_message(error, None).decode()
        vendor = self.error_vendor_code(error)
        self.error_free(error)
        raise TernError(code, state, message, vendor)

    def make(self, name: str, *arguments: Any) -> c_void_p:
        """Calls a function that makes a handle."""
        out = c_void_p()
        self.check(name, *arguments, byref(out))
        return out

    def number(self, name: str, kind: Any, *arguments: Any) -> Any:
        """Calls a function that writes one number."""
        out = kind()
        self.check(name, *arguments, byref(out))
        return out.value

    def text(self, name: str, *arguments: Any) -> str:
        """Calls a function that hands out text and its length."""
        text, length = c_char_p(), c_int64()
        self.check(name, *arguments, byref(text), byref(length))
        return ctypes.string_at(text, length.value).decode()

    def rows(self, result: c_void_p) -> list[list[str | None]]:
        """The rest of a result as text; the result is freed."""
        rows = []
        while self.check("result_step", result) == 0:
            rows.append([
                None if self.value_is_null(result, index) else self.text("value_text", result, index)
                for index in range(self.column_count(result))])
        self.result_free(result)
        return rows

    def ask(self, connection: c_void_p, sql: str) -> c_void_p:
        """A result."""
        return self.make("query", connection, sql.encode(), -1)

"""The same as query.c with nothing but ctypes: what any language's foreign functions can do.

TERN_LIBRARY=libtern.so TERN_TARGET=... TERN_USER=... TERN_PASSWORD=... python query.py 'SELECT 1'
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_void_p

OK, DONE = 0, 1

tern = ctypes.CDLL(os.environ["TERN_LIBRARY"])
for name in ("tern_error_message", "tern_error_sqlstate"):
    getattr(tern, name).restype = c_char_p
tern.tern_error_message.argtypes = [c_void_p, c_void_p]
tern.tern_error_sqlstate.argtypes = [c_void_p]
for name in ("tern_column_name", "tern_column_type_name"):
    getattr(tern, name).restype = c_char_p
    getattr(tern, name).argtypes = [c_void_p, c_int32, c_void_p]
tern.tern_target_new.argtypes = [c_char_p, c_int64, POINTER(c_void_p), POINTER(c_void_p)]
tern.tern_target_set.argtypes = [c_void_p, c_char_p, c_char_p, c_int64, POINTER(c_void_p)]
tern.tern_target_connect.argtypes = [c_void_p, POINTER(c_void_p), POINTER(c_void_p)]
tern.tern_query.argtypes = [c_void_p, c_char_p, c_int64, POINTER(c_void_p), POINTER(c_void_p)]
tern.tern_column_count.argtypes = [c_void_p]
tern.tern_result_step.argtypes = [c_void_p, POINTER(c_void_p)]
tern.tern_value_is_null.argtypes = [c_void_p, c_int32]
tern.tern_value_text.argtypes = [
    c_void_p, c_int32, POINTER(c_char_p), POINTER(c_int64), POINTER(c_void_p)]
for name in ("tern_target_free", "tern_result_free", "tern_connection_free"):
    getattr(tern, name).argtypes = [c_void_p]
    getattr(tern, name).restype = None

error = c_void_p()


def check(code: int) -> int:
    """Ends the program with the library's own words when a call failed."""
    if code < 0:
        state = tern.tern_error_sqlstate(error).decode()
        sys.exit(f"[{state}] {tern.tern_error_message(error, None).decode()}")
    return code


def cell(result: c_void_p, column: int) -> str:
    """One value as text."""
    if tern.tern_value_is_null(result, column):
        return "NULL"
    text, length = c_char_p(), c_int64()
    check(tern.tern_value_text(result, column, byref(text), byref(length), byref(error)))
    return ctypes.string_at(text, length.value).decode()


def main() -> None:
    """Connects, runs the query, prints the rows, frees in the order of use."""
    target, connection, result = c_void_p(), c_void_p(), c_void_p()
    check(tern.tern_target_new(os.environ["TERN_TARGET"].encode(), -1, byref(target), byref(error)))
    for option in ("user", "password"):
        value = os.environ[f"TERN_{option.upper()}"].encode()
        check(tern.tern_target_set(target, option.encode(), value, -1, byref(error)))
    check(tern.tern_target_connect(target, byref(connection), byref(error)))
    check(tern.tern_query(connection, sys.argv[1].encode(), -1, byref(result), byref(error)))
    columns = range(tern.tern_column_count(result))
    print(" | ".join(
        f"{tern.tern_column_name(result, i, None).decode()}:"
        f"{tern.tern_column_type_name(result, i, None).decode()}" for i in columns))
    while check(tern.tern_result_step(result, byref(error))) != DONE:
        print(" | ".join(cell(result, i) for i in columns))
    tern.tern_result_free(result)
    tern.tern_connection_free(connection)
    tern.tern_target_free(target)


if __name__ == "__main__":
    main()

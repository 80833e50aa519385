"""SQLBrowseConnect through the manager: prints each code and what the driver asks for.

    browse.py TEXT [TEXT …]

One call a text; a query runs at the end. Exits with the last code.
"""

from __future__ import annotations

import ctypes
import sys

ENVIRONMENT, CONNECTION, STATEMENT = 1, 2, 3
ODBC_VERSION, ODBC_3 = 200, 3
NEED_DATA = 99


def handle(library: ctypes.CDLL, kind: int, parent: ctypes.c_void_p | None) -> ctypes.c_void_p:
    """A handle of that kind."""
    made = ctypes.c_void_p()
    assert library.SQLAllocHandle(kind, parent, ctypes.byref(made)) == 0
    return made


def message(library: ctypes.CDLL, connection: ctypes.c_void_p) -> str:
    """The first diagnostic of the connection."""
    state, text = ctypes.create_string_buffer(6), ctypes.create_string_buffer(2000)
    native, length = ctypes.c_int(), ctypes.c_short()
    library.SQLGetDiagRec(CONNECTION, connection, ctypes.c_short(1), state, ctypes.byref(native),
                          text, ctypes.c_short(2000), ctypes.byref(length))
    return f"[{state.value.decode()}] {text.value.decode(errors='replace')}"


def main() -> int:
    """Asks and answers."""
    library = ctypes.CDLL("libodbc.so.2")
    environment = handle(library, ENVIRONMENT, None)
    library.SQLSetEnvAttr(environment, ODBC_VERSION, ctypes.c_void_p(ODBC_3), 0)
    connection = handle(library, CONNECTION, environment)
    code = NEED_DATA
    for text in sys.argv[1:]:
        question = ctypes.create_string_buffer(4000)
        length = ctypes.c_short()
        code = library.SQLBrowseConnect(
            connection, text.encode(), ctypes.c_short(-3), question, ctypes.c_short(4000),
            ctypes.byref(length))
        print(code, question.value.decode(), flush=True)
        if code not in (0, 1, NEED_DATA):
            print(message(library, connection))
            return code
    if code in (0, 1):
        statement = handle(library, STATEMENT, connection)
        print("query", library.SQLExecDirect(statement, b"SELECT 40 + 2", -3))
        library.SQLFreeHandle(STATEMENT, statement)
        library.SQLDisconnect(connection)
    return code


if __name__ == "__main__":
    sys.exit(main())

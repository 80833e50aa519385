"""One connection of the C API with what the tests of the driver do over and over."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from binding import Library, TernError

__all__ = ["Library", "Session", "TernError"]


class Session:
    """A connection; every failure is a `TernError`."""

    def __init__(self, library: Library, target: str) -> None:
        self._library = library
        self._handle = library.connect(target)

    def rows(self, sql: str) -> list[list[str | None]]:
        """All rows of a query, as text."""
        return self._taken_and_freed(self._library.query(self._handle, sql))

    def table(self, sql: str) -> pa.Table:
        """All rows of a query as Arrow."""
        ffi = self._library.ffi
        result, stream = self._library.query(self._handle, sql), ffi.new("struct ArrowArrayStream *")
        self._library.call("tern_result_stream", result, stream)
        self._library.c.tern_result_free(result)
        address = int(ffi.cast("uintptr_t", stream))
        return pa.RecordBatchReader._import_from_c(address).read_all()

    def execute(self, sql: str) -> int:
        """Rows changed."""
        return self._library.execute(self._handle, sql)

    def number_made(self, sql: str) -> int | None:
        """What a statement put into a column that numbers its rows."""
        result, place = self._library.query(self._handle, sql), self._library.ffi.new("uint64_t *")
        found = self._library.c.tern_result_last_insert_id(result, place)
        self._library.c.tern_result_free(result)
        assert found in (0, 1)
        return int(place[0]) if found else None

    def open(self, sql: str) -> "Cursor":
        """A query of which rows are taken one by one."""
        return Cursor(self._library, self._library.query(self._handle, sql))

    def prepare(self, sql: str) -> "Prepared":
        """A prepared statement."""
        return Prepared(self._library, self._library.prepare(self._handle, sql))

    def catalog(self, kind: str, **names: str) -> list[list[str | None]]:
        """Rows of a catalog question, such as TABLES."""
        ffi = self._library.ffi
        wanted = [
            ffi.NULL if name is None else ffi.new("char[]", name.encode())
            for name in (names.get(part) for part in ("catalog", "schema", "table", "column"))
        ]
        what = getattr(self._library.c, f"TERN_CATALOG_{kind}")
        return self._taken_and_freed(
            self._library.make("tern_result", "tern_catalog", self._handle, what, *wanted))

    def set(self, key: str, value: str) -> None:
        """An option of the open connection."""
        self._library.call("tern_connection_set", self._handle, key.encode(), value.encode(), -1)

    def commit(self) -> None:
        """Ends the transaction."""
        self._library.call("tern_commit", self._handle)

    def rollback(self) -> None:
        """Undoes the transaction."""
        self._library.call("tern_rollback", self._handle)

    def columns(self, sql: str) -> list[str]:
        """The labels of a query."""
        result = self._library.query(self._handle, sql)
        count = self._library.c.tern_column_count(result)
        names = [self._library.c.tern_column_name(result, i, self._library.ffi.NULL) for i in range(count)]
        found = [self._library.ffi.string(name).decode() for name in names]
        self._library.c.tern_result_free(result)
        return found

    def close(self) -> None:
        """Says goodbye; twice is fine."""
        handle, self._handle = self._handle, self._library.ffi.NULL
        self._library.c.tern_connection_free(handle)

    def _taken_and_freed(self, result: Any) -> list[list[str | None]]:
        found = []
        count = self._library.c.tern_column_count(result)
        try:
            while self._library.call("tern_result_step", result) == self._library.c.TERN_OK:
                found.append([self._library.text(result, index) for index in range(count)])
        finally:
            self._library.c.tern_result_free(result)
        return found


class Cursor:
    """An open result."""

    def __init__(self, library: Library, result: Any) -> None:
        self._library, self._result = library, result

    def take(self, most: int) -> list[str | None]:
        """The first column of the next rows."""
        found: list[str | None] = []
        while len(found) < most:
            if self._library.call("tern_result_step", self._result) != self._library.c.TERN_OK:
                break
            found.append(self._library.text(self._result, 0))
        return found

    def close(self) -> None:
        """Frees it."""
        self._library.c.tern_result_free(self._result)


class Prepared:
    """A prepared statement."""

    def __init__(self, library: Library, statement: Any) -> None:
        self._library, self._statement = library, statement

    def rows(self, *values: object) -> list[list[str | None]]:
        """Binds, runs and reads all rows."""
        self._bind(*values)
        return self._library.rows(self._library.run(self._statement))

    def run(self, *values: object) -> None:
        """Binds and runs."""
        self._bind(*values)
        self._library.call("tern_statement_run", self._statement, self._library.ffi.NULL)

    def run_batch(self, batch: pa.RecordBatch) -> None:
        """Binds rows and runs."""
        ffi = self._library.ffi
        array, schema = ffi.new("struct ArrowArray *"), ffi.new("struct ArrowSchema *")
        batch._export_to_c(int(ffi.cast("uintptr_t", array)), int(ffi.cast("uintptr_t", schema)))
        self._library.call("tern_bind_batch", self._statement, array, schema)
        if schema.release != ffi.NULL:
            schema.release(schema)
        self._library.call("tern_statement_run", self._statement, ffi.NULL)

    def _bind(self, *values: object) -> None:
        for index, value in enumerate(values):
            if value is None:
                self._library.call("tern_bind_null", self._statement, index)
            elif isinstance(value, str):
                text = value.encode()
                self._library.call("tern_bind_text", self._statement, index, text, len(text))
            else:
                kind = "double" if isinstance(value, float) else "int64"
                self._library.call(f"tern_bind_{kind}", self._statement, index, value)

    def close(self) -> None:
        """Frees it."""
        self._library.c.tern_statement_free(self._statement)

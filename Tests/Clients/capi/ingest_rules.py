"""What tern_ingest does with a table, on every server: test files add these to their own.

They bring a fixture `fresh`: a connection in whose current schema there is no table T.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from binding import Library, TernError
from test_arrow_import import stream_from

ROWS = pa.table({"n": pa.array([1, 2, None], pa.int64()), "Text ü": pa.array(["a", None, "ü"])})
READ = [["1", "a"], ["2", None], [None, "ü"]]


def ingest(tern: Library, connection: Any, mode: str, table: pa.Table = ROWS, name: str = "T") -> int:
    """Rows inserted."""
    count = tern.ffi.new("int64_t *")
    stream = stream_from(tern, table.schema, table.to_batches())
    try:
        tern.call("tern_ingest", connection, name.encode(), -1,
                  getattr(tern.c, f"TERN_INGEST_{mode}"), stream, count)
    finally:
        assert stream.release == tern.ffi.NULL, "taken over whatever happens"
    return count[0]


def content(tern: Library, connection: Any, name: str = "T") -> list[list[str | None]]:
    """All rows, by what their first column shows; NULL is last."""
    rows = tern.rows(tern.query(connection, f"SELECT * FROM {name}"))
    return sorted(rows, key=lambda row: (row[0] is None, row[0]))


def failure(tern: Library, connection: Any, mode: str, *arguments: Any) -> TernError:
    """The error of an ingestion that must fail."""
    with pytest.raises(TernError) as caught:
        ingest(tern, connection, mode, *arguments)
    return caught.value


class IngestRules:
    """Modes, names and errors."""

    def test_create_makes_the_table_once(self, tern: Library, fresh: Any) -> None:
        assert ingest(tern, fresh, "CREATE") == 3
        assert content(tern, fresh) == READ
        assert tern.rows(tern.query(fresh, 'SELECT "Text ü" FROM T WHERE "n" = 1')) == [["a"]]
        assert failure(tern, fresh, "CREATE").sqlstate == "42S01"
        assert len(content(tern, fresh)) == 3

    def test_append_needs_the_table(self, tern: Library, fresh: Any) -> None:
        assert failure(tern, fresh, "APPEND").sqlstate == "42S02"
        assert ingest(tern, fresh, "CREATE_APPEND") == 3
        assert ingest(tern, fresh, "CREATE_APPEND") == 3
        assert ingest(tern, fresh, "APPEND") == 3
        assert len(content(tern, fresh)) == 9

    def test_append_follows_the_names(self, tern: Library, fresh: Any) -> None:
        tern.execute(fresh, "CREATE TABLE T (A INTEGER, B VARCHAR(10), C INTEGER)")
        rows = pa.table({"C": pa.array([3]), "A": pa.array([1])})
        assert ingest(tern, fresh, "APPEND", rows) == 1
        assert content(tern, fresh) == [["1", None, "3"]]

    def test_replace_drops_what_was_there(self, tern: Library, fresh: Any) -> None:
        assert ingest(tern, fresh, "REPLACE", pa.table({"x": pa.array([1.5])})) == 1
        assert ingest(tern, fresh, "REPLACE", ROWS) == 3
        assert content(tern, fresh) == READ

    def test_columns_that_differ_are_refused(self, tern: Library, fresh: Any) -> None:
        ingest(tern, fresh, "CREATE")
        other = pa.table({"n": pa.array([1]), "other": pa.array(["x"])})
        for mode in ("APPEND", "CREATE_APPEND"):
            assert failure(tern, fresh, mode, other).sqlstate[:2] == "42"
        assert len(content(tern, fresh)) == 3

    def test_a_stream_without_batches_makes_the_table(self, tern: Library, fresh: Any) -> None:
        assert ingest(tern, fresh, "CREATE", ROWS.slice(0, 0)) == 0
        assert content(tern, fresh) == []

    def test_columns_without_a_name_make_no_table(self, tern: Library, fresh: Any) -> None:
        table = pa.Table.from_arrays([pa.array([1])], names=[""])
        error = failure(tern, fresh, "CREATE", table)
        assert error.code == tern.c.TERN_ERROR_USAGE and "column 1" in error.message


def check_that_nothing_changes(tern: Library, fresh: Any, values: pa.Array, mode: str) -> None:
    """A column for which the server has no type is found before anything is done."""
    tern.execute(fresh, "CREATE TABLE T (A INTEGER)")
    error = failure(tern, fresh, mode, pa.table({"ok": pa.array([1]), "bad": values}))
    assert error.code == tern.c.TERN_ERROR_UNSUPPORTED
    assert "column 2 (bad)" in error.message
    assert content(tern, fresh) == []

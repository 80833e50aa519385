"""Prepared statements through the C API: values by type, batches, streams, transactions."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import pyarrow as pa
import pytest

from binding import Library, TernError

ROWS = pa.table({
    "N": pa.array([1, 2, None], pa.int64()),
    "T": pa.array(["a", None, "ü"], pa.string()),
})


@pytest.fixture
def table(tern: Library, connection: Any) -> str:
    """An empty table with a number and a text."""
    tern.execute(connection, "CREATE OR REPLACE TABLE RETAIL.CAPI (N DECIMAL(18,0), T VARCHAR(50))")
    return "RETAIL.CAPI"


def content(tern: Library, connection: Any, table: str) -> list[list[str | None]]:
    """What the table holds."""
    return tern.rows(tern.query(connection, f"SELECT N, T FROM {table} ORDER BY N NULLS LAST"))


def test_values_of_every_type_arrive(tern: Library, connection: Any) -> None:
    tern.execute(
        connection,
        "CREATE OR REPLACE TABLE RETAIL.CAPI_TYPES (A BOOLEAN, B DECIMAL(36,0), C DECIMAL(20,0),"
        " D DOUBLE, E DECIMAL(36,10), F VARCHAR(100), G DATE, H TIMESTAMP, I VARCHAR(9))")
    statement = tern.prepare(
        connection, "INSERT INTO RETAIL.CAPI_TYPES VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    assert tern.c.tern_statement_parameter_count(statement) == 9
    tern.call("tern_bind_bool", statement, 0, 1)
    tern.call("tern_bind_int64", statement, 1, -(2**63))
    tern.call("tern_bind_uint64", statement, 2, 2**64 - 1)
    tern.call("tern_bind_double", statement, 3, 0.1)
    tern.call("tern_bind_decimal", statement, 4, b"-12345678901234567890123456.7890123456", -1)
    tern.call("tern_bind_text", statement, 5, "naïve 😀".encode(), -1)
    days = (datetime.date(2024, 2, 29) - datetime.date(1970, 1, 1)).days
    tern.call("tern_bind_date", statement, 6, days)
    tern.call("tern_bind_timestamp", statement, 7, -1, 999_000_000)
    tern.call("tern_bind_null", statement, 8)
    tern.call("tern_statement_run", statement, tern.ffi.NULL)
    tern.c.tern_statement_free(statement)
    [row] = tern.rows(tern.query(connection, "SELECT * FROM RETAIL.CAPI_TYPES"))
    assert row[:7] == [
        "true", "-9223372036854775808", "18446744073709551615", "0.1",
        "-12345678901234567890123456.7890123456", "naïve 😀", "2024-02-29"]
    assert row[7] is not None and row[7].startswith("1969-12-31 23:59:59.999") and row[8] is None


def test_a_statement_runs_again_and_again(tern: Library, connection: Any, table: str) -> None:
    statement = tern.prepare(connection, f"INSERT INTO {table} VALUES (?, ?)")
    tern.call("tern_bind_text", statement, 1, b"same", -1)
    for number in range(3):
        tern.call("tern_bind_int64", statement, 0, number)
        result = tern.run(statement)
        assert tern.c.tern_result_rows_affected(result) == 1
        tern.c.tern_result_free(result)
    tern.c.tern_statement_free(statement)
    assert content(tern, connection, table) == [[str(n), "same"] for n in range(3)]


def test_a_batch_is_one_execution_a_row(tern: Library, connection: Any, table: str) -> None:
    statement = tern.prepare(connection, f"INSERT INTO {table} VALUES (?, ?)")
    array, schema = tern.ffi.new("struct ArrowArray *"), tern.ffi.new("struct ArrowSchema *")
    ROWS.combine_chunks().to_batches()[0]._export_to_c(
        *(int(tern.ffi.cast("uintptr_t", place)) for place in (array, schema)))
    tern.call("tern_bind_batch", statement, array, schema)
    assert array.release == tern.ffi.NULL and schema.release == tern.ffi.NULL
    result = tern.run(statement)
    assert tern.c.tern_result_rows_affected(result) == 3
    tern.c.tern_result_free(result)
    tern.c.tern_statement_free(statement)
    assert content(tern, connection, table) == [["1", "a"], ["2", None], [None, "ü"]]


def export_stream(tern: Library, batches: list[pa.RecordBatch]) -> Any:
    """A C stream of batches."""
    stream = tern.ffi.new("struct ArrowArrayStream *")
    pa.RecordBatchReader.from_batches(ROWS.schema, batches)._export_to_c(
        int(tern.ffi.cast("uintptr_t", stream)))
    return stream


def test_a_stream_is_used_up(tern: Library, connection: Any, table: str) -> None:
    statement = tern.prepare(connection, f"INSERT INTO {table} VALUES (?, ?)")
    tern.call("tern_bind_stream", statement, export_stream(tern, ROWS.to_batches() * 3))
    result = tern.run(statement)
    assert tern.c.tern_result_rows_affected(result) == 9
    tern.c.tern_result_free(result)
    with pytest.raises(TernError) as caught:
        tern.run(statement)
    assert caught.value.sqlstate == "07002"
    tern.c.tern_statement_free(statement)


def test_rows_are_appended_to_a_table(tern: Library, connection: Any, table: str) -> None:
    count = tern.ffi.new("int64_t *")
    tern.call("tern_ingest", connection, table.encode(), -1, tern.c.TERN_INGEST_APPEND,
              export_stream(tern, ROWS.to_batches() * 2), count)
    assert count[0] == 6 and len(content(tern, connection, table)) == 6


def test_parameters_and_columns_are_described(tern: Library, connection: Any, table: str) -> None:
    statement = tern.prepare(connection, f"SELECT T, N FROM {table} WHERE N = ?")
    schema = tern.ffi.new("struct ArrowSchema *")
    place = int(tern.ffi.cast("uintptr_t", schema))
    tern.call("tern_statement_schema", statement, schema)
    assert pa.Schema._import_from_c(place).names == ["T", "N"]
    tern.call("tern_statement_parameter_schema", statement, schema)
    assert pa.Schema._import_from_c(place).types == [pa.decimal128(18, 0)]
    tern.c.tern_statement_free(statement)


def test_the_wrong_number_of_columns_is_refused(
    tern: Library, connection: Any, table: str
) -> None:
    statement = tern.prepare(connection, f"INSERT INTO {table} VALUES (?, 'x')")
    with pytest.raises(TernError) as caught:
        tern.call("tern_bind_stream", statement, export_stream(tern, ROWS.to_batches()))
    assert caught.value.sqlstate == "07002"
    tern.c.tern_statement_free(statement)


def test_a_value_that_does_not_fit_is_a_data_error(
    tern: Library, connection: Any, table: str
) -> None:
    statement = tern.prepare(connection, f"INSERT INTO {table} VALUES (?, 'x')")
    tern.call("tern_bind_decimal", statement, 0, b"1.5", -1)
    with pytest.raises(TernError) as caught:
        tern.run(statement)
    assert caught.value.code == tern.c.TERN_ERROR_DATA
    tern.call("tern_bind_decimal", statement, 0, str(decimal.Decimal(1)).encode(), -1)
    tern.c.tern_result_free(tern.run(statement))
    tern.c.tern_statement_free(statement)


def test_transactions_commit_and_roll_back(tern: Library, connection: Any, table: str) -> None:
    tern.call("tern_connection_set", connection, b"autocommit", b"off", -1)
    tern.execute(connection, f"INSERT INTO {table} VALUES (1, 'kept')")
    tern.call("tern_commit", connection)
    tern.execute(connection, f"INSERT INTO {table} VALUES (2, 'dropped')")
    tern.call("tern_rollback", connection)
    tern.call("tern_connection_set_int", connection, b"autocommit", 1)
    assert content(tern, connection, table) == [["1", "kept"]]


def test_max_rows_ends_a_result(tern: Library, connection: Any) -> None:
    statement = tern.prepare(connection, "SELECT ID FROM RETAIL.BIG")
    tern.call("tern_statement_set", statement, b"max_rows", b"7", -1)
    assert len(tern.rows(tern.run(statement))) == 7
    tern.c.tern_statement_free(statement)

"""What a Python program does with ctypes: parameters, cancels, threads, frees in any order."""

from __future__ import annotations

import ctypes
import itertools
import threading
from ctypes import byref, c_char_p, c_double, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Any, Iterator

import pyarrow as pa
import pytest

from binding import TernError, function_names
from ctypes_binding import LOG_CALLBACK, Tern

ALL_TYPES = "SELECT * FROM RETAIL.T_ALL"
ENDLESS = "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B"
MARKERS = ("SELECT CAST(? AS VARCHAR(99)), CAST(? AS BOOLEAN), CAST(? AS DECIMAL(18,0)), "
           "CAST(? AS DECIMAL(20,0)), CAST(? AS DOUBLE), CAST(? AS DECIMAL(36,2)), "
           "CAST(? AS DATE), CAST(? AS TIMESTAMP(6))")


@pytest.fixture
def lib(library_path: Path) -> Tern:
    """The library, with nothing called yet."""
    return Tern(str(library_path))


@pytest.fixture
def session(lib: Tern, target: str) -> Iterator[c_void_p]:
    """An open connection; a second free is fine."""
    connection = lib.make("connect", target.encode(), -1)
    yield connection
    lib.connection_free(connection)


def bind_parameters(lib: Tern, session: c_void_p) -> None:
    """Every kind of parameter, bound again, as NULL, not at all, and beyond the last."""
    statement = lib.make("prepare", session, MARKERS.encode(), -1)
    assert lib.statement_parameter_count(statement) == 8
    for text in ("x", "Grüße 🚀"):
        data = text.encode()
        lib.check("bind_text", statement, 0, data, len(data))
        lib.check("bind_bool", statement, 1, 1)
        lib.check("bind_int64", statement, 2, -(10**17))
        lib.check("bind_uint64", statement, 3, 2**64 - 1)
        lib.check("bind_double", statement, 4, 1.5e300)
        lib.check("bind_decimal", statement, 5, b"-1234567890123456789012345678901234.56", -1)
        lib.check("bind_date", statement, 6, -1)
        lib.check("bind_timestamp", statement, 7, -1, 999_999_000)
        row = lib.rows(lib.make("statement_run", statement))[0]
        assert row == [text, "true", str(-(10**17)), str(2**64 - 1), "1.5e+300",
                       "-1234567890123456789012345678901234.56", "1969-12-31",
                       "1969-12-31 23:59:59.999999"]
    for index in range(8):
        lib.check("bind_null", statement, index)
    assert lib.rows(lib.make("statement_run", statement)) == [[None] * 8]
    lib.check("clear_bindings", statement)
    with pytest.raises(TernError) as caught:
        lib.make("statement_run", statement)
    assert caught.value.sqlstate == "07002"
    with pytest.raises(TernError) as caught:
        lib.check("bind_null", statement, 8)
    assert caught.value.sqlstate == "07009"
    lib.statement_free(statement)


def test_every_kind_of_parameter(lib: Tern, session: c_void_p) -> None:
    bind_parameters(lib, session)


@pytest.mark.parametrize("by", ["connection", "statement"])
def test_a_second_thread_cancels(lib: Tern, session: c_void_p, by: str) -> None:
    statement = lib.make("prepare", session, ENDLESS.encode(), -1)
    for _ in range(3):
        caught: list[TernError] = []

        def run() -> None:
            try:
                lib.result_free(lib.make("statement_run", statement))
            except TernError as error:
                caught.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        cancel = (lambda: lib.cancel(session)) if by == "connection" else (
            lambda: lib.statement_cancel(statement))
        while thread.is_alive():
            cancel()
            thread.join(0.01)
        assert [error.sqlstate for error in caught] == ["HY008"]
        assert lib.rows(lib.ask(session, "SELECT 7")) == [["7"]]
    lib.statement_free(statement)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_frees_in_any_order(lib: Tern, target: str, order: tuple[int, ...]) -> None:
    made = lib.make("target_new", target.encode(), -1)
    connection = lib.make("target_connect", made)
    statement = lib.make("prepare", connection, b"SELECT * FROM RETAIL.BIG", -1)
    result = lib.make("statement_run", statement)
    assert lib.check("result_step", result) == 0
    frees = [lambda: lib.target_free(made), lambda: lib.connection_free(connection),
             lambda: lib.statement_free(statement), lambda: lib.result_free(result)]
    for index in order:
        frees[index]()
    for index in order:
        frees[index]()
    with pytest.raises(TernError):
        lib.check("result_step", result)
    with pytest.raises(TernError):
        lib.check("ping", connection)


def test_connections_work_side_by_side(lib: Tern, target: str) -> None:
    wrong: list[Any] = []

    def work(number: int) -> None:
        try:
            connection = lib.make("connect", target.encode(), -1)
            for turn in range(10):
                rows = lib.rows(lib.ask(connection, f"SELECT {number}, {turn}"))
                if rows != [[str(number), str(turn)]]:
                    wrong.append(rows)
            if len(lib.rows(lib.ask(connection, "SELECT * FROM RETAIL.BIG"))) != 2_500:
                wrong.append("rows are missing")
            lib.connection_free(connection)
        except TernError as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_one_connection_serves_threads_in_turn(lib: Tern, session: c_void_p) -> None:
    wrong: list[Any] = []

    def work(number: int) -> None:
        for _ in range(20):
            rows = lib.rows(lib.ask(session, f"SELECT {number}"))
            if rows != [[str(number)]]:
                wrong.append(rows)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def read_cells(lib: Tern, session: c_void_p) -> None:
    """Every getter, on the row of edge values."""
    result = lib.ask(session, ALL_TYPES)
    assert lib.result_row_count(result) == 4 and lib.result_rows_affected(result) == -1
    names = [lib.column_name(result, index, None).decode() for index in range(lib.column_count(result))]
    place = {name: index for index, name in enumerate(names)}
    assert lib.column_type_name(result, place["C_DATE"], None) == b"DATE"
    assert lib.column_type(result, 0) >= 0 and lib.column_size(result, 1) > 0
    assert lib.column_scale(result, place["C_DATE"]) in (-1, 0)
    assert lib.column_is_nullable(result, 0) in (-1, 0, 1)
    assert lib.check("result_step", result) == 0
    assert lib.number("value_bool", c_int32, result, 0) == 1
    assert lib.number("value_int64", c_int64, result, 3) == 999_999_999_999_999_999
    assert lib.number("value_uint64", c_uint64, result, 3) == 999_999_999_999_999_999
    assert lib.number("value_double", c_double, result, 6) == 1.5e100
    assert lib.number("value_date", c_int32, result, place["C_DATE"]) == 19_892
    digits, scale = (c_uint64 * 2)(), c_int32()
    lib.check("value_decimal128", result, 5, digits, byref(scale))
    assert scale.value == 5 and digits[0] == 2**64 - 70_000 and digits[1] == 2**64 - 1
    seconds, nanoseconds, offset = c_int64(), c_int32(), c_int32()
    lib.check("value_timestamp", result, place["C_TS"], byref(seconds), byref(nanoseconds), byref(offset))
    assert (seconds.value, nanoseconds.value) == (1_718_731_333, 123_000_000)
    months, days, rest = c_int32(), c_int32(), c_int64()
    lib.check("value_interval", result, place["C_IYM"], byref(months), byref(days), byref(rest))
    assert months.value == -63
    data, length = c_void_p(), c_int64()
    lib.check("value_binary", result, 1, byref(data), byref(length))
    assert ctypes.string_at(data, length.value) == b"ab   "
    assert lib.result_rows_received(result) == 4 and lib.result_bytes_received(result) > 0
    assert lib.result_query_id(result, None) is not None
    assert lib.check("result_next_result", result) == 1
    lib.result_free(result)
    clock = lib.ask(session, "SELECT '12:34:56'")
    assert lib.check("result_step", clock) == 0
    with pytest.raises(TernError) as caught:
        lib.number("value_time", c_int64, clock, 0)
    assert caught.value.sqlstate == "07006", "Exasol has no times, and a text is none"
    lib.result_free(clock)


def exchange_arrow(lib: Tern, session: c_void_p) -> None:
    """Arrow both ways, with room for the structures in plain memory."""
    def room() -> Any:
        return ctypes.create_string_buffer(128)

    def place(buffer: Any) -> int:
        return ctypes.addressof(buffer)

    schema, array, stream = room(), room(), room()
    result = lib.ask(session, "SELECT ID FROM RETAIL.BIG ORDER BY ID")
    lib.check("result_schema", result, place(schema))
    lib.check("result_next_batch", result, place(array))
    first = pa.RecordBatch._import_from_c(place(array), place(schema))
    lib.check("result_stream", result, place(stream))
    rest = pa.RecordBatchReader._import_from_c(place(stream)).read_all()
    assert first.num_rows + rest.num_rows == 2_500
    lib.result_free(result)
    lib.number("execute", c_int64, session, b"CREATE OR REPLACE TABLE RETAIL.CT (A DECIMAL(18,0))", -1)
    statement = lib.make("prepare", session, b"INSERT INTO RETAIL.CT VALUES (?)", -1)
    lib.check("statement_parameter_schema", statement, place(schema))
    assert len(pa.Schema._import_from_c(place(schema))) == 1
    lib.check("statement_schema", statement, place(schema))
    assert len(pa.Schema._import_from_c(place(schema))) == 0
    batch = pa.record_batch({"A": pa.array([1, 2, None])})
    batch._export_to_c(place(array), place(schema))
    lib.check("bind_batch", statement, place(array), place(schema))
    inserted = lib.make("statement_run", statement)
    assert lib.result_rows_affected(inserted) == 3
    number = c_uint64(7)
    assert lib.result_last_insert_id(inserted, byref(number)) == 0 and number.value == 7
    lib.result_free(inserted)
    pa.RecordBatchReader.from_batches(batch.schema, [batch])._export_to_c(place(stream))
    lib.check("bind_stream", statement, place(stream))
    lib.result_free(lib.make("statement_run", statement))
    lib.statement_free(statement)
    pa.RecordBatchReader.from_batches(batch.schema, [batch])._export_to_c(place(stream))
    assert lib.number("ingest", c_int64, session, b"RETAIL.CT", -1, 1, place(stream)) == 3
    assert lib.rows(lib.ask(session, "SELECT COUNT(*) FROM RETAIL.CT")) == [["9"]]
    lib.number("execute", c_int64, session, b"DROP TABLE RETAIL.CT", -1)


def use_session(lib: Tern, session: c_void_p) -> None:
    """What a connection can be asked and told."""
    lib.check("ping", session)
    assert lib.connection_is_alive(session) == 1
    lib.check("connection_set", session, b"autocommit", b"off", -1)
    lib.check("connection_set_int", session, b"max_rows", 2)
    assert len(lib.rows(lib.ask(session, "SELECT ID FROM RETAIL.BIG"))) == 2
    lib.check("connection_set_int", session, b"max_rows", 0)
    assert lib.text("connection_get", session, b"autocommit") == "off"
    lib.check("commit", session)
    lib.check("rollback", session)
    lib.check("connection_set", session, b"autocommit", b"on", -1)
    assert lib.cancel(session) in (0, 1)
    state, message, length = c_char_p(), c_char_p(), c_int64()
    assert lib.check("warning_take", session, byref(state), byref(message), byref(length)) == 1
    tables = lib.make("catalog", session, 3, None, b"RETAIL", b"BIG", None)
    assert lib.column_count(tables) > 3
    lib.result_free(tables)
    statement = lib.make("prepare", session, b"SELECT CAST(? AS HASHTYPE(1 BYTE)), ?", -1)
    lib.check("statement_set", statement, b"query_timeout", b"5", -1)
    lib.check("bind_binary", statement, 0, b"\0", 1)
    lib.check("bind_time", statement, 1, 0)
    assert lib.statement_cancel(statement) in (0, 1)
    lib.statement_free(statement)


def test_every_function_is_called(lib: Tern, target: str) -> None:
    lines: list[bytes] = []
    sink = LOG_CALLBACK(
        lambda context, level, text, length: lines.append(ctypes.string_at(text, length)))
    lib.log_set(sink, None, 4)
    assert lib.version().count(b".") == 2 and lib.version_number() >= 0 and lib.has(b"exasol") == 1
    key, help_text = c_char_p(), c_char_p()
    assert lib.target_key(0, byref(key), byref(help_text)) == 0 and key.value and help_text.value
    made = lib.make("target_new", target.encode(), -1)
    lib.check("target_set", made, b"application_name", b"ctypes", -1)
    assert lib.text("target_get", made, b"application_name") == "ctypes"
    session = lib.make("target_connect", made)
    other = lib.make("connect", target.encode(), -1)
    lib.connection_free(other)
    use_session(lib, session)
    bind_parameters(lib, session)
    read_cells(lib, session)
    exchange_arrow(lib, session)
    error, result, out = c_void_p(), lib.ask(session, "SELECT 1"), c_void_p()
    code = lib.result_partitions(result, byref(out), byref(error))
    assert code < 0 and lib.error_code(error) == code and lib.code_name(code).startswith(b"TERN_ERROR")
    assert len(lib.error_sqlstate(error)) == 5 and lib.error_vendor_code(error) == 0
    assert lib.error_message(error, None) and lib.error_query_id(error, None) == b""
    assert lib.error_is_retryable(error) == 0
    lib.error_free(error)
    with pytest.raises(TernError):
        lib.make("partition_read", session, b"x", 1)
    assert lib.partitions_count(None) < 0
    assert lib.partitions_get(None, 0, byref(out), byref(c_int64())) < 0
    lib.partitions_free(None)
    lib.result_free(result)
    lib.connection_free(session)
    lib.target_free(made)
    lib.log_set(LOG_CALLBACK(0), None, 0)
    assert any(b"connected" in line for line in lines)
    assert sorted(set(function_names()) - lib.called) == []

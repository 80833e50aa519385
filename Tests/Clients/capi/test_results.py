"""Rows through the C API: exact values, columns, Arrow, several ways to read one result."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from binding import Library, TernError

TYPES = (
    "SELECT CAST(9223372036854775807 AS DECIMAL(36)) a, CAST(-12.50 AS DECIMAL(18,2)) b,"
    " CAST(1.5 AS DOUBLE) c, CAST('Straße ☃ 😀' AS VARCHAR(100)) d, DATE '0001-01-01' e,"
    " TIMESTAMP '9999-12-31 23:59:59.999' f, TRUE g, CAST(NULL AS VARCHAR(5)) h,"
    " CAST('' AS VARCHAR(5)) i"  # NULL for this server
)


def import_stream(tern: Library, result: Any) -> pa.Table:
    """The rest of a result by way of the Arrow stream."""
    stream = tern.ffi.new("struct ArrowArrayStream *")
    tern.call("tern_result_stream", result, stream)
    return pa.RecordBatchReader._import_from_c(int(tern.ffi.cast("uintptr_t", stream))).read_all()


def import_batch(tern: Library, result: Any) -> pa.RecordBatch | None:
    """The next batch, None at the end."""
    schema, array = tern.ffi.new("struct ArrowSchema *"), tern.ffi.new("struct ArrowArray *")
    if tern.call("tern_result_next_batch", result, array) == tern.c.TERN_DONE:
        assert array.release == tern.ffi.NULL
        return None
    tern.call("tern_result_schema", result, schema)
    places = [int(tern.ffi.cast("uintptr_t", place)) for place in (array, schema)]
    return pa.RecordBatch._import_from_c(*places)


@pytest.fixture
def numbers(tern: Library, connection: Any) -> str:
    """A query of 2 500 rows that take several fetches."""
    return ("SELECT n - 1, 'row ' || (n - 1) FROM (SELECT ROW_NUMBER() OVER (ORDER BY ID) n"
            " FROM RETAIL.BIG) ORDER BY n")


def test_a_protocol_without_numbers_made_tells_none(tern: Library, connection: Any) -> None:
    place = tern.ffi.new("uint64_t *", 7)
    for sql in ("CREATE TABLE RETAIL.NUMBERLESS (I INTEGER)", "DROP TABLE RETAIL.NUMBERLESS",
                "SELECT 1"):
        result = tern.query(connection, sql)
        assert tern.c.tern_result_last_insert_id(result, place) == 0
        assert tern.c.tern_result_last_insert_id(result, tern.ffi.NULL) == 0
        tern.c.tern_result_free(result)
    assert place[0] == 7
    assert tern.c.tern_result_last_insert_id(tern.ffi.NULL, place) == tern.c.TERN_ERROR_HANDLE


def test_every_type_has_an_exact_getter(tern: Library, connection: Any) -> None:
    result = tern.query(connection, TYPES)
    assert tern.call("tern_result_step", result) == tern.c.TERN_OK
    assert tern.value("int64", result, 0) == 2**63 - 1
    words, scale = tern.ffi.new("uint64_t[2]"), tern.ffi.new("int32_t *")
    tern.call("tern_value_decimal128", result, 1, words, scale)
    assert (words[0] | words[1] << 64) - (1 << 128) == -1250 and scale[0] == 2
    assert tern.value("double", result, 2) == 1.5
    assert tern.text(result, 3) == "Straße ☃ 😀"
    assert tern.value("date", result, 4) == -719162
    seconds, rest = tern.ffi.new("int64_t *"), tern.ffi.new("int32_t *")
    tern.call("tern_value_timestamp", result, 5, seconds, rest, tern.ffi.NULL)
    assert (seconds[0], rest[0]) == (253402300799, 999_000_000)
    assert tern.value("bool", result, 6) == 1
    assert [tern.c.tern_value_is_null(result, index) for index in (6, 7, 8)] == [0, 1, 1]
    data, length = tern.ffi.new("const uint8_t **"), tern.ffi.new("int64_t *")
    tern.call("tern_value_binary", result, 3, data, length)
    assert tern.ffi.buffer(data[0], length[0])[:].decode() == "Straße ☃ 😀"
    assert tern.call("tern_result_step", result) == tern.c.TERN_DONE
    tern.c.tern_result_free(result)


def test_text_is_canonical(tern: Library, connection: Any) -> None:
    [row] = tern.rows(tern.query(connection, TYPES))
    assert row[:5] == ["9223372036854775807", "-12.50", "1.5", "Straße ☃ 😀", "0001-01-01"]
    assert row[5] is not None and row[5].startswith("9999-12-31 23:59:59.999")
    assert row[6:] == ["true", None, None]


@pytest.mark.parametrize(("sql", "expected"), [
    ("CAST('-0.05' AS DECIMAL(18,2))", "-0.05"),
    ("CAST('-999999999999999999' AS DECIMAL(18))", "-999999999999999999"),
    ("CAST('0.999999999999999999' AS DECIMAL(18,18))", "0.999999999999999999"),
    ("CAST('-9223372036854775808' AS DECIMAL(36))", "-9223372036854775808"),
    ("CAST('9223372036854775808' AS DECIMAL(36))", "9223372036854775808"),
    ("CAST('-123456789012345678.5' AS DECIMAL(36,18))", "-123456789012345678.500000000000000000"),
    ("CAST('0.1' AS DECIMAL(36,36))", "0." + "1".ljust(36, "0")),
    ("DATE '9999-12-31'", "9999-12-31"),
    ("TIMESTAMP '0001-01-01 00:00:00'", "0001-01-01 00:00:00.000"),
    ("TIMESTAMP '1969-12-31 23:59:59.999'", "1969-12-31 23:59:59.999"),
    ("CAST('' || 'x' AS VARCHAR(5))", "x"),
    (f"CAST('{'long ' * 100}' AS VARCHAR(600))", "long " * 100),
])
def test_texts_at_the_edges_of_the_fast_ways(
    tern: Library, connection: Any, sql: str, expected: str
) -> None:
    [row] = tern.rows(tern.query(connection, f"SELECT {sql}, 1"))
    assert row[0] == expected


def test_a_value_that_would_change_is_an_error(tern: Library, connection: Any) -> None:
    result = tern.query(
        connection, "SELECT CAST(2.5 AS DECIMAL(9,1)), CAST('99999999999999999999' AS DECIMAL(36))")
    tern.call("tern_result_step", result)
    for index in (0, 1):
        with pytest.raises(TernError) as caught:
            tern.value("int64", result, index)
        assert (caught.value.code, caught.value.sqlstate) == (tern.c.TERN_ERROR_DATA, "22003")
    assert tern.value("double", result, 0) == 2.5
    tern.c.tern_result_free(result)


@pytest.mark.parametrize("batch_first", [False, True])
def test_an_error_of_a_value_says_where_it_is(
    tern: Library, connection: Any, numbers: str, batch_first: bool
) -> None:
    """By the number of the row in the result, whatever batch it came in."""
    tern.call("tern_connection_set_int", connection, b"batch_rows", 1000)
    result = tern.query(connection, f"SELECT t.*, NULL AS NOTHING FROM ({numbers}) t(a, b)")
    row = 0
    if batch_first:
        batch = import_batch(tern, result)
        assert batch is not None
        row = batch.num_rows
    while row < 2000:
        assert tern.call("tern_result_step", result) == tern.c.TERN_OK
        row += 1
    for index, state, place in ((1, "22018", "column B"), (2, "22002", "column NOTHING")):
        with pytest.raises(TernError) as caught:
            tern.value("int64", result, index)
        assert caught.value.sqlstate == state
        assert caught.value.message.startswith(f"{place}, row number 2000: "), caught.value.message
    tern.c.tern_result_free(result)


def test_columns_tell_what_they_hold(tern: Library, connection: Any) -> None:
    result = tern.query(connection, TYPES)
    c, ffi = tern.c, tern.ffi
    names = [ffi.string(c.tern_column_name(result, i, ffi.NULL)).decode() for i in range(9)]
    assert [name.upper() for name in names] == list("ABCDEFGHI")
    assert [c.tern_column_type(result, i) for i in (0, 1, 2, 3, 4, 5, 6)] == [
        c.TERN_TYPE_DECIMAL, c.TERN_TYPE_DECIMAL, c.TERN_TYPE_DOUBLE, c.TERN_TYPE_TEXT,
        c.TERN_TYPE_DATE, c.TERN_TYPE_TIMESTAMP, c.TERN_TYPE_BOOL]
    assert ffi.string(c.tern_column_type_name(result, 1, ffi.NULL)) == b"DECIMAL"
    assert (c.tern_column_size(result, 1), c.tern_column_scale(result, 1)) == (18, 2)
    c.tern_result_free(result)


def test_a_count_is_no_row(tern: Library, connection: Any) -> None:
    tern.execute(connection, "CREATE OR REPLACE TABLE RETAIL.CAPI_COUNT (n DECIMAL(9))")
    assert tern.execute(connection, "INSERT INTO RETAIL.CAPI_COUNT VALUES (1), (2)") == 2
    result = tern.query(connection, "DELETE FROM RETAIL.CAPI_COUNT")
    assert tern.c.tern_result_rows_affected(result) == 2
    assert tern.c.tern_column_count(result) == 0
    with pytest.raises(TernError) as caught:
        tern.call("tern_result_step", result)
    assert caught.value.sqlstate == "24000"
    tern.c.tern_result_free(result)


def test_rows_batches_and_streams_agree(tern: Library, connection: Any, numbers: str) -> None:
    tern.call("tern_connection_set_int", connection, b"batch_rows", 700)
    rows = tern.rows(tern.query(connection, numbers))
    assert rows == [[str(n), f"row {n}"] for n in range(2500)]
    table = import_stream(tern, tern.query(connection, numbers))
    assert [str(n) for n in table.column(0).to_pylist()] == [row[0] for row in rows]
    assert table.column(1).to_pylist() == [row[1] for row in rows]
    result, found = tern.query(connection, numbers), []
    while (batch := import_batch(tern, result)) is not None:
        assert batch.num_rows <= 700
        found += batch.column(1).to_pylist()
    tern.c.tern_result_free(result)
    assert found == [row[1] for row in rows]


def test_a_batch_holds_what_the_cursor_has_not_touched(
    tern: Library, connection: Any, numbers: str
) -> None:
    tern.call("tern_connection_set_int", connection, b"batch_rows", 100)
    result = tern.query(connection, numbers)
    for _ in range(30):
        tern.call("tern_result_step", result)
    assert tern.text(result, 1) == "row 29"
    batch = import_batch(tern, result)
    assert batch is not None and batch.column(1).to_pylist() == [f"row {n}" for n in range(30, 100)]
    tern.call("tern_result_step", result)
    assert tern.text(result, 1) == "row 100"
    table = import_stream(tern, result)
    assert table.column(1).to_pylist() == [f"row {n}" for n in range(101, 2500)]
    tern.c.tern_result_free(result)


def test_progress_can_be_watched(tern: Library, connection: Any, numbers: str) -> None:
    result = tern.query(connection, numbers)
    assert tern.c.tern_result_rows_received(result) == 0
    while tern.call("tern_result_step", result) == tern.c.TERN_OK:
        pass
    assert tern.c.tern_result_rows_received(result) == 2500
    assert tern.c.tern_result_bytes_received(result) > 2500 * 8
    tern.c.tern_result_free(result)


def test_the_catalog_is_a_result(tern: Library, connection: Any) -> None:
    tern.execute(connection, "CREATE OR REPLACE TABLE RETAIL.CAPI_CATALOG (n DECIMAL(9), t VARCHAR(9))")
    null = tern.ffi.NULL
    result = tern.make(
        "tern_result", "tern_catalog", connection, tern.c.TERN_CATALOG_COLUMNS, null, b"RETAIL",
        b"CAPI\\_CATALOG", null)
    assert [row[3] for row in tern.rows(result)] == ["N", "T"]
    for kind in tern.ffi.typeof("enum tern_catalog_kind").relements.values():
        place = tern.ffi.new("tern_result **")
        code = tern.c.tern_catalog(
            connection, kind, null, b"RETAIL", b"CAPI_CATALOG", b"%", place, null)
        assert code in (tern.c.TERN_OK, tern.c.TERN_ERROR_UNSUPPORTED), kind
        tern.c.tern_result_free(place[0])


def test_arrow_metadata_and_types(tern: Library, connection: Any) -> None:
    table = import_stream(tern, tern.query(connection, TYPES))
    assert table.num_rows == 1
    types = [field.type for field in table.schema]
    assert types[1] == pa.decimal128(18, 2) and types[4] == pa.date32() and types[6] == pa.bool_()

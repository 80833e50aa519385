"""Arrow out of the library, read by the two Arrow implementations that others use: pyarrow checks every
buffer it is given, nanoarrow reads the same structures with code of its own."""

from __future__ import annotations

import datetime
import decimal
import gc
import re
from typing import Any

import nanoarrow as na
import pyarrow as pa
import pytest
from nanoarrow.c_array import CArray
from nanoarrow.c_array_stream import CArrayStream
from nanoarrow.c_schema import CSchema

from binding import Library, TernError
from testbed.common.launch import Running

ALL = "SELECT * FROM RETAIL.T_ALL"
NANO = "SELECT * FROM RETAIL.T_NANO ORDER BY ID"
INTERVAL_MONTHS = 21  # the number of a type that pyarrow has no class for
BIG = "SELECT ID, NAME FROM RETAIL.BIG ORDER BY ID"


def address(tern: Library, place: Any) -> int:
    """Where a structure lies, as other libraries want to be told."""
    return int(tern.ffi.cast("uintptr_t", place))


def stream_of(tern: Library, connection: Any, sql: str) -> Any:
    """The rows of a query as a C stream; the result is freed already."""
    result = tern.query(connection, sql)
    stream = tern.ffi.new("struct ArrowArrayStream *")
    tern.call("tern_result_stream", result, stream)
    tern.c.tern_result_free(result)
    return stream


def arrow_table(tern: Library, connection: Any, sql: str) -> pa.Table:
    """The rows of a query as pyarrow sees them, every buffer checked."""
    stream = stream_of(tern, connection, sql)
    table = pa.RecordBatchReader._import_from_c(address(tern, stream)).read_all()
    table.validate(full=True)
    return table


def nano_stream(tern: Library, source: Any) -> na.ArrayStream:
    """A stream moved into nanoarrow: the structure is copied and the old one marked released."""
    target = CArrayStream.allocate()
    size = tern.ffi.sizeof("struct ArrowArrayStream")
    tern.ffi.memmove(tern.ffi.cast("void *", target._addr()), source, size)
    source.release = tern.ffi.NULL
    return na.ArrayStream(target)


def batches_of(tern: Library, result: Any) -> list[pa.RecordBatch]:
    """All batches one by one, each beside a schema of its own."""
    found = []
    while True:
        schema, array = tern.ffi.new("struct ArrowSchema *"), tern.ffi.new("struct ArrowArray *")
        if tern.call("tern_result_next_batch", result, array) == tern.c.TERN_DONE:
            assert array.release == tern.ffi.NULL
            return found
        tern.call("tern_result_schema", result, schema)
        batch = pa.RecordBatch._import_from_c(address(tern, array), address(tern, schema))
        batch.validate(full=True)
        found.append(batch)


def as_text(value: Any, kind: pa.DataType) -> str | None:
    """What the row cursor shows for a value that pyarrow gave."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        digits = {"s": 0, "ms": 3, "us": 6}[kind.unit]
        stamp = value.isoformat(" ", "microseconds")
        return stamp[:20 + digits] if digits else stamp[:19]
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise AssertionError(f"no text for {kind}")


def elapsed(text: str | None) -> datetime.timedelta | None:
    """An Exasol interval of days and seconds."""
    if text is None:
        return None
    days, _, clock = text.lstrip("+-").partition(" ")
    hours, minutes, seconds = clock.split(":")
    whole, _, part = seconds.partition(".")
    found = datetime.timedelta(
        days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(whole),
        milliseconds=int(part or "0"))
    return -found if text.startswith("-") else found


@pytest.fixture
def as_unit(tern: Library, target: str) -> Any:
    """Makes connections with a `timestamp_unit`, which is fixed once the connection is open."""
    made = []

    def connect(unit: str) -> Any:
        made.append(tern.connect(f"{target}?timestamp_unit={unit}"))
        return made[-1]

    yield connect
    for handle in made:
        tern.c.tern_connection_free(handle)


def test_every_type_has_the_values_of_the_row_cursor(tern: Library, connection: Any) -> None:
    rows = tern.rows(tern.query(connection, ALL))
    table = arrow_table(tern, connection, ALL)
    assert table.num_rows == len(rows) == 4
    for index, field in enumerate(table.schema):
        expected = [row[index] for row in rows]
        column = table.column(index)
        if pa.types.is_floating(field.type):
            assert column.to_pylist() == [None if t is None else float(t) for t in expected]
        elif pa.types.is_duration(field.type):
            assert column.to_pylist() == [elapsed(text) for text in expected]
        elif field.name == "C_IYM":
            # No Python values for this type in pyarrow; its text has them.
            assert re.findall(r"-?\d+M|null", str(column)) == ["-63M", "null", "1199M", "0M"]
        else:
            assert [as_text(value, field.type) for value in column.to_pylist()] == expected


def test_types_say_what_the_server_has(tern: Library, connection: Any) -> None:
    schema = arrow_table(tern, connection, ALL).schema
    found = {field.name: field.type for field in schema}
    assert found["C_BOOL"] == pa.bool_() and found["C_DOUBLE"] == pa.float64()
    assert found["C_DEC36"] == pa.decimal128(36, 0) and found["C_DEC10_5"] == pa.decimal128(10, 5)
    assert found["C_DATE"] == pa.date32() and found["C_TS"] == pa.timestamp("ms")
    assert found["C_TSLTZ"] == pa.timestamp("us") and found["C_IDS"] == pa.duration("ms")
    assert found["C_VARCHAR"] == pa.string()
    assert schema.field("C_GEO").metadata[b"ARROW:extension:name"] == b"geoarrow.wkt"
    assert schema.field("C_CHAR").metadata[b"exasol:type"] == b"CHAR(5) ASCII"


def test_the_edges_of_types_are_exact(tern: Library, connection: Any) -> None:
    table = arrow_table(tern, connection, ALL)
    assert str(table["C_DEC36"].to_pylist()[2]) == "-" + "9" * 36
    assert table["C_DEC36"].to_pylist()[0] == decimal.Decimal("123456789012345678901234567890123456")
    assert table["C_DATE"].to_pylist()[2:] == [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)]
    last = datetime.datetime(9999, 12, 31, 23, 59, 59, 999000)
    assert table["C_TS"].to_pylist()[2:] == [datetime.datetime(1, 1, 1), last]
    assert table["C_DOUBLE"].to_pylist()[3] == 5e-324
    assert [column.null_count for column in table.columns] == [1] * 14


def test_nanoarrow_reads_the_same(tern: Library, connection: Any) -> None:
    table = arrow_table(tern, connection, ALL)
    stream = stream_of(tern, connection, ALL)
    array = nano_stream(tern, stream).read_all()
    assert [child.schema.name for child in array.iter_children()] == table.schema.names
    for child, column in zip(array.iter_children(), table.columns):
        if pa.types.is_decimal(column.type):
            # Its Python values have no sign and no more digits than the context: compare the bits.
            assert pa.array(child).to_pylist() == column.to_pylist()
        elif column.type.id != INTERVAL_MONTHS:
            assert child.to_pylist() == column.to_pylist(), child.schema


def test_nanoarrow_reads_a_single_batch(tern: Library, connection: Any) -> None:
    result = tern.query(connection, BIG)
    array = CArray.allocate(CSchema.allocate())
    place = tern.ffi.cast("struct ArrowSchema *", array.schema._addr())
    tern.call("tern_result_schema", result, place)
    place = tern.ffi.cast("struct ArrowArray *", array._addr())
    tern.call("tern_result_next_batch", result, place)
    tern.c.tern_result_free(result)
    assert array.is_valid() and array.n_children == 2
    ids = na.Array(array).child(0).to_pylist()
    assert ids == sorted(ids) and len(ids) > 0


@pytest.mark.parametrize("unit, kind", [
    ("us", pa.timestamp("us")), ("text", pa.string())])
def test_nine_digits_are_exported_as_asked(
    tern: Library, as_unit: Any, unit: str, kind: pa.DataType
) -> None:
    table = arrow_table(tern, as_unit(unit), NANO)
    assert table.schema.field("TS9").type == kind
    rows = [row[1] for row in tern.rows(tern.query(as_unit(unit), NANO))]
    if unit == "text":
        assert table["TS9"].to_pylist() == rows
    else:
        found = [as_text(value, kind) for value in table["TS9"].to_pylist()]
        assert found == [text and text[:26] for text in rows]
        assert [str(found[0])[:4], str(found[1])[:4]] == ["0001", "9999"]


def test_nanoseconds_within_their_range_are_exact(tern: Library, as_unit: Any) -> None:
    table = arrow_table(tern, as_unit("ns"), "SELECT TS9 FROM RETAIL.T_NANO WHERE ID > 2 ORDER BY ID")
    assert table.schema.field("TS9").type == pa.timestamp("ns")
    moment = datetime.datetime(2024, 6, 18, 17, 22, 13, 123456, datetime.timezone.utc)
    expected = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc))
    microseconds = expected // datetime.timedelta(microseconds=1)
    [value, nothing] = table["TS9"].cast(pa.int64()).to_pylist()
    assert value // 1000 == microseconds and nothing is None


def test_years_beyond_nanoseconds_are_an_error_that_names_the_option(
    tern: Library, as_unit: Any
) -> None:
    connection = as_unit("ns")
    result = tern.query(connection, NANO)
    array = tern.ffi.new("struct ArrowArray *")
    with pytest.raises(TernError, match="timestamp_unit") as caught:
        tern.call("tern_result_next_batch", result, array)
    assert (caught.value.code, caught.value.sqlstate) == (tern.c.TERN_ERROR_DATA, "22008")
    assert array.release == tern.ffi.NULL
    # No row is lost by an error that a program passes over: it comes again, until the rows are read.
    with pytest.raises(TernError, match="timestamp_unit"):
        tern.call("tern_result_next_batch", result, array)
    assert tern.rows(result) == tern.rows(tern.query(connection, NANO))
    stream = stream_of(tern, connection, NANO)
    reader = pa.RecordBatchReader._import_from_c(address(tern, stream))
    with pytest.raises(pa.ArrowInvalid, match="timestamp_unit"):
        reader.read_all()
    del reader
    assert tern.rows(tern.query(connection, "SELECT 1")) == [["1"]]


def test_small_batches_are_slices_that_hold_their_rows(tern: Library, connection: Any) -> None:
    tern.call("tern_connection_set_int", connection, b"batch_rows", 7)
    result = tern.query(connection, BIG)
    tern.call("tern_result_step", result)
    tern.call("tern_result_step", result)
    parts = batches_of(tern, result)
    tern.c.tern_result_free(result)
    assert max(part.num_rows for part in parts) <= 7 and len(parts) > 300
    assert parts[0].num_rows == 5
    tern.call("tern_connection_set_int", connection, b"batch_rows", 65536)
    whole = tern.rows(tern.query(connection, BIG))
    found = [list(row.values()) for part in parts for row in part.to_pylist()]
    assert [[str(number), name] for number, name in found] == whole[2:]


def test_one_row_a_batch_keeps_every_type(tern: Library, connection: Any) -> None:
    whole = arrow_table(tern, connection, ALL)
    tern.call("tern_connection_set_int", connection, b"batch_rows", 1)
    parts = batches_of(tern, tern.query(connection, ALL))
    assert [part.num_rows for part in parts] == [1] * 4
    assert pa.Table.from_batches(parts).equals(whole)
    stepped = tern.query(connection, ALL)
    tern.call("tern_result_step", stepped)
    rest = pa.Table.from_batches(batches_of(tern, stepped))
    assert rest.equals(whole.slice(1))


def test_batches_outlive_result_and_connection(tern: Library, target: str) -> None:
    connection = tern.connect(target)
    result = tern.query(connection, BIG)
    [*parts] = batches_of(tern, result)
    tern.c.tern_result_free(result)
    tern.c.tern_connection_free(connection)
    gc.collect()
    total = pa.Table.from_batches(parts)
    total.validate(full=True)
    assert total.num_rows == 2500


def test_a_stream_outlives_its_connection_as_a_failure(
    tern: Library, server: Running, target: str
) -> None:
    server.options(rows_per_fetch=10)
    connection = tern.connect(f"{target}?prefetch_batches=0&batch_rows=10")
    stream = stream_of(tern, connection, BIG)
    schema, array = tern.ffi.new("struct ArrowSchema *"), tern.ffi.new("struct ArrowArray *")
    assert stream.get_next(stream, array) == 0
    tern.c.tern_connection_free(connection)
    held = array
    code, seen = 0, 0
    while code == 0 and seen < 1000:
        array = tern.ffi.new("struct ArrowArray *")
        code, seen = stream.get_next(stream, array), seen + 1
        if array.release != tern.ffi.NULL:
            array.release(array)
    assert code != 0 and tern.ffi.string(stream.get_last_error(stream))
    assert stream.get_schema(stream, schema) == 0
    assert pa.Schema._import_from_c(address(tern, schema)).names == ["ID", "NAME"]
    stream.release(stream)
    kind = pa.struct([("ID", pa.decimal128(18, 0)), ("NAME", pa.string())])
    batch = pa.Array._import_from_c(address(tern, held), kind)
    batch.validate(full=True)
    assert len(batch) > 0


def test_releasing_is_marked_and_releasing_a_copy_again_is_harmless(
    tern: Library, connection: Any
) -> None:
    result = tern.query(connection, ALL)
    schema, array = tern.ffi.new("struct ArrowSchema *"), tern.ffi.new("struct ArrowArray *")
    tern.call("tern_result_schema", result, schema)
    tern.call("tern_result_next_batch", result, array)
    stream = tern.ffi.new("struct ArrowArrayStream *")
    tern.call("tern_result_stream", result, stream)
    tern.c.tern_result_free(result)
    for made in (schema, array, stream):
        release = made.release
        release(made)
        assert made.release == tern.ffi.NULL
        release(made)
        assert made.release == tern.ffi.NULL


def test_children_may_be_taken_from_their_parent(tern: Library, connection: Any) -> None:
    result = tern.query(connection, BIG)
    array = tern.ffi.new("struct ArrowArray *")
    tern.call("tern_result_next_batch", result, array)
    tern.c.tern_result_free(result)
    moved = tern.ffi.new("struct ArrowArray *")
    tern.ffi.memmove(moved, array.children[1], tern.ffi.sizeof("struct ArrowArray"))
    array.children[1].release = tern.ffi.NULL
    array.release(array)
    names = pa.Array._import_from_c(address(tern, moved), pa.string())
    names.validate(full=True)
    assert len(names) > 0 and names.null_count == 0


@pytest.mark.parametrize("reader", ["pyarrow", "nanoarrow"])
def test_a_stream_released_half_way_leaves_the_connection_usable(
    tern: Library, server: Running, connection: Any, reader: str
) -> None:
    # nanoarrow keeps Python's lock while it pulls, and the stand-in runs in Python: rows that came
    # with the reply need no server any more.
    server.options(rows_per_fetch=10)
    tern.call("tern_connection_set_int", connection, b"batch_rows", 1)
    if reader == "pyarrow":
        stream = stream_of(tern, connection, BIG)
        source = pa.RecordBatchReader._import_from_c(address(tern, stream))
        first = source.read_next_batch()
        first.validate(full=True)
        rows = first.num_rows
    else:
        source = nano_stream(tern, stream_of(tern, connection, ALL))
        rows = len(source.read_next())
        source.close()
    assert rows == 1
    del source
    gc.collect()
    assert tern.rows(tern.query(connection, "SELECT 1")) == [["1"]]


def test_a_result_that_gave_its_rows_away_still_tells_its_columns(
    tern: Library, connection: Any
) -> None:
    result = tern.query(connection, BIG)
    stream = tern.ffi.new("struct ArrowArrayStream *")
    tern.call("tern_result_stream", result, stream)
    assert tern.c.tern_column_count(result) == 2
    again = tern.ffi.new("struct ArrowArrayStream *")
    for name, place in (("tern_result_step", []), ("tern_result_stream", [again])):
        with pytest.raises(TernError) as caught:
            tern.call(name, result, *place)
        assert caught.value.code == tern.c.TERN_ERROR_USAGE
    assert again.release == tern.ffi.NULL
    tern.c.tern_result_free(result)
    table = pa.RecordBatchReader._import_from_c(address(tern, stream)).read_all()
    assert table.num_rows == 2500


def test_an_empty_result_has_a_schema_and_no_rows(tern: Library, connection: Any) -> None:
    table = arrow_table(tern, connection, "SELECT * FROM RETAIL.T_ALL WHERE 1 = 0")
    assert table.num_rows == 0 and table.num_columns == 14
    stream = stream_of(tern, connection, "SELECT * FROM RETAIL.EMPTY_T")
    assert len(nano_stream(tern, stream).read_all()) == 0

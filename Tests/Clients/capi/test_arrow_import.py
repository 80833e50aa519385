"""Arrow into the library from pyarrow and nanoarrow: the values, and who releases what how often."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import nanoarrow as na
import pyarrow as pa
import pytest

from binding import Library, TernError

WORDS = ["a", None, "Grüße 🚀", "", "a text of more than twelve bytes"]
NUMBERS = [1, None, -3, 2**31 - 1, 0]
# The value as Arrow has it, the column of the server, what the row cursor shows for the second row.
TYPES = [
    *[pytest.param(pa.array([7, 100, None], kind), "DECIMAL(36,0)", "100", id=str(kind)) for kind in (
        pa.int8(), pa.int16(), pa.int32(), pa.int64(),
        pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())],
    pytest.param(pa.array([True, False, None]), "BOOLEAN", "false", id="bool"),
    pytest.param(pa.array([0.5, -1.25, None], pa.float32()), "DOUBLE", "-1.25", id="float"),
    pytest.param(pa.array([0.5, 1e100, None], pa.float64()), "DOUBLE", "1e+100", id="double"),
    *[pytest.param(pa.array(["x", "ü🚀", None], kind), "VARCHAR(99)", "ü🚀", id=str(kind))
      for kind in (pa.string(), pa.large_string(), pa.string_view())],
    pytest.param(pa.array(["x", "y", None]).dictionary_encode(), "VARCHAR(9)", "y", id="dictionary"),
    pytest.param(pa.array([None, decimal.Decimal("-" + "9" * 36), None], pa.decimal128(36, 0)),
                 "DECIMAL(36,0)", "-" + "9" * 36, id="decimal128"),
    pytest.param(pa.array([None, decimal.Decimal("1.25"), None], pa.decimal256(40, 2)),
                 "DECIMAL(36,2)", "1.25", id="decimal256"),
    pytest.param(pa.array([datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None]), "DATE",
                 "9999-12-31", id="date"),
    *[pytest.param(pa.array([None, datetime.datetime(2024, 2, 29, 1, 2, 3), None], pa.timestamp(unit)),
                   "TIMESTAMP(3)", "2024-02-29 01:02:03.000", id=f"timestamp-{unit}")
      for unit in ("s", "ms", "us", "ns")],
]


def stream_from(tern: Library, schema: pa.Schema, batches: list[pa.RecordBatch]) -> Any:
    """A C stream of batches."""
    stream = tern.ffi.new("struct ArrowArrayStream *")
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    reader._export_to_c(int(tern.ffi.cast("uintptr_t", stream)))
    return stream


def make(tern: Library, connection: Any, *types: str) -> None:
    """An empty table with a number that tells the order, and columns of these types."""
    columns = ", ".join(f"C{index} {kind}" for index, kind in enumerate(types))
    tern.execute(connection, f"CREATE OR REPLACE TABLE RETAIL.IMPORTED (N DECIMAL(9,0), {columns})")


def ingest(tern: Library, connection: Any, stream: Any) -> int:
    """Appends a stream."""
    count = tern.ffi.new("int64_t *")
    tern.call("tern_ingest", connection, b"RETAIL.IMPORTED", -1, tern.c.TERN_INGEST_APPEND, stream, count)
    assert stream.release == tern.ffi.NULL
    return count[0]


def content(tern: Library, connection: Any) -> list[str | None]:
    """The second column in the order of the first."""
    return [row[1] for row in tern.rows(tern.query(connection, "SELECT * FROM RETAIL.IMPORTED ORDER BY N"))]


@pytest.mark.parametrize("values, kind, shown", TYPES)
def test_every_type_arrives(
    tern: Library, connection: Any, values: pa.Array, kind: str, shown: str
) -> None:
    make(tern, connection, kind)
    table = pa.table({"N": [1, 2, 3], "C0": values})
    assert ingest(tern, connection, stream_from(tern, table.schema, table.to_batches())) == 3
    found = content(tern, connection)
    assert found[1:] == [shown, None] and (found[0] is None) == (values[0].as_py() is None)


def test_slices_hold_their_rows(tern: Library, connection: Any) -> None:
    make(tern, connection, "VARCHAR(99)")
    numbers = list(range(1000))
    whole = pa.record_batch({"N": numbers, "C0": pa.array(
        [None if n % 3 == 0 else f"row {n}" for n in numbers])})
    parts = [whole.slice(start, 13) for start in range(5, 1000, 13)]
    assert ingest(tern, connection, stream_from(tern, whole.schema, parts)) == 995
    assert content(tern, connection) == whole.column(1).to_pylist()[5:]


def test_a_stream_without_batches_inserts_nothing(tern: Library, connection: Any) -> None:
    make(tern, connection, "VARCHAR(99)")
    schema = pa.schema([("N", pa.int32()), ("C0", pa.string())])
    assert ingest(tern, connection, stream_from(tern, schema, [])) == 0
    assert content(tern, connection) == []


def test_nanoarrow_structures_arrive(tern: Library, connection: Any) -> None:
    make(tern, connection, "DECIMAL(18,0)")
    columns = [na.c_array([1, 2], na.int32()), na.c_array([5, None], na.int64())]
    schema = na.struct({"N": na.int32(), "C0": na.int64()})
    array = na.c_array_from_buffers(schema, 2, [None], null_count=0, children=columns)
    assert ingest(tern, connection, stream_from(
        tern, pa.schema([("N", pa.int32()), ("C0", pa.int64())]), [pa.record_batch(array)])) == 2
    assert content(tern, connection) == ["5", None]


@pytest.mark.parametrize("values", [
    pa.array([["a"], []]), pa.array([{"x": 1}, None]), pa.array([b"\xff", b""]),
    pa.array(["no number", "x"]), pa.array([datetime.timedelta(1), None])])
def test_types_that_do_not_fit_are_errors(
    tern: Library, connection: Any, values: pa.Array
) -> None:
    make(tern, connection, "DECIMAL(9,0)")
    table = pa.table({"N": [1, 2], "C0": values})
    with pytest.raises(TernError) as caught:
        ingest(tern, connection, stream_from(tern, table.schema, table.to_batches()))
    assert caught.value.code in (
        tern.c.TERN_ERROR_DATA, tern.c.TERN_ERROR_USAGE, tern.c.TERN_ERROR_UNSUPPORTED)
    assert tern.rows(tern.query(connection, "SELECT 1")) == [["1"]]


@pytest.mark.parametrize("runs, columns", [(0, 1), (1, 1), (3, 1), (0, 2)])
def test_a_bound_batch_is_released_exactly_once(
    tern: Library, connection: Any, runs: int, columns: int
) -> None:
    make(tern, connection, "VARCHAR(9)")
    array, schema = tern.ffi.new("struct ArrowArray *"), tern.ffi.new("struct ArrowSchema *")
    batch = pa.record_batch({f"P{index}": [1, 2] for index in range(columns)})
    batch._export_to_c(*(int(tern.ffi.cast("uintptr_t", place)) for place in (array, schema)))
    released, inner = [], array.release

    @tern.ffi.callback("void(struct ArrowArray *)")
    def count(place: Any) -> None:
        released.append(1)
        inner(place)

    array.release = count
    statement = tern.prepare(connection, "INSERT INTO RETAIL.IMPORTED VALUES (?, 'x')")
    if columns == 1:
        tern.call("tern_bind_batch", statement, array, schema)
    else:
        with pytest.raises(TernError):
            tern.call("tern_bind_batch", statement, array, schema)
    assert array.release == tern.ffi.NULL and schema.release == tern.ffi.NULL
    for _ in range(runs):
        tern.c.tern_result_free(tern.run(statement))
    tern.c.tern_statement_free(statement)
    assert released == [1]
    assert len(content(tern, connection)) == 2 * runs

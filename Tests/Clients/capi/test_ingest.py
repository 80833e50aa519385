"""tern_ingest: what it does with the table, and which types its columns get."""

from __future__ import annotations

import datetime
import decimal
from typing import Any, Iterator

import pyarrow as pa
import pytest

from binding import Library
from ingest_rules import ROWS, IngestRules, check_that_nothing_changes, content, failure, ingest

MOMENT = datetime.datetime(2024, 2, 29, 1, 2, 3, 456_000)
# Arrow values, and the type that the server's catalog shows for the column made from them.
TYPES = [
    (pa.array([True, None]), "BOOLEAN"),
    (pa.array([-128, None], pa.int8()), "DECIMAL(3,0)"),
    (pa.array([-(2**15), None], pa.int16()), "DECIMAL(5,0)"),
    (pa.array([-(2**31), None], pa.int32()), "DECIMAL(10,0)"),
    (pa.array([-(2**63), None], pa.int64()), "DECIMAL(19,0)"),
    (pa.array([2**8 - 1, None], pa.uint8()), "DECIMAL(3,0)"),
    (pa.array([2**16 - 1, None], pa.uint16()), "DECIMAL(5,0)"),
    (pa.array([2**32 - 1, None], pa.uint32()), "DECIMAL(10,0)"),
    (pa.array([2**64 - 1, None], pa.uint64()), "DECIMAL(20,0)"),
    (pa.array([0.5, None], pa.float32()), "DOUBLE"),
    (pa.array([1e300, None], pa.float64()), "DOUBLE"),
    (pa.array([decimal.Decimal("1.25"), None], pa.decimal128(36, 2)), "DECIMAL(36,2)"),
    (pa.array([decimal.Decimal("1200"), None], pa.decimal128(3, -2)), "DECIMAL(5,0)"),
    (pa.array(["ü", None]), "VARCHAR(2000000) UTF8"),
    (pa.array(["ü", None], pa.large_string()), "VARCHAR(2000000) UTF8"),
    (pa.array(["x", None]).dictionary_encode(), "VARCHAR(2000000) UTF8"),
    (pa.array([None, None], pa.null()), "VARCHAR(2000000) UTF8"),
    (pa.array([datetime.date(2024, 2, 29), None]), "DATE"),
    (pa.array([MOMENT, None], pa.timestamp("ms")), "TIMESTAMP(3)"),
    (pa.array([MOMENT, None], pa.timestamp("us")), "TIMESTAMP(6)"),
    (pa.array([b"0123456789abcdef", None], pa.binary(16)), "HASHTYPE(16 BYTE)"),
]


@pytest.fixture
def fresh(tern: Library, connection: Any) -> Iterator[Any]:
    """A connection with an empty schema of its own, open."""
    tern.execute(connection, "DROP SCHEMA IF EXISTS INGEST CASCADE")
    tern.execute(connection, "CREATE SCHEMA INGEST")
    tern.execute(connection, "OPEN SCHEMA INGEST")
    yield connection
    tern.execute(connection, "DROP SCHEMA INGEST CASCADE")


class TestExasol(IngestRules):
    """The common rules."""


@pytest.mark.parametrize("name", ['"T"', 'INGEST."a.b"', '"create"', '"qu""ote"', '"Ünï 🚀"', '" "'])
def test_names_of_any_kind_survive(tern: Library, fresh: Any, name: str) -> None:
    assert ingest(tern, fresh, "CREATE", ROWS, name) == 3
    assert ingest(tern, fresh, "APPEND", ROWS, name) == 3
    assert len(content(tern, fresh, name)) == 6


def test_columns_with_any_name_survive(tern: Library, fresh: Any) -> None:
    names = ["create", 'a"b', "Ünï", " ", "a.b", "select", "A"]
    table = pa.table({name: pa.array([index]) for index, name in enumerate(names)})
    assert ingest(tern, fresh, "CREATE", table) == 1
    assert content(tern, fresh) == [[str(index) for index in range(len(names))]]


@pytest.mark.parametrize("values, kind", TYPES, ids=lambda value: str(getattr(value, "type", value)))
def test_types_have_their_columns(tern: Library, fresh: Any, values: pa.Array, kind: str) -> None:
    assert ingest(tern, fresh, "CREATE", pa.table({"C": values})) == 2
    found = tern.rows(tern.query(
        fresh, "SELECT COLUMN_TYPE FROM EXA_ALL_COLUMNS WHERE COLUMN_SCHEMA='INGEST'"))
    assert found == [[kind]]
    rows = [row[0] for row in content(tern, fresh)]
    assert sum(row is None for row in rows) == values.null_count
    if values[0].is_valid and not isinstance(values[0].as_py(), (bool, bytes, float, datetime.date)):
        value = values[0].as_py()
        assert rows[0] == (f"{value:f}" if isinstance(value, decimal.Decimal) else str(value))


@pytest.mark.parametrize("values", [
    pa.array([b"x"]), pa.array([[1]]), pa.array([{"a": 1}]), pa.array([b"x" * 1025], pa.binary(1025)),
    pa.array([decimal.Decimal(1)], pa.decimal128(37, 0)),
    pa.array([decimal.Decimal(1)], pa.decimal256(76, 0)),
], ids=lambda values: str(values.type))
@pytest.mark.parametrize("mode", ["CREATE", "REPLACE", "CREATE_APPEND"])
def test_types_without_a_column_change_nothing(
    tern: Library, fresh: Any, values: pa.Array, mode: str
) -> None:
    check_that_nothing_changes(tern, fresh, values, mode)


def test_a_rolled_back_ingestion_leaves_nothing(tern: Library, fresh: Any) -> None:
    tern.call("tern_connection_set", fresh, b"autocommit", b"off", -1)
    assert ingest(tern, fresh, "CREATE") == 3
    tern.call("tern_rollback", fresh)
    assert failure(tern, fresh, "APPEND").sqlstate == "42S02"
    tern.call("tern_rollback", fresh)
    tern.call("tern_connection_set", fresh, b"autocommit", b"on", -1)

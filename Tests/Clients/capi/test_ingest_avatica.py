"""tern_ingest into a database behind Avatica, in both encodings."""

from __future__ import annotations

import datetime
import decimal
from typing import Any, Iterator

import pyarrow as pa
import pytest

from binding import Library
from ingest_rules import IngestRules, check_that_nothing_changes, content, ingest
from testbed import running
from testbed.common.launch import Running

DAY = datetime.date(2024, 2, 29)
MOMENT = datetime.datetime(2024, 2, 29, 1, 2, 3, 456_000)
# Arrow values, and what the row cursor shows of the column that was made for them.
TYPES = [
    (pa.array([True, None]), ["true", None]),
    (pa.array([-128, None], pa.int8()), ["-128", None]),
    (pa.array([-(2**15), None], pa.int16()), ["-32768", None]),
    (pa.array([-(2**31), None], pa.int32()), ["-2147483648", None]),
    (pa.array([-(2**63), None], pa.int64()), ["-9223372036854775808", None]),
    (pa.array([2**8 - 1, None], pa.uint8()), ["255", None]),
    (pa.array([2**16 - 1, None], pa.uint16()), ["65535", None]),
    (pa.array([2**32 - 1, None], pa.uint32()), ["4294967295", None]),
    (pa.array([2**64 - 1, None], pa.uint64()), ["18446744073709551615", None]),
    (pa.array([0.5, None], pa.float32()), ["0.5", None]),
    (pa.array([-1.25, 1e300, None], pa.float64()), ["-1.25", "1e+300", None]),
    (pa.array([decimal.Decimal("1.25"), None], pa.decimal128(36, 2)), ["1.25", None]),
    (pa.array([decimal.Decimal("1200"), None], pa.decimal128(3, -2)), ["1200", None]),
    (pa.array(["", "ü 🚀", None]), ["", "ü 🚀", None]),
    (pa.array(["x" * 5000, None], pa.large_string()), ["x" * 5000, None]),
    (pa.array(["x", None]).dictionary_encode(), ["x", None]),
    (pa.array([None, None], pa.null()), [None, None]),
    (pa.array([b"\0\xff", None]), ["00FF", None]),
    (pa.array([b"0123456789abcdef", None], pa.binary(16)), ["30313233343536373839616263646566", None]),
    (pa.array([DAY, None]), ["2024-02-29", None]),
    (pa.array([datetime.time(1, 2, 3), None], pa.time32("s")), ["01:02:03.000", None]),
    (pa.array([datetime.time(1, 2, 3, 4000), None], pa.time32("ms")), ["01:02:03.004", None]),
    (pa.array([MOMENT, None], pa.timestamp("ms")), ["2024-02-29 01:02:03.456", None]),
]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Running]:
    with running("avatica") as server:
        yield server


@pytest.fixture(params=["json", "protobuf"])
def fresh(request: pytest.FixtureRequest, tern: Library, gateway: Running) -> Iterator[Any]:
    """A connection whose table T does not exist."""
    gateway.reset()
    port = gateway.info["port" if request.param == "json" else "protobufPort"]
    connection = tern.connect(f"avatica+http://SA@127.0.0.1:{port}/")
    tern.execute(connection, "DROP TABLE IF EXISTS T")
    yield connection
    tern.execute(connection, "DROP TABLE IF EXISTS T")
    tern.c.tern_connection_free(connection)


class TestAvatica(IngestRules):
    """The common rules."""


def test_many_rows_go_in_several_requests(tern: Library, fresh: Any, gateway: Running) -> None:
    numbers = list(range(2500))
    table = pa.table({"N": pa.array(numbers), "S": pa.array([f"ü{n}" if n % 7 else None for n in numbers])})
    assert ingest(tern, fresh, "CREATE", pa.concat_tables([table, table.slice(0, 0), table])) == 5000
    assert "executeBatch" in str(gateway.control("/log"))
    assert tern.rows(tern.query(fresh, "SELECT COUNT(*), COUNT(S), SUM(N), MAX(S) FROM T")) == [
        ["5000", str(2 * sum(n % 7 != 0 for n in numbers)), str(2 * sum(numbers)), "ü999"]]


def test_columns_keep_lengths_and_digits(tern: Library, fresh: Any, gateway: Running) -> None:
    """What a database would cut without being asked: fractions of times, texts without a length."""
    moment = pa.array([MOMENT], pa.timestamp("ms"))
    table = pa.table({"A": pa.array(["x"]), "B": pa.array([b"x"]), "C": moment.cast(pa.time32("ms")),
                      "D": moment, "E": moment.cast(pa.timestamp("us"))})
    assert ingest(tern, fresh, "CREATE", table) == 1
    sent = [entry.get("message", {}).get("sql", "") for entry in gateway.control("/log")]
    assert ('CREATE TABLE T ("A" LONGVARCHAR, "B" LONGVARBINARY, "C" TIME(3), "D" TIMESTAMP(3), '
            '"E" TIMESTAMP(6))') in [sql.replace('"T"', "T") for sql in sent]


@pytest.mark.parametrize("values, shown", TYPES, ids=lambda value: str(getattr(value, "type", "")))
def test_types_have_their_columns(
    tern: Library, fresh: Any, values: pa.Array, shown: list[str | None]
) -> None:
    table = pa.table({"N": pa.array(range(len(values))), "C": values})
    assert ingest(tern, fresh, "CREATE", table) == len(values)
    rows = tern.rows(tern.query(fresh, "SELECT C FROM T ORDER BY N"))
    assert [row[0] for row in rows] == shown


@pytest.mark.parametrize("values", [
    pa.array([[1]]), pa.array([{"a": 1}]), pa.array([datetime.timedelta(1)]),
    pa.array([decimal.Decimal(1)], pa.decimal256(76, 0)),
], ids=lambda values: str(values.type))
@pytest.mark.parametrize("mode", ["CREATE", "REPLACE", "CREATE_APPEND"])
def test_types_without_a_column_change_nothing(
    tern: Library, fresh: Any, values: pa.Array, mode: str
) -> None:
    check_that_nothing_changes(tern, fresh, values, mode)


def test_a_rolled_back_ingestion_leaves_nothing(tern: Library, fresh: Any) -> None:
    ingest(tern, fresh, "CREATE")
    tern.call("tern_connection_set", fresh, b"autocommit", b"off", -1)
    assert ingest(tern, fresh, "APPEND") == 3
    tern.call("tern_rollback", fresh)
    assert len(content(tern, fresh)) == 3
    tern.call("tern_rollback", fresh)
    tern.call("tern_connection_set", fresh, b"autocommit", b"on", -1)

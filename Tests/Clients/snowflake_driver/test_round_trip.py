"""Every type there and back: Tern and the vendor's client must see the same values."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from decimal import Decimal
from typing import Any, Callable

import pyarrow as pa
import pytest

from session import Session

Connect = Callable[..., Session]

# A column of each type with values at its edges, as SQL. NULL is added to all.
TYPES: dict[str, list[str]] = {
    "NUMBER(38,0)": ["99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "0"],
    "INT": ["1", "-9223372036854775809"], "NUMBER(10,2)": ["99999999.99", "-0.01"],
    "NUMBER(38,37)": ["9.9999999999999999999999999999999999999", "-0.0000000000000000000000000000000000001"],
    "FLOAT": ["1.7976931348623157e308", "5e-324", "-0.1", "'NaN'", "'inf'", "'-inf'"],
    "BOOLEAN": ["true", "false"], "VARCHAR": ["''", "'Grüße 😀'", "'a''b\"c'", "' x '"], "VARCHAR(3)": ["'日本語'"],
    "BINARY": ["to_binary('00FF10','HEX')", "to_binary('','HEX')"],
    "DATE": ["'0001-01-01'", "'9999-12-31'", "'1969-12-31'"],
    "TIME(0)": ["'23:59:59'"], "TIME(3)": ["'00:00:00.001'"], "TIME(6)": ["'12:34:56.789012'"], "TIME(9)": ["'23:59:59.999999000'"],
    "TIMESTAMP_NTZ(0)": ["'1969-12-31 23:59:59'"], "TIMESTAMP_NTZ(3)": ["'1969-12-31 23:59:59.5'"],
    "TIMESTAMP_NTZ(6)": ["'0001-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"],
    "TIMESTAMP_NTZ(9)": ["'9999-12-31 23:59:59.999999'", "'2024-02-29 01:02:03.123456'"],
    "TIMESTAMP_LTZ(3)": ["'2024-07-01 12:00:00 +00:00'", "'1900-01-01 00:00:00 +00:00'"],
    "TIMESTAMP_LTZ(9)": ["'2024-01-01 12:00:00.000001 +00:00'"],
    "TIMESTAMP_TZ(0)": ["'2024-01-02 03:04:05 -08:00'"], "TIMESTAMP_TZ(9)": ["'2024-01-02 03:04:05.123456 +05:45'"],
    "VARIANT": ["""parse_json('{"a":[1,null,"😀"]}')"""], "OBJECT": ["object_construct('k', 1)"], "ARRAY": ["array_construct(1, 'x', null)"],
}  # fmt: skip


def fresh() -> str:
    return "T_" + uuid.uuid4().hex[:12].upper()


@pytest.fixture
def filled(peer: Any) -> str:
    """A table with a column of each type, filled by the vendor's client."""
    name = fresh()
    columns = ", ".join(f"c{index} {kind}" for index, kind in enumerate(TYPES))
    peer.execute(f"create table {name} (id int, {columns})")
    for row in range(max(map(len, TYPES.values())) + 1):
        values = [v[row] if row < len(v) else "null" for v in TYPES.values()]
        peer.execute(f"insert into {name} select {row}, {', '.join(values)}")
    return name


def plain(value: Any) -> Any:
    """A value without what differs between two clients' classes for it."""
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(dt.timezone.utc)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_every_type_arrives_as_the_vendors_client_has_it(connect: Connect, peer: Any, filled: str, form: str) -> None:
    own = connect(f"&result_format={form}").table(f"select * from {filled} order by id")
    wanted = list(zip(*peer.execute(f"select * from {filled} order by id").fetchall()))
    wrong = []
    for index, kind in enumerate(TYPES, 1):
        found = [plain(v) for v in own.column(index).to_pylist()]
        if found != [plain(v) for v in wanted[index]]:
            wrong.append((kind, own.schema.field(index).type, found, wanted[index]))
    assert not wrong, wrong


def test_the_two_forms_agree_in_types_and_values(connect: Connect, filled: str) -> None:
    tables = [connect(f"&result_format={form}").table(f"select * from {filled} order by id") for form in ("arrow", "json")]
    assert tables[0].schema.types == tables[1].schema.types and tables[0].schema.names == tables[1].schema.names
    assert str(tables[0].to_pydict()) == str(tables[1].to_pydict())


def test_trap_32_an_empty_result_has_the_same_schema(connect: Connect, filled: str, form: str) -> None:
    """The columns come from the description, as there is no body."""
    session = connect(f"&result_format={form}")
    assert session.table(f"select * from {filled} where 1 = 0").schema.types == session.table(f"select * from {filled}").schema.types


def test_rows_written_as_arrow_come_back(connect: Connect, peer: Any) -> None:
    name, session = fresh(), connect()
    peer.execute(f"create table {name} (i number(38,0), d number(12,2), f float, b boolean, s varchar, x binary, da date, ti time(6), ts timestamp_ntz(6))")
    batch = pa.record_batch({
        "i": pa.array([1, None, -(10**18)], pa.int64()), "d": pa.array([Decimal("1.25"), None, Decimal("-0.01")], pa.decimal128(12, 2)),
        "f": pa.array([0.1, None, math.inf]), "b": pa.array([True, None, False]), "s": pa.array(["é\"',\n\\", None, ""]),
        "x": pa.array([b"\x00\xff", None, b""], pa.binary()), "da": pa.array([dt.date(2024, 2, 29), None, dt.date(1, 1, 1)]),
        "ti": pa.array([dt.time(12, 34, 56, 789012), None, dt.time(0)], pa.time64("us")),
        "ts": pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, 6), None, dt.datetime(9999, 12, 31)], pa.timestamp("us")),
    })  # fmt: skip
    statement = session.prepare(f"insert into {name} values (?,?,?,?,?,?,?,?,?)")
    statement.run_batch(batch)
    statement.close()
    found = peer.execute(f"select * from {name}").fetchall()
    assert sorted(map(str, ([plain(v) for v in r] for r in found))) == sorted(map(str, ([plain(v) for v in r.values()] for r in batch.to_pylist())))


@pytest.mark.parametrize("more", ["", "&timestamp_unit=ns"])
def test_trap_26_digits_below_a_microsecond_are_exact_or_an_error(connect: Connect, form: str, more: str) -> None:
    session = connect(f"&result_format={form}{more}")
    sql = "select '2024-01-02 03:04:05.123456789'::timestamp_ntz as t"
    assert session.rows(sql) == [["2024-01-02 03:04:05.123456789"]]
    if more:
        assert str(session.table(sql).column(0)[0]) == "2024-01-02 03:04:05.123456789"
        return
    with pytest.raises(pa.ArrowInvalid, match="22008.*timestamp_unit"):
        session.table(sql)


def test_given_results_agree(connect: Connect, server: Any) -> None:
    """What DuckDB lacks: each prepared result has the same values in both of its forms."""
    one, other = connect("&result_format=arrow"), connect("&result_format=json")
    for case in server.info["fixtures"]:
        rows = one.rows(f"TERN FIXTURE {case}")
        assert rows == other.rows(f"TERN FIXTURE {case}"), case


def test_variants_are_json(connect: Connect, form: str) -> None:
    rows = connect(f"&result_format={form}").rows("select parse_json('{\"a\":1.50}'), parse_json('null'), null::variant")
    assert json.loads(rows[0][0] or "") == {"a": 1.5} and rows[0][1:] == ["null", None]

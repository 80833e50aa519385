"""adbc-driver-snowflake, which wraps the vendor's Go driver, over the stand-in."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import pyarrow as pa
import pytest

from testbed.common.launch import Running


def table(adbc: Any, sql: str, *parameters: Any) -> pa.Table:
    """The result of a statement."""
    with adbc.cursor() as cursor:
        cursor.execute(sql, *parameters)
        return cursor.fetch_arrow_table()


def test_values_arrive(adbc: Any) -> None:
    found = table(adbc, "select 1 a, 'é' b, 1.25 c, true d, '2024-01-02 03:04:05.123456789'::timestamp_ntz e, '2024-02-29'::date f, "
                  "null::float g, to_binary('00FF','HEX') h, parse_json('[1]') i, '12:34:56.789'::time(9) j").to_pylist()[0]  # fmt: skip
    assert str(found.pop("E")) == "2024-01-02 03:04:05.123456789"
    assert found == {
        "A": 1, "B": "é", "C": decimal.Decimal("1.25"), "D": True, "F": datetime.date(2024, 2, 29), "G": None, "H": b"\x00\xff",
        "I": "[\n  1\n]", "J": datetime.time(12, 34, 56, 789000),
    }  # fmt: skip


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_a_large_result_comes_in_chunks(server: Running, adbc: Any, form: str) -> None:
    table(adbc, f"alter session set go_query_result_format = '{form}'")
    found = table(adbc, "select seq4() n, 'row' || seq4() s from table(generator(rowcount=>20000))")
    assert sorted(found.column("N").to_pylist()) == list(range(20000))
    assert sum(e["request"] == "chunk" for e in server.control("/log")) == 4


def test_the_rows_of_a_benchmark(adbc: Any) -> None:
    assert table(adbc, "TERN ROWS 250000").num_rows == 250000


def test_binds_and_counts(adbc: Any) -> None:
    with adbc.cursor() as cursor:
        cursor.execute("create or replace table adbc_t (i int, s varchar)")
        cursor.executemany("insert into adbc_t values (?, ?)", [(1, "q"), (2, None)])
        cursor.execute("select * from adbc_t where i = ?", (2,))
        assert cursor.fetchall() == [(2, None)]


def test_schemas(adbc: Any) -> None:
    table(adbc, "create or replace table adbc_s (i int, s varchar(5), t timestamp_ntz(3))")
    assert adbc.adbc_get_table_schema("ADBC_S").names == ["I", "S", "T"]
    with adbc.cursor() as cursor:
        assert cursor.adbc_execute_schema("select 1 a, 'x' b").names == ["A", "B"]


def test_objects(adbc: Any) -> None:
    """The client asks with SHOW and one statement over RESULT_SCAN and INFORMATION_SCHEMA."""
    table(adbc, "create or replace schema adbc_o")
    table(adbc, "create table parent (id int primary key, s varchar(5))")
    table(adbc, "create table child (p int, constraint fk foreign key (p) references parent (id))")
    for depth in ("catalogs", "db_schemas", "tables", "all"):
        found = adbc.adbc_get_objects(depth=depth, catalog_filter="TESTDB").read_all().to_pylist()
        assert [d["catalog_name"] for d in found] == ["TESTDB"]
    spaces = {s["db_schema_name"]: s["db_schema_tables"] for s in found[0]["catalog_db_schemas"]}
    tables = {t["table_name"]: t for t in spaces["ADBC_O"]}
    assert [(c["column_name"], c["xdbc_type_name"], c["xdbc_nullable"]) for c in tables["PARENT"]["table_columns"]] == [
        ("ID", "NUMBER", 0), ("S", "TEXT", 1)]  # fmt: skip
    assert tables["CHILD"]["table_constraints"][0]["constraint_column_usage"][0]["fk_table"] == "PARENT"
    table(adbc, "drop schema adbc_o")


def test_errors(adbc: Any) -> None:
    with pytest.raises(Exception, match="42S02"):
        table(adbc, "select * from nope")


@pytest.mark.parametrize("case", [
    "fixed", "scalars", "timestamp_ntz", "timestamp_ltz", "timestamp_tz", "decfloat", "vector", "interval", "semi_structured",
    "structured_native", "two_batches_no_eos", "coordinator_style", "width_chunk_0", "width_chunk_1", "width_chunk_2",
])  # fmt: skip
def test_given_results(server: Running, adbc: Any, case: str) -> None:
    assert case in server.info["fixtures"]
    assert table(adbc, f"TERN FIXTURE {case}").num_rows > 0

"""The same statements on fakesnow, an independent server, through Tern and through the vendor's client."""

from __future__ import annotations

from typing import Any, Iterator

import pytest

from fakesnow_server import Fakesnow
from session import Library, Session
from test_round_trip import plain

STATEMENTS = [
    "select 1 as a, 2::smallint b, -5 d", "select 12345.678::number(10,3) n1, null::number(5,2) n4", "select 1.5::float f, 1e300::double d",
    "select 'héllo' a, '' b, null::varchar c, 'a''b\"c\\\\' d", "select true a, false b, null::boolean c",
    "select '2024-02-29'::date d1, '0001-01-01'::date d2, '9999-12-31'::date d3, '1969-12-31'::date d4", "select '12:34:56.789'::time t1",
    "select '2024-01-02 03:04:05.123456'::timestamp_ntz t1, '1969-12-31 23:59:59.5'::timestamp_ntz t2, '9999-12-31'::timestamp_ntz t3",
    "select '2024-01-02 03:04:05.123 +02:00'::timestamp_tz t1", "select to_binary('DEADBEEF','HEX') b, x'00ff' c", "select 1 a where 1=0",
    "select seq4() as n, 'row' || seq4() as s from table(generator(rowcount=>1000))", "select parse_json('{\"a\":[1,2]}') v",
    "create or replace table fs_t (id int, name varchar(20), amt number(12,2), d date, b boolean, f float)",
    "insert into fs_t (id,name,amt) values (1,'a',1.25),(2,'b',2.50)", "insert into fs_t values (3,null,null,'2024-02-29',true,0.5)",
    "update fs_t set name='z' where id<3", "delete from fs_t where id=10",
    "merge into fs_t using (select 1 id) s on fs_t.id=s.id when matched then update set name='m' when not matched then insert (id) values (99)",
    "select * from fs_t order by id", "select count(*) c, max(name) m from fs_t group by b order by 1, 2", "begin", "rollback",
    "select case when id > 1 then 'x' end c from fs_t order by id", "select upper('a') || lower('B') x",
]  # fmt: skip
# Known errors of fakesnow, each of which both clients see in their own way: a NULL timestamp is 1970.


@pytest.fixture(scope="module")
def fakesnow() -> Iterator[Fakesnow]:
    with Fakesnow() as server:
        yield server


@pytest.fixture(scope="module")
def own(fakesnow: Fakesnow, library: Library) -> Iterator[Session]:
    session = Session(library, f"snowflake+http://fake:snow@127.0.0.1:{fakesnow.port}/db1/schema1?account=fakesnow&token_cache=off")
    yield session
    session.close()


@pytest.fixture(scope="module")
def theirs(fakesnow: Fakesnow) -> Iterator[Any]:
    connection = fakesnow.connect()
    yield connection.cursor()
    connection.close()


def values(rows: list[Any]) -> list[list[Any]]:
    return [[plain(v) for v in row] for row in rows]


@pytest.mark.parametrize("sql", [s for s in STATEMENTS if s.startswith("select") and "fs_t" not in s])
def test_equal_values(own: Session, theirs: Any, sql: str) -> None:
    found = [list(row.values()) for row in own.table(sql).to_pylist()]
    assert values(found) == values(theirs.execute(sql).fetchall())


def test_a_table_written_by_one_is_read_by_the_other(own: Session, theirs: Any) -> None:
    for sql in STATEMENTS[STATEMENTS.index(next(s for s in STATEMENTS if s.startswith("create"))):]:
        if sql.startswith("select"):
            found = [list(row.values()) for row in own.table(sql).to_pylist()]
            assert values(found) == values(theirs.execute(sql).fetchall()), sql
        else:
            own.execute(sql)


def test_counts(own: Session) -> None:
    own.execute("create or replace table fs_c (i int)")
    assert own.execute("insert into fs_c values (1),(2)") == 2
    assert own.execute("update fs_c set i = 7") == 2
    assert own.execute("delete from fs_c where i = 9") == 0


def test_binds(own: Session) -> None:
    statement = own.prepare("select ? a, ? b, ? c")
    assert statement.rows(7, "é", None) == [["7", "é", None]]
    statement.close()


def test_errors(own: Session) -> None:
    from session import TernError

    for sql, state, code in (("selec 1", "42000", 1003), ("select * from nope", "42S02", 2003)):
        with pytest.raises(TernError) as caught:
            own.rows(sql)
        assert (caught.value.sqlstate, caught.value.vendor_code) == (state, code)



"""fakesnow, a Snowflake server that others wrote: the connector finds the same values there as on the stand-in."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from fakesnow_server import Fakesnow

# Not among them: variants, which fakesnow does not indent.
STATEMENTS = [
    "select 1 as a, 2::smallint b, -5 d", "select 12345.678::number(10,3) n1, null::number(5,2) n4", "select 1.5::float f, 1e300::double d",
    "select 'héllo' a, '' b, null::varchar c, 'a''b\"c\\\\' d", "select true a, false b, null::boolean c",
    "select '2024-02-29'::date d1, '0001-01-01'::date d2, '9999-12-31'::date d3, '1969-12-31'::date d4",
    "select '12:34:56.789'::time t1, '23:59:59.999999999'::time t3",
    "select '2024-01-02 03:04:05.123456789'::timestamp_ntz t1, '1969-12-31 23:59:59.5'::timestamp_ntz t2",
    "select to_binary('DEADBEEF','HEX') b, x'00ff' c", "select 1 a where 1=0", "select seq4() as n, 'row' || seq4() as s from table(generator(rowcount=>1000))",
    "create or replace table fs_t (id int, name varchar(20), amt number(12,2), d date, b boolean, f float)",
    "insert into fs_t (id,name,amt) values (1,'a',1.25),(2,'b',2.50)", "insert into fs_t values (3,null,null,'2024-02-29',true,0.5)",
    "update fs_t set name='z' where id<3", "delete from fs_t where id=10",
    "merge into fs_t using (select 1 id) s on fs_t.id=s.id when matched then update set name='m' when not matched then insert (id) values (99)",
    "select * from fs_t order by id", "select count(*) c, max(name) m from fs_t group by b order by 1, 2",
    "select t.id, u.id from fs_t t join fs_t u on t.id = u.id + 1 order by 1", "begin", "rollback",
    "select case when id > 1 then 'x' end c from fs_t order by id", "select upper('a') || lower('B') x",
]  # fmt: skip


@pytest.fixture(scope="module")
def fakesnow() -> Any:
    with Fakesnow() as server:
        yield server


def test_equal_values(fakesnow: Fakesnow, connect: Callable[..., Any]) -> None:
    ours = connect().cursor()
    theirs = fakesnow.connect().cursor()
    for sql in STATEMENTS:
        assert ours.execute(sql).fetchall() == theirs.execute(sql).fetchall(), sql

"""snowflake-connector-python, the vendor's client, over the stand-in: it must find a Snowflake there."""

from __future__ import annotations

import datetime
import decimal
import math
from pathlib import Path
from typing import Any, Callable

import pyarrow as pa
import pytest

from testbed.common.launch import Running

D = decimal.Decimal
UTC = datetime.timezone.utc
TWO = datetime.timezone(datetime.timedelta(hours=2))


def rows(cursor: Any, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    return cursor.execute(sql, *parameters).fetchall()


@pytest.mark.parametrize(("expression", "value"), [
    ("1", 1), ("-5::bigint", -5), ("99999999999999999999999999999999999999::number(38,0)", 10**38 - 1),
    ("12345.678::number(10,3)", D("12345.678")), ("0.00000000000000000001::number(38,20)", D("1E-20")), ("7/2", D("3.5")),
    ("1.5::float", 1.5), ("'inf'::float", math.inf), ("'héllo'", "héllo"), ("''", ""), ("null::varchar", None), ("'a''b\"c\\\\'", "a'b\"c\\"),
    ("true", True), ("1 = 2", False), ("to_binary('DEADBEEF', 'HEX')", b"\xde\xad\xbe\xef"), ("'2024-02-29'::date", datetime.date(2024, 2, 29)),
    ("'9999-12-31'::date", datetime.date(9999, 12, 31)), ("'12:34:56.789'::time(3)", datetime.time(12, 34, 56, 789000)),
    ("'2024-01-02 03:04:05.123456789'::timestamp_ntz", datetime.datetime(2024, 1, 2, 3, 4, 5, 123456)),
    ("'1969-12-31 23:59:59.5'::timestamp_ntz(3)", datetime.datetime(1969, 12, 31, 23, 59, 59, 500000)),
    ("'9999-12-31 23:59:59'::timestamp_ntz", datetime.datetime(9999, 12, 31, 23, 59, 59)),
    ("'2024-01-02 03:04:05 +02:00'::timestamp_tz", datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=TWO)),
    ("'2024-01-02 03:04:05 +02:00'::timestamp_ltz(3)", datetime.datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC)),
    ("parse_json('{\"a\":[1,2.50]}')", '{\n  "a": [\n    1,\n    2.50\n  ]\n}'), ("parse_json('{\"a\":{\"b\":7}}'):a.b::int", 7),
    ("array_construct(1,'x',null)", '[\n  1,\n  "x",\n  null\n]'), ("[1,2,3]::vector(float,3)", [1.0, 2.0, 3.0]),
    ("1.50::decfloat", D("1.5")), ("current_database()", "TESTDB"), ("iff(1=1, 'y', 'n')", "y"), ("dateadd(day, 1, '2024-02-28'::date)", datetime.date(2024, 2, 29)),
])  # fmt: skip
@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_values_arrive(cursor: Any, expression: str, value: Any, form: str) -> None:
    cursor.execute(f"alter session set python_connector_query_result_format = '{form}'")
    found = rows(cursor, f"select {expression} as x")[0][0]
    assert cursor.description[0][0] == "X"
    assert found == (bytearray(value) if isinstance(value, bytes) else value)


@pytest.mark.parametrize("form", ["ARROW", "JSON"])
def test_a_large_result_comes_in_chunks(server: Running, cursor: Any, form: str) -> None:
    cursor.execute(f"alter session set python_connector_query_result_format = '{form}'")
    found = rows(cursor, "select seq4() n, 'row' || seq4() s, (seq4() * 1000000)::number(38,0) w from table(generator(rowcount=>20000))")
    assert found == [(n, f"row{n}", n * 1000000) for n in range(20000)]
    asked = [e for e in server.control("/log") if e["request"] == "chunk"]
    assert len(asked) == 4 and not any("authorization" in e["headers"] for e in asked)


@pytest.mark.parametrize("options", [
    {"chunkEncoding": "unlabelled"}, {"chunkEncoding": "identity"}, {"chunkHeaders": "qrmk"}, {"endMarker": "none"}, {"endMarker": "all"},
    {"metadataVersion": 4}, {"firstRows": 0}, {"batchRows": 7, "chunkRows": 50, "inlineRows": 100, "firstRows": 10},
])  # fmt: skip
def test_chunks_in_every_dress(server: Running, cursor: Any, options: dict[str, Any]) -> None:
    server.options(**options)
    found = rows(cursor, "select seq4() n, '2024-01-02'::timestamp_ntz(3) t from table(generator(rowcount=>3000))")
    assert [n for n, _ in found] == list(range(3000))


def test_all_rows_as_arrow(cursor: Any) -> None:
    cursor.execute("select seq4() n, 1.25 d, 'x' s, '2024-01-02 03:04:05'::timestamp_ntz t from table(generator(rowcount=>6000))")
    table = cursor.fetch_arrow_all()
    assert (table.num_rows, table.column("S").type, table.column("T").type) == (6000, pa.string(), pa.timestamp("ns"))


def test_the_rows_of_a_benchmark(connect: Callable[..., Any]) -> None:
    from testbed.snowflake.bulk import row_values

    cursor = connect(arrow_number_to_decimal=True).cursor()
    cursor.execute("TERN ROWS 250000")
    table = cursor.fetch_arrow_all()
    assert table.num_rows == 250000
    row = table.slice(101, 1).to_pylist()[0]
    wanted = row_values(101)
    assert (row["ID"], row["AMOUNT"], row["RATE"], row["NAME"]) == (101, wanted[1], wanted[2], wanted[3])


@pytest.mark.parametrize("value", [
    7, -12, D("1.25"), 0.1, math.inf, "é", "", True, None, b"\x00\xff", datetime.date(1969, 12, 31), datetime.time(12, 34, 56, 789),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 123456), datetime.datetime(9999, 12, 31),
    ("TIMESTAMP_TZ", datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=TWO)),
    ("TIMESTAMP_LTZ", datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
])  # fmt: skip
def test_bound_values_come_back(cursor: Any, value: Any) -> None:
    found = rows(cursor, "select ?", (value,))[0][0]
    plain = value[1] if isinstance(value, tuple) else value
    assert found == (bytearray(plain) if isinstance(plain, bytes) else plain)


def test_dml_counts(cursor: Any) -> None:
    cursor.execute("create or replace table counts (id int, name varchar(5))")
    assert rows(cursor, "insert into counts values (1,'a'),(2,'b'),(3,null)") == [(3,)]
    assert cursor.rowcount == 3
    assert rows(cursor, "update counts set name = 'z' where id < 3") == [(2, 0)]
    assert rows(cursor, "merge into counts using (select 3 id union all select 9) s on counts.id = s.id when matched then update set name='m' "
                "when not matched then insert (id) values (s.id)") == [(1, 1)]  # fmt: skip
    assert rows(cursor, "delete from counts where id = 99") == [(0,)]
    assert rows(cursor, "select id, name from counts order by id") == [(1, "z"), (2, "z"), (3, "m"), (9, None)]


def test_executemany_is_one_request(server: Running, cursor: Any) -> None:
    cursor.execute("create or replace table many (i int, s varchar, d date, t timestamp_ntz, f float, b boolean, x binary)")
    values = [(n, f"x{n}", datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, 1, 1, 1, n), n / 4, n % 2 == 0, b"a") for n in range(50)]
    cursor.executemany("insert into many values (?,?,?,?,?,?,?)", values)
    assert cursor.rowcount == 50
    assert len(server.control("/executions", {"sqlContains": "insert into many"})) == 1
    assert rows(cursor, "select * from many order by i") == [(*v[:-1], bytearray(v[-1])) for v in values]


def test_a_large_bind_goes_through_a_stage(server: Running, cursor: Any) -> None:
    cursor.execute("create or replace table staged (i int, s varchar, e varchar)")
    values = [(n, ["", 'q"uote', "com,ma", "line\nfeed", None, "back\\slash"][n % 6], None) for n in range(30000)]
    cursor.executemany("insert into staged values (?,?,?)", values)
    sent = [e["message"] for e in server.control("/log") if e["request"] == "query"]
    assert any("bindStage" in m for m in sent)
    assert rows(cursor, "select * from staged order by i") == values


def test_several_statements(cursor: Any) -> None:
    cursor.execute("select 1; create or replace table multi (i int); insert into multi values (7); select i from multi", num_statements=4)
    found = [cursor.fetchall()]
    while cursor.nextset():
        found.append(cursor.fetchall())
    assert found == [[(1,)], [("Table MULTI successfully created.",)], [(1,)], [(7,)]]


def test_a_detached_statement(connect: Callable[..., Any]) -> None:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute_async("select 42 as x")
    query = cursor.sfqid
    while connection.is_still_running(connection.get_query_status_throw_if_error(query)):
        pass
    cursor.get_results_from_sfqid(query)
    assert cursor.fetchall() == [(42,)]


@pytest.mark.parametrize("sql", [
    "call system$wait(60)", "select count(*) from table(generator(rowcount=>100000)) a, table(generator(rowcount=>10000000)) b",
])  # fmt: skip
def test_a_time_limit_stops_the_statement(server: Running, cursor: Any, sql: str) -> None:
    from snowflake.connector.errors import ProgrammingError

    with pytest.raises(ProgrammingError) as caught:
        cursor.execute(sql, timeout=1)
    assert (caught.value.errno, caught.value.sqlstate) == (604, "57014")
    server.until(lambda: not server.stand_in.connections()["running"])


@pytest.mark.parametrize(("sql", "code", "state"), [
    ("selec 1", 1003, "42000"), ("select * from nope", 2003, "42S02"), ("select zz from information_schema.tables", 904, "42000"),
    ("select 1/0", 100051, "22012"), ("select 'a'::int", 100038, "22018"), ("select '2024-13-01'::date", 100035, "22007"),
    ("select 123456::number(5,2)", 100039, "22003"), ("select 1; select 2", 8, "0A000"),
    ("insert into narrow (s) values ('toolong')", 100078, "22000"), ("insert into narrow (i) values (null)", 100072, "22000"),
    ("create table narrow (x int)", 2002, "42710"), ("use schema nowhere", 2043, "02000"),
])  # fmt: skip
def test_errors(cursor: Any, sql: str, code: int, state: str) -> None:
    from snowflake.connector.errors import DatabaseError

    cursor.execute("create or replace table narrow (i int not null default 0, s varchar(3))")
    with pytest.raises(DatabaseError) as caught:
        cursor.execute(sql)
    assert (caught.value.errno, caught.value.sqlstate) == (code, state)


def test_put_list_copy_and_get(cursor: Any, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('1,a\n2,"b ""q"", c"\n3,\n')
    cursor.execute("create or replace stage files")
    assert rows(cursor, f"put file://{tmp_path}/in.csv @files")[0][6] == "UPLOADED"
    assert [r[0] for r in rows(cursor, "list @files")] == ["files/in.csv.gz"]
    cursor.execute("create or replace table loaded (i int, s varchar)")
    assert rows(cursor, "copy into loaded from @files")[0][:4] == ("in.csv.gz", "LOADED", 3, 3)
    assert rows(cursor, "select * from loaded order by i") == [(1, "a"), (2, 'b "q", c'), (3, None)]
    (tmp_path / "out").mkdir()
    assert rows(cursor, f"get @files file://{tmp_path}/out")[0][2] == "DOWNLOADED"
    assert (tmp_path / "out" / "in.csv.gz").exists()


def test_transactions(connect: Callable[..., Any]) -> None:
    one, two = connect(), connect()
    first, second = one.cursor(), two.cursor()
    first.execute("create or replace table ledger (i int)")
    first.execute("begin")
    first.execute("insert into ledger values (1)")
    with pytest.raises(Exception, match="Division by zero"):
        first.execute("insert into ledger select 1/0")
    assert rows(second, "select count(*) from ledger") == [(0,)]
    first.execute("commit")
    assert rows(second, "select count(*) from ledger") == [(1,)]
    first.execute("alter session set autocommit = false")
    first.execute("insert into ledger values (2)")
    first.execute("rollback")
    assert rows(first, "select count(*) from ledger") == [(1,)]


LOGINS: list[dict[str, Any]] = [
    {}, {"user": "KEY", "password": None, "authenticator": "SNOWFLAKE_JWT", "private_key_file": "rsa"},
    {"user": "KEY", "password": None, "authenticator": "SNOWFLAKE_JWT", "private_key_file": "rsaEncrypted", "private_key_file_pwd": "passphrase"},
    {"user": "KEY", "password": None, "authenticator": "SNOWFLAKE_JWT", "private_key_file": "ec256"},
    {"user": "KEY", "password": None, "authenticator": "SNOWFLAKE_JWT", "private_key_file": "ec384"},
    {"password": None, "authenticator": "PROGRAMMATIC_ACCESS_TOKEN", "token": "programmaticAccessToken"},
    {"user": "MFA", "password": "mfa", "passcode": "passcode"}, {"user": "MFA", "password": "mfa123456", "passcode_in_password": True},
    {"user": "MFA", "password": "mfa", "authenticator": "username_password_mfa"},
]  # fmt: skip


@pytest.mark.parametrize("facts", LOGINS, ids=lambda f: "-".join(map(str, f.values())))
@pytest.mark.parametrize("mfa", ["approve", "ask"])
def test_logins(server: Running, connect: Callable[..., Any], facts: dict[str, Any], mfa: str) -> None:
    server.options(mfa=mfa)
    given = dict(facts)
    if "private_key_file" in given:
        given["private_key_file"] = server.info["keys"][given["private_key_file"]]
    for name in ("private_key_file_pwd", "token", "passcode"):
        if name in given:
            given[name] = server.info[{"private_key_file_pwd": "passphrase"}.get(name, given[name])]
    assert rows(connect(**given).cursor(), "select current_user()") == [(facts.get("user", "TERN"),)]


@pytest.mark.parametrize(("facts", "code"), [
    ({"password": "wrong"}, 390100), ({"user": "NOBODY"}, 390100), ({"role": "NOROLE"}, 390189),
    ({"database": "NODB", "validate_default_parameters": True}, 390201),
    ({"user": "MFA", "password": "mfa", "passcode": "000000"}, 390127),
    ({"password": None, "authenticator": "PROGRAMMATIC_ACCESS_TOKEN", "token": "pat-none"}, 394400),
    ({"password": None, "authenticator": "OAUTH", "token": "none"}, 390303),
])  # fmt: skip
def test_refused_logins(connect: Callable[..., Any], facts: dict[str, Any], code: int) -> None:
    from snowflake.connector.errors import DatabaseError

    with pytest.raises(DatabaseError) as caught:
        connect(**facts)
    assert caught.value.errno == code


def test_a_session_is_renewed(server: Running, cursor: Any) -> None:
    server.options(clockAhead=3601)
    assert rows(cursor, "select 1") == [(1,)]
    asked = [e["request"] for e in server.control("/log")]
    assert asked[-3:] == ["query", "token", "query"]
    server.options(clockAhead=3601 + 14401)
    with pytest.raises(Exception, match="390114"):
        cursor.execute("select 1")


def test_what_exists_is_shown(cursor: Any) -> None:
    cursor.execute("create or replace schema shown")
    cursor.execute("create table parent (id int primary key, name varchar(10) not null comment 'who')")
    cursor.execute("create table child (id int autoincrement, p int, constraint fk foreign key (p) references parent (id))")
    cursor.execute("create view both_ as select c.id, name from child c join parent p on c.p = p.id")
    assert [r[1] for r in rows(cursor, "show objects in schema shown")] == ["BOTH_", "CHILD", "PARENT"]
    assert [r[1] for r in rows(cursor, "show tables like 'ch%' in schema testdb.shown")] == ["CHILD"]
    assert [(r[2], r[3]) for r in rows(cursor, "show columns in table parent")] == [
        ("ID", '{"type":"FIXED","nullable":false,"precision":38,"scale":0}'),
        ("NAME", '{"type":"TEXT","nullable":false,"length":10,"byteLength":40,"fixed":false}')]  # fmt: skip
    assert [r[4] for r in rows(cursor, "show primary keys in table parent")] == ["ID"]
    assert [(r[3], r[4], r[7], r[8]) for r in rows(cursor, "show imported keys in table child")] == [("PARENT", "ID", "CHILD", "P")]
    assert rows(cursor, "select column_name, data_type from information_schema.columns where table_name = 'BOTH_' order by 1") == [
        ("ID", "NUMBER"), ("NAME", "TEXT")]  # fmt: skip
    cursor.execute("drop schema shown")


def test_show_gives_ten_thousand_rows_at_most(server: Running, cursor: Any) -> None:
    server.options(showRows=3)
    cursor.execute("create or replace schema pages")
    for name in "abcde":
        cursor.execute(f"create table {name} (x int)")
    assert [r[1] for r in rows(cursor, "show tables in schema pages")] == ["A", "B", "C"]
    assert [r[1] for r in rows(cursor, "show tables in schema pages limit 3 from 'C'")] == ["D", "E"]
    assert [r[1] for r in rows(cursor, "show tables in schema pages limit 1 from 'C'")] == ["D"]
    cursor.execute("drop schema pages")

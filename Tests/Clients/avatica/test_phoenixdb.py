"""phoenixdb, the real Python client, through its usual day."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any, Callable, Iterator

import phoenixdb
import phoenixdb.errors
import pytest

from testbed import running
from testbed.common.launch import Running

Connect = Callable[..., Any]
ROW = [
    1, "zoë 😀", Decimal("12.50"), 1.5, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3, 4000), b"\x00\xff",
    True, datetime.time(1, 2, 3), -(2**63), None,
]  # fmt: skip
DEFINITION = (
    "ID INTEGER PRIMARY KEY, V VARCHAR(20), D DECIMAL(18,2), F DOUBLE, DT DATE, TS TIMESTAMP, B VARBINARY(10), BO BOOLEAN, "
    "TM TIME(3), L BIGINT, N INTEGER"
)


@pytest.fixture(scope="module")
def phoenix() -> Iterator[Running]:
    with running("avatica", flavour="phoenix") as server:
        yield server


@pytest.fixture
def connect(phoenix: Running) -> Iterator[Connect]:
    """Opens connections that the test need not close."""
    phoenix.reset()
    opened: list[Any] = []

    def open_(path: str = "/", **options: Any) -> Any:
        url = f"http://127.0.0.1:{phoenix.info['protobufPort']}{path}"
        opened.append(phoenixdb.connect(url, **{"autocommit": True, **options}))
        return opened[-1]

    yield open_
    for connection in opened:
        connection.close()


@pytest.fixture
def table(connect: Connect) -> str:
    """An empty table of every type."""
    name = f"P_{uuid.uuid4().hex[:10].upper()}"
    connect().cursor().execute(f"create table {name}({DEFINITION})")
    return name


def test_values_of_every_type_come_back(connect: Connect, table: str) -> None:
    cursor = connect().cursor()
    cursor.execute(f"upsert into {table} values({','.join('?' * len(ROW))})", ROW)
    assert cursor.rowcount == 1
    cursor.execute(f"select * from {table}")
    assert cursor.fetchall() == [ROW]
    assert [c.name for c in cursor.description][:3] == ["ID", "V", "D"]


def test_upsert_replaces_a_row(connect: Connect, table: str) -> None:
    cursor = connect().cursor()
    for text in ("a", "b"):
        cursor.execute(f"upsert into {table}(ID,V) values(?,?)", [7, text])
    cursor.execute(f"select V from {table}")
    assert cursor.fetchall() == [["b"]]


def test_executemany_and_long_results(connect: Connect, table: str) -> None:
    connection = connect()
    writer, reader = connection.cursor(), connection.cursor()
    writer.executemany(f"insert into {table}(ID,V) values(?,?)", [[i, f"v{i}"] for i in range(2500)])
    reader.itersize = 700
    reader.execute(f"select ID, V from {table} order by ID")
    assert list(reader) == [[i, f"v{i}"] for i in range(2500)]


def test_arrays_are_bound_and_read(connect: Connect) -> None:
    cursor = connect().cursor()
    name = f"P_{uuid.uuid4().hex[:10].upper()}"
    cursor.execute(f"create table {name}(ID INTEGER, A INTEGER ARRAY, S VARCHAR(9) ARRAY)")
    cursor.execute(f"insert into {name} values(?,?,?)", [1, [1, 2, 3], ["x", "é"]])
    cursor.execute(f"select A, S from {name}")
    assert cursor.fetchall() == [[[1, 2, 3], ["x", "é"]]]


def test_errors_have_sqlstate_and_code(connect: Connect, table: str) -> None:
    cursor = connect().cursor()
    with pytest.raises(phoenixdb.errors.ProgrammingError) as missing:
        cursor.execute("select * from NOPE")
    assert (missing.value.code, missing.value.sqlstate) == (1012, "42M03")
    with pytest.raises(phoenixdb.errors.Error):
        cursor.execute("selec 1")
    cursor.execute(f"insert into {table}(ID) values(1)")
    with pytest.raises(phoenixdb.errors.Error):
        cursor.execute(f"insert into {table}(ID) values(1)")


def test_transactions_commit_and_roll_back(connect: Connect, table: str) -> None:
    one, other = connect(autocommit=False), connect()
    cursor, watcher = one.cursor(), other.cursor()
    cursor.execute(f"insert into {table}(ID) values(1)")
    one.rollback()
    cursor.execute(f"insert into {table}(ID) values(2)")
    watcher.execute(f"select count(*) from {table}")
    assert watcher.fetchall() == [[0]]
    one.commit()
    watcher.execute(f"select ID from {table}")
    assert watcher.fetchall() == [[2]]


def test_an_error_leaves_the_transaction_alive(connect: Connect, table: str) -> None:
    connection = connect(autocommit=False)
    cursor = connection.cursor()
    cursor.execute(f"insert into {table}(ID) values(1)")
    with pytest.raises(phoenixdb.errors.Error):
        cursor.execute(f"insert into {table}(ID) values(1)")
    cursor.execute(f"insert into {table}(ID) values(2)")
    connection.commit()
    cursor.execute(f"select ID from {table} order by 1")
    assert cursor.fetchall() == [[1], [2]]


def test_metadata_lists_tables_columns_and_keys(connect: Connect, table: str) -> None:
    meta = connect().meta()
    assert [t["TABLE_NAME"] for t in meta.get_tables(tableNamePattern=table)] == [table]
    columns = meta.get_columns(tableNamePattern=table)
    assert [(c["COLUMN_NAME"], c["DATA_TYPE"]) for c in columns[:3]] == [("ID", 4), ("V", 12), ("D", 3)]
    assert [k["COLUMN_NAME"] for k in meta.get_primary_keys(table=table)] == ["ID"]
    assert [i["COLUMN_NAME"] for i in meta.get_index_info(table=table)] == ["ID"]
    assert meta.get_catalogs() == [{"TABLE_CAT": "PUBLIC"}]


def test_a_busy_balancer_is_tried_again(connect: Connect, phoenix: Running) -> None:
    phoenix.faults({"request": "openConnection", "before": True, "status": 503, "times": 1})
    assert connect(max_retries=2) is not None


def test_a_lost_statement_is_noticed(connect: Connect, phoenix: Running) -> None:
    cursor = connect().cursor()
    cursor.execute("select ID from BIG_500")
    phoenix.faults({"request": "fetch", "loseStatement": True})
    with pytest.raises(phoenixdb.errors.InternalError):
        cursor.fetchall()


@pytest.mark.parametrize("kind, user", [("BASIC", "alice"), ("DIGEST", "alice")])
def test_http_authentication(connect: Connect, phoenix: Running, kind: str, user: str) -> None:
    phoenix.options(auth=kind.lower())
    cursor = connect(authentication=kind, avatica_user=user, avatica_password="secret").cursor()
    cursor.execute("values 1")
    assert cursor.fetchall() == [[1]]


def test_tls_with_the_testbeds_authority(phoenix: Running) -> None:
    phoenix.reset()
    url = f"https://localhost:{phoenix.info['ports']['protobuf']}/"
    connection = phoenixdb.connect(url, autocommit=True, verify=phoenix.info["ca"])
    cursor = connection.cursor()
    cursor.execute("values 'x'")
    assert cursor.fetchall() == [["x"]]
    connection.close()

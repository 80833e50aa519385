"""Catalog questions that go through `syncResults`, and what is made of JDBC's answers."""

from __future__ import annotations

import uuid
from typing import Any, Callable

import pytest

from session import Session, TernError
from testbed.common.launch import Running

Connect = Callable[..., Session]


@pytest.fixture
def table(connect: Connect) -> str:
    """A fresh table with a key of two columns."""
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    connect().execute(f"CREATE TABLE {name}(A INTEGER, B VARCHAR(9), N BOOLEAN, PRIMARY KEY (A, B))")
    return name


def sent(server: Running, request: str) -> int:
    """How many requests of one kind came."""
    messages = [entry.get("message") for entry in server.control("/log")]
    return sum(isinstance(m, dict) and m.get("request") == request for m in messages)


def test_a_statement_lost_before_a_question_is_made_again(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "syncResults", "loseStatement": True, "times": 1})
    keys = session.catalog("PRIMARY_KEYS", schema="PUBLIC", table=table)
    assert [row[3] for row in keys] == ["A", "B"]
    assert sent(server, "syncResults") == 2


def test_a_statement_that_is_always_lost_is_an_error_and_no_table_without_keys(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "syncResults", "loseStatement": True})
    with pytest.raises(TernError) as caught:
        session.catalog("PRIMARY_KEYS", schema="PUBLIC", table=table)
    assert caught.value.sqlstate == "24000"
    server.reset()
    assert len(session.catalog("PRIMARY_KEYS", schema="PUBLIC", table=table)) == 2


def test_a_statement_lost_behind_a_question_is_an_error(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "fetch", "loseStatement": True})
    with pytest.raises(TernError) as caught:
        session.catalog("PRIMARY_KEYS", schema="PUBLIC", table=table)
    assert caught.value.sqlstate == "24000"


def test_a_server_that_cannot_answer_has_nothing_to_tell(
    connect: Connect, server: Running, table: str
) -> None:
    server.faults({"request": "syncResults", "error": {"errorMessage": "UnsupportedOperationException: no"}})
    assert connect().catalog("PRIMARY_KEYS", schema="PUBLIC", table=table) == []


def test_an_answer_of_several_frames_is_read_whole(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "fetch", "times": 1, "set": {"/frame/done": False}},
                  {"request": "fetch", "nth": 2, "before": True, "replace": {
                      "response": "fetch", "missingStatement": False, "missingResults": False,
                      "frame": {"offset": 2, "done": True,
                                "rows": [["PUBLIC", "PUBLIC", table, "N", 3, "SYS"]]}}})
    keys = session.catalog("PRIMARY_KEYS", schema="PUBLIC", table=table)
    assert [row[3] for row in keys] == ["A", "B", "N"]


def test_types_of_key_columns_are_those_of_odbc(connect: Connect, table: str) -> None:
    """JDBC and ODBC number texts and booleans differently."""
    rows = connect().catalog("ROW_IDENTIFIERS", schema="PUBLIC", table=table)
    assert [(row[1], row[2]) for row in rows] == [("A", "4"), ("B", "-9")]


PARAMETER = ["PUBLIC", "PUBLIC", "ADD_UP", "DAY_", 1, 91, "DATE", 10, 4, None, None, 1, None, None,
             91, 0, None, 1, "YES", "ADD_UP_10"]


def test_parameters_of_procedures_are_answered(connect: Connect, server: Running) -> None:
    flag = [*PARAMETER[:3], "FLAG", 4, 16, "BOOLEAN", *PARAMETER[7:17], 2, *PARAMETER[18:]]
    server.faults({"request": "fetch", "set": {"/frame/rows": [PARAMETER, flag]}})
    rows = connect().catalog("PROCEDURE_COLUMNS", schema="PUBLIC", table="ADD%", column="%")
    assert [row[3:7] for row in rows] == [["DAY_", "1", "91", "DATE"], ["FLAG", "4", "-7", "BOOLEAN"]]
    # The verbose type and its subcode are ODBC's.
    assert [row[14:16] for row in rows] == [["9", "1"], ["-7", None]]
    (asked,) = [m for m in (e.get("message") for e in server.control("/log"))
                if isinstance(m, dict) and m.get("request") == "syncResults"]
    assert asked["state"]["metaDataOperation"] == "GET_PROCEDURE_COLUMNS"
    assert _texts(asked["state"]["operationArgs"])[1:3] == ["PUBLIC", "ADD%"]


def _texts(arguments: list[Any]) -> list[Any]:
    return [a.get("value", a.get("stringValue")) if isinstance(a, dict) else a for a in arguments]

"""Statements, binds, transactions and errors as the reference wants them."""

from __future__ import annotations

from typing import Any

import pytest

from wire import Wire, result_of


def test_executebatch_returns_all_results(wire: Wire) -> None:
    reply = wire.ask(
        "executeBatch",
        sqlTexts=[
            "CREATE OR REPLACE TABLE S.X (A INT)",
            "INSERT INTO S.X VALUES 1,2",
            "SELECT A FROM S.X ORDER BY A",
        ],
    )
    results = reply["responseData"]["results"]
    assert [r.get("rowCount") for r in results] == [0, 2, None]
    assert results[2]["resultSet"]["data"] == [[1, 2]]


@pytest.mark.parametrize(
    "sql, code, text",
    [
        ("SELECT * FROM NOPE", "42000", "object NOPE not found [line 1, column 15]"),
        ("SELECT NOPE FROM RETAIL.BIG", "42000", "object NOPE not found [line 1, column 8]"),
        ("SELEC 1", "42000", "syntax error, unexpected"),
        ("SELECT 1/0", "22012", "data exception - division by zero"),
        (
            "SELECT CAST('abc' AS DECIMAL(5,0))",
            "22018",
            "data exception - invalid character value for cast; Value: 'abc'",
        ),
        (
            "SELECT CAST(100000 AS DECIMAL(3,0))",
            "22003",
            "data exception - numeric value out of range",
        ),
        (
            "INSERT INTO RETAIL.PK_T VALUES (1, 'b')",
            "27002",
            "constraint violation - primary key (SYS_",
        ),
        (
            "INSERT INTO RETAIL.PK_T VALUES (2, '12345678901')",
            "22001",
            "data exception - string data, right truncation",
        ),
        (
            "INSERT INTO RETAIL.CUSTOMER VALUES (9, NULL)",
            "27001",
            "constraint violation - not null",
        ),
        (
            "INSERT INTO RETAIL.ORDERS VALUES (1, 1, 99, 1)",
            "27002",
            "constraint violation - foreign key",
        ),
        ("CREATE TABLE RETAIL.BIG (A INT)", "42000", "object BIG already exists"),
        ("CREATE TABLE SYS.X (A INT)", "42500", "insufficient privileges"),
        ("CREATE TABLE S.X (A DECIMAL(40,0))", "42000", "illegal precision value: 40"),
        ("OPEN SCHEMA NOPE", "42000", "schema NOPE not found"),
        ("SELECT CAST('x' AS HASHTYPE(16 BYTE))", "22018", "data exception"),
    ],
)
def test_errors_have_the_servers_codes(wire: Wire, sql: str, code: str, text: str) -> None:
    exception = wire.execute(sql)["exception"]
    assert exception["sqlCode"] == code, exception
    assert exception["text"].startswith(text)
    assert exception["text"].endswith(f" (Session: {wire.session_id})")
    assert wire.rows("SELECT 1") == [[1]]


def test_session_formats_are_applied_and_echoed(wire: Wire) -> None:
    reply = wire.execute("ALTER SESSION SET NLS_TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9'")
    assert reply["attributes"] == {"datetimeFormat": "YYYY-MM-DD HH24:MI:SS.FF9"}
    assert wire.rows("SELECT TS9 FROM RETAIL.T_NANO ORDER BY ID") == [
        [
            "0001-01-01 00:00:00.000000001",
            "9999-12-31 23:59:59.999999999",
            "2024-06-18 17:22:13.123456789",
            None,
        ]
    ]
    assert wire.execute("ALTER SESSION SET NLS_DATE_FORMAT='DD.MON.YY'")["attributes"] == {
        "dateFormat": "DD.MON.YY"
    }
    assert wire.rows("SELECT DATE '2024-06-18'") == [["18.JUN.24"]]
    wire.execute("ALTER SESSION SET HASHTYPE_FORMAT='UUID'")
    found = result_of(
        wire.execute("SELECT C_HASH FROM RETAIL.T_ALL WHERE C_DEC18 = 999999999999999999")
    )
    assert found["data"] == [["550e8400-e29b-11d4-a716-446655440000"]]
    assert found["columns"][0]["dataType"] == {"type": "HASHTYPE", "size": 36}
    assert wire.execute("ALTER SESSION SET QUERY_TIMEOUT=60")["attributes"] == {"queryTimeout": 60}


def test_local_timestamps_follow_the_session_zone(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.L (T TIMESTAMP(6) WITH LOCAL TIME ZONE)")
    assert wire.execute("ALTER SESSION SET TIME_ZONE='UTC'")["attributes"] == {"timezone": "UTC"}
    wire.execute("INSERT INTO S.L VALUES '2021-12-31 23:59:59.999'")
    wire.execute("ALTER SESSION SET TIME_ZONE='EUROPE/BERLIN'")
    assert wire.rows("SELECT T FROM S.L") == [["2022-01-01 00:59:59.999000"]]


def test_names_and_literals(wire: Wire) -> None:
    result = result_of(
        wire.execute(
            'SELECT 1, \'ab\', 3.141, id, "ID" AS "x", Id AS y, 1e3, NULL FROM RETAIL.PK_T'
        )
    )
    assert [c["name"] for c in result["columns"]] == [
        "1",
        "'ab'",
        "3.141",
        "ID",
        "x",
        "Y",
        "1e3",
        "NULL",
    ]
    kinds = [c["dataType"] for c in result["columns"]]
    assert kinds[0] == {"type": "DECIMAL", "precision": 1, "scale": 0}
    assert kinds[1] == {"type": "CHAR", "size": 2, "characterSet": "ASCII"}
    assert kinds[2] == {"type": "DECIMAL", "precision": 4, "scale": 3}
    assert result["data"][2] == ["3.141"] and result["data"][6] == [1000.0]


def test_the_empty_string_is_null(wire: Wire) -> None:
    assert wire.rows("SELECT '', 'a' || NULL, CASE WHEN '' IS NULL THEN 1 END") == [
        [None],
        ["a"],
        [1],
    ]


def test_prepared_types_and_strict_binds(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.P (ID DECIMAL(18,0), NAME VARCHAR(100), D DOUBLE)")
    data = wire.ask(
        "createPreparedStatement", sqlText="INSERT INTO S.P (ID, NAME, D) VALUES (?, ?, ?)"
    )["responseData"]
    columns, handle = data["parameterData"]["columns"], data["statementHandle"]
    assert [c["dataType"]["type"] for c in columns] == ["DECIMAL", "VARCHAR", "DOUBLE"]
    assert all(c["name"] == "" for c in columns)

    def run(values: list[list[Any]], described: Any = columns) -> dict[str, Any]:
        return wire.ask(
            "executePreparedStatement",
            statementHandle=handle,
            numColumns=3,
            numRows=len(values[0]),
            columns=described,
            data=values,
        )

    assert run([[1, "2"], ["a", None], [1.0, 2.5]])["responseData"]["results"] == [
        {"resultType": "rowCount", "rowCount": 2}
    ]
    assert run([[3], ["c"], [3]])["exception"]["text"].startswith(
        "getDouble: JSON value is not a double."
    )
    assert run([[3], [3], [3.0]])["exception"]["text"].startswith(
        "getString: JSON value is not a string."
    )
    assert run([["x"], ["c"], [3.0]])["exception"]["sqlCode"] == "22018"
    assert "data colums" in run([[3], ["c"]])["exception"]["text"]
    text = {"dataType": {"type": "VARCHAR", "size": 100, "characterSet": "UTF8"}}
    assert run([["7"], [""], ["1.5"]], [text, text, text])["status"] == "ok"
    assert run([[10**18], ["c"], [1.0]])["exception"]["sqlCode"] == "22003"
    assert wire.rows("SELECT ID, NAME, D FROM S.P ORDER BY ID") == [
        [1, 2, 7],
        ["a", None, None],
        [1.0, 2.5, 1.5],
    ]


def test_every_type_binds_in_and_comes_back(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.ALLTYPES LIKE RETAIL.T_ALL")
    marks = ", ".join(["?"] * 14)
    data = wire.ask("createPreparedStatement", sqlText=f"INSERT INTO S.ALLTYPES VALUES ({marks})")[
        "responseData"
    ]
    rows = wire.rows("SELECT * FROM RETAIL.T_ALL")
    reply = wire.ask(
        "executePreparedStatement",
        statementHandle=data["statementHandle"],
        numColumns=14,
        numRows=4,
        columns=data["parameterData"]["columns"],
        data=rows,
    )
    assert reply["responseData"]["results"][0]["rowCount"] == 4, reply
    assert wire.rows("SELECT * FROM S.ALLTYPES") == rows


def test_rollback_restores_rows_and_attributes(wire: Wire) -> None:
    assert wire.ask("setAttributes", attributes={"autocommit": False})["attributes"] == {
        "autocommit": False
    }
    opened = wire.execute("OPEN SCHEMA STAGE")
    assert opened["attributes"] == {"currentSchema": "STAGE", "openTransaction": 1}
    wire.execute("CREATE TABLE FLEETING (A INT)")
    undone = wire.execute("ROLLBACK")
    assert undone["attributes"] == {"currentSchema": "", "openTransaction": 0}
    assert "not found" in wire.execute("SELECT * FROM STAGE.FLEETING")["exception"]["text"]


def test_a_failed_statement_leaves_the_transaction(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.KEEP (A INT PRIMARY KEY)")
    wire.ask("setAttributes", attributes={"autocommit": False})
    wire.execute("INSERT INTO S.KEEP VALUES 1")
    assert wire.execute("INSERT INTO S.KEEP VALUES 1")["exception"]["sqlCode"] == "27002"
    wire.execute("COMMIT")
    assert wire.rows("SELECT A FROM S.KEEP") == [[1]]


def test_a_forced_collision_rolls_back(wire: Wire, server: Any) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.C (A INT)")
    wire.ask("setAttributes", attributes={"autocommit": False})
    wire.execute("INSERT INTO S.C VALUES 1")
    server.options(collisions=1)
    assert wire.execute("INSERT INTO S.C VALUES 2")["exception"]["sqlCode"] == "40001"
    assert wire.rows("SELECT COUNT(*) FROM S.C") == [[0]]


def test_missing_privileges(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login(user="tern", password="tern-secret")
        assert wire.execute("SELECT * FROM RETAIL.SECRET_T")["exception"]["sqlCode"] == "42500"


def test_a_collision_reports_the_restored_attributes(wire: Wire, server: Any) -> None:
    wire.ask("setAttributes", attributes={"autocommit": False})
    wire.execute("OPEN SCHEMA S")
    server.options(collisions=1)
    reply = wire.execute("UPDATE T SET ID = ID")
    assert reply["exception"]["sqlCode"] == "40001"
    assert reply["attributes"] == {"currentSchema": "", "openTransaction": 0}


@pytest.mark.parametrize(
    "sql, data, kinds, expected",
    [
        ("SELECT ? FROM DUAL", [["a"]], ["VARCHAR"], [["a"]]),
        (
            "SELECT ID FROM RETAIL.BIG WHERE ID BETWEEN ? AND ? ORDER BY ID",
            [[1], [3]],
            ["DECIMAL"] * 2,
            [[1, 2, 3]],
        ),
        (
            "SELECT ID FROM RETAIL.BIG WHERE ID IN (?, ?) AND NAME LIKE ?",
            [[1], [2], ["row%"]],
            ["DECIMAL", "DECIMAL", "VARCHAR"],
            [[1, 2]],
        ),
        (
            "SELECT C_BOOL FROM RETAIL.T_ALL WHERE C_TS = ?",
            [["2024-06-18 17:22:13.123"]],
            ["TIMESTAMP"],
            [[True]],
        ),
        (
            "SELECT CAST(? AS DATE), ? || 'x'",
            [["2024-01-02"], ["q"]],
            ["DATE", "VARCHAR"],
            [["2024-01-02"], ["qx"]],
        ),
    ],
)
def test_parameters_take_their_types_from_their_place(
    wire: Wire, sql: str, data: list[Any], kinds: list[str], expected: list[Any]
) -> None:
    prepared = wire.ask("createPreparedStatement", sqlText=sql)["responseData"]
    columns = prepared["parameterData"]["columns"]
    assert [c["dataType"]["type"] for c in columns] == kinds
    assert ":p" not in str(prepared["results"])
    reply = wire.ask(
        "executePreparedStatement",
        statementHandle=prepared["statementHandle"],
        numColumns=len(columns),
        numRows=1,
        columns=columns,
        data=data,
    )
    assert result_of(reply)["data"] == expected


def test_dml_with_several_parameter_rows(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.PP (A DECIMAL(9,0), B VARCHAR(10))")

    def run(sql: str, data: list[Any]) -> int:
        prepared = wire.ask("createPreparedStatement", sqlText=sql)["responseData"]
        columns = prepared["parameterData"]["columns"]
        return int(
            result_of(
                wire.ask(
                    "executePreparedStatement",
                    statementHandle=prepared["statementHandle"],
                    numColumns=len(columns),
                    numRows=len(data[0]),
                    columns=columns,
                    data=data,
                )
            )["rowCount"]
        )

    assert run("INSERT INTO S.PP (A, B) VALUES (? + 1, UPPER(?))", [[5, 6], ["k", "l"]]) == 2
    assert run("UPDATE S.PP SET B = ? WHERE A = ?", [["x", "y", "z"], [6, 7, 99]]) == 2
    assert run("DELETE FROM S.PP WHERE A = ? AND B = ?", [[6, 7], ["x", "no"]]) == 1
    assert wire.rows("SELECT * FROM S.PP") == [[7], ["y"]]


def test_altered_tables_and_odd_names(wire: Wire) -> None:
    wire.execute(
        "CREATE OR REPLACE TABLE S.ALTERED (ID DECIMAL(18,0) IDENTITY, V VARCHAR(5) DEFAULT 'dd')"
    )
    wire.execute("INSERT INTO S.ALTERED (V) VALUES ('a'), (DEFAULT)")
    assert wire.rows("SELECT V FROM S.ALTERED ORDER BY ID") == [["a", "dd"]]
    wire.execute("ALTER TABLE S.ALTERED ADD COLUMN Q INT")
    result = result_of(wire.execute('SELECT ID AS "", Q, Q FROM S.ALTERED'))
    assert [c["name"] for c in result["columns"]] == ["", "Q", "Q"]

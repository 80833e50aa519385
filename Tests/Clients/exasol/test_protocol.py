"""What the reference demands of the server and pyexasol does not ask for."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from wire import Wire, encrypt


@pytest.fixture
def wire(server: Any) -> Any:
    with Wire(server.info["port"]) as connection:
        assert connection.login()["status"] == "ok"
        yield connection


def _result(reply: dict[str, Any]) -> dict[str, Any]:
    assert reply["status"] == "ok", reply
    result: dict[str, Any] = reply["responseData"]["results"][0]
    return result.get("resultSet", result)


def test_executebatch_returns_all_results(wire: Wire) -> None:
    reply = wire.ask("executeBatch", sqlTexts=[
        "CREATE OR REPLACE TABLE S.X (A INT)", "INSERT INTO S.X VALUES 1,2", "SELECT A FROM S.X ORDER BY A"])
    results = reply["responseData"]["results"]
    assert [r.get("rowCount") for r in results] == [0, 2, None]
    assert results[2]["resultSet"]["data"] == [[1, 2]]


@pytest.mark.parametrize("sql, code, text", [
    ("SELECT * FROM NOPE", "42000", "object NOPE not found [line 1, column 15]"),
    ("SELECT NOPE FROM RETAIL.BIG", "42000", "object NOPE not found [line 1, column 8]"),
    ("SELEC 1", "42000", "syntax error, unexpected"),
    ("SELECT 1/0", "22012", "data exception - division by zero"),
    ("SELECT CAST('abc' AS DECIMAL(5,0))", "22018", "data exception - invalid character value for cast; Value: 'abc'"),
    ("SELECT CAST(100000 AS DECIMAL(3,0))", "22003", "data exception - numeric value out of range"),
    ("INSERT INTO RETAIL.PK_T VALUES (1, 'b')", "27002", "constraint violation - primary key (SYS_"),
    ("INSERT INTO RETAIL.PK_T VALUES (2, '12345678901')", "22001", "data exception - string data, right truncation"),
    ("INSERT INTO RETAIL.CUSTOMER VALUES (9, NULL)", "27001", "constraint violation - not null"),
    ("INSERT INTO RETAIL.ORDERS VALUES (1, 1, 99, 1)", "27002", "constraint violation - foreign key"),
    ("CREATE TABLE RETAIL.BIG (A INT)", "42000", "object BIG already exists"),
    ("CREATE TABLE SYS.X (A INT)", "42500", "insufficient privileges"),
    ("CREATE TABLE S.X (A DECIMAL(40,0))", "42000", "illegal precision value: 40"),
    ("OPEN SCHEMA NOPE", "42000", "schema NOPE not found"),
    ("SELECT CAST('x' AS HASHTYPE(16 BYTE))", "22018", "data exception"),
])
def test_errors_have_the_servers_codes(wire: Wire, sql: str, code: str, text: str) -> None:
    exception = wire.execute(sql)["exception"]
    assert exception["sqlCode"] == code, exception
    assert exception["text"].startswith(text)
    assert exception["text"].endswith(f" (Session: {wire.session_id})")
    assert wire.rows("SELECT 1") == [[1]]


@pytest.mark.parametrize("request_", [
    {"command": "noSuchCommand"}, {"command": "execute"}, {"command": "fetch", "resultSetHandle": 99,
     "startPosition": 0, "numBytes": 10}, {"command": "fetch"}, {"command": "closePreparedStatement",
     "statementHandle": 77}, {"nothing": 1}, {"command": "setAttributes", "attributes": {"noSuch": 1}}])
def test_bad_requests_are_ordinary_errors(wire: Wire, request_: dict[str, Any]) -> None:
    wire.send(request_)
    assert wire.receive()["exception"]["sqlCode"] == "00000"
    assert wire.rows("SELECT 1") == [[1]]


@pytest.mark.parametrize("name", ["compressionEnabled", "dateFormat", "timezone", "timezoneBehavior",
                                  "datetimeFormat", "openTransaction"])
def test_read_only_attributes_are_refused(wire: Wire, name: str) -> None:
    reply = wire.ask("setAttributes", attributes={name: "x"})
    assert "read-only" in reply["exception"]["text"]


def test_attribute_forms(wire: Wire, server: Any) -> None:
    assert len(wire.ask("getAttributes")["attributes"]) == 16
    server.options(attributesForm="real", openTransaction="boolean")
    values = wire.ask("getAttributes")["attributes"]
    assert len(values) == 13 and values["openTransaction"] is False and "timezoneBehavior" in values


def test_session_formats_are_applied_and_echoed(wire: Wire) -> None:
    reply = wire.execute("ALTER SESSION SET NLS_TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9'")
    assert reply["attributes"] == {"datetimeFormat": "YYYY-MM-DD HH24:MI:SS.FF9"}
    assert wire.rows("SELECT TS9 FROM RETAIL.T_NANO ORDER BY ID") == [[
        "0001-01-01 00:00:00.000000001", "9999-12-31 23:59:59.999999999", "2024-06-18 17:22:13.123456789", None]]
    assert wire.execute("ALTER SESSION SET NLS_DATE_FORMAT='DD.MON.YY'")["attributes"] == {"dateFormat": "DD.MON.YY"}
    assert wire.rows("SELECT DATE '2024-06-18'") == [["18.JUN.24"]]
    wire.execute("ALTER SESSION SET HASHTYPE_FORMAT='UUID'")
    found = _result(wire.execute("SELECT C_HASH FROM RETAIL.T_ALL WHERE C_DEC18 = 999999999999999999"))
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
    result = _result(wire.execute('SELECT 1, \'ab\', 3.141, id, "ID" AS "x", Id AS y, 1e3, NULL FROM RETAIL.PK_T'))
    assert [c["name"] for c in result["columns"]] == ["1", "'ab'", "3.141", "ID", "x", "Y", "1e3", "NULL"]
    kinds = [c["dataType"] for c in result["columns"]]
    assert kinds[0] == {"type": "DECIMAL", "precision": 1, "scale": 0}
    assert kinds[1] == {"type": "CHAR", "size": 2, "characterSet": "ASCII"}
    assert kinds[2] == {"type": "DECIMAL", "precision": 4, "scale": 3}
    assert result["data"][2] == ["3.141"] and result["data"][6] == [1000.0]


def test_the_empty_string_is_null(wire: Wire) -> None:
    assert wire.rows("SELECT '', 'a' || NULL, CASE WHEN '' IS NULL THEN 1 END") == [[None], ["a"], [1]]


def test_prepared_types_and_strict_binds(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.P (ID DECIMAL(18,0), NAME VARCHAR(100), D DOUBLE)")
    data = wire.ask("createPreparedStatement", sqlText="INSERT INTO S.P (ID, NAME, D) VALUES (?, ?, ?)")["responseData"]
    columns, handle = data["parameterData"]["columns"], data["statementHandle"]
    assert [c["dataType"]["type"] for c in columns] == ["DECIMAL", "VARCHAR", "DOUBLE"]
    assert all(c["name"] == "" for c in columns)

    def run(values: list[list[Any]], described: Any = columns) -> dict[str, Any]:
        return wire.ask("executePreparedStatement", statementHandle=handle, numColumns=3,
                        numRows=len(values[0]), columns=described, data=values)

    assert run([[1, "2"], ["a", None], [1.0, 2.5]])["responseData"]["results"] == [
        {"resultType": "rowCount", "rowCount": 2}]
    assert run([[3], ["c"], [3]])["exception"]["text"].startswith("getDouble: JSON value is not a double.")
    assert run([[3], [3], [3.0]])["exception"]["text"].startswith("getString: JSON value is not a string.")
    assert run([["x"], ["c"], [3.0]])["exception"]["sqlCode"] == "22018"
    assert "data colums" in run([[3], ["c"]])["exception"]["text"]
    text = {"dataType": {"type": "VARCHAR", "size": 100, "characterSet": "UTF8"}}
    assert run([["7"], [""], ["1.5"]], [text, text, text])["status"] == "ok"
    assert run([[10**18], ["c"], [1.0]])["exception"]["sqlCode"] == "22003"
    assert wire.rows("SELECT ID, NAME, D FROM S.P ORDER BY ID") == [[1, 2, 7], ["a", None, None], [1.0, 2.5, 1.5]]


def test_every_type_binds_in_and_comes_back(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.ALLTYPES LIKE RETAIL.T_ALL")
    marks = ", ".join(["?"] * 14)
    data = wire.ask("createPreparedStatement", sqlText=f"INSERT INTO S.ALLTYPES VALUES ({marks})")["responseData"]
    rows = wire.rows("SELECT * FROM RETAIL.T_ALL")
    reply = wire.ask("executePreparedStatement", statementHandle=data["statementHandle"], numColumns=14,
                     numRows=4, columns=data["parameterData"]["columns"], data=rows)
    assert reply["responseData"]["results"][0]["rowCount"] == 4, reply
    assert wire.rows("SELECT * FROM S.ALLTYPES") == rows


def test_rollback_restores_rows_and_attributes(wire: Wire) -> None:
    assert wire.ask("setAttributes", attributes={"autocommit": False})["attributes"] == {"autocommit": False}
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


@pytest.mark.parametrize("sql", ['SELECT "$SLEEP"(60)', "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B"])
def test_timeout_and_abort_end_a_running_statement(wire: Wire, server: Any, sql: str) -> None:
    timed = wire.execute(sql, attributes={"queryTimeout": 0.05})
    assert timed["exception"]["sqlCode"] == "R0001"
    wire.ask("setAttributes", attributes={"queryTimeout": 0})
    wire.send({"command": "execute", "sqlText": sql})
    wire.send({"command": "abortQuery"})
    assert wire.receive()["exception"]["sqlCode"] == "R0003"
    wire.send({"command": "abortQuery"})
    assert wire.rows("SELECT 1") == [[1]]


def test_result_set_max_rows(wire: Wire) -> None:
    result = _result(wire.execute("SELECT ID FROM BIG_5000", attributes={"resultSetMaxRows": 7}))
    assert result["numRows"] == 7


def test_metadata_commands(wire: Wire) -> None:
    result = _result(wire.ask("getColumns", schema="RETAIL", table="ART\\_%", column=None, tableTypes=["TABLE", "VIEW"]))
    assert [c["name"] for c in result["columns"]][:6] == ["SCHEMA", "TABLE", "NAME", "TABLE_TYPE", "TYPE", "TYPE_ID"]
    assert result["data"] == [["RETAIL"], ["ART_X"], ["PRICE"], ["TABLE"], ["DECIMAL(18,2)"], [3], [None], [18],
                              [2], [1], [False], [True], [False], [None], [None], [False], ["SYS"], [None]]
    key = _result(wire.ask("getPrimaryKeys", schema="RETAIL", table="ORDERS"))
    assert key["data"][5] == ["LINE", "ORDER_ID"] and key["data"][4] == [2, 1]
    assert _result(wire.ask("getTables", schema="", table=None, tableTypes=None))["numRows"] == 0
    for command in ("getSchemas", "getTableTypes", "getFunctions", "getScripts", "getKeywords", "getProperties",
                    "getRoles", "getUsers", "getConnections", "getTypeInfo", "getTablePrivileges"):
        assert _result(wire.ask(command))["numRows"] > 0, command
    assert _result(wire.ask("getColumnPrivileges", schema="RETAIL", table="CUSTOMER"))["numRows"] == 2


def test_foreign_keys_as_catalog_sql(wire: Wire) -> None:
    rows = wire.rows(
        "/*snapshot execution*/ SELECT F.REFERENCED_SCHEMA PKTABLE_SCHEM, F.REFERENCED_TABLE PKTABLE_NAME, "
        "F.REFERENCED_COLUMN PKCOLUMN_NAME, F.CONSTRAINT_TABLE FKTABLE_NAME, F.COLUMN_NAME FKCOLUMN_NAME, "
        "F.ORDINAL_POSITION KEY_SEQ, F.CONSTRAINT_NAME FK_NAME, P.CONSTRAINT_NAME PK_NAME "
        "FROM SYS.EXA_ALL_CONSTRAINT_COLUMNS F LEFT JOIN SYS.EXA_ALL_CONSTRAINTS P "
        "ON P.CONSTRAINT_TYPE='PRIMARY KEY' AND P.CONSTRAINT_SCHEMA=F.REFERENCED_SCHEMA "
        "AND P.CONSTRAINT_TABLE=F.REFERENCED_TABLE "
        "WHERE F.CONSTRAINT_TYPE='FOREIGN KEY' AND F.REFERENCED_SCHEMA='RETAIL' ORDER BY 4,5,6")
    assert [column[0] for column in rows] == [
        "RETAIL", "CUSTOMER", "ID", "ORDERS", "CUSTOMER_ID", 1, "ORDERS_FK", "CUSTOMER_PK"]


def test_tables_as_catalog_sql(wire: Wire) -> None:
    rows = wire.rows(
        "/*snapshot execution*/ SELECT NULL TABLE_CAT, S TABLE_SCHEM, N TABLE_NAME, T TABLE_TYPE, R REMARKS FROM ("
        "SELECT TABLE_SCHEMA S, TABLE_NAME N, 'TABLE' T, TABLE_COMMENT R FROM SYS.EXA_ALL_TABLES UNION ALL "
        "SELECT VIEW_SCHEMA, VIEW_NAME, 'VIEW', VIEW_COMMENT FROM SYS.EXA_ALL_VIEWS UNION ALL "
        "SELECT SCHEMA_NAME, OBJECT_NAME, 'SYSTEM TABLE', OBJECT_COMMENT FROM SYS.EXA_SYSCAT) "
        "WHERE S LIKE 'RETAIL' ESCAPE '\\' AND N LIKE '%CUSTOMER' ESCAPE '\\' AND T IN ('TABLE','VIEW') ORDER BY T, S, N")
    assert rows[2:] == [["CUSTOMER", "V_CUSTOMER"], ["TABLE", "VIEW"], ["buyers", None]]


def test_sessions_show_what_the_client_said(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login(clientName="Tern", clientVersion="0.1.0", driverName="Tern 0.1.0", clientOsUsername="alice")
        assert wire.rows(f"SELECT CLIENT, DRIVER, OS_USER FROM EXA_ALL_SESSIONS WHERE SESSION_ID = {wire.session_id}") == [
            ["Tern 0.1.0"], ["Tern 0.1.0"], ["alice"]]


def test_login_with_other_users_and_a_bad_schema(server: Any) -> None:
    for user, secret in server.info["users"].items():
        with Wire(server.info["port"]) as wire:
            assert wire.login(user=user, password=secret)["status"] == "ok"
    with Wire(server.info["port"]) as wire:
        reply = wire.login(attributes={"currentSchema": "NOPE"})
        assert reply["exception"]["text"].startswith("schema NOPE not found")
        with pytest.raises(ConnectionClosed):
            wire.receive()


def test_raw_ciphertext_is_no_login(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.send({"username": "sys", "password": "x"})
        assert wire.receive()["exception"]["text"] == "JSON value '/command' is required, but was not provided."


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("version", [3, 5])
def test_parallel_reads_cover_the_result_once(server: Any, local: bool, version: int) -> None:
    server.options(startPosition="local" if local else "global")
    with Wire(server.info["port"]) as main:
        main.login(version)
        main.ask("setAttributes", attributes={"autocommit": False})
        if version < 4:
            data = main.ask("enterParallel", hostIp="127.0.0.1", numRequestedConnections=9)["responseData"]
            nodes = data["nodes"]
        else:
            hosts = main.ask("getHosts", hostIp="127.0.0.1")["responseData"]
            data = main.ask("requestParallelConnections", numRequestedConnections=9)["responseData"]
            nodes = [f"{h}:{server.info['port']}" for h in hosts["nodes"]]
        assert data["numOpenConnections"] == 3
        handle_box: list[int] = []
        ready, parts = threading.Barrier(4), {}

        def sub(address: str) -> None:
            host, _, port = address.partition(":")
            with Wire(int(port), host) as wire:
                assert wire.login(version, command="subLogin", token=data["token"],
                                  sessionId=main.session_id)["status"] == "ok"
                ready.wait(20)
                ready.wait(20)
                offset = wire.ask("getOffset", resultSetHandle=handle_box[0])["responseData"]["rowOffset"]
                rows: list[int] = []
                while True:
                    start = len(rows) + (0 if local else offset)
                    got = wire.ask("fetch", resultSetHandle=handle_box[0], startPosition=start,
                                   numBytes=4000)["responseData"]
                    if not got["numRows"]:
                        break
                    rows += got["data"][0]
                wire.ask("closeResultSet", resultSetHandles=handle_box)
                wire.ask("disconnect")
                parts[offset] = rows

        threads = [threading.Thread(target=sub, args=(node,)) for node in nodes]
        for thread in threads:
            thread.start()
        ready.wait(20)
        handle_box.append(_result(main.execute("SELECT ID FROM BIG_5000"))["resultSetHandle"])
        ready.wait(20)
        for thread in threads:
            thread.join(20)
        assert sum((parts[offset] for offset in sorted(parts)), []) == list(range(5000))
        assert all(len(rows) > 1000 for rows in parts.values())
        main.ask("closeResultSet", resultSetHandles=handle_box)
        assert main.ask("requestParallelConnections" if version > 3 else "enterParallel", hostIp="127.0.0.1",
                        numRequestedConnections=0)["responseData"]["numOpenConnections"] == 0


def test_a_sub_login_waits_for_the_others(server: Any) -> None:
    server.options(subLoginSeconds=0.1)
    with Wire(server.info["port"]) as main, Wire(server.info["port"]) as sub:
        main.login()
        data = main.ask("requestParallelConnections", numRequestedConnections=2)["responseData"]
        reply = sub.login(command="subLogin", token=data["token"], sessionId=main.session_id)
        assert reply["exception"]["sqlCode"] == "08004"


def test_fragments_and_heartbeats(server: Any) -> None:
    server.options(fragments=5, heartbeatSeconds=0.01)
    with Wire(server.info["port"]) as wire:
        wire.login()
        assert wire.rows('SELECT "$SLEEP"(0.05)') == [["0.05"]]


def test_client_certificates(server: Any) -> None:
    port = server.info["ports"]["tlsClientCertificate"]
    context = ssl.create_default_context(cafile=server.info["ca"])
    context.load_cert_chain(server.info["clientCertificate"], server.info["clientKey"])
    with Wire(port, tls=context) as wire:
        assert wire.login()["status"] == "ok"
    stranger = ssl.create_default_context(cafile=server.info["ca"])
    stranger.load_cert_chain(server.info["strangerCertificate"], server.info["strangerKey"])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw, \
            stranger.wrap_socket(raw, server_hostname="localhost") as secured:
        # With TLS 1.3 the refusal comes after the client's own handshake is through.
        try:
            secured.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert secured.recv(1) == b""
        except OSError:
            pass


def test_the_published_ciphertexts_decrypt() -> None:
    from testbed.exasol.login import LoginKey
    key = LoginKey.make("fixed")
    vectors = {
        "tern-secret": "CkYR8VVRUyeGS8DKFCkMn+rvxXuKgG0fL2Jx+dQx7M7DtYWym4LO2dJ9ckzfWY7ff+8k5fhNx/tyIfT+f+smhFY/9fwYm"
                       "yicYOk1VCrKzb1lkBotCQQvoD1Y0pzS/ztiyBgSd5BYrHQ44Ni2m1TSW7C0qqvxfr6MBFlPx8xpMDE=",
        "pässwörd-€": "Q3xrBpyB+dzoY48xzj50sBKHPioV2FLKkC9qC3ROgLslLNHlVHOiWaviDemgkQwnIJ1XaUiUuQPTBBQKdxldKeSh8h8KiSz"
                      "hG9ues33dpjuKKwpKmcRf2Pab4DY3aelW3Wwr5G8gFKPizvhRFNjnjvF7nafQiQOaE8fW2Z6xcMs=",
    }
    for plain, cipher in vectors.items():
        assert key.decrypt(cipher) == plain
    fresh = LoginKey.make("adhoc")
    assert fresh.decrypt(encrypt("x", fresh.described())) == "x"
    assert fresh.decrypt(vectors["tern-secret"]) is None


def test_kill_session_ends_the_connection_without_a_word(wire: Wire, server: Any) -> None:
    with Wire(server.info["port"]) as victim:
        victim.login()
        assert wire.execute(f"KILL SESSION {victim.session_id}")["status"] == "ok"
        with pytest.raises(ConnectionClosed):
            victim.receive()
    assert wire.rows("SELECT 1") == [[1]]


def test_missing_privileges(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login(user="tern", password="tern-secret")
        assert wire.execute("SELECT * FROM RETAIL.SECRET_T")["exception"]["sqlCode"] == "42500"


def test_max_data_message_size_holds_both_ways(server: Any) -> None:
    server.options(maxMessage=20000)
    with Wire(server.info["port"]) as wire:
        assert wire.login()["responseData"]["maxDataMessageSize"] == 20000
        handle = _result(wire.execute("SELECT * FROM BIG_5000"))["resultSetHandle"]
        wire.send({"command": "fetch", "resultSetHandle": handle, "startPosition": 0, "numBytes": 67108864})
        text = wire.socket.recv(timeout=10)
        assert 5000 < len(text) <= 20000
        assert "maxDataMessageSize" in wire.execute("SELECT 1 -- " + "x" * 20000)["exception"]["text"]
        with pytest.raises(ConnectionClosed):
            wire.receive()


def test_a_collision_reports_the_restored_attributes(wire: Wire, server: Any) -> None:
    wire.ask("setAttributes", attributes={"autocommit": False})
    wire.execute("OPEN SCHEMA S")
    server.options(collisions=1)
    reply = wire.execute("UPDATE T SET ID = ID")
    assert reply["exception"]["sqlCode"] == "40001"
    assert reply["attributes"] == {"currentSchema": "", "openTransaction": 0}


def test_the_connect_proxy_tunnels(server: Any) -> None:
    import pyexasol
    proxy = server.info["connectProxy"]
    before = server.control("/connections")["connectProxyTunnels"]
    connection = pyexasol.connect(dsn=f"127.0.0.1:{server.info['port']}", user="sys", password="exasol",
                                  encryption=False, http_proxy=f"http://127.0.0.1:{proxy['port']}")
    assert connection.execute("SELECT 1").fetchval() == 1
    connection.close()
    assert server.control("/connections")["connectProxyTunnels"] == before + 1


@pytest.mark.parametrize("sql, data, kinds, expected", [
    ("SELECT ? FROM DUAL", [["a"]], ["VARCHAR"], [["a"]]),
    ("SELECT ID FROM RETAIL.BIG WHERE ID BETWEEN ? AND ? ORDER BY ID", [[1], [3]], ["DECIMAL"] * 2, [[1, 2, 3]]),
    ("SELECT ID FROM RETAIL.BIG WHERE ID IN (?, ?) AND NAME LIKE ?", [[1], [2], ["row%"]],
     ["DECIMAL", "DECIMAL", "VARCHAR"], [[1, 2]]),
    ("SELECT C_BOOL FROM RETAIL.T_ALL WHERE C_TS = ?", [["2024-06-18 17:22:13.123"]], ["TIMESTAMP"], [[True]]),
    ("SELECT CAST(? AS DATE), ? || 'x'", [["2024-01-02"], ["q"]], ["DATE", "VARCHAR"], [["2024-01-02"], ["qx"]]),
])
def test_parameters_take_their_types_from_their_place(
        wire: Wire, sql: str, data: list[Any], kinds: list[str], expected: list[Any]) -> None:
    prepared = wire.ask("createPreparedStatement", sqlText=sql)["responseData"]
    columns = prepared["parameterData"]["columns"]
    assert [c["dataType"]["type"] for c in columns] == kinds
    assert ":p" not in str(prepared["results"])
    reply = wire.ask("executePreparedStatement", statementHandle=prepared["statementHandle"],
                     numColumns=len(columns), numRows=1, columns=columns, data=data)
    assert _result(reply)["data"] == expected


def test_dml_with_several_parameter_rows(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.PP (A DECIMAL(9,0), B VARCHAR(10))")

    def run(sql: str, data: list[Any]) -> int:
        prepared = wire.ask("createPreparedStatement", sqlText=sql)["responseData"]
        columns = prepared["parameterData"]["columns"]
        return int(_result(wire.ask(
            "executePreparedStatement", statementHandle=prepared["statementHandle"], numColumns=len(columns),
            numRows=len(data[0]), columns=columns, data=data))["rowCount"])

    assert run("INSERT INTO S.PP (A, B) VALUES (? + 1, UPPER(?))", [[5, 6], ["k", "l"]]) == 2
    assert run("UPDATE S.PP SET B = ? WHERE A = ?", [["x", "y", "z"], [6, 7, 99]]) == 2
    assert run("DELETE FROM S.PP WHERE A = ? AND B = ?", [[6, 7], ["x", "no"]]) == 1
    assert wire.rows("SELECT * FROM S.PP") == [[7], ["y"]]


def test_altered_tables_and_odd_names(wire: Wire) -> None:
    wire.execute("CREATE OR REPLACE TABLE S.ALTERED (ID DECIMAL(18,0) IDENTITY, V VARCHAR(5) DEFAULT 'dd')")
    wire.execute("INSERT INTO S.ALTERED (V) VALUES ('a'), (DEFAULT)")
    assert wire.rows("SELECT V FROM S.ALTERED ORDER BY ID") == [["a", "dd"]]
    wire.execute("ALTER TABLE S.ALTERED ADD COLUMN Q INT")
    result = _result(wire.execute('SELECT ID AS "", Q, Q FROM S.ALTERED'))
    assert [c["name"] for c in result["columns"]] == ["", "Q", "Q"]

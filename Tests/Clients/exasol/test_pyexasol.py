"""The recorded scenarios, run by the real client: the stand-in is right when pyexasol can use it."""

from __future__ import annotations

import ssl
import threading
from typing import Any, Callable

import pyexasol
import pytest
from pyexasol import exceptions

Connect = Callable[..., pyexasol.ExaConnection]


def test_connect_and_close(connect: Connect, server: Any) -> None:
    connection = connect()
    assert connection.login_info["sessionId"] > 1 << 53
    assert connection.attr["autocommit"] is True
    connection.close()
    sent = [entry["message"].get("command") for entry in server.control("/log")]
    assert sent == ["login", None, "getAttributes", "disconnect"]


def test_a_wrong_password_is_refused(connect: Connect) -> None:
    with pytest.raises(exceptions.ExaAuthError) as caught:
        connect(password="wrong")
    assert "authentication failed" in str(caught.value) and "08004" in str(caught.value)


def test_session_options_arrive(connect: Connect) -> None:
    connection = connect(
        schema="S",
        autocommit=False,
        snapshot_transactions=True,
        query_timeout=7,
        client_name="tern-check",
        client_version="1.0",
    )
    assert connection.attr["currentSchema"] == "S"
    assert connection.attr["autocommit"] is False
    assert connection.attr["queryTimeout"] == 7
    assert connection.attr["snapshotTransactionsEnabled"] is True


def test_all_types(connect: Connect) -> None:
    statement = connect().execute("SELECT * FROM RETAIL.T_ALL")
    first, second, *_ = statement.fetchall()
    assert first == (
        True,
        "ab   ",
        "Grüße \U0001f680",
        999999999999999999,
        "123456789012345678901234567890123456",
        "-0.7",
        1.5e100,
        "2024-06-18",
        "2024-06-18 17:22:13.123000",
        "2024-06-18 17:22:13.123456",
        "-05-03",
        "+02 12:50:10.123",
        "POINT (1 2)",
        "550e8400e29b11d4a716446655440000",
    )
    assert second == (None,) * 14
    columns = statement.columns()
    assert columns["C_TS"] == {"type": "TIMESTAMP", "size": 16, "withLocalTimeZone": False}
    assert columns["C_IDS"] == {
        "type": "INTERVAL DAY TO SECOND",
        "size": 16,
        "precision": 2,
        "fraction": 3,
    }
    assert columns["C_HASH"] == {"type": "HASHTYPE", "size": 32}
    assert columns["C_GEO"] == {"type": "GEOMETRY", "size": 2000000, "srid": 4326}


def test_an_empty_result_keeps_its_columns(connect: Connect) -> None:
    statement = connect().execute("SELECT ID FROM RETAIL.EMPTY_T")
    assert statement.fetchall() == []
    assert list(statement.columns()) == ["ID"]


@pytest.mark.parametrize("mode", ["handle", "both", "inline-handle", "no-data", "inline", "auto"])
def test_every_way_to_deliver_rows(connect: Connect, server: Any, mode: str) -> None:
    server.options(resultMode=mode, rowsPerFetch=3)
    connection = connect()
    statement = connection.execute("SELECT ID, NAME FROM BIG_8 ORDER BY ID")
    assert statement.fetchall() == [(i, f"row{i}") for i in range(8)]
    connection.execute("SELECT 1")
    assert server.control("/connections")["resultSets"] <= 1


def test_a_statement_closed_early_gives_its_handle_back(connect: Connect, server: Any) -> None:
    statement = connect().execute("SELECT ID, NAME FROM RETAIL.BIG")
    assert statement.fetchone() is not None
    assert server.control("/connections")["resultSets"] == 1
    statement.close()
    assert server.control("/connections")["resultSets"] == 0


def test_an_sql_error_keeps_the_session(connect: Connect) -> None:
    connection = connect()
    with pytest.raises(exceptions.ExaQueryError) as caught:
        connection.execute("SELECT * FROM NOPE")
    assert caught.value.code == "42000"
    assert "object NOPE not found [line 1, column 15] (Session: " in caught.value.message
    assert connection.execute("SELECT 1").fetchval() == 1


def test_row_count(connect: Connect) -> None:
    connection = connect()
    connection.execute("CREATE OR REPLACE TABLE S.COUNTED (A INT)")
    assert connection.execute("INSERT INTO S.COUNTED VALUES 1, 2, 3").rowcount() == 3
    assert connection.execute("DELETE FROM S.COUNTED WHERE A > 1").rowcount() == 2


def test_prepared_statements(connect: Connect, server: Any) -> None:
    connection = connect(schema="S")
    statement = connection.cls_statement(
        connection, "SELECT id, name FROM t WHERE id=? AND name=?", prepare=True
    )
    assert statement.parameter_data["numColumns"] == 2
    statement.execute_prepared([(1, "a")])
    assert statement.fetchall() == [(1, "a")]
    statement.close()
    bare = connection.cls_statement(
        connection, "SELECT id, name FROM t WHERE id < 3 ORDER BY id", prepare=True
    )
    bare.execute_prepared()
    assert bare.fetchall() == [(1, "a"), (2, "b")]
    bare.close()
    assert server.control("/connections")["statements"] == 0


def test_insert_multi(connect: Connect) -> None:
    connection = connect()
    connection.execute("CREATE OR REPLACE TABLE S.MULTI (ID DECIMAL(18,0), NAME VARCHAR(100))")
    statement = connection.ext.insert_multi(("S", "MULTI"), [(1, "a"), (2, None), (3, "c")])
    assert statement.rowcount() == 3
    assert connection.execute("SELECT * FROM S.MULTI ORDER BY ID").fetchall() == [
        (1, "a"),
        (2, None),
        (3, "c"),
    ]


def test_metadata(connect: Connect) -> None:
    connection = connect(schema="S")
    assert connection.meta.schema_exists("s") and not connection.meta.schema_exists("none")
    assert connection.meta.table_exists("t") and not connection.meta.table_exists("none")
    assert connection.meta.view_exists(("RETAIL", "V_CUSTOMER"))
    assert "SELECT" in connection.meta.list_sql_keywords()
    assert list(connection.meta.sql_columns("SELECT id, name FROM t")) == ["ID", "NAME"]
    assert [t["TABLE_NAME"] for t in connection.meta.list_tables("S", "T%")] == ["T"]
    assert [c["COLUMN_NAME"] for c in connection.meta.list_columns("RETAIL", "ORDERS")] == [
        "ORDER_ID",
        "LINE",
        "CUSTOMER_ID",
        "PRICE",
    ]
    assert connection.meta.list_views("RETAIL", "V%")[0]["VIEW_NAME"] == "V_CUSTOMER"
    assert connection.meta.list_objects("BIG")[0]["ROOT_NAME"] == "RETAIL"
    assert connection.meta.list_schemas("RET%")[0]["SCHEMA_OWNER"] == "SYS"
    assert connection.meta.list_indices("RETAIL")


def test_transactions_and_attributes(connect: Connect) -> None:
    connection, other = connect(autocommit=False), connect()
    other.execute("CREATE OR REPLACE TABLE S.TX (A INT)")
    connection.execute("INSERT INTO S.TX VALUES 1")
    assert other.execute("SELECT COUNT(*) FROM S.TX").fetchval() == 0
    connection.commit()
    assert other.execute("SELECT COUNT(*) FROM S.TX").fetchval() == 1
    connection.execute("INSERT INTO S.TX VALUES 2")
    connection.rollback()
    assert connection.execute("SELECT COUNT(*) FROM S.TX").fetchval() == 1
    connection.set_autocommit(True)
    connection.open_schema("S2")
    connection.set_query_timeout(5)
    assert (
        connection.attr["autocommit"],
        connection.attr["currentSchema"],
        connection.attr["queryTimeout"],
    ) == (True, "S2", 5)


def test_get_nodes(connect: Connect, server: Any) -> None:
    nodes = connect().get_nodes()
    assert sorted(f"{n['ipaddr']}:{n['port']}" for n in nodes) == sorted(server.info["nodes"])


def test_abort_from_another_thread(connect: Connect, server: Any) -> None:
    server.options(heartbeatSeconds=0.02)
    connection = connect()
    failure: list[exceptions.ExaQueryError] = []
    ready = threading.Event()

    def run() -> None:
        ready.set()
        with pytest.raises(exceptions.ExaQueryError) as caught:
            connection.execute('SELECT "$SLEEP"(60)')
        failure.append(caught.value)

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(10)
    while "SLEEP" not in str(server.control("/log")):
        pass
    connection.abort_query()
    thread.join(20)
    assert failure[0].code == "R0003"
    assert connection.execute("SELECT 1").fetchval() == 1


def test_close_without_disconnect(connect: Connect, server: Any) -> None:
    connection = connect()
    connection.close(disconnect=False)
    assert [e["message"].get("command") for e in server.control("/log")] == [
        "login",
        None,
        "getAttributes",
    ]


def test_compression(connect: Connect, server: Any) -> None:
    connection = connect(compression=True)
    assert connection.attr["compressionEnabled"] is True
    assert connection.execute("SELECT COUNT(*) FROM RETAIL.BIG").fetchval() == 2500
    assert len(connection.execute("SELECT * FROM RETAIL.BIG").fetchall()) == 2500
    assert [e["binary"] for e in server.control("/log")][:3] == [False, False, True]


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_protocol_versions(connect: Connect, version: int) -> None:
    connection = connect(protocol_version=version)
    assert connection.protocol_version() == version
    columns = connection.execute("SELECT C_TS, C_DATE, C_HASH FROM RETAIL.T_ALL").columns()
    assert ("precision" in columns["C_TS"]) is (version == 5)
    assert ("size" in columns["C_DATE"]) is (version < 5)
    assert columns["C_HASH"]["type"] == ("CHAR" if version == 1 else "HASHTYPE")


def test_an_old_server_downgrades(connect: Connect, server: Any) -> None:
    server.options(maxProtocol=3, release="7.1.30")
    connection = connect(protocol_version=5)
    assert connection.protocol_version() == 3
    assert connection.execute("SELECT C_TS FROM RETAIL.T_ALL").columns()["C_TS"]["size"] == 8


def test_wss_with_fingerprint(connect: Connect, server: Any) -> None:
    for port in (server.info["port"], server.info["ports"]["tls"]):
        connection = connect(dsn=f"127.0.0.1/{server.info['fingerprint']}:{port}", encryption=True)
        assert connection.execute("SELECT 1").fetchval() == 1
        assert connection.is_closed is False
    assert all(entry["secure"] for entry in server.control("/log"))


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
def test_token_login(connect: Connect, server: Any, kind: str) -> None:
    token = server.info["refreshToken" if kind == "refresh_token" else "accessToken"]
    secure = {
        "dsn": f"127.0.0.1/{server.info['fingerprint']}:{server.info['port']}",
        "encryption": True,
        "user": None,
        "password": None,
    }
    assert connect(**secure, **{kind: token}).execute("SELECT CURRENT_USER").fetchval() == "SYS"
    with pytest.raises(exceptions.ExaRequestError):
        connect(**secure, **{kind: "exa_pat_expired"})
    assert token not in str(server.control("/log"))


def test_a_wrong_fingerprint_ends_before_login(connect: Connect, server: Any) -> None:
    with pytest.raises(exceptions.ExaConnectionFailedError):
        connect(dsn=f"127.0.0.1/{'0' * 64}:{server.info['port']}", encryption=True)
    assert server.control("/log") == []


def test_nocertcheck(connect: Connect, server: Any) -> None:
    connection = connect(
        dsn=f"127.0.0.1/nocertcheck:{server.info['ports']['tlsExpired']}", encryption=True
    )
    assert connection.execute("SELECT 1").fetchval() == 1


@pytest.mark.parametrize(
    "port, fine",
    [("tls", True), ("tlsExpired", False), ("tlsWrongHost", False), ("tlsSelfSigned", False)],
)
def test_default_verification(connect: Connect, server: Any, port: str, fine: bool) -> None:
    options = {
        "dsn": f"localhost:{server.info['ports'][port]}",
        "encryption": True,
        "websocket_sslopt": {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": server.info["ca"]},
    }
    if fine:
        assert connect(**options).execute("SELECT 1").fetchval() == 1
    else:
        with pytest.raises(exceptions.ExaConnectionFailedError):
            connect(**options)


def test_plain_login_to_a_tls_only_server(connect: Connect, server: Any) -> None:
    server.options(tlsOnly=True)
    with pytest.raises(exceptions.ExaAuthError, match="Only TLS connections are allowed"):
        connect()

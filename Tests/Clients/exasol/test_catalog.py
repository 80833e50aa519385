"""Metadata commands and catalog SQL over the system tables."""

from __future__ import annotations

from typing import Any

from wire import Wire, result_of


def test_metadata_commands(wire: Wire) -> None:
    result = result_of(
        wire.ask(
            "getColumns",
            schema="RETAIL",
            table="ART\\_%",
            column=None,
            tableTypes=["TABLE", "VIEW"],
        )
    )
    assert [c["name"] for c in result["columns"]][:6] == [
        "SCHEMA",
        "TABLE",
        "NAME",
        "TABLE_TYPE",
        "TYPE",
        "TYPE_ID",
    ]
    assert result["data"] == [
        ["RETAIL"],
        ["ART_X"],
        ["PRICE"],
        ["TABLE"],
        ["DECIMAL(18,2)"],
        [3],
        [None],
        [18],
        [2],
        [1],
        [False],
        [True],
        [False],
        [None],
        [None],
        [False],
        ["SYS"],
        [None],
    ]
    key = result_of(wire.ask("getPrimaryKeys", schema="RETAIL", table="ORDERS"))
    assert key["data"][5] == ["LINE", "ORDER_ID"] and key["data"][4] == [2, 1]
    assert result_of(wire.ask("getTables", schema="", table=None, tableTypes=None))["numRows"] == 0
    for command in (
        "getSchemas",
        "getTableTypes",
        "getFunctions",
        "getScripts",
        "getKeywords",
        "getProperties",
        "getRoles",
        "getUsers",
        "getConnections",
        "getTypeInfo",
        "getTablePrivileges",
    ):
        assert result_of(wire.ask(command))["numRows"] > 0, command
    assert (
        result_of(wire.ask("getColumnPrivileges", schema="RETAIL", table="CUSTOMER"))["numRows"]
        == 2
    )


def test_foreign_keys_as_catalog_sql(wire: Wire) -> None:
    rows = wire.rows(
        "/*snapshot execution*/ SELECT F.REFERENCED_SCHEMA PKTABLE_SCHEM, F.REFERENCED_TABLE PKTABLE_NAME, "
        "F.REFERENCED_COLUMN PKCOLUMN_NAME, F.CONSTRAINT_TABLE FKTABLE_NAME, F.COLUMN_NAME FKCOLUMN_NAME, "
        "F.ORDINAL_POSITION KEY_SEQ, F.CONSTRAINT_NAME FK_NAME, P.CONSTRAINT_NAME PK_NAME "
        "FROM SYS.EXA_ALL_CONSTRAINT_COLUMNS F LEFT JOIN SYS.EXA_ALL_CONSTRAINTS P "
        "ON P.CONSTRAINT_TYPE='PRIMARY KEY' AND P.CONSTRAINT_SCHEMA=F.REFERENCED_SCHEMA "
        "AND P.CONSTRAINT_TABLE=F.REFERENCED_TABLE "
        "WHERE F.CONSTRAINT_TYPE='FOREIGN KEY' AND F.REFERENCED_SCHEMA='RETAIL' ORDER BY 4,5,6"
    )
    assert [column[0] for column in rows] == [
        "RETAIL",
        "CUSTOMER",
        "ID",
        "ORDERS",
        "CUSTOMER_ID",
        1,
        "ORDERS_FK",
        "CUSTOMER_PK",
    ]


def test_tables_as_catalog_sql(wire: Wire) -> None:
    rows = wire.rows(
        "/*snapshot execution*/ SELECT NULL TABLE_CAT, S TABLE_SCHEM, N TABLE_NAME, T TABLE_TYPE, R REMARKS FROM ("
        "SELECT TABLE_SCHEMA S, TABLE_NAME N, 'TABLE' T, TABLE_COMMENT R FROM SYS.EXA_ALL_TABLES UNION ALL "
        "SELECT VIEW_SCHEMA, VIEW_NAME, 'VIEW', VIEW_COMMENT FROM SYS.EXA_ALL_VIEWS UNION ALL "
        "SELECT SCHEMA_NAME, OBJECT_NAME, 'SYSTEM TABLE', OBJECT_COMMENT FROM SYS.EXA_SYSCAT) "
        "WHERE S LIKE 'RETAIL' ESCAPE '\\' AND N LIKE '%CUSTOMER' ESCAPE '\\' AND T IN ('TABLE','VIEW') ORDER BY T, S, N"
    )
    assert rows[2:] == [["CUSTOMER", "V_CUSTOMER"], ["TABLE", "VIEW"], ["buyers", None]]


def test_sessions_show_what_the_client_said(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login(
            clientName="Tern",
            clientVersion="0.1.0",
            driverName="Tern 0.1.0",
            clientOsUsername="alice",
        )
        assert wire.rows(
            f"SELECT CLIENT, DRIVER, OS_USER FROM EXA_ALL_SESSIONS WHERE SESSION_ID = {wire.session_id}"
        ) == [["Tern 0.1.0"], ["Tern 0.1.0"], ["alice"]]

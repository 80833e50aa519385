"""Demo tables: the edge values of every type, a table behind a handle, keys, views, scripts."""

from __future__ import annotations

from typing import Any

from testbed.exasol import meta

_T_ALL = """CREATE TABLE RETAIL.T_ALL (
  C_BOOL BOOLEAN, C_CHAR CHAR(5) ASCII, C_VARCHAR VARCHAR(100) UTF8, C_DEC18 DECIMAL(18,0),
  C_DEC36 DECIMAL(36,0), C_DEC10_5 DECIMAL(10,5), C_DOUBLE DOUBLE, C_DATE DATE, C_TS TIMESTAMP(3),
  C_TSLTZ TIMESTAMP(6) WITH LOCAL TIME ZONE, C_IYM INTERVAL YEAR(2) TO MONTH,
  C_IDS INTERVAL DAY(2) TO SECOND(3), C_GEO GEOMETRY(4326), C_HASH HASHTYPE(16 BYTE))"""
_T_ALL_ROWS = [
    "TRUE, 'ab', 'Grüße \U0001f680', 999999999999999999, 123456789012345678901234567890123456, -0.7, "
    "1.5e100, '2024-06-18', '2024-06-18 17:22:13.123', '2024-06-18 17:22:13.123456', '-5-3', "
    "'2 12:50:10.123', 'POINT(1 2)', '550e8400-e29b-11d4-a716-446655440000'",
    ", ".join(["NULL"] * 14),
    "FALSE, 'a', 'a\tb\nc\"d\\e/', -999999999999999999, -999999999999999999999999999999999999, "
    "99999.99999, -1.7976931348623157e308, '0001-01-01', '0001-01-01 00:00:00.000', "
    "'1970-01-01 00:00:00', '+99-11', '-99 23:59:59.999', 'LINESTRING(0 0, 1 1)', "
    "'00000000000000000000000000000000'",
    "TRUE, 'xyz12', '日本語 \U0001f469\u200d\U0001f680', 0, 0, 0.00001, 5e-324, '9999-12-31', "
    "'9999-12-31 23:59:59.999', '2038-01-19 03:14:07.999999', '+00-00', '-00 00:00:00.001', "
    "'POLYGON((0 0, 1 0, 1 1, 0 0))', 'ffffffffffffffffffffffffffffffff'",
]
_STATEMENTS = [
    "CREATE SCHEMA STAGE",
    "CREATE SCHEMA S",
    "CREATE TABLE S.T (ID DECIMAL(18,0), NAME VARCHAR(100) UTF8)",
    "INSERT INTO S.T VALUES (1, 'a'), (2, 'b')",
    "CREATE SCHEMA S2",
    "CREATE SCHEMA RETAIL",
    _T_ALL,
    *[f"INSERT INTO RETAIL.T_ALL VALUES ({row})" for row in _T_ALL_ROWS],
    "CREATE TABLE RETAIL.T_NANO (ID DECIMAL(9,0), TS9 TIMESTAMP(9), TS0 TIMESTAMP(0), "
    "IDS INTERVAL DAY(9) TO SECOND(9), IDS0 INTERVAL DAY(3) TO SECOND(0), IYM INTERVAL YEAR(9) TO MONTH)",
    "INSERT INTO RETAIL.T_NANO VALUES "
    "(1, '0001-01-01 00:00:00.000000001', '0001-01-01 00:00:00', '+999999999 23:59:59.999999999', "
    "'+999 23:59:59', '+999999999-11'), "
    "(2, '9999-12-31 23:59:59.999999999', '9999-12-31 23:59:59', '-999999999 23:59:59.999999999', "
    "'-999 23:59:59', '-999999999-11'), "
    "(3, '2024-06-18 17:22:13.123456789', '2024-06-18 17:22:13', '+3 10:59:59.123', '+3 10:59:59', '+0-1'), "
    "(4, NULL, NULL, NULL, NULL, NULL)",
    "CREATE TABLE RETAIL.BIG (ID DECIMAL(18,0), NAME VARCHAR(100) UTF8)",
    "INSERT INTO RETAIL.BIG SELECT ID, NAME FROM BIG_2500",
    "CREATE TABLE RETAIL.CUSTOMER (ID DECIMAL(18,0) NOT NULL, NAME VARCHAR(100) UTF8 DEFAULT 'x' NOT NULL "
    "COMMENT IS 'full name', CONSTRAINT CUSTOMER_PK PRIMARY KEY (ID), DISTRIBUTE BY ID) COMMENT IS 'buyers'",
    "INSERT INTO RETAIL.CUSTOMER VALUES (1, 'Ann'), (2, 'Bob')",
    "CREATE TABLE RETAIL.ORDERS (ORDER_ID DECIMAL(18,0), LINE DECIMAL(5,0), CUSTOMER_ID DECIMAL(18,0), "
    "PRICE DECIMAL(18,2), PRIMARY KEY (ORDER_ID, LINE), "
    "CONSTRAINT ORDERS_FK FOREIGN KEY (CUSTOMER_ID) REFERENCES RETAIL.CUSTOMER (ID))",
    "INSERT INTO RETAIL.ORDERS VALUES (10, 1, 1, 9.99), (10, 2, 1, 0.5), (11, 1, 2, -3)",
    "CREATE TABLE RETAIL.PK_T (ID DECIMAL(18,0) PRIMARY KEY, NAME VARCHAR(10))",
    "INSERT INTO RETAIL.PK_T VALUES (1, 'a')",
    "CREATE TABLE RETAIL.ART_X (PRICE DECIMAL(18,2))",
    "CREATE VIEW RETAIL.V_CUSTOMER AS SELECT ID, NAME FROM RETAIL.CUSTOMER",
    'CREATE TABLE RETAIL."MixedCase" ("lower" DECIMAL(9,0), "with space" VARCHAR(5), "q""uote" BOOLEAN)',
    "CREATE TABLE RETAIL.EMPTY_T (ID DECIMAL(18,0))",
    "CREATE TABLE RETAIL.SECRET_T (ID DECIMAL(18,0))",
]


def create(session: Any) -> None:
    """Fills a fresh database."""
    for sql in _STATEMENTS:
        session.execute(sql)
    session.set_schema("")
    # HUGE x HUGE runs for days: something to abort, or to time out.
    session.run("BEGIN")
    session.run(
        'CREATE VIEW "RETAIL"."HUGE" AS SELECT CAST(i AS DECIMAL(18,0)) AS "ID" FROM range(100000000) r(i)'
    )
    meta.add_object(session.run, "RETAIL", "HUGE", "VIEW", body="")
    from testbed.exasol.types import decimal

    meta.add_column(
        session.run, "RETAIL", "HUGE", "ID", 1, decimal(18), nullable=None, owner_kind="VIEW"
    )
    for name, kind, text in (
        ("P_SHIP", "SCRIPTING", "CREATE LUA SCRIPT P_SHIP (X) AS return X"),
        ("U_LEN", "UDF", "CREATE PYTHON3 SCALAR SCRIPT U_LEN (T VARCHAR(9)) RETURNS INT AS"),
    ):
        session.run(
            f"INSERT INTO {meta.SCHEMA}.scripts VALUES ('RETAIL', $1, $2, $3, $4, $5, $6, NULL, 77)",
            [
                name,
                kind,
                "LUA" if kind == "SCRIPTING" else "PYTHON3",
                None if kind == "SCRIPTING" else "SCALAR",
                "ROWCOUNT" if kind == "SCRIPTING" else "RETURNS",
                text,
            ],
        )
    session.run(
        f"INSERT INTO {meta.SCHEMA}.scripts VALUES "
        "('RETAIL', 'F_VAT', 'FUNCTION', 'SQL', NULL, NULL, 'FUNCTION F_VAT (X) RETURN X', 'tax', 78)"
    )
    session.run(
        f"INSERT INTO {meta.SCHEMA}.principals VALUES ('SYS','USER',NULL), ('DBA','ROLE',NULL), "
        "('PUBLIC','ROLE',NULL), ('REPORT','USER','reads only')"
    )
    session.run(
        f"INSERT INTO {meta.SCHEMA}.privileges VALUES "
        "('RETAIL','CUSTOMER','TABLE','SELECT','REPORT','SYS')"
    )
    session.run("COMMIT")

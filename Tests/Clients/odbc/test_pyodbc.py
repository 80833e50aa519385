"""pyodbc and SQLAlchemy over it: each test in a process of its own, so that tracing can be set."""

from __future__ import annotations

import sys
import textwrap

from installed import SOURCE, Odbc

PROLOGUE = """
import datetime, decimal, sys, threading, time, uuid
import pyodbc
pyodbc.pooling = False
connect = lambda **options: pyodbc.connect(sys.argv[1], **options)
"""


def run(odbc: Odbc, script: str, timeout: int = 300) -> str:
    """Runs a script with an open-connection function, and returns what it prints."""
    done = odbc.run(
        sys.executable, "-c", PROLOGUE + textwrap.dedent(script), odbc.connection,
        timeout=timeout)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def test_reads_typed_values_with_nulls_and_unicode(odbc: Odbc) -> None:
    run(odbc, """
        sql = ("SELECT C_BOOL, C_VARCHAR, C_DEC36, C_DEC10_5, C_DOUBLE, C_DATE, C_TS "
               "FROM RETAIL.T_ALL WHERE ")
        first = connect().execute(sql + "C_DEC18 > 1").fetchone()
        last = connect().execute(sql + "C_DEC18 IS NULL").fetchone()
        assert first[0] is True and first[1] == 'Grüße \\U0001f680', first
        assert first[2] == decimal.Decimal('123456789012345678901234567890123456'), first
        assert first[3] == decimal.Decimal('-0.70000') and first[4] == 1.5e100, first
        assert first[5] == datetime.date(2024, 6, 18), first
        assert first[6] == datetime.datetime(2024, 6, 18, 17, 22, 13, 123000), first
        assert list(last) == [None] * 7, last
    """)


def test_sends_parameters_of_every_kind(odbc: Odbc) -> None:
    run(odbc, """
        c = connect(autocommit=True)
        c.execute("CREATE TABLE S2.PY1 (I DECIMAL(18,0), T VARCHAR(2000000), D DECIMAL(18,4), "
                  "F DOUBLE, B BOOLEAN, DA DATE, TS TIMESTAMP)")
        row = (12345678901, 'é€\\U0001f680', decimal.Decimal('-12.3400'), 1e-7, True,
               datetime.date(1999, 12, 31), datetime.datetime(2020, 2, 29, 1, 2, 3, 456000))
        c.execute("INSERT INTO S2.PY1 VALUES (?,?,?,?,?,?,?)", row)
        c.execute("INSERT INTO S2.PY1 VALUES (?,?,?,?,?,?,?)", [None] * 7)
        got = c.execute("SELECT * FROM S2.PY1 WHERE I = ?", row[0]).fetchone()
        assert tuple(got) == row, got
        long = 'x' * 300000 + 'ä'
        c.execute("UPDATE S2.PY1 SET T = ? WHERE I = ?", long, row[0])
        assert c.execute("SELECT T FROM S2.PY1 WHERE I IS NOT NULL").fetchval() == long
        c.execute("DROP TABLE S2.PY1")
    """)


def test_inserts_ten_thousand_rows_as_arrays(odbc: Odbc) -> None:
    run(odbc, """
        c = connect(autocommit=True)
        c.execute("CREATE TABLE S2.PY2 (I DECIMAL(18,0), T VARCHAR(100), D DECIMAL(18,2))")
        cursor = c.cursor()
        cursor.fast_executemany = True
        rows = [(i, None if i % 7 == 0 else f'näme {i}', decimal.Decimal(i) / 100)
                for i in range(10000)]
        cursor.executemany("INSERT INTO S2.PY2 VALUES (?, ?, ?)", rows)
        assert [tuple(r) for r in c.execute("SELECT * FROM S2.PY2 ORDER BY I")] == rows
        c.execute("DROP TABLE S2.PY2")
    """)


def test_a_value_of_an_array_that_does_not_convert_is_named(odbc: Odbc) -> None:
    run(odbc, """
        c = connect(autocommit=True)
        c.execute("CREATE TABLE S2.PY5 (I DECIMAL(18,0), T VARCHAR(100))")
        cursor = c.cursor()
        cursor.fast_executemany = True
        try:
            cursor.executemany("INSERT INTO S2.PY5 (T, I) VALUES (?, ?)", [("a", "1"), ("b", "x")])
        except pyodbc.DataError as error:
            assert error.args[0] == '22018' and 'parameter 2, row 2: ' in error.args[1], error
        else:
            raise AssertionError('x is no number')
        c.execute("DROP TABLE S2.PY5")
    """)


def test_rolls_back_and_commits(odbc: Odbc) -> None:
    run(odbc, """
        c = connect()
        c.execute("CREATE TABLE S2.PY3 (I DECIMAL(9,0))")
        c.commit()
        c.execute("INSERT INTO S2.PY3 VALUES (1)")
        c.rollback()
        assert c.execute("SELECT COUNT(*) FROM S2.PY3").fetchval() == 0
        c.execute("INSERT INTO S2.PY3 VALUES (2)")
        c.commit()
        assert connect().execute("SELECT COUNT(*) FROM S2.PY3").fetchval() == 1
        c.execute("DROP TABLE S2.PY3")
        c.commit()
    """)


def test_shows_errors_with_their_states(odbc: Odbc) -> None:
    run(odbc, """
        try:
            connect().execute("SELECT * FROM RETAIL.NO_SUCH")
        except pyodbc.ProgrammingError as error:
            assert error.args[0] == '42S02', error
        try:
            pyodbc.connect(sys.argv[1].replace('PWD=', 'PWD=x'))
        except pyodbc.InterfaceError as error:
            assert error.args[0] == '28000' and 'xexasol' not in str(error), error
        else:
            raise AssertionError('a wrong password was taken')
    """)


def test_lists_the_catalog(odbc: Odbc) -> None:
    run(odbc, """
        cursor = connect().cursor()
        tables = {row.table_name for row in cursor.tables(schema='RETAIL')}
        assert {'CUSTOMER', 'V_CUSTOMER', 'MixedCase'} <= tables, tables
        columns = [(r.column_name, r.type_name) for r in cursor.columns('CUSTOMER', schema='RETAIL')]
        assert [name for name, _ in columns] == ['ID', 'NAME'], columns
        keys = [r.column_name for r in cursor.primaryKeys('ORDERS', schema='RETAIL')]
        assert keys == ['ORDER_ID', 'LINE'], keys
        assert cursor.getTypeInfo().fetchall()
    """)


def test_cancels_from_another_thread(odbc: Odbc) -> None:
    run(odbc, """
        cursor = connect(autocommit=True).cursor()
        threading.Timer(0.5, cursor.cancel).start()
        start = time.time()
        try:
            cursor.execute("SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B "
                           "WHERE MOD(A.ID * B.ID, 7) = 3")
        except pyodbc.Error as error:
            assert error.args[0] == 'HY008', error
        else:
            raise AssertionError('not cancelled')
        assert time.time() - start < 20
        assert cursor.execute("SELECT 1").fetchval() == 1
    """)


def test_connects_by_data_source_name(odbc: Odbc) -> None:
    run(odbc, f"""
        assert pyodbc.connect('DSN={SOURCE}').execute('SELECT 1').fetchval() == 1
        assert pyodbc.connect('DSN={SOURCE}', timeout=10).timeout == 0
    """)


def test_describes_itself(odbc: Odbc) -> None:
    run(odbc, """
        c = connect()
        assert c.getinfo(pyodbc.SQL_DRIVER_NAME) == 'libternodbc.so'
        assert c.getinfo(pyodbc.SQL_DRIVER_ODBC_VER) == '03.80'
        c.timeout = 5
    """)


def test_sqlalchemy_runs_raw_sql(odbc: Odbc) -> None:
    run(odbc, """
        import sqlalchemy
        from sqlalchemy.engine import default
        from sqlalchemy.connectors.pyodbc import PyODBCConnector

        class Plain(PyODBCConnector, default.DefaultDialect):
            name = 'plain'
            supports_statement_cache = False

            def initialize(self, connection):
                pass

        sqlalchemy.dialects.registry.register('plain.pyodbc', __name__, 'Plain')
        engine = sqlalchemy.create_engine('plain+pyodbc://', creator=connect)
        with engine.begin() as connection:
            rows = connection.execute(
                sqlalchemy.text('SELECT NAME FROM RETAIL.CUSTOMER WHERE ID > :low ORDER BY ID'),
                {'low': 0}).fetchall()
            assert [row[0] for row in rows] == ['Ann', 'Bob'], rows
    """)

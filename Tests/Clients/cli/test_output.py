"""Rows in every format, and where SQL comes from."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from command import Run

ROWS = (
    "SELECT * FROM (VALUES (1, 'Ada', 1.50), (20, '', NULL), (NULL, '日本', -0.01))"
    " AS T(ID, NAME, PRICE)"
)


@pytest.fixture
def tern_sql(tern: Run, target: str) -> Run:
    """Runs SQL on the stand-in."""

    def run(*words: str, **values: str) -> object:
        return tern(target, *words, TERN_PASSWORD="exasol", **values)

    return run


def test_tables_are_aligned(tern_sql: Run) -> None:
    # Exasol has no empty text: it is NULL there.
    done = tern_sql(ROWS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "  ID | NAME | PRICE",
        "-----+------+------",
        "   1 | Ada  |  1.50",
        "  20 | NULL |  NULL",
        "NULL | 日本 | -0.01",
    ]
    assert done.stderr.startswith("(3 rows, ")


def test_tables_stay_aligned_whatever_is_in_them(tern_sql: Run) -> None:
    long = "x" * 130
    done = tern_sql(
        "SELECT * FROM (VALUES (1, '日本語 👩‍🚀', 'a', NULL), (-22, 'e\u0301 🇩🇪', 'tab\there\nline', 1.5),"
        f" (NULL, NULL, '{long}', -100.25), (4, 'NULL', 'z', 0)) AS T(ID, \"NÄME 名\", TXT, N)")
    assert done.returncode == 0, done.stderr
    pad = " " * 119
    assert done.stdout.splitlines() == [
        f"  ID | NÄME 名   | TXT{pad[2:]} |       N",
        f"-----+-----------+-{'-' * 120}-+--------",
        f"   1 | 日本語 👩‍🚀 | a{pad} |    NULL",
        f" -22 | e\u0301 🇩🇪      | tab\\there\\nline{pad[14:]} |    1.50",
        f"NULL | NULL      | {long} | -100.25",
        f"   4 | NULL      | z{pad} |    0.00",
    ]


def test_null_can_be_told_from_the_text(tern_sql: Run) -> None:
    words = ("SELECT * FROM (VALUES ('NULL'), (NULL)) AS T(A)",)
    assert tern_sql("--null", "∅", *words).stdout == "A\n----\nNULL\n∅\n"
    assert tern_sql("-F", "csv", "--null", "NULL", *words).stdout == 'A\n"NULL"\nNULL\n'


def test_arrow_goes_through_a_pipe(
    program: str, environment: dict[str, str], big_target: str
) -> None:
    done = subprocess.run(
        [program, "-F", "arrow", big_target, "SELECT ID, NAME FROM BIG_100000"], check=False,
        env={**environment, "TERN_PASSWORD": "exasol"}, capture_output=True)
    assert done.returncode == 0, done.stderr
    with pa.ipc.open_stream(done.stdout) as reader:
        table = reader.read_all()
    table.validate(full=True)
    assert table.num_rows == 100_000 and table.column("ID")[99_999].as_py() == 99_999
    assert table.column("NAME").null_count == 0
    empty = subprocess.run(
        [program, "-F", "arrow", big_target, "SELECT ID FROM BIG_100 WHERE 1 = 0"], check=False,
        env={**environment, "TERN_PASSWORD": "exasol"}, capture_output=True)
    with pa.ipc.open_stream(empty.stdout) as reader:
        assert reader.schema.names == ["ID"] and reader.read_all().num_rows == 0


def test_quiet_says_nothing_beside_the_rows(tern_sql: Run) -> None:
    assert tern_sql("-q", ROWS).stderr == ""


def test_csv_reads_back(tern_sql: Run) -> None:
    done = tern_sql("-F", "csv", ROWS)
    read = list(csv.reader(io.StringIO(done.stdout)))
    assert read[0] == ["ID", "NAME", "PRICE"] and read[3] == ["", "日本", "-0.01"]


def test_json_numbers_are_exact(tern_sql: Run) -> None:
    done = tern_sql("-F", "json", "SELECT C_DEC18, C_DEC36, C_DEC10_5, C_BOOL FROM RETAIL.T_ALL")
    rows = [json.loads(line, parse_float=Decimal) for line in done.stdout.splitlines()]
    assert rows[0] == {
        "C_DEC18": 999999999999999999,
        "C_DEC36": 123456789012345678901234567890123456,
        "C_DEC10_5": Decimal("-0.70000"),
        "C_BOOL": True,
    }
    assert set(rows[1].values()) == {None}


def test_arrow_reads_back(tern_sql: Run, tmp_path: Path) -> None:
    path = tmp_path / "rows.arrows"
    done = tern_sql("-F", "arrow", "-o", str(path), "SELECT * FROM RETAIL.T_ALL")
    assert done.returncode == 0, done.stderr
    with pa.ipc.open_stream(path.read_bytes()) as reader:
        table = reader.read_all()
    table.validate(full=True)
    assert table.num_rows == 4
    assert table.column("C_DEC18").to_pylist()[0] == 999999999999999999
    assert table.column("C_VARCHAR").to_pylist()[3] == "日本語 👩‍🚀"


def test_arrow_says_what_to_do_about_nanoseconds(tern_sql: Run, tmp_path: Path) -> None:
    sql = (
        "ALTER SESSION SET NLS_TIMESTAMP_FORMAT='YYYY-MM-DD HH24:MI:SS.FF9';"
        "SELECT TS9 FROM RETAIL.T_NANO"
    )
    words = ["-F", "arrow", "-o", str(tmp_path / "x"), sql]
    done = tern_sql(*words)
    assert done.returncode == 1 and "timestamp_unit" in done.stderr
    text = tern_sql("-s", "timestamp_unit=text", *words)
    assert text.returncode == 0, text.stderr


def test_large_results_come_whole(tern: Run, big_target: str) -> None:
    sql = "SELECT ID FROM BIG_100000"
    done = tern("-q", "-F", "csv", big_target, sql, TERN_PASSWORD="exasol")
    lines = done.stdout.split()
    assert len(lines) == 100_001 and len(set(lines)) == 100_001


def test_statements_run_in_order_until_one_fails(tern_sql: Run) -> None:
    done = tern_sql("SELECT 1 AS A; SELECT ';' AS B; SELECT * FROM NO_SUCH_TABLE; SELECT 4 AS C")
    assert done.returncode == 1
    assert "NO_SUCH_TABLE" in done.stderr and "error 42" in done.stderr
    assert done.stdout == "A\n-\n1\n\nB\n-\n;\n"


def test_sql_comes_from_standard_input_and_files(tern_sql: Run, tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text("-- first\nSELECT 7 AS N;\n/\nSELECT 8 AS N;\n")
    expected = '{"N":7}\n{"N":8}\n'
    assert tern_sql("-F", "json", stdin=script.read_text()).stdout == expected
    assert tern_sql("-F", "json", "-f", str(script)).stdout == expected
    assert tern_sql("-F", "json", "-f", "-", stdin=script.read_text()).stdout == expected
    assert tern_sql("-f", str(tmp_path / "none")).returncode == 2


def test_parameters_are_bound_by_type(tern_sql: Run) -> None:
    done = tern_sql(
        "-F", "json", "SELECT NAME FROM RETAIL.CUSTOMER WHERE ID = ? AND NAME = ?",
        "-p", "1", "-p", "Ann",
    )
    assert done.stdout == '{"NAME":"Ann"}\n', done.stderr
    two = tern_sql("SELECT 1; SELECT 2", "-p", "1")
    assert two.returncode == 2 and "exactly one statement" in two.stderr


def test_catalog_questions_follow_the_servers_case(tern_sql: Run) -> None:
    done = tern_sql("-F", "json", "--catalog", "columns", "retail.customer")
    names = [json.loads(line)["COLUMN_NAME"] for line in done.stdout.splitlines()]
    assert names[:2] == ["ID", "NAME"]
    tables = tern_sql("-F", "json", "--catalog", "tables", 'retail."MixedCase"')
    assert [json.loads(line)["TABLE_NAME"] for line in tables.stdout.splitlines()] == ["MixedCase"]


def test_results_can_be_limited(tern_sql: Run) -> None:
    done = tern_sql("-F", "json", "--max-rows", "3", "SELECT ID FROM RETAIL.BIG")
    assert len(done.stdout.splitlines()) == 3


def test_statements_can_be_limited_in_time(tern_sql: Run) -> None:
    done = tern_sql("--timeout", "300ms", 'SELECT "$SLEEP"(30)')
    assert done.returncode == 1
    assert "HYT00" in done.stderr


@pytest.mark.parametrize(("where", "reason"), [("> /dev/full", "No space"), (">&-", "Bad file")])
def test_rows_that_cannot_be_written_are_an_error(
    program: str, environment: dict[str, str], target: str, where: str, reason: str
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" "$1" "SELECT 1 AS A" {where}', program, target],
        env={**environment, "TERN_PASSWORD": "exasol"}, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert reason in done.stderr


def test_changes_are_counted(tern_sql: Run) -> None:
    done = tern_sql("DELETE FROM S.T WHERE 1 = 0")
    assert done.returncode == 0 and done.stdout == ""
    assert done.stderr.startswith("(0 rows changed, ")

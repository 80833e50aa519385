"""The driver as the driver manager and its tools see it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from installed import SOURCE, Odbc

SCRIPTS = Path(__file__).resolve().parent / "scripts"


def exported(driver: Path) -> set[str]:
    """The names that a program can find in the driver."""
    lines = subprocess.run(
        ["nm", "-D", "--defined-only", "--extern-only", str(driver)],
        capture_output=True, text=True, check=True).stdout.splitlines()
    names = {line.split()[-1].split("@")[0] for line in lines if line.split()[-2] != "A"}
    return {name for name in names if re.match(r"[A-Za-z]", name)}


# Functions that take or give text have a wide form, too.
NARROW = """
    AllocHandle FreeHandle FreeStmt Disconnect EndTran GetFunctions GetEnvAttr SetEnvAttr
    CancelHandle Execute NumParams DescribeParam BindParameter BindParam ParamData PutData RowCount
    NumResultCols BindCol Fetch FetchScroll ExtendedFetch SetPos BulkOperations GetData MoreResults
    CloseCursor Cancel SetDescRec CopyDesc
""".split()
BOTH = """
    Connect DriverConnect BrowseConnect GetInfo NativeSql GetConnectAttr SetConnectAttr Prepare
    ExecDirect DescribeCol ColAttribute GetCursorName SetCursorName GetStmtAttr SetStmtAttr
    GetDescField SetDescField GetDescRec Tables Columns PrimaryKeys ForeignKeys Statistics
    SpecialColumns Procedures ProcedureColumns TablePrivileges ColumnPrivileges GetTypeInfo
    GetDiagRec GetDiagField
""".split()


def test_acceptance_1_trap_29_exports_are_exactly_the_list(driver: Path) -> None:
    """Helper symbols would clash with the program's."""
    functions = {f"SQL{name}" for name in NARROW}
    functions |= {f"SQL{name}{width}" for name in BOTH for width in ("", "W")}
    setup = {"ConfigDSN", "ODBCINSTGetProperties"}
    assert setup <= exported(driver)
    assert exported(driver) - setup == functions


def test_old_functions_are_left_to_the_manager(driver: Path) -> None:
    old = {"SQLAllocEnv", "SQLAllocStmt", "SQLError", "SQLTransact", "SQLSetParam",
           "SQLColAttributes", "SQLGetStmtOption", "SQLSetConnectOption"}
    assert not exported(driver) & old


def test_traps_28_and_30_the_driver_links_no_manager_and_stays(driver: Path) -> None:
    """Its own symbols bind inside it, and it is never unloaded under a thread."""
    needed = subprocess.run(
        ["readelf", "-d", str(driver)], capture_output=True, text=True, check=True).stdout
    assert "libodbc" not in needed and "libswift" not in needed
    assert "SYMBOLIC" in needed and "NODELETE" in needed


def test_odbcinst_lists_driver_and_source(odbc: Odbc) -> None:
    assert "[Tern]" in odbc.run("odbcinst", "-q", "-d").stdout
    assert f"[{SOURCE}]" in odbc.run("odbcinst", "-q", "-s").stdout


SCRIPT = """select C_CHAR, C_VARCHAR, C_DEC10_5, C_DATE from RETAIL.T_ALL
select * from RETAIL.NO_SUCH
select count(*) from RETAIL.BIG
"""


def test_isql_runs_a_script(odbc: Odbc) -> None:
    done = odbc.run("isql", SOURCE, "-b", "-v", "-d|", text=SCRIPT)
    assert "Grüße" in done.stdout and "-0.70000" in done.stdout, done.stdout + done.stderr
    assert "2500" in done.stdout
    # isql is a program of ODBC 2, for which the manager translates 42S02.
    assert "[S0002][Tern][" in done.stdout + done.stderr


def test_iusql_runs_a_script(odbc: Odbc) -> None:
    done = odbc.run("iusql", SOURCE, "-b", "-d|", text=SCRIPT)
    assert "2500" in done.stdout, done.stdout + done.stderr


def test_isql_helps_with_tables(odbc: Odbc) -> None:
    done = odbc.run("isql", SOURCE, "-b", "-d|", text="help\n")
    assert "|CUSTOMER|" in done.stdout, done.stdout + done.stderr


def test_acceptance_15_traces_hold_no_secrets(odbc: Odbc) -> None:
    """With a data source the password is in none of the manager's own lines either."""
    secret = "exasol"
    done = odbc.run("isql", SOURCE, "-b", "-v", text="SELECT 40 + 2\n")
    assert "42" in done.stdout, done.stdout + done.stderr
    if odbc.is_traced:
        assert "SQLExecDirect" in odbc.trace or "SQLPrepare" in odbc.trace
        assert secret not in odbc.trace


def test_browsing_goes_from_question_to_question(odbc: Odbc) -> None:
    """Each answer names what is still missing; the last one is the string to connect with."""
    def part(*names: str) -> str:
        found = re.findall(r"(\w+)=([^;]*)", odbc.connection)
        return ";".join(f"{key}={value}" for key, value in found if key.upper() in names) + ";"

    rest = re.sub(r"(?i)(driver|protocol|uid|pwd)=[^;]*;?", "", odbc.connection)
    script = str(SCRIPTS / "browse.py")
    done = odbc.run(sys.executable, script, "DRIVER={Tern};", part("PROTOCOL"),
                    f"{rest};" + part("UID", "PWD"))
    lines = done.stdout.splitlines()
    assert lines[0].startswith("99 ") and "PROTOCOL:Protocol={" in lines[0], done
    assert lines[1] == "99 SERVER:Server=?;UID:Login=?;*PWD:Password=?", done
    assert lines[2].startswith(("0 ", "1 ")) and "PWD=" in lines[2].upper(), done
    assert lines[3] in {"query 0", "query 1"}
    assert done.returncode in {0, 1}


def test_a_browse_that_fails_says_why_and_can_start_again(odbc: Odbc) -> None:
    wrong = re.sub(r"(?i)pwd=[^;]*", "PWD=wrong", odbc.connection)
    done = odbc.run(sys.executable, str(SCRIPTS / "browse.py"), wrong)
    assert "[28000]" in done.stdout and "wrong" not in done.stdout.splitlines()[-1], done

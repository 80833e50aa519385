"""The demonstration: every way into a server prints the same typed rows, for every protocol.

A C program, a Python script with nothing but ctypes, the `tern` command, and over ODBC isql and
pyodbc connect to the stand-in and run the same query. Exit code 0 only if all succeed and agree.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RELEASE = ROOT / ".build" / "release"
sys.path.insert(0, str(ROOT / "Tests" / "Testbed"))

from testbed import running  # noqa: E402  (the path is set just above)

EXASOL_SQL = "SELECT C_BOOL, C_DEC18, C_DEC36, C_DEC10_5, C_DOUBLE, C_VARCHAR, C_DATE, C_TS FROM T_ALL"
AVATICA_SQL = "SELECT ID, AMOUNT, RATE, NAME, DAY_, AT_ FROM BIG_4"
# MaxScale alone would show 9223372036854775807 for the first column and NULL for the third.
MAXSCALE_SQL = (
    "SELECT CAST(18446744073709551615 AS UNSIGNED) AS BIG_U, CAST(12.50 AS DECIMAL(18,2)) AS AMOUNT,"
    " x'00FF' AS BYTES_, 'Zoë 😀' AS NAME, DATE'2024-02-29' AS DAY_,"
    " TIMESTAMP'2024-02-29 12:34:56.789012' AS AT_ FROM seq_1_to_3")
SNOWFLAKE_SQL = (
    "SELECT 99999999999999999999999999999999999999 AS BIG_, 12.50::NUMBER(18,2) AS AMOUNT,"
    " TO_BINARY('00FF', 'HEX')::BINARY(2) AS BYTES_, 'Zoë 😀'::VARCHAR(20) AS NAME, '2024-02-29'::DATE AS DAY_,"
    " '2024-02-29 12:34:56.789012'::TIMESTAMP_NTZ(6) AS AT_ FROM TABLE(GENERATOR(ROWCOUNT => 3))")


@dataclass
class Server:
    """What one protocol's stand-in is called, and how its programs find it."""

    name: str
    target: str
    user: str
    password: str
    keywords: str
    sql: str

    @staticmethod
    def exasol(info: dict[str, Any]) -> Server:
        """TLS with the stand-in's own authority."""
        port = info["ports"]["tls"]
        return Server(
            "Exasol", f"exasol://127.0.0.1:{port}/RETAIL?tls_ca_file={info['ca']}", "SYS",
            info["users"]["SYS"],
            f"Protocol=exasol;Server=127.0.0.1;Port={port};UID=SYS;Schema=RETAIL;"
            f"tls_ca_file={info['ca']}", EXASOL_SQL)

    @staticmethod
    def avatica(info: dict[str, Any], encoding: str) -> Server:
        """Plain HTTP on loopback, in one of the two encodings."""
        port = info["port" if encoding == "JSON" else "protobufPort"]
        return Server(
            f"Avatica in {encoding}", f"avatica+http://127.0.0.1:{port}/", "SA",
            info["users"]["SA"], f"Protocol=avatica+http;Server=127.0.0.1;Port={port};UID=SA",
            AVATICA_SQL)


    @staticmethod
    def maxscale(info: dict[str, Any]) -> Server:
        """Plain HTTP on loopback: an account of MaxScale's REST interface, and one of the database."""
        port, target = info["port"], info["targets"]["server"]
        rest = f"http_user=admin;http_password={info['accounts']['admin']}"
        return Server(
            "MaxScale", f"maxscale+http://127.0.0.1:{port}/{info['catalog']}?target={target}&"
            + rest.replace(";", "&"), "tern", info["users"]["tern"],
            f"Protocol=maxscale+http;Server=127.0.0.1;Port={port};UID=tern;"
            f"Database={info['catalog']};target={target};{rest}", MAXSCALE_SQL)

    @staticmethod
    def snowflake(info: dict[str, Any]) -> Server:
        """Plain HTTP on loopback, so that the account does not say where the server is."""
        port, account = info["port"], info["account"]
        return Server(
            "Snowflake", f"snowflake+http://127.0.0.1:{port}/TESTDB/PUBLIC?account={account}&token_cache=off",
            "TERN", info["users"]["TERN"],
            f"Protocol=snowflake+http;Server=127.0.0.1;Port={port};UID=TERN;Account={account};"
            "Database=TESTDB;Schema=PUBLIC;token_cache=off", SNOWFLAKE_SQL)


def run(
    title: str, command: list[str], environment: dict[str, str], shown: str = "",
    typed: str | None = None,
) -> str:
    """Runs one way in, prints what it printed, and gives it back; a failure ends the demo."""
    print(f"\n--- {title}: {shown or ' '.join(command)}", flush=True)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, capture_output=True, timeout=60,
        input=typed or "", check=False)
    print(done.stdout, end="")
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        sys.exit(f"{title} failed with exit code {done.returncode}")
    return done.stdout


def compile_c(folder: Path) -> Path:
    """Builds the C program against the header and the shared object, as a user would."""
    program = folder / "query"
    subprocess.run(
        [
            "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", str(HERE / "query.c"),
            f"-I{ROOT / 'Include'}", f"-L{RELEASE}", "-ltern", f"-Wl,-rpath,{RELEASE}",
            "-o", str(program),
        ],
        check=True,
    )
    return program


def link_soname(folder: Path) -> None:
    """The linker looks for the soname at run time; the build folder has only libtern.so."""
    link = RELEASE / "libtern.so.1"
    if not link.exists():
        link.symlink_to("libtern.so")


def over_odbc(server: Server, environment: dict[str, str]) -> None:
    """isql and pyodbc through unixODBC; the driver is named by its path, nothing is registered."""
    secret = (f"Driver={RELEASE / 'libternodbc.so'};{server.keywords};"
              f"PWD={environment['TERN_PASSWORD']}")
    run("isql", ["isql", "-k", secret, "-b", "-v"], environment, "isql -k '…' -b -v",
        f"{server.sql}\n")
    script = (
        "import os, pyodbc\n"
        "cursor = pyodbc.connect(os.environ['TERN_ODBC']).execute(os.environ['TERN_SQL'])\n"
        "print([(column[0], column[1].__name__) for column in cursor.description])\n"
        "[print(tuple(row)) for row in cursor]\n")
    run("pyodbc", [sys.executable, "-c", script], dict(
        environment, TERN_ODBC=secret, TERN_SQL=server.sql), "pyodbc.connect('…').execute(SQL)")


def show(server: Server, program: Path) -> None:
    """All ways into one server; those that print plain rows must print the same."""
    print(f"\n=== {server.name}", flush=True)
    # The password travels by environment: an argument would show in ps.
    environment = dict(
        os.environ, TERN_TARGET=server.target, TERN_USER=server.user,
        TERN_PASSWORD=server.password, TERN_LIBRARY=str(RELEASE / "libtern.so"))
    from_c = run("C", [str(program), server.sql], environment, "./query SQL")
    from_python = run(
        "Python ctypes", [sys.executable, str(HERE / "query.py"), server.sql], environment,
        "python query.py SQL")
    tern = str(RELEASE / "tern-cli")
    with_user = server.target.replace("://", f"://{server.user}@")
    run("tern", [tern, with_user, server.sql], environment, "tern TARGET SQL")
    from_tern = run(
        "tern as CSV", [tern, with_user, server.sql, "--format", "csv", "--null", "NULL"],
        environment, "tern TARGET SQL --format csv")
    over_odbc(server, environment)
    if from_c != from_python:
        sys.exit("the C program and the Python script print different rows")
    if len(from_tern.splitlines()) != len(from_c.splitlines()):
        sys.exit("the command line prints another number of rows")


def main() -> int:
    """Starts the stand-ins, runs all ways, compares, stops what it started."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        link_soname(folder)
        program = compile_c(folder)
        with running("exasol") as stand_in:
            show(Server.exasol(stand_in.info), program)
        with running("avatica") as stand_in:
            for encoding in ("JSON", "protobuf"):
                show(Server.avatica(stand_in.info, encoding), program)
        with running("maxscale") as stand_in:
            show(Server.maxscale(stand_in.info), program)
        with running("snowflake") as stand_in:
            show(Server.snowflake(stand_in.info), program)
    print("\nAll ways in agree.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

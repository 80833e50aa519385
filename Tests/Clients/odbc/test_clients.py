"""One script for every real client on every protocol, without and with the manager's tracing.

Connect, catalog, typed select with NULLs and Unicode, parameters, 10 000 rows as arrays,
rollback, an error with its SQLSTATE, cancel. A client that lacks a step leaves it out; which those
are is in `CLIENTS`. A later protocol is one row of `profiles.PROFILES`.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import registered
from installed import SOURCE, Odbc
from profiles import PROFILES, Profile
from testbed import running
from testbed.common.launch import Running

SCRIPTS = Path(__file__).resolve().parent / "scripts"

# What each step gives, whoever asks: fractions as the client shows them, see `plain`.
EXPECTED = {
    "connect": ["yes"],
    "catalog": ["{name}|I,T,D,F,DA,TS"],
    # A character of two wide units (in the list of traps, Snowflake's number 52).
    "row": ["1|Grüße \U0001f680|-0.7|1.5|2024-06-18|2024-06-18 17:22:13.123",
            "2|NULL|NULL|NULL|NULL|NULL"],
    "parameters": ["3|naïve €\U0001f600|12.34|0.25|2000-02-29|2000-02-29 01:02:03",
                   "4|NULL|NULL|NULL|NULL|NULL"],
    # pyodbc leaves out what the size of the type in SQLGetTypeInfo has no room for.
    "fraction": ["2000-02-29 01:02:03.456"],
    "array": ["10000|8000|10099"],
    "singles": ["500|400|599"],
    "rollback": ["10004"],
    "error": ["42S02"],
    "cancel": ["HY008|1"],
    "timeout": ["HYT00|1"],
}
ALL = ["connect", "catalog", "row", "parameters", "array", "rollback", "error", "cancel"]
# The steps of each client; DBD::ODBC and arrow-odbc have timeouts in place of a cancel, PDO has
# no arrays, isql neither parameters nor transactions.
CLIENTS = {
    "c": ALL,
    "pyodbc": [*ALL, "fraction"],
    "sqlalchemy": ALL,
    "arrow-odbc": ["connect", "row", "array", "error", "timeout"],
    "perl": [*ALL[:-1], "timeout"],
    "php": ["connect", "row", "parameters", "singles", "rollback", "error"],
    "isql": ["connect", "catalog", "row", "error"],
    "iusql": ["connect", "row", "error"],
}


TOOLS = ["isql", "iusql"]


@pytest.fixture(scope="session")
def stand_ins() -> Iterator[dict[str, Running]]:
    """The stand-ins of all profiles."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(running(name))
               for name in sorted({profile.stand_in for profile in PROFILES.values()})}


@pytest.fixture(params=list(PROFILES))
def profile(request: pytest.FixtureRequest) -> Profile:
    """A protocol."""
    return PROFILES[str(request.param)]


@pytest.fixture(params=["untraced", "traced"])
def installed(
    request: pytest.FixtureRequest, driver: Path, profile: Profile, stand_ins: dict[str, Running],
) -> Iterator[Odbc]:
    """The driver and a data source for the protocol."""
    info = stand_ins[profile.stand_in].info
    yield from registered(
        driver, profile.connection(info), is_traced=request.param == "traced")


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script in C."""
    program = tmp_path_factory.mktemp("script") / "script"
    subprocess.run(
        ["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", str(SCRIPTS / "script.c"),
         "-lodbc", "-lpthread", "-o", str(program)], check=True)
    return program


def command(client: str, script: Path, connection: str) -> list[str]:
    """How a client's program is started."""
    if client == "c":
        return [str(script), connection]
    if client == "php":
        return ["php", str(SCRIPTS / "script.php"), connection]
    if client == "perl":
        return ["perl", str(SCRIPTS / "script.pl"), connection]
    return [sys.executable, str(SCRIPTS / f"script_{client.replace('-', '_')}.py"), connection]


def plain(line: str) -> str:
    """A line without what clients write differently: zeros at the end of a fraction, 4.0 for 4."""
    return "|".join(
        value.rstrip("0").rstrip(".") if "." in value and value[-1:].isdigit() else value
        for value in line.split("|"))


def steps_of(text: str) -> dict[str, list[str]]:
    """The lines of an outcome by step."""
    steps: dict[str, list[str]] = {}
    for line in text.splitlines():
        step, _, value = line.partition("=")
        steps.setdefault(step, []).append(plain(value))
    return steps


@pytest.mark.parametrize("client", [name for name in CLIENTS if name not in TOOLS])
def test_acceptance_4_the_script(client: str, installed: Odbc, profile: Profile, script: Path) -> None:
    name = f"T{uuid.uuid4().hex[:12].upper()}"
    installed.environment.update(profile.script(name))
    done = installed.run(*command(client, script, installed.connection), timeout=40)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    expected = {
        step: [value.format(name=name) if step == "catalog" else value
               for value in EXPECTED[step]]
        for step in CLIENTS[client]}
    found = steps_of(done.stdout)
    if client == "php":
        expected["rollback"] = ["4"]
    assert found == expected, done.stderr[-3000:]


@pytest.mark.parametrize("client", TOOLS)
def test_acceptance_4_the_script_of_the_tools(client: str, installed: Odbc, profile: Profile) -> None:
    name = f"T{uuid.uuid4().hex[:12].upper()}"
    script = profile.script(name)
    lines = [script["SCRIPT_CREATE"], script["SCRIPT_FILL_1"], script["SCRIPT_FILL_2"],
             f"SELECT * FROM {script['SCRIPT_TABLE']} ORDER BY I", profile.missing]
    if client == "isql":
        lines.append("help")
    done = installed.run(
        client, SOURCE, "-b", "-v", "-d|", text="\n".join(
            [*lines, f"DROP TABLE {script['SCRIPT_TABLE']}"]) + "\n")
    said = done.stdout + done.stderr
    rows = [plain(line.replace(" |", "|")) for line in done.stdout.splitlines()]
    assert EXPECTED["row"][0] in rows and "2|||||" in rows, said
    # They are programs of ODBC 2, for which the manager translates 42S02; iusql shows no states.
    assert ("[S0002][Tern][" if client == "isql" else "\n[Tern][") in said, said
    assert client == "iusql" or f"|{name}|" in said, said


def test_every_client_is_there() -> None:
    """A client that is not installed would silently not be tested."""
    for program in ("isql", "iusql", "php", "perl"):
        assert shutil.which(program), f"{program} is missing: run Tests/Setup/install"

"""No secret and no bound value in any log line or error text, at any level, by file and by callback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from testbed.common.launch import Running

LEVELS = ["off", "error", "warning", "info", "debug", "trace"]
BOUND = ["bound-text-4711", "918273645546372819", "4455.66778899", "YmluYXJ5", "62696e617279"]
OTHER = ["tls-key-pass-77", "proxy-pass-88", "wrong-pass-99", "exa_pat_wrong_55", "target-pass-66"]

# A program of its own: the environment is read once a process.
PROGRAM = '''
import json, os, sys
from binding import Library, TernError

plan = json.loads(sys.argv[1])
tern = Library(plan["library"])
lines, errors = [], []

@tern.ffi.callback("void(void *, int32_t, const char *, int64_t)")
def receive(context, level, text, length):
    lines.append(f"{level} " + tern.ffi.buffer(text, length)[:].decode())

if plan["callback"] is not None:
    tern.c.tern_log_set(receive, tern.ffi.NULL, plan["callback"])
for target in plan["bad"]:
    try:
        tern.c.tern_connection_free(tern.connect(target))
        errors.append("connected to " + str(plan["bad"].index(target)))
    except TernError as error:
        errors.append(str(error))
for target in plan["good"]:
    connection = tern.connect(target)
    tern.execute(connection, "CREATE OR REPLACE TABLE RETAIL.LOGGED"
                 " (A VARCHAR(50), B DECIMAL(36,0), C DECIMAL(20,8), D VARCHAR(50))")
    statement = tern.prepare(connection, "INSERT INTO RETAIL.LOGGED VALUES (?, ?, ?, ?)")
    text, integer, decimal, _, _ = plan["bound"]
    tern.call("tern_bind_text", statement, 0, text.encode(), -1)
    tern.call("tern_bind_int64", statement, 1, int(integer))
    tern.call("tern_bind_decimal", statement, 2, decimal.encode(), -1)
    tern.call("tern_bind_text", statement, 3, b"YmluYXJ5", -1)
    tern.c.tern_result_free(tern.run(statement))
    for index in (1, 2):
        tern.call("tern_bind_text", statement, index, text.encode(), -1)
        try:
            tern.c.tern_result_free(tern.run(statement))
            errors.append("a text was taken as a number")
        except TernError as error:
            errors.append(str(error))
    tern.call("tern_bind_binary", statement, 0, b"binary", 6)
    try:
        tern.c.tern_result_free(tern.run(statement))
    except TernError as error:
        errors.append(str(error))
    tern.c.tern_statement_free(statement)
    tern.c.tern_connection_free(connection)
if plan["callback"] is not None:
    tern.c.tern_log_set(tern.ffi.NULL, tern.ffi.NULL, 0)
print(json.dumps({"lines": lines, "errors": errors}))
'''


def plan_of(server: Running, library: Path, callback: int | None) -> tuple[dict[str, object], list[str]]:
    """What the program does, and the texts that nobody may see."""
    info = server.info
    port, token, proxy = info["port"], info["refreshToken"], info["connectProxy"]
    trust = f"tls_ca_file={info['ca']}"
    plan = {
        "library": str(library), "callback": callback, "bound": BOUND,
        "good": [
            f"exasol+ws://tern:tern-secret@127.0.0.1:{port}",
            f"exasol://127.0.0.1:{port}?{trust}&refresh_token={token}",
            f"Protocol=exasol;Server=127.0.0.1:{port};TLS=off;UID=tern;PWD=tern-secret;"
            f"Proxy=http://{proxy['user']}:{proxy['password'].replace(':', '%3A')}"
            f"@127.0.0.1:{proxy['basicPort']}",
        ],
        "bad": [
            f"exasol+ws://tern:wrong-pass-99@127.0.0.1:{port}",
            f"exasol://127.0.0.1:{port}?{trust}&refresh_token=exa_pat_wrong_55",
            f"exasol://tern:tern-secret@127.0.0.1:{port}?{trust}&tls_key_password=tls-key-pass-77"
            f"&tls_cert_file={info['clientCertificate']}&tls_key_file=/nowhere/key.pem",
            f"exasol+ws://tern:tern-secret@127.0.0.1:{port}"
            f"?proxy=http%3A%2F%2Fproxy-user%3Aproxy-pass-88%40127.0.0.1%3A{proxy['basicPort']}",
            "exasol://tern:target-pass-66@127.0.0.1:port-is-no-number",
            "exasol://tern:target-pass-66@",
            "Protocol=exasol;Server=x;PWD={target-pass-66",
            "Protocol=exasol;Server=x;PWD=target-pass-66;Nonsense=1",
            "exasol://x?password=target-pass-66&no_such=1",
        ],
    }
    return plan, ["tern-secret", token, proxy["password"], proxy["password"].replace(":", "%3A"),
                  *BOUND, *OTHER]


def run(plan: dict[str, object], **environment: str) -> dict[str, list[str]]:
    """Runs the program; what it wrote by itself must not hold secrets either."""
    place = Path(__file__).resolve().parent
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TERN_LOG")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(plan)], capture_output=True, text=True,
        timeout=60, env=clean | {"PYTHONPATH": str(place)} | environment, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    found["stderr"] = done.stderr.splitlines()
    return found


def assert_silent(texts: list[str], secrets: list[str]) -> None:
    """None of the secrets in any of the texts."""
    leaks = [(secret, text) for text in texts for secret in secrets if secret in text]
    assert not leaks


@pytest.mark.parametrize("level", LEVELS)
def test_a_log_file_holds_no_secret(
    server: Running, library_path: Path, tmp_path: Path, level: str
) -> None:
    plan, secrets = plan_of(server, library_path, None)
    path = tmp_path / "tern.log"
    found = run(plan, TERN_LOG=level, TERN_LOG_FILE=str(path))
    lines = path.read_text().splitlines() if path.exists() else []
    assert len(found["errors"]) >= len(plan["bad"])
    assert not [text for text in found["errors"] if text.startswith("connected to")]
    assert_silent(lines + found["errors"] + found["stderr"], secrets)
    assert found["stderr"] == []
    assert bool(lines) == (level in ("warning", "info", "debug", "trace")), lines
    if level == "trace":
        assert any("executePreparedStatement" in line and "***" in line for line in lines)
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number, level", list(enumerate(LEVELS)))
def test_a_callback_sees_no_secret(
    server: Running, library_path: Path, number: int, level: str
) -> None:
    plan, secrets = plan_of(server, library_path, number)
    found = run(plan)
    assert_silent(found["lines"] + found["errors"] + found["stderr"], secrets)
    assert all(int(line.split()[0]) <= number for line in found["lines"])
    assert bool(found["lines"]) == (level in ("warning", "info", "debug", "trace"))


def test_standard_error_is_used_without_a_file(server: Running, library_path: Path) -> None:
    plan, secrets = plan_of(server, library_path, None)
    found = run(plan, TERN_LOG="trace")
    assert any("executePreparedStatement" in line for line in found["stderr"])
    assert_silent(found["stderr"], secrets)


def test_a_callback_wins_over_the_environment(
    server: Running, library_path: Path, tmp_path: Path
) -> None:
    plan, _ = plan_of(server, library_path, 5)
    path = tmp_path / "tern.log"
    found = run(plan, TERN_LOG="trace", TERN_LOG_FILE=str(path))
    assert any("executePreparedStatement" in line for line in found["lines"])
    assert not path.exists()

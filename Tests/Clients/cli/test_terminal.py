"""The command on a terminal: prompt, progress, Ctrl-C, and readers that go away."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from terminal import Terminal
from testbed.common.launch import Running

SLEEP = 'SELECT "$SLEEP"(60)'


def test_the_prompt_does_not_show_what_is_typed(
    program: str, environment: dict[str, str], target: str
) -> None:
    with Terminal([program, target, "SELECT 1 AS A"], environment) as terminal:
        terminal.wait_for("Password: ")
        terminal.type("exasol\n")
        assert terminal.finish() == 0
        assert "exasol" not in terminal.text
        assert "A\r\n-\r\n1\r\n" in terminal.text


def test_ctrl_c_at_the_prompt_ends_the_program(
    program: str, environment: dict[str, str], target: str
) -> None:
    with Terminal([program, target, "SELECT 1"], environment) as terminal:
        terminal.wait_for("Password: ")
        terminal.type("\x03")
        assert terminal.finish() == 130


def test_there_is_no_prompt_if_none_is_wanted(
    program: str, environment: dict[str, str], target: str
) -> None:
    with Terminal([program, "-w", target, "SELECT 1"], environment) as terminal:
        assert terminal.finish() == 3
        assert "Password" not in terminal.text


def wait_for_statement(server: Running) -> None:
    """Until the stand-in runs something slow."""
    deadline = time.monotonic() + 20
    while "SLEEP" not in str(server.control("/log")):
        assert time.monotonic() < deadline, "the statement never reached the server"
        time.sleep(0.02)


def test_ctrl_c_cancels_the_statement(
    program: str, environment: dict[str, str], target: str, server: Running
) -> None:
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    with Terminal([program, target, SLEEP], environment) as terminal:
        wait_for_statement(server)
        terminal.type("\x03")
        assert terminal.finish() == 130
        assert "interrupted" in terminal.text
    assert "abortQuery" in str(server.control("/log"))


def test_a_second_ctrl_c_ends_a_program_that_does_not_stop(
    program: str, environment: dict[str, str], target: str, server: Running
) -> None:
    server.faults({"command": "execute", "stall": True})
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    with Terminal([program, target, SLEEP], environment) as terminal:
        wait_for_statement(server)
        terminal.type("\x03")
        terminal.wait_for("again")
        terminal.type("\x03")
        assert terminal.finish() == 130


def test_long_fetches_show_their_progress(
    program: str, environment: dict[str, str], big_target: str, server: Running, tmp_path: Path
) -> None:
    server.options(rowsPerFetch=1000)
    server.faults({"command": "fetch", "delay": 0.2})
    path = tmp_path / "rows.csv"
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    command = [program, "-F", "csv", big_target, "SELECT * FROM BIG_12000"]
    with Terminal(command, environment, output=str(path)) as terminal:
        terminal.wait_for("rows/s")
        assert terminal.finish() == 0
        assert "(12,000 rows, " in terminal.text
    assert len(path.read_text().splitlines()) == 12_001


def test_arrow_is_not_written_to_a_terminal(
    program: str, environment: dict[str, str], target: str
) -> None:
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    with Terminal([program, "-F", "arrow", target, "SELECT 1"], environment) as terminal:
        assert terminal.finish() == 2


@pytest.mark.parametrize("form", ["table", "csv", "json", "arrow"])
def test_a_reader_that_goes_away_is_no_error(
    program: str, environment: dict[str, str], big_target: str, form: str
) -> None:
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    command = [program, "-F", form, big_target, "SELECT * FROM BIG_200000"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=30) == 0

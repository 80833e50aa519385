"""The command on a terminal: prompt, progress, Ctrl-C, and readers that go away."""

from __future__ import annotations

import os
import re
import subprocess
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


def test_a_prompt_that_was_asked_for_beats_the_environment(
    program: str, environment: dict[str, str], target: str
) -> None:
    with Terminal([program, "-W", target, "SELECT 1 AS A"], {**environment, "TERN_PASSWORD": "wrong"}) as terminal:
        terminal.wait_for("Password: ")
        terminal.type("exasol\n")
        assert terminal.finish() == 0


@pytest.mark.parametrize("typed, code", [("wr0ngPass\n", 3), ("\x04", 2), ("\n", 3)])
def test_what_is_typed_wrong_is_an_error_that_does_not_show_it(
    program: str, environment: dict[str, str], target: str, typed: str, code: int
) -> None:
    with Terminal([program, target, "SELECT 1 AS A"], environment) as terminal:
        terminal.wait_for("Password: ")
        terminal.type(typed)
        assert terminal.finish() == code
        assert "wr0ngPass" not in terminal.text
        assert ("28000" in terminal.text) == (code == 3)


def test_a_prompt_can_be_corrected(program: str, environment: dict[str, str], target: str) -> None:
    with Terminal([program, target, "SELECT 1 AS A"], environment) as terminal:
        terminal.wait_for("Password: ")
        terminal.type("exasoX\x7fl\n")
        assert terminal.finish() == 0


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
    """Until the stand-in was asked for something slow."""
    server.until(lambda: "SLEEP" in str(server.stand_in.log))


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


def test_ctrl_c_stops_rows_that_are_being_written(
    program: str, environment: dict[str, str], big_target: str, tmp_path: Path
) -> None:
    """Nothing waits for the server then, so that a cancel alone finds nothing to end."""
    pipe = tmp_path / "rows"
    os.mkfifo(pipe)
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    command = [program, "-F", "csv", f"{big_target}&batch_rows=1000", "SELECT * FROM BIG_200000"]
    with Terminal(command, environment, output=str(pipe)) as terminal, pipe.open("rb") as reader:
        # The pipe is full before the reader has read on.
        rows = reader.read(200_000)
        terminal.type("\x03")
        terminal.wait_for("again")
        rows += reader.read()
        assert terminal.finish() == 130
        assert "interrupted" in terminal.text
    assert 0 < rows.count(b"\n") < 100_000


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
        shown = re.findall(r"\r\x1b\[K([\d,]+) rows, [^,]+, [\d,]+ rows/s", terminal.text)
        counts = [int(rows.replace(",", "")) for rows in shown]
        assert counts == sorted(counts) and 0 < counts[0] < counts[-1] <= 12_000
        # The line is taken away before the last one is written.
        assert "rows/s\r\x1b[K(12,000 rows, " in terminal.text
    assert len(path.read_text().splitlines()) == 12_001


@pytest.mark.parametrize("words", [["-F", "csv"], ["-F", "csv", "-q"]])
def test_progress_is_for_terminals_that_show_nothing_else(
    program: str, environment: dict[str, str], big_target: str, server: Running, words: list[str]
) -> None:
    """Neither where errors go to a file, nor between the rows of a terminal, nor if quiet."""
    server.options(rowsPerFetch=1000)
    server.faults({"command": "fetch", "delay": 0.3})
    environment = {**environment, "TERN_PASSWORD": "exasol"}
    command = [program, *words, big_target, "SELECT ID FROM BIG_6000"]
    with Terminal(command, environment) as terminal:
        assert terminal.finish() == 0
        assert "rows/s" not in terminal.text and "5999" in terminal.text
    if "-q" in words:
        with Terminal(command, environment, output=os.devnull) as terminal:
            assert terminal.finish() == 0
            assert terminal.text == ""
    else:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "rows/s" not in done.stderr


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

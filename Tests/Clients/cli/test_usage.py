"""What the command line says without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import Run

SECRET = "Zq7Xw9Kv"


def test_help_and_version_need_no_target(tern: Run) -> None:
    help_ = tern("--help")
    assert help_.returncode == 0 and help_.stdout.startswith("Usage: tern")
    version = tern("-V")
    assert version.returncode == 0 and version.stdout.startswith("tern ")
    assert help_.stderr == version.stderr == ""


def test_the_page_of_options_is_up_to_date(tern: Run) -> None:
    text = tern("--options-markdown").stdout
    for name in ("query_timeout", "tls_pin", "narrow_text"):
        assert f"| `{name}`" in text
    page = Path(__file__).resolve().parents[3] / "OPTIONS.md"
    assert page.read_text() == text, "run: tern --options-markdown > OPTIONS.md"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "TERN_TARGET"),
        (["--formt", "csv"], "did you mean --format?"),
        (["nonsense://h", "x"], "unknown protocol nonsense"),
        (["Protocol=nonsense;Server=h", "x"], "unknown protocol nonsense"),
        (["a", "b", "c"], "quotes"),
        (["-f", "/nonexistent/file", "nonsense"], "scheme://"),
    ],
)
def test_wrong_usage_exits_with_2(tern: Run, words: list[str], part: str) -> None:
    done = tern(*words)
    assert done.returncode == 2
    assert part in done.stderr and done.stdout == ""


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT ?, ?"])
def test_a_parameter_without_its_marker_is_refused(tern: Run, target: str, sql: str) -> None:
    done = tern("-p", "1", target, sql, TERN_PASSWORD="exasol")
    assert done.returncode == 2 and "error 07002" in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "target",
    [f"exasol:/u:{SECRET}@h", f"exasl://u:{SECRET}@h", f"PWD={SECRET};x", f"exasol://u:{SECRET}"],
)
def test_errors_do_not_repeat_passwords(tern: Run, target: str) -> None:
    done = tern(target, "select 1")
    assert done.returncode in (2, 3)
    assert SECRET not in done.stdout + done.stderr

"""Passwords, exit codes of failed logins, and what the list of processes shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import Run
from testbed.common.launch import Running

SQL = "SELECT 1 AS A"


def test_passwords_come_from_environment_or_file(tern: Run, target: str, tmp_path: Path) -> None:
    assert tern(target, SQL, TERN_PASSWORD="exasol").returncode == 0
    file = tmp_path / "password"
    file.write_text("exasol\nsecond line\n")
    # The file is asked for by name, so it wins over the environment.
    done = tern(target, SQL, "--password-file", str(file), TERN_PASSWORD="wrong")
    assert done.returncode == 0, done.stderr


def test_targets_come_from_the_environment(tern: Run, target: str) -> None:
    done = tern(SQL, TERN_TARGET=target, TERN_PASSWORD="exasol")
    assert done.returncode == 0, done.stderr


def test_a_password_in_the_arguments_is_warned_of(tern: Run, target: str) -> None:
    shown = target.replace("sys@", "sys:exasol@")
    done = tern(shown, SQL)
    assert done.returncode == 0 and "list of processes" in done.stderr
    assert "list of processes" not in tern("-q", shown, SQL).stderr
    assert "list of processes" not in tern(SQL, TERN_TARGET=shown).stderr


def test_keyword_strings_connect_too(tern: Run, server: Running) -> None:
    target = (
        f"Protocol=exasol;Server=127.0.0.1,{server.info['port']};UID=sys;PWD={{exasol}};"
        f"Fingerprint={server.info['fingerprint']}"
    )
    assert tern(SQL, TERN_TARGET=target).returncode == 0


@pytest.mark.parametrize("user", ["sys", "nobody"])
def test_refused_logins_exit_with_3(tern: Run, target: str, user: str) -> None:
    done = tern(target.replace("sys@", f"{user}@"), SQL, TERN_PASSWORD="wr0ngPass")
    assert done.returncode == 3
    assert "error 28000" in done.stderr and "wr0ngPass" not in done.stderr


def test_unreachable_servers_exit_with_3(tern: Run) -> None:
    done = tern("exasol://sys@127.0.0.1:1", SQL, TERN_PASSWORD="x")
    assert done.returncode == 3
    assert "127.0.0.1:1" in done.stderr


def test_unknown_certificates_are_refused_with_their_fingerprint(
    tern: Run, server: Running
) -> None:
    done = tern(f"exasol://sys@127.0.0.1:{server.info['port']}", SQL, TERN_PASSWORD="exasol")
    assert done.returncode == 3
    assert server.info["fingerprint"].lower() in done.stderr.lower()


def test_the_log_shows_no_password(tern: Run, target: str) -> None:
    done = tern("-v", target.replace("sys@", "tern@"), SQL, TERN_PASSWORD="tern-secret")
    assert done.returncode == 0, done.stderr
    assert "connected to" in done.stderr and "tern-secret" not in done.stderr

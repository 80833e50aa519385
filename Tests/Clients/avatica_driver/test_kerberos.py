"""Logins by ticket: a realm of the test's own, its key distribution centre, and a stand-in that verifies."""

from __future__ import annotations

import os
import socket
import subprocess
from typing import Iterator

import k5test
import pytest

from testbed import running
from testbed.common.launch import Running


def free_ports(count: int) -> int:
    """The first of some neighbouring ports that nobody uses right now."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        try:
            held = [socket.create_server(("127.0.0.1", first + offset)) for offset in range(count)]
        except OSError:
            continue
        for listener in held:
            listener.close()
        return int(first)


@pytest.fixture(scope="module")
def realm() -> Iterator[k5test.K5Realm]:
    """A realm with a user, and the service HTTP on localhost."""
    realm = k5test.K5Realm(
        portbase=free_ports(10), start_kadmind=False, get_creds=False,
        krb5_conf={"libdefaults": {"dns_canonicalize_hostname": "false", "rdns": "false"}})
    realm.addprinc("HTTP/localhost")
    realm.extract_keytab("HTTP/localhost", realm.keytab)
    yield realm
    realm.stop()


@pytest.fixture(scope="module")
def verifying(realm: k5test.K5Realm) -> Iterator[Running]:
    """A stand-in that takes tokens for the realm's service and no others."""
    kept = dict(os.environ)
    os.environ.update(realm.env)
    try:
        with running("avatica", auth="spnego", verify_tokens=True) as server:
            yield server
    finally:
        os.environ.clear()
        os.environ.update(kept)


@pytest.fixture
def ticket(realm: k5test.K5Realm) -> Iterator[dict[str, str]]:
    """The environment of somebody who has a ticket."""
    realm.kinit(realm.user_princ, realm.password("user"))
    yield {k: v for k, v in {**os.environ, **realm.env}.items() if not k.startswith("TERN_")}
    subprocess.run(["kdestroy", "-q"], env=realm.env, check=False)


def tern(
    program: str, server: Running, environment: dict[str, str], sql: str = "VALUES 1",
    host: str = "localhost", options: str = "",
) -> subprocess.CompletedProcess[str]:
    """One run of the command with a login by ticket."""
    target = f"avatica+http://SA@{host}:{server.info['port']}/?authentication=spnego{options}"
    return subprocess.run(
        [program, "-F", "csv", target, sql], capture_output=True, text=True, timeout=60,
        env=environment, check=False)


def challenges(server: Running) -> int:
    return int(server.control("/connections")["challenges"])


def logins_of(server: Running) -> list[str]:
    """How each request that was served had logged in."""
    return [e["authorization"] for e in server.control("/log") if "message" in e]


def test_a_ticket_logs_in_and_the_cookie_goes_on(
    program: str, verifying: Running, ticket: dict[str, str]
) -> None:
    verifying.reset()
    before = challenges(verifying)
    done = tern(program, verifying, ticket, "SELECT ID FROM BIG_2000")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2_001
    # The first request carried a token, the others the cookie: nobody was asked.
    assert challenges(verifying) == before
    logins = logins_of(verifying)
    assert logins[0] == "Negotiate" and set(logins[1:]) == {""}, logins


@pytest.mark.parametrize("seconds", [0, 1e-9], ids=["none", "expired"])
def test_servers_without_a_lasting_cookie_get_a_token_each_time(
    program: str, verifying: Running, ticket: dict[str, str], seconds: float
) -> None:
    verifying.reset()
    verifying.options(sessionSeconds=seconds)
    done = tern(program, verifying, ticket, "SELECT ID FROM BIG_300")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 301
    assert set(logins_of(verifying)) == {"Negotiate"}


def test_no_ticket_is_an_error_that_says_what_to_do(
    program: str, verifying: Running, realm: k5test.K5Realm
) -> None:
    environment = {**os.environ, **realm.env, "KRB5CCNAME": "FILE:/nonexistent/cache"}
    done = tern(program, verifying, environment)
    assert done.returncode == 3
    assert "error 28000" in done.stderr and "kinit" in done.stderr, done.stderr
    assert "HTTP@localhost" in done.stderr


def test_a_service_that_the_realm_does_not_know_is_named(
    program: str, verifying: Running, ticket: dict[str, str]
) -> None:
    done = tern(program, verifying, ticket, host="127.0.0.1")
    assert done.returncode == 3
    assert "HTTP@127.0.0.1" in done.stderr and "error 28000" in done.stderr


def test_a_token_that_the_server_turns_down_is_a_failed_login(
    program: str, realm: k5test.K5Realm, ticket: dict[str, str]
) -> None:
    kept = dict(os.environ)
    os.environ.update({**realm.env, "KRB5_KTNAME": "FILE:/nonexistent/keytab"})
    try:
        with running("avatica", auth="spnego", verify_tokens=True) as server:
            done = tern(program, server, ticket)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    assert done.returncode == 3
    assert "error 28000" in done.stderr, done.stderr

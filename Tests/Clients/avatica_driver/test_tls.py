"""HTTPS and several hosts: whom the driver trusts, whom it tells who it is, and where it goes."""

from __future__ import annotations

import socket
import threading
from typing import Callable

import pytest

from session import Library, Session, TernError
from testbed import running
from testbed.common.launch import Running

Connect = Callable[..., Session]


@pytest.fixture
def secure(server: Running, encoding: str) -> str:
    """The HTTPS target of the encoding's port."""
    port = server.info["port" if encoding == "json" else "protobufPort"]
    return f"avatica://SA@localhost:{port}/"


def listener(server: Running, name: str) -> str:
    """A listener with a certificate of its own; they speak JSON."""
    return f"avatica://SA@localhost:{server.info['ports'][name]}/?tls_ca_file={server.info['ca']}"


def refusal(library: Library, target: str) -> TernError:
    """What connecting fails with."""
    with pytest.raises(TernError) as caught:
        Session(library, target)
    return caught.value


def test_a_server_of_a_trusted_authority_is_read_whole(
    connect: Connect, server: Running, secure: str
) -> None:
    session = connect(f"?tls_ca_file={server.info['ca']}", secure)
    assert len(session.rows("SELECT ID FROM BIG_3000")) == 3000
    entries = [e for e in server.control("/log") if "message" in e]
    assert entries and all(entry["secure"] for entry in entries)


def test_an_unknown_authority_is_refused_unless_checks_are_off(
    connect: Connect, library: Library, secure: str
) -> None:
    error = refusal(library, secure)
    assert error.sqlstate == "08001" and "certificate" in error.message
    assert connect("?tls_verify=off", secure).rows("VALUES 1") == [["1"]]


def test_a_pin_is_enough_and_another_one_is_refused(
    connect: Connect, library: Library, server: Running, secure: str
) -> None:
    pin = server.info["fingerprint"]
    assert connect(f"?tls_pin={pin}", secure).rows("VALUES 1") == [["1"]]
    other = ("0" if pin[0] != "0" else "1") + pin[1:]
    assert refusal(library, f"{secure}?tls_pin={other}").sqlstate == "08001"


@pytest.mark.parametrize(("name", "word"), [
    ("tlsExpired", "expired"), ("tlsWrongHost", "host"), ("tlsSelfSigned", "self"),
])
def test_a_certificate_that_is_not_good_is_named(
    library: Library, server: Running, name: str, word: str
) -> None:
    error = refusal(library, listener(server, name))
    assert error.sqlstate == "08001"
    assert word in error.message.lower(), error


def test_a_client_certificate_is_shown_to_a_server_that_asks(
    connect: Connect, library: Library, server: Running
) -> None:
    target = listener(server, "tlsClientCertificate")
    own = f"&tls_cert_file={server.info['clientCertificate']}&tls_key_file={server.info['clientKey']}"
    assert connect(own, target).rows("VALUES 1") == [["1"]]
    stranger = (f"&tls_cert_file={server.info['strangerCertificate']}"
                f"&tls_key_file={server.info['strangerKey']}")
    for query in ("", stranger):
        assert refusal(library, target + query).sqlstate[:2] == "08"


def test_no_login_is_sent_in_clear_text_to_a_server_that_has_no_tls(
    library: Library, server: Running
) -> None:
    """A plain listener behind an encrypted scheme: the handshake fails before any request."""
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(20)
        port = plain.getsockname()[1]
        seen: list[bytes] = []

        def answer() -> None:
            client, _ = plain.accept()
            seen.append(client.recv(4096))
            client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            client.close()

        thread = threading.Thread(target=answer)
        thread.start()
        error = refusal(library, f"avatica://SA:hunter2@127.0.0.1:{port}/?authentication=basic"
                                 "&http_user=alice&http_password=secret")
        thread.join()
    assert error.sqlstate == "08001"
    assert b"hunter2" not in seen[0] and b"POST" not in seen[0]


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_hosts_share_sessions_and_one_that_is_away_is_passed_over(
    library: Library, encoding: str
) -> None:
    with running("avatica", backends=3, affinity="none") as server:
        ports = [backend[encoding] for backend in server.info["backends"]]
        hosts = ",".join(f"127.0.0.1:{port}" for port in (ports[0], closed_port(), *ports[1:]))
        sessions = [Session(library, f"avatica+http://SA@{hosts}/") for _ in range(24)]
        for session in sessions:
            # A session stays on the server process that opened it: another one would not know it.
            assert len(session.rows("SELECT ID FROM BIG_700")) == 700
        used = {e["backend"] for e in server.control("/log") if "message" in e}
        for session in sessions:
            session.close()
        assert used == {0, 1, 2}


def test_a_refused_login_is_not_tried_on_the_next_host(library: Library, encoding: str) -> None:
    with running("avatica", backends=3, affinity="none", auth="basic") as server:
        hosts = ",".join(f"127.0.0.1:{b[encoding]}" for b in server.info["backends"])
        error = refusal(
            library, f"avatica+http://SA@{hosts}/?authentication=basic&http_user=alice&http_password=x")
        assert error.sqlstate == "28000"
        assert len(server.control("/log")) == 1


def test_hosts_that_are_all_away_are_all_named(library: Library) -> None:
    ports = [closed_port(), closed_port()]
    error = refusal(library, "avatica+http://SA@" + ",".join(f"127.0.0.1:{p}" for p in ports) + "/")
    assert error.sqlstate == "08001"
    assert all(f"127.0.0.1:{port}" in error.message for port in ports)

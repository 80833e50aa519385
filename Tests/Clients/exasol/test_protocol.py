"""Requests, attributes, limits and logins that pyexasol does not ask for."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from wire import Wire, encrypt, result_of


@pytest.mark.parametrize(
    "request_",
    [
        {"command": "noSuchCommand"},
        {"command": "execute"},
        {"command": "fetch", "resultSetHandle": 99, "startPosition": 0, "numBytes": 10},
        {"command": "fetch"},
        {"command": "closePreparedStatement", "statementHandle": 77},
        {"nothing": 1},
        {"command": "setAttributes", "attributes": {"noSuch": 1}},
    ],
)
def test_bad_requests_are_ordinary_errors(wire: Wire, request_: dict[str, Any]) -> None:
    wire.send(request_)
    assert wire.receive()["exception"]["sqlCode"] == "00000"
    assert wire.rows("SELECT 1") == [[1]]


@pytest.mark.parametrize(
    "name",
    [
        "compressionEnabled",
        "dateFormat",
        "timezone",
        "timezoneBehavior",
        "datetimeFormat",
        "openTransaction",
    ],
)
def test_read_only_attributes_are_refused(wire: Wire, name: str) -> None:
    reply = wire.ask("setAttributes", attributes={name: "x"})
    assert "read-only" in reply["exception"]["text"]


def test_attribute_forms(wire: Wire, server: Any) -> None:
    assert len(wire.ask("getAttributes")["attributes"]) == 16
    server.options(attributesForm="real", openTransaction="boolean")
    values = wire.ask("getAttributes")["attributes"]
    assert len(values) == 13 and values["openTransaction"] is False and "timezoneBehavior" in values


@pytest.mark.parametrize(
    "sql", ['SELECT "$SLEEP"(60)', "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B"]
)
def test_timeout_and_abort_end_a_running_statement(wire: Wire, server: Any, sql: str) -> None:
    timed = wire.execute(sql, attributes={"queryTimeout": 0.05})
    assert timed["exception"]["sqlCode"] == "R0001"
    wire.ask("setAttributes", attributes={"queryTimeout": 0})
    wire.send({"command": "execute", "sqlText": sql})
    wire.send({"command": "abortQuery"})
    assert wire.receive()["exception"]["sqlCode"] == "R0003"
    wire.send({"command": "abortQuery"})
    assert wire.rows("SELECT 1") == [[1]]


def test_result_set_max_rows(wire: Wire) -> None:
    result = result_of(wire.execute("SELECT ID FROM BIG_5000", attributes={"resultSetMaxRows": 7}))
    assert result["numRows"] == 7


def test_login_with_other_users_and_a_bad_schema(server: Any) -> None:
    for user, secret in server.info["users"].items():
        with Wire(server.info["port"]) as wire:
            assert wire.login(user=user, password=secret)["status"] == "ok"
    with Wire(server.info["port"]) as wire:
        reply = wire.login(attributes={"currentSchema": "NOPE"})
        assert reply["exception"]["text"].startswith("schema NOPE not found")
        with pytest.raises(ConnectionClosed):
            wire.receive()


def test_raw_ciphertext_is_no_login(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.send({"username": "sys", "password": "x"})
        assert (
            wire.receive()["exception"]["text"]
            == "JSON value '/command' is required, but was not provided."
        )


def test_fragments_and_heartbeats(server: Any) -> None:
    server.options(fragments=5, heartbeatSeconds=0.01)
    with Wire(server.info["port"]) as wire:
        wire.login()
        assert wire.rows('SELECT "$SLEEP"(0.05)') == [["0.05"]]


def test_client_certificates(server: Any) -> None:
    port = server.info["ports"]["tlsClientCertificate"]
    context = ssl.create_default_context(cafile=server.info["ca"])
    context.load_cert_chain(server.info["clientCertificate"], server.info["clientKey"])
    with Wire(port, tls=context) as wire:
        assert wire.login()["status"] == "ok"
    stranger = ssl.create_default_context(cafile=server.info["ca"])
    stranger.load_cert_chain(server.info["strangerCertificate"], server.info["strangerKey"])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as raw,
        stranger.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        # With TLS 1.3 the refusal comes after the client's own handshake is through.
        try:
            secured.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert secured.recv(1) == b""
        except OSError:
            pass


def test_the_published_ciphertexts_decrypt() -> None:
    from testbed.exasol.login import LoginKey

    key = LoginKey.make("fixed")
    vectors = {
        "tern-secret": "CkYR8VVRUyeGS8DKFCkMn+rvxXuKgG0fL2Jx+dQx7M7DtYWym4LO2dJ9ckzfWY7ff+8k5fhNx/tyIfT+f+smhFY/9fwYm"
        "yicYOk1VCrKzb1lkBotCQQvoD1Y0pzS/ztiyBgSd5BYrHQ44Ni2m1TSW7C0qqvxfr6MBFlPx8xpMDE=",
        "pässwörd-€": "Q3xrBpyB+dzoY48xzj50sBKHPioV2FLKkC9qC3ROgLslLNHlVHOiWaviDemgkQwnIJ1XaUiUuQPTBBQKdxldKeSh8h8KiSz"
        "hG9ues33dpjuKKwpKmcRf2Pab4DY3aelW3Wwr5G8gFKPizvhRFNjnjvF7nafQiQOaE8fW2Z6xcMs=",
    }
    for plain, cipher in vectors.items():
        assert key.decrypt(cipher) == plain
    fresh = LoginKey.make("adhoc")
    assert fresh.decrypt(encrypt("x", fresh.described())) == "x"
    assert fresh.decrypt(vectors["tern-secret"]) is None


def test_kill_session_ends_the_connection_without_a_word(wire: Wire, server: Any) -> None:
    with Wire(server.info["port"]) as victim:
        victim.login()
        assert wire.execute(f"KILL SESSION {victim.session_id}")["status"] == "ok"
        with pytest.raises(ConnectionClosed):
            victim.receive()
    assert wire.rows("SELECT 1") == [[1]]


def test_max_data_message_size_holds_both_ways(server: Any) -> None:
    server.options(maxMessage=20000)
    with Wire(server.info["port"]) as wire:
        assert wire.login()["responseData"]["maxDataMessageSize"] == 20000
        handle = result_of(wire.execute("SELECT * FROM BIG_5000"))["resultSetHandle"]
        wire.send(
            {
                "command": "fetch",
                "resultSetHandle": handle,
                "startPosition": 0,
                "numBytes": 67108864,
            }
        )
        text = wire.socket.recv(timeout=10)
        assert 5000 < len(text) <= 20000
        assert (
            "maxDataMessageSize" in wire.execute("SELECT 1 -- " + "x" * 20000)["exception"]["text"]
        )
        with pytest.raises(ConnectionClosed):
            wire.receive()


def test_the_connect_proxy_tunnels(server: Any) -> None:
    import pyexasol

    proxy = server.info["connectProxy"]
    before = server.control("/connections")["connectProxyTunnels"]
    connection = pyexasol.connect(
        dsn=f"127.0.0.1:{server.info['port']}",
        user="sys",
        password="exasol",
        encryption=False,
        http_proxy=f"http://127.0.0.1:{proxy['port']}",
    )
    assert connection.execute("SELECT 1").fetchval() == 1
    connection.close()
    assert server.control("/connections")["connectProxyTunnels"] == before + 1

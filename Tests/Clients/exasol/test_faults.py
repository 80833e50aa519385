"""The knobs themselves: a fault test proves nothing when its fault never happens."""

from __future__ import annotations

import json
import socket
import urllib.error
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from wire import Wire

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def _pull(port: int, timeout: float = 10.0) -> tuple[bytes, str]:
    """Everything that comes after an upgrade request, and how it ended."""
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
            client.sendall(UPGRADE)
            while data := client.recv(65536):
                received += data
                if b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in received and received.endswith(b"\r\n\r\n"):
                    return received, "complete"
        return received, "eof"
    except ConnectionResetError:
        return received, "reset"
    except TimeoutError:
        return received, "stall"


@pytest.mark.parametrize(
    "action, ending",
    [
        ("close", "eof"),
        ("reset", "reset"),
        ("half-close", "eof"),
        ("stall", "stall"),
        ("refuse", "reset"),
    ],
)
def test_cut_after_bytes(server: Any, action: str, ending: str) -> None:
    server.faults({"action": action, "after": 17, "connection": 1})
    received, how = _pull(server.info["faultPort"], 0.2 if action == "stall" else 10)
    assert how == ending
    if action in ("close", "half-close", "stall"):
        assert len(received) == 17
    assert _pull(server.info["faultPort"])[1] == "complete"


@pytest.mark.parametrize("size", [1, 7])
def test_drip_delivers_everything(server: Any, size: int) -> None:
    server.faults({"action": "drip", "bytesPerStep": size, "stepSeconds": 0.0001})
    assert _pull(server.info["faultPort"])[1] == "complete"


def test_garbage_is_inserted(server: Any) -> None:
    server.faults({"action": "garbage", "after": 10, "payloadHex": "414243"})
    received = b""
    with socket.create_connection(("127.0.0.1", server.info["faultPort"]), timeout=10) as client:
        client.sendall(UPGRADE)
        while len(received) < 13:
            received += client.recv(13 - len(received))
    assert received == b"HTTP/1.1 1ABC"


@pytest.mark.parametrize(
    "rule, expected",
    [
        (
            {"set": {"/responseData/results/0/resultSet/numRows": 2**60}},
            '"numRows":1152921504606846976',
        ),
        ({"set": {"/responseData/results/0/resultSet/numColumns": "one"}}, '"numColumns":"one"'),
        ({"remove": ["/responseData/results/0/resultSet/columns"]}, '"numRowsInMessage"'),
        ({"replaceText": "EXECUTING"}, "EXECUTING"),
        ({"replace": [1, 2]}, "[1,2]"),
        ({"set": {"/exception": {"text": "x", "sqlCode": "42000"}}}, '"exception"'),
        ({"error": {"text": "boom", "sqlCode": "40004"}}, '"40004"'),
        ({"nest": 1000}, "[" * 1000),
        (
            {"rawNumber": {"/responseData/results/0/resultSet/numRows": "1e99999"}},
            '"numRows":1e99999',
        ),
        (
            {"set": {"/responseData/results/0/resultSet/columns/0/dataType": {"type": "NEWTYPE"}}},
            "NEWTYPE",
        ),
        ({"truncate": 9}, '{"status"'),
        ({"extraBefore": ["EXECUTING", {"status": "ok"}]}, "EXECUTING"),
    ],
)
def test_reply_rules(server: Any, rule: dict[str, Any], expected: str) -> None:
    server.faults({"command": "execute", "times": 1, **rule})
    with Wire(server.info["port"]) as wire:
        wire.login()
        wire.send({"command": "execute", "sqlText": "SELECT 1"})
        assert expected in wire.socket.recv(timeout=10)


def test_bad_utf8_reaches_the_client(server: Any) -> None:
    server.faults({"command": "execute", "badUtf8": True})
    with Wire(server.info["port"]) as wire:
        wire.login()
        wire.send({"command": "execute", "sqlText": "SELECT 1"})
        assert b"\xff\xfe" in wire.socket.recv(timeout=10, decode=False)


def test_an_unexpected_binary_message(server: Any) -> None:
    server.faults({"command": "execute", "binary": True})
    with Wire(server.info["port"]) as wire:
        wire.login()
        wire.send({"command": "execute", "sqlText": "SELECT 1"})
        assert isinstance(wire.socket.recv(timeout=10), bytes)


@pytest.mark.parametrize(
    "rule", [{"close": 1011}, {"close": True}, {"reset": True}, {"rawHex": "ffffffffff"}]
)
def test_the_connection_can_end_instead_of_a_reply(server: Any, rule: dict[str, Any]) -> None:
    server.faults({"command": "execute", "nth": 2, **rule})
    with Wire(server.info["port"]) as wire:
        wire.login()
        assert wire.rows("SELECT 1") == [[1]]
        with pytest.raises(ConnectionClosed):
            wire.execute("SELECT 1")


def test_a_stalled_reply_and_late_pongs(server: Any) -> None:
    server.faults(
        {"command": "execute", "nth": 1, "pongs": 3, "delay": 0.01},
        {"command": "execute", "stall": True},
    )
    with Wire(server.info["port"]) as wire:
        wire.login()
        assert wire.rows("SELECT 1") == [[1]]
        wire.send({"command": "execute", "sqlText": "SELECT 1"})
        with pytest.raises(TimeoutError):
            wire.socket.recv(timeout=0.05)


@pytest.mark.parametrize("rule", [{"nonsense": 1}, {"command": "execute"}, {"action": "explode"}])
def test_misspelt_rules_are_refused(server: Any, rule: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        server.faults(rule)
    assert caught.value.code == 400 and json.load(caught.value)["status"] == "error"


def test_secrets_stay_out_of_the_log(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login()
    text = json.dumps(server.control("/log"))
    assert "password" in text and "exasol\"" not in text and '"***"' in text


def test_connections_are_counted(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login()
        assert server.control("/connections")["sessions"] >= 1
        assert server.control("/connections")["open"] >= 1

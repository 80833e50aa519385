"""The rules that lose state or break answers do what the tests of the driver rely on."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from maxscale_wire import LOGIN, Client
from testbed.common.launch import Running


def test_values_and_types_are_patched(server: Running, client: Client) -> None:
    server.faults(
        {"request": "query", "nth": 1, "set": {"/0/data/0/0": "text"}},
        {"request": "query", "nth": 2, "rawNumber": {"/0/data/0/0": "1e99999"}},
        {"request": "query", "nth": 3, "remove": ["/0/metadata"], "unknownFields": True},
        {"request": "query", "nth": 4, "set": {"/0/metadata/0/type": "SURPRISE", "/0/data/0": [1, 2, 3]}},
        {"request": "query", "nth": 5, "result": [{"errno": "7"}]},
    )
    assert client.rows("SELECT 1") == [["text"]]
    client.run("SELECT 1")
    assert b"[[1e99999]]" in client.body
    assert "metadata" not in client.run("SELECT 1")[0] and "neverHeardOf" in json.loads(client.body)
    found = client.run("SELECT 1")[0]
    assert (found["metadata"][0]["type"], found["data"]) == ("SURPRISE", [[1, 2, 3]])
    assert client.run("SELECT 1") == [{"errno": "7"}]
    assert client.rows("SELECT 1.5e0") == [[1.5]]


def test_digits_survive_a_patch(server: Running, client: Client) -> None:
    server.faults({"request": "query", "set": {"/0/fields/0": "renamed"}})
    client.run("SELECT 3.40282e38, 9223372036854775807, 'é\\n\"'")
    assert b'[[3.4028200000000001e38,9223372036854775807,"\xc3\xa9\\n\\""]],"fields":["renamed"' in client.body


@pytest.mark.parametrize(
    "rule, status, body",
    [
        ({"status": 502, "before": True, "html": "<h1>busy</h1>"}, 502, b"<h1>busy</h1>"),
        ({"truncate": 9}, 200, b'{"data":{'),
        ({"replaceText": "nonsense"}, 200, b"nonsense"),
        ({"replaceHex": "fffe"}, 200, b"\xff\xfe"),
        ({"replace": {"data": 7}}, 200, b'{"data":7}'),
        ({"error": 'a "word"'}, 400, b'{"errors":[{"detail":"a \\"word\\""}]}'),
        ({"status": 503, "error": "MaxScale is shutting down"}, 503, b'{"errors":[{"detail":"MaxScale is shutting down"}]}'),
    ],
)
def test_answers_are_replaced(server: Running, client: Client, rule: dict[str, Any], status: int, body: bytes) -> None:
    server.faults({"request": "get", **rule})
    client.send("GET", f"/v1/sql/{client.id}?pretty=false", headers={"Authorization": "Basic YWRtaW46bWFyaWFkYg=="})
    assert (client.status, client.body) == (status, body)


def test_bodies_are_nested_and_garbled(server: Running, client: Client) -> None:
    server.faults({"request": "query", "nth": 1, "nest": 3000}, {"request": "query", "nth": 2, "badUtf8": True})
    for sign in (b'"deep":' + b"[" * 3000, b'"bad":"\xff\xfe'):
        client.send("POST", f"/v1/sql/{client.id}/queries?pretty=false&token={client.token}", b'{"sql":"SELECT 1"}',
                    {"Authorization": "Basic YWRtaW46bWFyaWFkYg=="})  # fmt: skip
        assert sign in client.body


@pytest.mark.parametrize("rule", [{"noReply": True}, {"reset": True}, {"declaredLength": 100000, "close": True}])
def test_answers_end_early(server: Running, client: Client, rule: dict[str, Any]) -> None:
    server.faults({"request": "query", "times": 1, **rule})
    with pytest.raises((http.client.HTTPException, OSError)):
        client.run("SELECT 1")
    client._http.close()


def test_answers_are_compressed_and_cut_into_chunks(server: Running, client: Client) -> None:
    server.faults({"request": "list", "gzip": True, "chunked": True, "chunkBytes": 1})
    client.send("GET", "/v1/sql", headers={"Authorization": "Basic YWRtaW46bWFyaWFkYg=="})
    found = (client.headers["Content-Encoding"], client.headers["Transfer-Encoding"], client.body[:2])
    assert found == ("gzip", "chunked", b"\x1f\x8b")


def test_sessions_and_keys_are_lost(server: Running, client: Client) -> None:
    server.faults({"request": "query", "loseSession": True, "times": 1})
    client.on("POST", "/queries", {"sql": "SELECT 1"})
    assert client.status == 404
    client.open()
    server.faults({"request": "query", "loseKeys": True, "times": 1})
    client.on("POST", "/queries", {"sql": "SELECT 1"})
    assert (client.status, b"Malformed connection token" in client.body) == (400, True)
    client.id = ""


def test_busy_and_unexecuted_requests(server: Running, client: Client) -> None:
    client.run("CREATE OR REPLACE TABLE untouched(a INT)")
    server.faults(
        {"request": "query", "sqlContains": "VALUES(1)", "busy": True, "times": 1},
        {"request": "query", "sqlContains": "VALUES(2)", "before": True, "status": 500, "replaceText": ""},
    )
    for sql, status in (("INSERT INTO untouched VALUES(1)", 503), ("INSERT INTO untouched VALUES(2)", 500)):
        client.send("POST", f"/v1/sql/{client.id}/queries?token={client.token}", json.dumps({"sql": sql}).encode(),
                    {"Authorization": "Basic YWRtaW46bWFyaWFkYg=="})  # fmt: skip
        assert client.status == status
    assert client.value("SELECT COUNT(*) FROM untouched") == 0


def test_rules_choose_a_release(server: Running, client: Client, old_client: Client) -> None:
    server.faults({"request": "query", "release": "22.08", "result": []})
    assert (client.run("SELECT 1") != [], old_client.run("SELECT 1")) == (True, [])


@pytest.mark.parametrize("port", ["faultPort", "faultPort2208"])
def test_proxy_faults_cut_the_stream(server: Running, port: str) -> None:
    server.faults({"action": "reset", "after": 30})
    with Client(server.info[port]) as client, pytest.raises((http.client.HTTPException, OSError)):
        client.ask("POST", "/v1/sql", LOGIN)

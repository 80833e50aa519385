"""The rules that lose state or break answers do what the tests of the driver rely on."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import urllib.error
import uuid
from typing import Any, Callable

import phoenixdb
import pytest

from avatica_wire import Client
from testbed.common.launch import Running


def test_frames_are_patched(server: Running, client: Client) -> None:
    server.faults(
        {"request": "prepareAndExecute", "set": {"/results/0/firstFrame/rows/0/0": "text"}, "times": 1},
        {"request": "prepareAndExecute", "nth": 2, "rawNumber": {"/results/0/firstFrame/rows/0/0": "1e99999"}},
        {"request": "prepareAndExecute", "nth": 3, "offsetBy": 5},
        {"request": "prepareAndExecute", "nth": 4, "remove": ["/results/0/firstFrame/rows/0/0"], "unknownFields": True},
    )
    assert client.run("values 1")["firstFrame"]["rows"] == [["text"]]
    client.run("values 1")
    assert b"[[1e99999]]" in client.body
    assert client.run("values 1")["firstFrame"]["offset"] == 5
    assert client.run("values 1")["firstFrame"]["rows"] == [[]]
    assert "neverHeardOf" in json.loads(client.body)


def test_empty_frames_come_before_the_rows(server: Running, client: Client) -> None:
    client.run("select ID from BIG_150")
    server.faults({"request": "fetch", "emptyFrame": True, "offsetBy": 100, "times": 2})
    for _ in range(2):
        assert client.fetch(100, 1000)["frame"] == {"offset": 100, "done": False, "rows": []}
    assert len(client.fetch(100, 1000)["frame"]["rows"]) == 50


def test_lost_state_is_really_lost(server: Running, client: Client) -> None:
    client.run("select ID from BIG_150")
    server.faults({"request": "fetch", "loseStatement": True, "times": 1}, {"request": "commit", "loseConnection": True})
    reply = client.fetch(100, 10)
    assert (reply["missingStatement"], reply["missingResults"], reply["frame"]) == (True, True, None)
    assert client.call("commit")["errorCode"] == 1
    assert client.call("connectionSync", connProps={})["errorCode"] == 1


@pytest.mark.parametrize(
    "rule, status, body",
    [
        ({"status": 503, "before": True, "html": "<h1>busy</h1>"}, 503, b"<h1>busy</h1>"),
        ({"truncate": 20}, 200, b'{"response":"executeR'[:20]),
        ({"replaceText": "nonsense"}, 200, b"nonsense"),
        ({"replaceHex": "fffe"}, 200, b"\xff\xfe"),
    ],
)
def test_bodies_are_broken(server: Running, client: Client, rule: dict[str, Any], status: int, body: bytes) -> None:
    server.faults({"request": "databaseProperties", **rule})
    client.post(json.dumps({"request": "databaseProperties", "connectionId": client.id}).encode())
    assert client.status == status
    assert client.body[:6] == body[:6] and len(client.body) <= max(len(body), 20)


def test_errors_have_the_wanted_members(server: Running, client: Client) -> None:
    server.faults({"request": "rollback", "error": {"errorMessage": "x", "errorCode": 7, "sqlState": "40001"}})
    reply = client.call("rollback")
    assert (client.status, reply["errorCode"], reply["sqlState"]) == (500, 7, "40001")


@pytest.mark.parametrize("rule", [{"noReply": True}, {"declaredLength": 100000, "close": True}])
def test_answers_end_early(server: Running, client: Client, rule: dict[str, Any]) -> None:
    server.faults({"request": "getCatalogs", **rule})
    with pytest.raises((http.client.HTTPException, OSError)):
        client.call("getCatalogs")


def test_answers_are_compressed_and_cut_into_chunks(server: Running, client: Client) -> None:
    server.faults({"request": "getCatalogs", "gzip": True, "chunked": True, "chunkBytes": 1})
    body = client.post(json.dumps({"request": "getCatalogs", "connectionId": client.id}).encode())
    assert (client.headers["content-encoding"], client.headers["transfer-encoding"], body[:2]) == ("gzip", "chunked", b"\x1f\x8b")


def test_misspelt_rules_are_refused(server: Running) -> None:
    with pytest.raises(urllib.error.HTTPError):
        server.faults({"reqest": "fetch", "stall": True})


def test_proxy_faults_cut_the_stream(server: Running) -> None:
    server.faults({"action": "reset", "after": 30, "form": "json"})
    with Client(server.info["faultPort"]) as client, pytest.raises((http.client.HTTPException, OSError)):
        client.send("openConnection", connectionId=str(uuid.uuid4()))


def test_a_waiting_statement_is_woken_by_closing_it(server: Running, client: Client) -> None:
    found: list[Any] = []
    worker = threading.Thread(target=lambda: found.append(client.call(
        "prepareAndExecute", statementId=client.statement, sql='select "$SLEEP"(20)', maxRowsTotal=-1, maxRowsInFirstFrame=-1)))  # fmt: skip
    began = time.monotonic()
    worker.start()
    with Client(server.info["backends"][0]["json"]) as other:
        while server.control("/connections")["running"] == 0:
            assert time.monotonic() - began < 10
        other.send("closeStatement", connectionId=client.id, statementId=client.statement)
    worker.join(timeout=10)
    assert time.monotonic() - began < 10
    assert "statement is canceled" in found[0]["errorMessage"]


def test_druid_checks_offsets_and_counts_statements(server: Running) -> None:
    server.options(flavour="druid", frameRows=30)
    with Client(server.info["backends"][1]["json"]) as client:
        client.open(str(uuid.uuid4()))
        result = client.run("select ID, AMOUNT, DAY_ from BIG_100", first=-1)
        assert {c["type"]["rep"] for c in result["signature"]["columns"]} == {"NUMBER"}
        assert len(result["firstFrame"]["rows"]) == 30
        assert client.fetch(29, 100)["response"] == "error"
        assert len(client.fetch(30, 100)["frame"]["rows"]) == 30
        assert client.call("databaseProperties")["map"] == {}
        assert [client.call("createStatement")["response"] for _ in range(4)][-1] == "error"
        client.call("closeConnection")


def test_protobuf_carries_patched_frames_and_unknown_fields(server: Running) -> None:
    server.faults({"request": "prepareAndExecute", "set": {"/results/0/firstFrame/rows/0/0": 5}, "unknownFields": True})
    connection = phoenixdb.connect(f"http://127.0.0.1:{server.info['backends'][0]['protobuf']}/", autocommit=True)
    cursor = connection.cursor()
    cursor.execute("values 1")
    assert cursor.fetchall() == [[5]]
    connection.close()


def test_statements_of_one_table(client: Client, table: Callable[[str], str]) -> None:
    """Counts of the ways to write, and what a failed batch leaves."""
    name = table("ID INTEGER PRIMARY KEY, V VARCHAR(3)")
    handle = client.call("prepare", sql=f"insert into {name} values(?,?)", maxRowCount=-1)["statement"]
    rows = [[{"type": "INTEGER", "value": i}, {"type": "STRING", "value": "x"}] for i in (1, 2, 3)]
    batch = client.call("executeBatch", statementId=handle["id"], parameterValues=rows)
    assert batch["updateCounts"] == [1, 1, 1]
    failed = client.call("executeBatch", statementId=handle["id"], parameterValues=[[rows[0][0] | {"value": 9}, rows[0][1]], rows[1]])
    assert "BatchUpdateException" in failed["errorMessage"]
    assert client.rows(f"select ID from {name} order by 1") == [[1], [2], [3], [9]]
    counts = client.call("prepareAndExecuteBatch", statementId=client.statement,
                         sqlCommands=[f"update {name} set V='y'", f"delete from {name} where ID=9"])  # fmt: skip
    assert counts["updateCounts"] == [4, 1]


def test_idle_sockets_are_closed(server: Running) -> None:
    server.options(idleSeconds=0.2)
    with socket.create_connection(("127.0.0.1", server.info["port"]), timeout=10) as plain:
        plain.sendall(b"P")
        assert plain.recv(1) == b""

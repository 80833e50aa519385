"""The stand-in answers the recorded requests as the real servers did."""

from __future__ import annotations

import base64
import json
from typing import Any, Iterator

import phoenixdb.avatica.proto.common_pb2 as common
import phoenixdb.avatica.proto.responses_pb2 as messages
import pytest
from google.protobuf import text_format

from avatica_recording import CLASS_ONLY_GROUPS, JAVA_ONLY, error_class, exact, exchanges, facts, request_bytes
from testbed import running
from avatica_wire import Client


def report(wrong: dict[str, Any]) -> str:
    """Every difference on a line of its own."""
    return "".join(f"\n{name}: {str(found)[:1000]}" for name, found in wrong.items())


def differences(want: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    return {k: (want.get(k), got.get(k)) for k in {*want, *got} if want.get(k) != got.get(k)}


def replay(client: Client, exchange: dict[str, Any]) -> dict[str, Any]:
    """Sends a recorded request; the members of the answer that differ."""
    headers = {k: v.encode("latin-1") for k, v in exchange["requestHeaders"].items()}
    client.path = exchange["path"]
    client.post(request_bytes(exchange), headers)
    found: dict[str, Any] = {}
    if client.status != exchange["status"]:
        found["status"] = (exchange["status"], client.status, client.body[:300])
    elif exchange["response"].startswith("{"):
        found = differences(facts(exact(exchange["response"])), facts(exact(client.body)))
        if exchange["group"] in CLASS_ONLY_GROUPS:
            found.pop("first", None)
    return found


def test_json_session_gets_the_recorded_answers() -> None:
    """Statement ids agree too, as every request that makes one is replayed in order."""
    wrong, compared = {}, 0
    with running("avatica", real_is_double=True) as server, Client(server.info["port"]) as client:
        for exchange in exchanges("session"):
            if exchange["server"] != "hsqldb-utc" or exchange["method"] != "POST" or exchange["group"] == "java-client":
                continue
            found = replay(client, exchange)
            if exchange["name"] not in JAVA_ONLY:
                compared += 1
                if found:
                    wrong[exchange["name"]] = found
        assert [e for e in server.control("/log") if "defect" in e] == []
    assert not wrong, report(wrong)
    assert compared > 490


def test_java_clients_requests_get_the_recorded_answers() -> None:
    with running("avatica") as server, Client(server.info["port"]) as client:
        wrong = {e["name"]: d for e in exchanges("session") if e["group"] == "java-client" and (d := replay(client, e))}
    # The table of the recording was not alone in its database.
    wrong.pop("java-client/08-getCatalogs", None)
    schemas = wrong.pop("java-client/06-getSchemas", {"frame": ()})
    assert set(schemas) == {"frame"}
    assert {k: v for k, v in wrong.items() if k not in _JAVA_CLIENT_ONLY} == {}


_JAVA_CLIENT_ONLY = {
    "java-client/02-getTables",  # tables of the groups before
    "java-client/04-getColumns",
    "java-client/34-prepareAndExecute",  # "select bogus" ends early for one parser and not for the other
}


def test_first_and_later_frames_differ_by_the_servers_zone() -> None:
    with running("avatica", time_zone="America/New_York") as server, Client(server.info["port"]) as client:
        wrong = {}
        for exchange in exchanges("session"):
            if exchange["group"] == "timezone" and (found := replay(client, exchange)):
                wrong[exchange["name"]] = {k: v for k, v in found.items() if k != "columns"}
        # Texts of times are the database's: compare the other columns.
        for name in [n for n in wrong if n.split("/")[1].startswith(("select", "fetch"))]:
            want, got = wrong.pop(name).get("frame", ((0, 0, []), (0, 0, [])))
            assert [[*row[:4], row[7]] for row in want[2]] == [[*row[:4], row[7]] for row in got[2]], name
    assert {k: v for k, v in wrong.items() if v} == {}


def test_basic_authentication_answers_as_recorded() -> None:
    with running("avatica", auth="basic") as server:
        _authenticated(server.info["port"], "auth-basic")


def _authenticated(port: int, group: str) -> None:
    for exchange in exchanges("session"):
        if exchange["group"] != group:
            continue
        with Client(port) as client:
            found = replay(client, exchange)
            assert "status" not in found, (exchange["name"], found)
            wanted = exchange["responseHeaders"].get("WWW-Authenticate")
            assert client.headers.get("www-authenticate") == wanted, exchange["name"]


def test_expired_entries_answer_as_recorded() -> None:
    """Busy statements do not keep their connection; a full cache forgets the oldest."""
    options = {"connection_seconds": 35, "statement_seconds": 80, "statement_capacity": 6}
    ahead = 0
    with running("avatica", **options) as server, Client(server.info["port"]) as client:
        for exchange in exchanges("session"):
            if exchange["group"] != "expiry":
                continue
            if "fetch-" in exchange["name"] or exchange["name"].endswith("connection-expired"):
                ahead += 120 if exchange["name"].endswith("statement-expired") else 15
                server.options(clock_ahead=ahead)
            assert replay(client, exchange) == {}, exchange["name"]


# Protobuf.

# What a JDBC driver makes up for expressions: no decoder may depend on it.
_DRIVER_FACTS = (
    "display_size precision scale nullable searchable read_only currency schema_name catalog_name table_name column_name "
    "auto_increment"
).split()



def message_of(body: bytes) -> tuple[str, Any]:
    """Name and content of a WireMessage, read by the real client's classes."""
    wire = common.WireMessage()
    wire.ParseFromString(body)
    name = wire.name.rpartition("$")[2]
    message = getattr(messages, name)()
    message.ParseFromString(wire.wrapped_message)
    return name, message


def comparable(name: str, message: Any) -> str:
    """The text form without what names the server."""
    for part in [message, *getattr(message, "results", [])]:
        if hasattr(part, "metadata"):
            part.ClearField("metadata")
        for column in getattr(getattr(part, "signature", None), "columns", []):
            for field in _DRIVER_FACTS:
                column.ClearField(field)
    if name == "PrepareResponse":
        for column in message.statement.signature.columns:
            for field in _DRIVER_FACTS:
                column.ClearField(field)
    if name == "ErrorResponse":
        del message.exceptions[:]
        message.error_message = str(error_class(message.error_message or None))
    return f"{name}\n{text_format.MessageToString(message)}"


def test_protobuf_session_gets_the_recorded_messages() -> None:
    wrong, compared = {}, 0
    with running("avatica", real_is_double=True) as server, Client(server.info["protobufPort"]) as client:
        for exchange in _protobuf_exchanges():
            client.post(request_bytes(exchange))
            if exchange["name"] in _PROTOBUF_JAVA_ONLY:
                continue
            compared += 1
            want = comparable(*message_of(base64.b64decode(exchange["responseBase64"])))
            got = comparable(*message_of(client.body))
            if (client.status, got) != (exchange["status"], want):
                wrong[exchange["name"]] = _first_difference(want, got)
    assert not wrong, report(wrong)
    assert compared > 140


def _protobuf_exchanges() -> Iterator[dict[str, Any]]:
    for exchange in exchanges("session-protobuf"):
        if exchange["group"] != "java-client" and exchange["name"] != "protocol/get":
            yield exchange


def _first_difference(want: str, got: str) -> list[str]:
    pairs = list(zip(want.split("\n"), got.split("\n")))
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
    return [" ".join(t.split("\n")[max(at - 3, 0) : at + 3]) for t in (want, got)]


_PROTOBUF_JAVA_ONLY = {
    "lifecycle/databaseProperties",  # function lists, order of a hash map
    "types/select-star",  # the database formats intervals
    "problem-types/select-C_TSTZ",  # DuckDB forgets the zone of a value
    "arrays/select",  # the database pads array elements
    "sync/primary-keys-fetch",  # generated names
    "sync/index-info-fetch",
    "sync/best-row-fetch",  # SMALLINT or INTEGER
    "metadata/getColumns-orders",  # IS_NULLABLE of primary keys is wrong there
}


# Old servers.


@pytest.mark.parametrize("version", ["1.2.0", "1.4.0", "1.5.0", "1.7.1", "1.8.0", "1.17.0"])
def test_old_generations_take_and_refuse_what_they_did(version: str) -> None:
    wrong = {}
    with running("avatica", generation=version) as server, Client(server.info["port"]) as client:
        handles: dict[int, int] = {}
        for exchange in exchanges("old-versions"):
            if exchange["server"] == version and (found := _old(client, exchange, handles)):
                wrong[exchange["name"]] = found
    # The database cannot add a bound value of unknown type.
    wrong.pop("1.2.0/fetch-with-parameters", None)
    assert not wrong, report(wrong)


def _old(client: Client, exchange: dict[str, Any], handles: dict[int, int]) -> dict[str, Any]:
    """Replays one exchange; ids of old servers are random and have to be translated."""
    text = request_bytes(exchange).decode()
    for theirs, ours in handles.items():
        text = text.replace(f'"statementId": {theirs},', f'"statementId": {ours},').replace(f'"id": {theirs},', f'"id": {ours},')
        text = text.replace(f'"statementId": {theirs}}}', f'"statementId": {ours}}}')
    old = exchange["server"] == "1.2.0"
    text = "".join(c if ord(c) < 128 else json.dumps(c)[1:-1] for c in text)
    client.post(b"" if old else text.encode(), {"request": text} if old else None)
    if client.status != exchange["status"]:
        return {"status": (exchange["status"], client.status, client.body[:200])}
    recorded = exchange["response"] if isinstance(exchange["response"], str) else None
    if recorded is None or not recorded.startswith("{"):
        return {} if recorded is None or client.body.startswith(b"<html>") else {"page": client.body[:200]}
    want, got = exact(recorded), exact(client.body)
    for key, part in (("statementId", want), ("id", want.get("statement", {}))):
        if key in part:
            handles[part[key]] = (got if key == "statementId" else got["statement"])[key]
    return _old_differences(exchange["name"].split("/")[1], facts(want), facts(got))


def _old_differences(name: str, want: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    ignored = {"statementId", "id", "of", "properties"}
    if name.startswith(("get", "commit", "rollback", "databaseProperties")):
        ignored.add("frame")
    if name in ("prepare", "execute"):
        ignored.add("columns")  # the database widens sums
    return {k: v for k, v in differences(want, got).items() if k not in ignored}

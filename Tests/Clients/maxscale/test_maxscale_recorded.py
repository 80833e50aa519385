"""The stand-in answers the recorded requests as the real servers did, byte for byte but for clocks and names."""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import threading
import time
from typing import Any, Callable, Iterator

import pymysql
import pytest

from maxscale_recording import Names, exchanges, headers_of, in_order, request_of
from maxscale_wire import Client
from testbed import running
from testbed.common.launch import Running

# Exchanges that cannot be replayed, or whose answers cannot agree, with the reason.
_ODBC = "needs an ODBC driver manager inside of MaxScale"
EXCLUDED = {
    "odbc.open": _ODBC, "odbc.null_defect": _ODBC, "odbc.types": _ODBC, "odbc.multi": _ODBC, "odbc.error": _ODBC,
    "odbc.maxrows": _ODBC, "odbc.maxrows_first_zero_ok": _ODBC, "odbc.delete": _ODBC,
    "timeout.open_zero.sleep12": "takes 12 seconds; test_no_timeout_is_none shows the same",
    "v2208.timeout.open_zero.sleep12": "takes 12 seconds; test_no_timeout_is_none shows the same",
}  # fmt: skip
# What differs by nature: the pattern is taken out of both answers.
VARIES = {
    "setup.drop": r'"affected_rows":\d+',
    "service.select": r'"data":\[\[\d+,',
    "catalog.session": r'"Debian 12",\d+',
    "session.init": r'"10.11.19-MariaDB-0\+deb12u1",\d+',
    # The storage engine counts in the background.
    "catalog.statistics": r'(?<="A", )\d+',
    # A sequence loses its cached numbers when the server ends, and the real one was restarted more often.
    "probe.nextval.last": r'"data":\[\[\d001\]\]',
}
# The order of the rows is not asked for, or that of random ids.
UNORDERED = {"conn.list", "v2208.list", "catalog.statistics"}
# A statement that runs while others are sent, and those others.
WHILE = {
    "cancel.victim_sleep": ["cancel.running_sync"],
    "cancel.victim_streaming": ["cancel.streaming"],
    "busy.victim": ["busy.query", "busy.clone_works", "busy.delete"],
    "service.victim": ["service.cancel"],
    "v2208.busy.victim": ["v2208.busy.query", "v2208.busy.delete"],
    "v2208.cancel.victim": ["v2208.cancel.clone", "v2208.cancel.kill_query"],
}
# Asked again until the status is the recorded one: time has to pass.
AWAITED = {"async.poll_done", "async.error.poll", "async.multi.poll", "cancel.async_poll", "kill.async_poll"}


class Replay:
    """Sends the exchanges in order and collects the differences."""

    def __init__(self, server: Running) -> None:
        self.server, self.names = server, Names()
        self.wrong: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        self.compared = 0
        self._clients: dict[str, Client] = {}
        self._database = pymysql.connect(unix_socket=server.info["database"]["socket"], user="root", autocommit=True)
        self._before: dict[str, Callable[[dict[str, Any]], Any]] = {
            "down.query": lambda _: self._switch(False),
            "up.reconnect": lambda _: self._switch(True),
            "token.expired.query": self._await_expiry,
            "restart.old_connection": lambda _: server.control("/restart", {}),
            "plain_http.auth_refused": lambda _: server.options(secureGui=True),
            "tls.auth": lambda _: server.options(secureGui=False),
            "cancel.async": lambda _: self._await_running("SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_1000 b"),
            "idle.after": lambda _: self._await_gone("31"),
        }

    def _switch(self, on: bool) -> None:
        self.server.control("/database", {"running": on})
        if on:
            self._database.connect()

    def _await_expiry(self, exchange: dict[str, Any]) -> None:
        """Until the token in the request's path is too old."""
        body = self.names.translated(exchange["path"]).split(".")[1]
        expiry = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"]
        self.server.options(clockAhead=max(0.0, expiry - time.time() + 1))

    def run(self, found: list[dict[str, Any]]) -> None:
        """Everything in order; what goes on in the background is started before what it is disturbed by."""
        by_name = {e["name"]: e for e in found}
        starts = {others[0]: victim for victim, others in WHILE.items()}
        ends = {others[-1]: victim for victim, others in WHILE.items()}
        running: dict[str, threading.Thread] = {}
        for exchange in found:
            name = exchange["name"]
            if name in WHILE or name in EXCLUDED:
                continue
            if victim := starts.get(name):
                running[victim] = self._in_background(by_name[victim])
            self.one(exchange)
            if victim := ends.get(name):
                running.pop(victim).join(timeout=30)

    def _in_background(self, exchange: dict[str, Any]) -> threading.Thread:
        thread = threading.Thread(target=self.one, args=(exchange, True))
        thread.start()
        self._await_running(json.loads(exchange["request_body"])["sql"])
        return thread

    def one(self, exchange: dict[str, Any], apart: bool = False) -> None:
        """Sends one request and compares the answer."""
        name = exchange["name"]
        began = time.monotonic()
        self._before.get(name, lambda _: None)(exchange)
        client = self._client(exchange, apart)
        end = time.monotonic() + 15
        while True:
            self._send(client, exchange)
            if client.status == exchange["status"] or name not in AWAITED or time.monotonic() > end:
                break
        if name not in UNORDERED and client.status == exchange["status"]:
            self.names.learn(_text(exchange), _text_of(client))
        self.compared += 1
        self.seconds[name] = time.monotonic() - began
        if found := self._differences(exchange, client):
            self.wrong[name] = found

    def _client(self, exchange: dict[str, Any], apart: bool) -> Client:
        server = exchange["server"]
        if apart or server not in self._clients:
            port = self.server.info["port2208" if server.startswith("22") else "port"]
            tls = ssl.create_default_context(cafile=self.server.info["ca"]) if server.endswith("TLS") else None
            if apart:
                return Client(port, tls)
            self._clients[server] = Client(port, tls)
        return self._clients[server]

    def _send(self, client: Client, exchange: dict[str, Any]) -> None:
        path, body, headers = request_of(exchange, self.names)
        client.send(exchange["method"], path, body, headers)

    def _differences(self, exchange: dict[str, Any], client: Client) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if client.status != exchange["status"]:
            found["status"] = (exchange["status"], client.status)
        (names, values), (ours, our_values) = headers_of(exchange["response_headers"]), headers_of(client.header_list)
        if names != ours:
            found["headers"] = (sorted(set(names) - set(ours)), sorted(set(ours) - set(names)))
        for key, value in values.items():
            pair = self.names.comparable(value, False), self.names.comparable(our_values.get(key, ""), True)
            if pair[0] != pair[1]:
                found[key] = pair
        want = self.names.comparable(_body(exchange), False)
        got = self.names.comparable(_text_of(client, True), True)
        if exchange["name"] in UNORDERED:
            want, got = in_order(want), in_order(got)
        if pattern := VARIES.get(exchange["name"]):
            want, got = re.sub(pattern, "", want), re.sub(pattern, "", got)
        if want != got:
            found["body"] = _first_difference(want, got)
        return found

    # The database's own view.

    def _await(self, what: str, condition: str, *values: Any) -> None:
        end = time.monotonic() + 15
        while time.monotonic() < end:
            with self._database.cursor() as cursor:
                cursor.execute(f"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE {condition}", values)
                if (cursor.fetchone() == (0,)) == (what == "gone"):
                    return
        raise AssertionError(f"not {what}: {values}")

    def _await_running(self, sql: str) -> None:
        self._await("running", "INFO=%s", sql)

    def _await_gone(self, thread: str) -> None:
        self._await("gone", "ID=%s", int(self.names.threads[thread]))

    def close(self) -> None:
        self._database.close()


def _body(exchange: dict[str, Any]) -> str:
    return exchange.get("response_body") or ""


def _text(exchange: dict[str, Any]) -> str:
    """Body and cookies: where ids and tokens are learnt from."""
    return _body(exchange) + "".join(v for k, v in exchange["response_headers"] if k == "Set-Cookie")


def _text_of(client: Client, body_only: bool = False) -> str:
    text = client.body.decode("utf-8", "replace")
    return text if body_only else text + client.headers.get("Set-Cookie", "")


def _first_difference(want: str, got: str) -> str:
    at = len(os.path.commonprefix([want, got]))
    return f"recorded …{want[max(at - 60, 0) : at + 90]}… got …{got[max(at - 60, 0) : at + 90]}…"


@pytest.fixture(scope="module")
def replayed() -> Iterator[Replay]:
    with running("maxscale", secure_gui=False) as server:
        replay = Replay(server)
        replay.run(exchanges())
        assert [e for e in server.control("/log") if "defect" in e] == []
        yield replay
        replay.close()


def test_recorded_requests_get_the_recorded_answers(replayed: Replay) -> None:
    report = "".join(f"\n{name}: {str(found)[:1500]}" for name, found in replayed.wrong.items())
    assert not replayed.wrong, report


def test_nothing_was_left_out(replayed: Replay) -> None:
    assert replayed.compared == len(exchanges()) - len(EXCLUDED) == 545

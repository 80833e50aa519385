"""What the recording cannot show: options, knobs and the life of the stand-in."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import pymysql
import pytest

from maxscale_wire import ADMIN, LOGIN, Client
from testbed import running
from testbed.common.launch import Running
from testbed.maxscale.raw_reader import RawReader, query


class Busy:
    """A statement that runs meanwhile; its results are in `found` afterwards."""

    def __init__(self, client: Client, sql: str) -> None:
        self.found: list[Any] = []
        self._worker = threading.Thread(target=lambda: self.found.extend(client.run(sql)))
        self._worker.start()

    def ended(self, seconds: float = 15) -> bool:
        self._worker.join(timeout=seconds)
        return not self._worker.is_alive()

    def stopped_by(self, action: Callable[[], object]) -> None:
        """Does what stops the statement, and again: before the database has begun with it, it stops nothing."""
        for _ in range(50):
            action()
            if self.ended(0.3):
                return
        raise AssertionError("it runs on")


@contextlib.contextmanager
def busy(server: Running, client: Client, sql: str) -> Iterator[Busy]:
    """A statement that MaxScale runs meanwhile."""
    running_one = Busy(client, sql)
    server.until(lambda: server.stand_in.connections()["busy"] > 0)
    yield running_one
    assert running_one.ended()


def errno_of(results: list[dict[str, Any]]) -> int:
    return int(results[-1].get("errno", 0))


def test_a_connection_opens_queries_and_closes(server: Running, client: Client) -> None:
    assert client.rows("SELECT 1, 'two'") == [[1, "two"]]
    client.on("DELETE", body={})
    assert client.status == 204
    client.on("POST", "/queries", {"sql": "SELECT 1"})
    assert client.status == 404
    client.id = ""


# Timeouts and lost connections.


def test_ten_seconds_without_a_byte_end_a_session(server: Running) -> None:
    assert server.control("/options")["default_timeout"] == 10
    server.options(defaultTimeout=0.3)
    with Client(server.info["port"]) as client:
        client.open(timeout=None)
        assert [errno_of(client.run(sql)) for sql in ("SELECT SLEEP(3)", "SELECT 1")] == [2013, 2006]
        client.on("DELETE", body={})
        assert client.status == 204


@pytest.mark.parametrize("port", ["port", "port2208"])
def test_no_timeout_is_none(server: Running, port: str) -> None:
    server.options(defaultTimeout=0.2)
    with Client(server.info[port]) as client:
        client.open(timeout=0)
        assert client.rows("SELECT SLEEP(0.5)") == [[0]]


def test_huge_timeouts_wrap(server: Running) -> None:
    with Client(server.info["port"]) as client:
        client.open(timeout=4294968)
        assert errno_of(client.run("SELECT SLEEP(3)")) == 2013


def test_a_text_over_the_packet_limit_ends_the_session(client: Client) -> None:
    long = "SELECT 1 /*" + "x" * (16 << 20) + "*/"
    assert [(r[-1]["errno"], r[-1]["sqlstate"]) for r in (client.run(long), client.run("DO 1"))] == [
        (1153, "08S01"), (2006, "HY000"),
    ]  # fmt: skip


def test_a_long_text_under_the_packet_limit_is_echoed(client: Client) -> None:
    assert client.rows("SELECT LENGTH('" + "y" * (15 << 20) + "')") == [[15 << 20]]
    assert len(client.body) > 15 << 20


def test_a_killed_session_is_lost_under_its_statement(server: Running, client: Client) -> None:
    with busy(server, client, "SELECT SLEEP(20)") as victim, Client(server.info["port"]) as other:
        other.open()
        other.run(f"KILL {client.thread_id}")
    assert [errno_of(victim.found), errno_of(client.run("DO 1"))] == [2013, 2006]


@pytest.mark.parametrize("way, errors", [(True, [2006, 2006]), ("during", [2013, 2006])])
def test_backends_are_lost_on_demand(server: Running, client: Client, way: Any, errors: list[int]) -> None:
    client.run("CREATE OR REPLACE TABLE lost_rows(a INT)")
    server.faults({"request": "query", "sqlContains": "INSERT", "loseBackend": way, "times": 1})
    found = [errno_of(client.run(sql)) for sql in ("INSERT INTO lost_rows VALUES(1)", "DO 1")]
    assert found == errors
    client.on("POST", "/reconnect", {})
    assert (client.status, client.value("SELECT COUNT(*) FROM lost_rows")) == (204, int(way == "during"))


def test_a_router_opens_without_a_database_server(server: Running) -> None:
    server.control("/database", {"running": False})
    try:
        with Client(server.info["port"]) as client:
            client.open(target="RW")
            assert errno_of(client.run("SELECT 1")) == 2013
            client.ask("POST", "/v1/sql", LOGIN)
            assert client.status == 400 and b"Error 2002" in client.body
    finally:
        server.control("/database", {"running": True})


def test_a_reconnect_returns_to_the_last_database(client: Client) -> None:
    client.run("USE mysql")
    client.on("POST", "/reconnect", {})
    assert client.value("SELECT DATABASE()") == "mysql"


# Accounts and tokens.


def tls(server: Running) -> Client:
    return Client(server.info["port"], ssl.create_default_context(cafile=server.info["ca"]))


def test_bearer_tokens_are_given_out_over_tls_only(server: Running) -> None:
    with Client(server.info["port"]) as clear:
        clear.ask("GET", "/v1/auth")
        assert (clear.status, json.loads(clear.body)["errors"][0]["detail"]) == (401, "Connection is not encrypted")
    with tls(server) as client:
        token = client.ask("GET", "/v1/auth")["meta"]["token"]
        client.send("GET", "/v1/sql", headers={"Authorization": f"Bearer {token}"})
        assert client.status == 200
        client.send("GET", "/v1/sql", headers={"Cookie": f"token_sig={token}x", "Authorization": ADMIN})
        assert client.status == 401


@pytest.mark.parametrize("sign, after", [("hs256", 401), ("es256", 200), ("ps256", 200)])
def test_a_restart_forgets_connections_and_the_random_key(server: Running, sign: str, after: int) -> None:
    server.options(sign=sign)
    with tls(server) as client:
        token = client.ask("GET", "/v1/auth")["meta"]["token"]
        client.open()
        assert len(client.token) == {"hs256": 255, "es256": 298, "ps256": 554}[sign]
        server.control("/restart", {})
        client.send("GET", "/v1/sql", headers={"Authorization": f"Bearer {token}"})
        assert client.status == after
        client.on("POST", "/queries", {"sql": "SELECT 1"})
        assert (client.status, client.body) == (404, b'{"errors":[{"detail":"%s is not a connection_id"}]}' % client.id.encode())


def test_secrets_stay_out_of_the_log(server: Running, client: Client) -> None:
    client.ask("GET", f"/v1/sql/{client.id}?token={client.token}")
    text = json.dumps(server.control("/log"))
    assert "t3rn-pw" not in text and client.token not in text and '"tokenInUrl": true' in text


# Cancel.


def test_a_cancel_stops_what_runs(server: Running, client: Client) -> None:
    with busy(server, client, "SELECT SLEEP(20)") as victim, Client(server.info["port"]) as other:
        other.id, other.token = client.id, client.token
        victim.stopped_by(lambda: other.on("POST", "/cancel", {}))
        assert other.status == 200
    assert errno_of(victim.found) == 1317


def test_a_cancel_may_do_nothing(server: Running, client: Client) -> None:
    server.options(cancelDoesNothing=True)
    with busy(server, client, "SELECT SLEEP(0.5)") as victim, Client(server.info["port"]) as other:
        other.id, other.token = client.id, client.token
        other.on("POST", "/cancel", {})
        assert other.status == 200
    assert victim.found[0]["data"] == [[0]]


def test_many_connections_run_side_by_side(server: Running) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(server.info["port"])) for _ in range(20)]
        for client in clients:
            client.open()
        workers = [threading.Thread(target=c.run, args=("SELECT SLEEP(0.5)",)) for c in clients]
        began = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=15)
        assert time.monotonic() - began < 5
        for client in clients:
            client.on("DELETE", body={})


# The stand-in itself.


def test_nothing_is_left_behind(server: Running) -> None:
    sessions = server.control("/connections")["sessions"]
    with Client(server.info["port"]) as client:
        client.open()
        assert server.control("/connections")["sessions"] == sessions + 1
        client.on("DELETE", body={})
    assert server.control("/connections")["sessions"] == sessions


def test_the_log_can_be_waited_for(server: Running, client: Client) -> None:
    """The answer comes when what is asked for has; a member that is added later counts too."""
    answers: list[Any] = []
    waiter = threading.Thread(target=lambda: answers.append(server.control("/log?contains=waited%20for&count=2")))
    client.run("SELECT 'waited for'")
    waiter.start()
    waiter.join(timeout=0.3)
    assert not answers
    client.run("SELECT 'waited for', 2")
    waiter.join(timeout=15)
    assert sum("waited for" in json.dumps(entry) for entry in answers[0]) == 2


def test_misspelt_options_and_rules_are_refused(server: Running) -> None:
    for path, body in [("/options", {"securGui": True}), ("/faults", [{"reqest": "open", "stall": True}]), ("/database", {})]:
        with pytest.raises(OSError, match="400"):
            server.control(path, body)


def test_kept_results_are_the_rendered_ones() -> None:
    with running("maxscale", keep_results=True) as server:
        with Client(server.info["port"]) as client:
            client.open()
            first = client.rows(query(30_000))
            assert json.loads(client.body)["data"]["attributes"]["execution_time"] > 0
            assert client.rows(query(30_000)) == first and len(first) == 30_000
            assert json.loads(client.body)["data"]["attributes"]["execution_time"] == 0
            assert first[1] == [2, "2.02", 3.0, "name 2", "2024-01-03", "2024-01-01 00:00:02"]
            size = len(client.body)
        reader = RawReader(server.info["port"])
        assert [abs(reader.read(query(30_000)) - size) < 1000 for _ in range(2)] == [True, True]
        reader.close()


def test_a_killed_stand_in_leaves_no_database_server() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "Testbed")}
    process = subprocess.Popen([sys.executable, "-m", "testbed", "maxscale"], env=environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdin and process.stdout
    database = json.loads(process.stdout.readline())["database"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert _ends(database["pid"]), "the database server still runs"
    shutil.rmtree(Path(database["socket"]).parents[1])


def _ends(pid: int) -> bool:
    """Waits for the end of a process, whoever collects it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 15)[0])
    finally:
        os.close(descriptor)


# Releases.


def test_the_oldest_release_has_numbers_for_ids_and_403_for_400(server: Running) -> None:
    with Client(server.info["port64"]) as client:
        opened = client.open()["data"]
        assert opened["id"].isdigit() and "attributes" not in opened
        reply = client.on("POST", "/queries", {"sql": "SELECT 1"}, f"&token={client.token}")
        assert (reply["data"]["id"], "metadata" in reply["data"]["attributes"]["results"][0]) == (f"{client.id}-1", False)
        client.on("POST", "/clone", {}, f"&token={client.token}")
        assert (client.status, client.body) == (404, b"")
        client.ask("POST", f"/v1/sql/{client.id}/queries", {"sql": "SELECT 1"})
        assert client.status == 403 and b"Malformed connection token" in client.body
        client.ask("POST", "/v1/sql", {**LOGIN, "target": "nowhere"})
        assert client.status == 403
        client.on("DELETE", body={}, query=f"&token={client.token}")
        assert client.status == 204


def test_23_08_cancels_but_has_no_types(server: Running) -> None:
    with Client(server.info["port2308"]) as client:
        client.open()
        assert client.run("SELECT 1") == [{"complete": True, "data": [[1]], "fields": ["1"]}]
        client.on("POST", "/cancel", {})
        assert client.status == 200


def test_the_oldest_release_splits_its_cookie(server: Running) -> None:
    with Client(server.info["port64"]) as client:
        opened = client.ask("POST", "/v1/sql?persist=yes", LOGIN)
        name = opened["data"]["id"]
        cookies = [v.partition(";")[0] for k, v in client.header_list if k == "Set-Cookie"]
        assert [c.partition("=")[0] for c in cookies] == [f"conn_id_body_{name}", f"conn_id_sig_{name}"]
        client.ask("POST", f"/v1/sql/{name}/queries", {"sql": "SELECT 1"}, Cookie="; ".join(cookies))
        assert client.status == 201


def test_a_router_takes_its_own_numbers_for_kill(server: Running) -> None:
    with Client(server.info["port2208"]) as client, Client(server.info["port2208"]) as other:
        client.open(target="RW")
        other.open(target="RWListener")
        with busy(server, client, "SELECT SLEEP(20)") as victim:
            victim.stopped_by(lambda: other.run(f"KILL QUERY {client.thread_id}"))
        assert errno_of(victim.found) == 1317
        assert client.thread_id != client.value("SELECT CONNECTION_ID()")


def test_without_admin_auth_nobody_is_asked(server: Running) -> None:
    server.options(adminAuth=False)
    with Client(server.info["port"]) as client:
        client.send("GET", "/v1/sql")
        assert client.status == 200


@pytest.mark.parametrize("user, password", [("", ""), ("", "x"), ("tern", ""), ("nobody", "p\u00e4ss"), ("x" * 300, "y" * 300)])
def test_strange_logins_are_refused_by_the_database(server: Running, user: str, password: str) -> None:
    with Client(server.info["port"]) as client:
        client.ask("POST", "/v1/sql", {**LOGIN, "user": user, "password": password})
        assert client.status == 400 and b"Error 1045: Access denied for user" in client.body, client.body


@pytest.mark.parametrize("size", [250, 251, 65_535, 65_536, (1 << 24) - 5, (1 << 24) - 1, 1 << 24])
def test_values_of_any_size_arrive(client: Client, size: int) -> None:
    """Around the steps of the length encoding and over the largest packet."""
    ((found, after),) = client.rows(f"SELECT REPEAT('x',{size}), 1")
    assert (len(found), set(found), after) == (size, {"x"}, 1)

"""What the driver makes of a server that loses things, breaks off, or answers in other forms.

Every test runs in both encodings. "trap N" is the entry of the protocol reference's list that a
test is about; a style test counts them.
"""

from __future__ import annotations

import uuid
from typing import Any, Callable

import pytest

from session import Library, Session, TernError
from testbed import running
from testbed.common.launch import Running

Connect = Callable[..., Session]
LOST = {"24000"}
DEAD = {"08S01"}


def numbers(count: int) -> list[list[str]]:
    """What `SELECT ID FROM BIG_n` returns."""
    return [[str(number)] for number in range(count)]


def state_of(action: Callable[[], Any]) -> str:
    """The SQLSTATE that an action fails with."""
    with pytest.raises(TernError) as caught:
        action()
    return caught.value.sqlstate


def sent(server: Running, request: str) -> list[dict[str, Any]]:
    """The requests of one kind that came, in order."""
    messages = [entry.get("message") for entry in server.control("/log")]
    return [m for m in messages if isinstance(m, dict) and m.get("request") == request]


@pytest.fixture
def table(connect: Connect) -> str:
    """A fresh table with a key and a number."""
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    connect().execute(f"CREATE TABLE {name}(ID INTEGER PRIMARY KEY, N INTEGER)")
    return name


# Frames.


EMPTY_FIRST = [
    {"set": {"/results/0/firstFrame/rows": [], "/results/0/firstFrame/done": False}},
    {"remove": ["/results/0/firstFrame"]},
    {"set": {"/results/0/firstFrame": None}},
]


@pytest.mark.parametrize("rule", EMPTY_FIRST)
@pytest.mark.parametrize("count", [101, 250, 3000])
def test_trap_2_a_first_frame_may_be_empty_or_missing(
    connect: Connect, server: Running, rule: dict[str, Any], count: int
) -> None:
    # The stand-in has moved its cursor over the rows that the rule takes away.
    server.faults({"request": "prepareAndExecute", **rule})
    assert connect().rows(f"SELECT ID FROM BIG_{count}") == numbers(count)[100:]


@pytest.mark.parametrize("count", [100, 200, 600, 700])
def test_trap_2_a_full_frame_is_followed_by_an_empty_one(connect: Connect, count: int) -> None:
    assert connect().rows(f"SELECT ID FROM BIG_{count}") == numbers(count)


def test_two_empty_frames_are_patience_and_three_an_error(connect: Connect, server: Running) -> None:
    empty = {"request": "fetch", "emptyFrame": True, "offsetBy": 100}
    server.faults({**empty, "times": 2})
    session = connect()
    assert session.rows("SELECT ID FROM BIG_150") == numbers(150)
    server.faults({**empty, "times": 3})
    assert state_of(lambda: session.rows("SELECT ID FROM BIG_150")) in DEAD


@pytest.mark.parametrize("shift", [-1, 1, 5_000_000_000])
def test_trap_3_a_frame_of_other_rows_is_refused(
    connect: Connect, server: Running, shift: int
) -> None:
    server.faults({"request": "fetch", "nth": 2, "offsetBy": shift})
    cursor = connect().open("SELECT ID FROM BIG_3000")
    assert len(cursor.take(600)) == 600
    assert state_of(lambda: cursor.take(3000)) in DEAD
    cursor.close()


@pytest.mark.parametrize("fault", [{"reset": True}, {"close": True, "noReply": True}, {"truncate": 90}])
def test_trap_3_a_fetch_without_an_answer_is_not_sent_again(
    connect: Connect, server: Running, fault: dict[str, Any]
) -> None:
    session = connect()
    server.faults({"request": "fetch", **fault})
    assert state_of(lambda: session.rows("SELECT ID FROM BIG_3000")) in DEAD
    offsets = [message["offset"] for message in sent(server, "fetch")]
    assert offsets and len(offsets) == len(set(offsets))


@pytest.mark.parametrize("row", [[], [1, 2], "no row", None])
def test_rows_of_another_shape_are_refused(connect: Connect, server: Running, row: object) -> None:
    server.faults({"request": "prepareAndExecute", "set": {"/results/0/firstFrame/rows/7": row}})
    try:
        session = connect()
        with pytest.raises(TernError):
            session.rows("SELECT ID FROM BIG_50")
    finally:
        server.reset()


# Lost statements and connections.


def test_a_lost_statement_before_an_execution_is_made_again(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "prepareAndExecute", "loseStatement": True, "times": 1})
    assert session.execute(f"INSERT INTO {table} VALUES (1, 1)") == 1
    assert session.rows(f"SELECT ID FROM {table}") == [["1"]]


def test_a_statement_that_is_lost_twice_is_an_error(connect: Connect, server: Running) -> None:
    server.faults({"request": "prepareAndExecute", "loseStatement": True})
    assert state_of(lambda: connect().rows("VALUES 1")) in LOST


def test_a_lost_prepared_statement_never_executes_half(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    insert = session.prepare(f"INSERT INTO {table} VALUES (?, ?)")
    insert.run(1, 1)
    server.faults({"request": "execute", "loseStatement": True, "times": 1})
    try:
        insert.run(2, 2)
        wanted = [["1"], ["2"]]
    except TernError as error:
        assert error.sqlstate in LOST | {"HY010", "HY000"}, error
        wanted = [["1"]]
    insert.close()
    assert session.rows(f"SELECT ID FROM {table} ORDER BY ID") == wanted


def test_a_statement_lost_in_mid_result_is_an_error_and_the_connection_lives(
    connect: Connect, server: Running
) -> None:
    session = connect()
    server.faults({"request": "fetch", "nth": 2, "loseStatement": True})
    cursor = session.open("SELECT ID FROM BIG_3000")
    assert cursor.take(600) == [str(number) for number in range(600)]
    assert state_of(lambda: cursor.take(1)) in LOST
    cursor.close()
    assert session.rows("VALUES 1") == [["1"]]


def test_traps_6_and_28_a_lost_connection_is_named(connect: Connect, server: Running) -> None:
    session = connect()
    server.faults({"request": "createStatement", "loseConnection": True, "times": 1})
    with pytest.raises(TernError) as caught:
        session.rows("VALUES 1")
    assert caught.value.sqlstate == "08S01"
    assert "connection" in caught.value.message


def test_trap_17_a_lost_connection_is_opened_anew_only_if_asked(
    connect: Connect, server: Running
) -> None:
    session = connect("?reconnect=on")
    server.faults({"request": "createStatement", "loseConnection": True, "times": 1})
    assert session.rows("VALUES 1") == [["1"]]
    assert len({message["connectionId"] for message in sent(server, "createStatement")}) == 2


def test_a_connection_lost_in_a_transaction_is_never_opened_anew(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect("?reconnect=on")
    session.set("autocommit", "false")
    session.execute(f"INSERT INTO {table} VALUES (1, 1)")
    server.faults({"request": "commit", "loseConnection": True})
    assert state_of(session.commit) in {"08S01", "08007"}
    assert state_of(lambda: session.rows("VALUES 1")) in DEAD
    assert connect().rows(f"SELECT ID FROM {table}") == []


def test_a_commit_without_an_answer_is_in_doubt(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    session.set("autocommit", "false")
    session.execute(f"INSERT INTO {table} VALUES (1, 1)")
    server.faults({"request": "commit", "reset": True})
    assert state_of(session.commit) == "08007"
    assert len(sent(server, "commit")) == 1


# The HTTP layer.


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_busy_gateway_fails_what_may_have_run(
    connect: Connect, server: Running, status: int
) -> None:
    session = connect()
    server.faults({"request": "prepareAndExecute", "status": status, "before": True, "html": "busy"})
    assert state_of(lambda: session.rows("VALUES 1")) in DEAD
    assert len(sent(server, "prepareAndExecute")) == 1


def test_a_busy_gateway_is_asked_again_while_connecting(connect: Connect, server: Running) -> None:
    """503 then 200: nothing was done when a gateway turned the login away."""
    server.faults({"request": "openConnection", "status": 503, "before": True, "html": "busy", "times": 2})
    assert connect().rows("VALUES 1") == [["1"]]
    assert len(sent(server, "openConnection")) == 3


def test_a_gateway_that_stays_busy_is_named_within_the_deadline(connect: Connect, server: Running) -> None:
    server.faults({"request": "openConnection", "status": 503, "before": True, "html": "busy"})
    assert state_of(lambda: connect("?login_timeout=500ms")) in {*DEAD, "HYT00"}


def test_trap_23_a_dead_idle_socket_is_replaced_for_what_is_safe(
    connect: Connect, server: Running
) -> None:
    session = connect()
    server.faults({"request": "createStatement", "reset": True, "times": 1})
    assert session.rows("VALUES 1") == [["1"]]


def test_trap_23_what_is_not_safe_is_not_sent_twice(
    connect: Connect, server: Running, table: str
) -> None:
    session = connect()
    server.faults({"request": "prepareAndExecute", "reset": True})
    assert state_of(lambda: session.execute(f"INSERT INTO {table} VALUES (1, 1)")) in DEAD
    assert len([m for m in sent(server, "prepareAndExecute") if "INSERT" in m["sql"]]) == 1


def test_trap_23_sockets_that_the_server_closed_are_not_noticed(library: Library, encoding: str) -> None:
    with running("avatica", idle_seconds=0.2) as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/")
        server.until(lambda: server.stand_in.connections()["open"] == 0)
        assert session.rows("VALUES 1") == [["1"]]
        session.close()


@pytest.mark.parametrize("form", [
    {"chunked": True}, {"chunked": False}, {"chunked": True, "chunkBytes": 1},
    {"chunked": True, "chunkBytes": 7}, {"gzip": True},
])
def test_bodies_come_in_any_form(connect: Connect, server: Running, form: dict[str, Any]) -> None:
    server.faults(form)
    assert connect().rows("SELECT ID FROM BIG_250") == numbers(250)


def test_trap_30_a_page_in_a_500_is_an_error_without_its_tags(
    connect: Connect, server: Running
) -> None:
    page = "<html><head><title>x</title></head><body><h1>Proxy says no</h1></body></html>"
    session = connect()
    server.faults({"request": "prepareAndExecute", "status": 500, "html": page, "times": 1})
    with pytest.raises(TernError) as caught:
        session.rows("VALUES 1")
    assert "Proxy says no" in caught.value.message and "<h1>" not in caught.value.message


@pytest.mark.parametrize("after", range(1, 12))
def test_a_body_that_ends_in_a_letter_is_an_error(
    connect: Connect, server: Running, after: int
) -> None:
    session = connect()
    text = "SELECT CAST('ääääääääääääääää' AS VARCHAR(40)) FROM (VALUES(1))"
    rule = {"request": "prepareAndExecute", "headers": {"X-Cut": "1"}, "times": 1}
    whole = session.rows(text)
    assert whole == [["ä" * 16]]
    # The place of the text differs with the encoding; the letters are two bytes each.
    place = body_place(server, session, text) + after
    server.faults({**rule, "truncate": place})
    assert state_of(lambda: session.rows(text)) in DEAD


def body_place(server: Running, session: Session, text: str) -> int:
    """Where the letters begin: the longest cut whose rest the driver would still have to see."""
    low, high = 0, 4_000
    while low < high:
        middle = (low + high + 1) // 2
        server.faults({"request": "prepareAndExecute", "truncate": middle, "times": 1})
        try:
            session.rows(text)
            high = middle - 1
        except TernError:
            low = middle
    return low - 40


# Forms of answers.


@pytest.mark.parametrize("request_name", [
    "openConnection", "databaseProperties", "connectionSync", "createStatement",
    "prepareAndExecute", "fetch",
])
def test_trap_5_an_answer_of_another_kind_is_refused(
    connect: Connect, server: Running, request_name: str
) -> None:
    server.faults({"request": request_name, "replace": {"response": "commit"}})
    assert state_of(lambda: connect().rows("SELECT ID FROM BIG_300"))[:2] == "08"


def test_unknown_attributes_are_skipped_everywhere(connect: Connect, server: Running) -> None:
    server.faults({"unknownFields": True})
    session = connect()
    assert session.rows("SELECT ID FROM BIG_300") == numbers(300)
    statement = session.prepare("SELECT ID FROM BIG_300 WHERE ID < ?")
    assert statement.rows(120) == numbers(120)
    statement.close()


@pytest.mark.parametrize("value", [None, {"response": "rpcMetadata", "serverAddress": None}])
def test_metadata_of_the_call_may_be_null(
    connect: Connect, server: Running, value: object
) -> None:
    server.faults({"set": {"/rpcMetadata": value}})
    assert connect().rows("SELECT ID FROM BIG_300") == numbers(300)


# Logins in mid-session.


def test_trap_22_a_401_in_mid_session_with_basic_is_an_error(
    connect: Connect, server: Running
) -> None:
    server.options(auth="basic")
    session = connect("?authentication=basic&http_user=alice&http_password=secret")
    server.faults({
        "request": "fetch", "status": 401, "before": True, "html": "<h1>no</h1>",
        "headers": {"WWW-Authenticate": 'basic realm="Avatica"'}})
    assert state_of(lambda: session.rows("SELECT ID FROM BIG_300")) == "28000"


def test_trap_22_nonces_wear_out(connect: Connect, server: Running) -> None:
    server.options(auth="digest", nonceUses=2)
    session = connect("?authentication=digest&http_user=alice&http_password=secret")
    assert session.rows("SELECT ID FROM BIG_9000") == numbers(9000)


def test_trap_22_a_nonce_that_is_refused_is_replaced_once(
    connect: Connect, server: Running
) -> None:
    server.options(auth="digest")
    session = connect("?authentication=digest&http_user=alice&http_password=secret")
    server.faults({
        "request": "fetch", "times": 1, "status": 401, "before": True, "html": "no", "headers": {
            "WWW-Authenticate": 'Digest realm="Avatica", domain="/", nonce="x", algorithm=MD5, '
            'qop="auth", stale=false'}})
    assert session.rows("SELECT ID FROM BIG_300") == numbers(300)


def test_trap_22_cookies_set_in_mid_session_come_back(connect: Connect, server: Running) -> None:
    session = connect()
    server.faults({
        "request": "createStatement", "headers": {"Set-Cookie": "STICKY=abc; Path=/; HttpOnly"}})
    assert session.rows("SELECT ID FROM BIG_300") == numbers(300)
    came = [(e["message"]["request"], e["cookies"]) for e in server.control("/log") if "message" in e]
    first = [request for request, _ in came].index("createStatement")
    assert all("STICKY" not in cookies for _, cookies in came[:first + 1])
    later = came[first + 1:]
    assert "fetch" in [request for request, _ in later]
    assert all(cookies.get("STICKY") == "abc" for _, cookies in later), later


def test_trap_22_a_wrong_digest_password_is_tried_once(
    library: Library, server: Running, url: str
) -> None:
    """Accounts are locked after a few wrong passwords: one refusal of a new nonce is enough."""
    server.options(auth="digest")
    query = "?authentication=digest&http_user=alice&http_password=wrong"
    assert state_of(lambda: Session(library, url + query)) == "28000"
    assert [e["authorization"] for e in server.control("/log") if e.get("refused")] == ["", "Digest"]


def test_trap_22_a_stale_nonce_is_no_wrong_password(connect: Connect, server: Running) -> None:
    """stale=true on the very first use of a nonce: the password was not looked at."""
    server.options(auth="digest", nonceSeconds=-1)
    server.faults()
    with pytest.raises(TernError):
        connect("?authentication=digest&http_user=alice&http_password=secret")
    # Challenged, and refused as stale until the driver gives up.
    assert [e["authorization"] for e in server.control("/log")] == ["", "Digest", "Digest", "Digest"]


def test_trap_28_a_balancer_is_followed_by_its_cookie(library: Library, encoding: str) -> None:
    with running("avatica", backends=3) as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/")
        assert session.rows("SELECT ID FROM BIG_3000") == numbers(3000)
        session.close()


def test_trap_28_a_balancer_without_a_cookie_is_named(library: Library, encoding: str) -> None:
    with running("avatica", backends=3, affinity="none") as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        with pytest.raises(TernError) as caught:
            session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/")
            for _ in range(5):
                session.rows("VALUES 1")
        assert caught.value.sqlstate == "08S01"
        message = caught.value.message
        assert "affinity" in message and "1 requests later" in message, message
        # Both server processes are named, as they name themselves.
        named = [b["json"] for b in server.info["backends"] if f"127.0.0.1:{b['json']}" in message]
        assert len(named) == 2, message


def test_trap_28_a_lost_connection_of_one_server_is_no_balancer(
    connect: Connect, server: Running
) -> None:
    session = connect()
    server.faults({"request": "createStatement", "loseConnection": True, "times": 1})
    with pytest.raises(TernError) as caught:
        session.rows("VALUES 1")
    assert "affinity" not in caught.value.message

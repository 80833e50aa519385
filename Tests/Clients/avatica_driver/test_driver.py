"""What the driver does over a live server: results, values, errors, logins, lost state."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from urllib.parse import quote

import pytest

from conftest import Run
from testbed import running
from testbed.common.launch import Running


def rows(text: str) -> list[dict[str, object]]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 600, 25_000])
def test_results_are_whole_at_every_frame_boundary(tern: Run, count: int) -> None:
    done = tern("-F", "json", f"SELECT ID FROM BIG_{count}")
    assert done.returncode == 0, done.stderr
    assert [row["ID"] for row in rows(done.stdout)] == list(range(count))


def test_values_come_back_as_they_were_bound(tern: Run) -> None:
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    columns = "A BIGINT, B VARCHAR(40), C DECIMAL(38,10), D DOUBLE, E DATE, F TIMESTAMP, G BOOLEAN, H VARCHAR(9)"
    assert tern(f"CREATE TABLE {name}({columns})").returncode == 0
    values = [
        "9223372036854775807", "häß\u0001😀", "1234567890123456789012345678.0123456789", "1.5",
        "2024-02-29", "2024-02-29 12:34:56.123", "true",
    ]
    words = [word for value in values for word in ("-p", value)]
    done = tern(*words, "--param-null", f"INSERT INTO {name} VALUES (?,?,?,?,?,?,?,?)")
    assert done.returncode == 0, done.stderr
    done = tern("-F", "csv", f"SELECT * FROM {name}")
    assert done.stdout.splitlines()[1].rstrip(",") == ",".join(values)


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("SELECT * FROM NOPE", "42S02"),
        ("SELEC", "42000"),
        ("SELECT CAST('x' AS INTEGER) FROM (VALUES(1))", "22018"),
        ("SELECT 1/0 FROM (VALUES(1))", "22012"),
    ],
)
def test_trap_7_errors_have_states_that_the_server_does_not_send(tern: Run, sql: str, state: str) -> None:
    done = tern(sql)
    assert done.returncode != 0
    assert f"error {state}" in done.stderr


@pytest.mark.parametrize(
    ("kind", "query", "good"),
    [
        ("basic", "?authentication=basic&http_user=alice&http_password=secret", True),
        ("basic", "?authentication=basic&http_user=alice&http_password=wrong", False),
        ("basic", "", False),
        ("digest", "?authentication=digest&http_user=alice&http_password=secret", True),
        ("digest", "?authentication=digest&http_user=alice&http_password=wrong", False),
    ],
)
def test_logins_of_the_http_layer(tern: Run, server: Running, kind: str, query: str, good: bool) -> None:
    server.options(auth=kind)
    done = tern("SELECT ID FROM BIG_3000", query=query)
    assert (done.returncode == 0) == good, done.stderr
    if not good:
        assert "error 28000" in done.stderr


def test_a_refused_login_names_the_server(tern: Run, server: Running, encoding: str) -> None:
    done = tern("VALUES 1", user="SA:wrong")
    assert done.returncode == 3
    port = server.info["port" if encoding == "json" else "protobufPort"]
    assert f"error 28000 (-1): 127.0.0.1:{port}: invalid authorization specification" in done.stderr


def test_a_bearer_token_is_sent(tern: Run, server: Running) -> None:
    server.options(auth="bearer")
    token = server.info["bearerToken"]
    done = tern("VALUES 1", query=f"?authentication=bearer&http_token={token}")
    assert done.returncode == 0, done.stderr
    assert "28000" in tern("VALUES 1", query="?authentication=bearer&http_token=x").stderr


def test_a_nonce_lost_in_the_middle_is_replaced(tern: Run, server: Running) -> None:
    server.options(auth="digest")
    server.faults({"request": "fetch", "loseNonce": True, "times": 1})
    query = "?authentication=digest&http_user=alice&http_password=secret"
    done = tern("-F", "csv", "SELECT ID FROM BIG_3000", query=query)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3001


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"request": "fetch", "loseStatement": True}, "24000"),
        ({"request": "fetch", "offsetBy": 5}, "a frame at row"),
        ({"request": "fetch", "emptyFrame": True, "offsetBy": 100}, "empty frames"),
        ({"request": "fetch", "loseConnection": True, "loseStatement": True}, "24000"),
        ({"request": "createStatement", "loseConnection": True}, "08S01"),
        ({"request": "prepareAndExecute", "truncate": 40}, "08S01"),
        ({"request": "prepareAndExecute", "replaceText": "nonsense"}, "error 08"),
        ({"request": "prepareAndExecute", "status": 503, "before": True, "html": "busy"}, "08S01"),
        ({"request": "prepareAndExecute", "set": {"/response": "commit"}}, "08S01"),
        ({"request": "fetch", "reset": True}, "08S01"),
    ],
)
def test_faults_are_errors_and_never_short_results(
    tern: Run, server: Running, rule: dict[str, object], text: str
) -> None:
    server.faults(rule)
    done = tern("-F", "csv", "SELECT ID FROM BIG_3000")
    assert done.returncode != 0
    assert text in done.stderr


def test_a_statement_that_expired_before_execution_is_made_anew(tern: Run, server: Running) -> None:
    server.faults({"request": "prepareAndExecute", "loseStatement": True, "times": 1})
    done = tern("-F", "csv", "SELECT ID FROM BIG_10")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 11


def test_attributes_come_in_any_form(tern: Run, server: Running) -> None:
    server.faults({"unknownFields": True, "set": {"/rpcMetadata": None}})
    done = tern("-F", "csv", "SELECT ID FROM BIG_1000")
    assert done.returncode == 0, done.stderr


def test_a_timeout_wakes_the_caller_at_once(tern: Run) -> None:
    start = time.monotonic()
    done = tern("--timeout", "1", 'CALL "$SLEEP"(30)')
    assert "HYT00" in done.stderr
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("generation", ["1.5", "1.7", "1.8", "1.17", "1.29"])
def test_old_servers_answer_whole_results(tern: Run, server: Running, generation: str) -> None:
    server.options(generation=generation)
    done = tern("-F", "csv", "SELECT ID FROM BIG_300")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 301


@pytest.mark.parametrize("flavour", ["phoenix", "druid"])
def test_flavours_answer_whole_results(program: str, encoding: str, flavour: str) -> None:
    # A server of its own: Druid counts the connections that other tests have cut and left behind.
    with running("avatica", flavour=flavour) as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        done = subprocess.run(
            [program, "-F", "csv", f"avatica+http://SA@127.0.0.1:{port}/",
             "SELECT ID, NAME, AT_ FROM BIG_7000"],
            capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 7001


def test_trap_14_one_frame_shifts_no_times(tern: Run, server: Running) -> None:
    sql = "SELECT AT_ FROM BIG_300"
    wanted = tern("-F", "csv", sql).stdout
    server.options(timeZone="America/New_York")
    assert tern("-F", "csv", sql).stdout != wanted, "the stand-in shows the defect"
    assert tern("-F", "csv", sql, query="?temporal_frames=single").stdout == wanted


@pytest.mark.parametrize(("sent", "shown"), [(-1, "23:59:59.999"), (86_400_000, "00:00:00.000")])
def test_times_stay_within_a_day(tern: Run, server: Running, sent: int, shown: str) -> None:
    server.faults({"request": "prepareAndExecute", "set": {"/results/0/firstFrame/rows/0/0": sent}})
    done = tern("-F", "csv", "SELECT CAST('12:00:00' AS TIME) FROM (VALUES(1))")
    assert done.stdout.splitlines()[1] == shown


def test_the_catalog_is_asked_through_the_protocol(tern: Run) -> None:
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    tern(f"CREATE TABLE {name}(ID INTEGER PRIMARY KEY, N VARCHAR(9))")
    columns = tern("--catalog", "columns", "-F", "json", name)
    assert [row["COLUMN_NAME"] for row in rows(columns.stdout)] == ["ID", "N"]
    keys = tern("--catalog", "primary-keys", "-F", "json", f"PUBLIC.{name}")
    assert [row["COLUMN_NAME"] for row in rows(keys.stdout)] == ["ID"]
    assert "PUBLIC" in tern("--catalog", "schemas", "%").stdout


def test_an_encoding_that_is_asked_for_is_not_given_up(tern: Run, encoding: str) -> None:
    other = {"json": "protobuf", "protobuf": "json"}[encoding]
    done = tern("VALUES 1", query=f"?encoding={other}")
    assert done.returncode == 3
    assert f"the server speaks {'JSON' if encoding == 'json' else 'protobuf'}" in done.stderr
    assert tern("VALUES 1", query=f"?encoding={encoding}").returncode == 0


def test_several_statements_open_a_session_in_one_request(tern: Run, server: Running) -> None:
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    init = f"CREATE TABLE {name}(N INTEGER); INSERT INTO {name} VALUES (1); INSERT INTO {name} VALUES (2)"
    done = tern("-F", "csv", f"SELECT COUNT(*) FROM {name}", query=f"?session_init={quote(init)}")
    assert done.stdout.splitlines()[1:] == ["2"], done.stderr
    names = [entry.get("message", {}).get("request") for entry in server.control("/log")]
    assert names.count("prepareAndExecuteBatch") == 1
    failing = tern("VALUES 1", query="?session_init=" + quote("DROP TABLE NOPE_1; DROP TABLE NOPE_2"))
    assert failing.returncode == 1 and "session_init" in failing.stderr


def test_a_session_whose_first_batch_was_not_executed_is_not_opened(tern: Run, server: Running) -> None:
    """In protobuf nothing but the number of counts says that the statement was lost."""
    server.faults({"request": "prepareAndExecuteBatch", "loseStatement": True})
    init = "CREATE TABLE T_LOST(N INTEGER); INSERT INTO T_LOST VALUES (1)"
    done = tern("VALUES 1", query=f"?session_init={quote(init)}")
    assert done.returncode != 0
    assert "24000" in done.stderr and "session_init" in done.stderr, done.stderr


@pytest.mark.parametrize("prepared", [False, True])
def test_times_are_read_with_all_their_digits_where_asked(tern: Run, prepared: bool) -> None:
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    text = "2024-02-29 12:34:56.123456"
    assert tern(f"CREATE TABLE {name}(ID INTEGER, A TIMESTAMP(6), B TIMESTAMP(3))").returncode == 0
    values = f"TIMESTAMP '{text}', TIMESTAMP '{text[:-3]}'"
    assert tern(f"INSERT INTO {name} VALUES (1, {values}), (2, NULL, NULL)").returncode == 0
    # A comment at the end, labels that repeat, a name that needs quotes.
    sql = f'SELECT ID, A, A, B AS "the b" FROM {name} WHERE ID < {"?" if prepared else 9} -- all'
    words = ("-p", "9") if prepared else ()
    plain = tern("-F", "csv", *words, sql).stdout.splitlines()
    assert plain[1] == f"1,{text[:-3]},{text[:-3]},{text[:-3]}"
    cast = tern("-F", "csv", *words, sql, query="?timestamp_text=cast").stdout.splitlines()
    assert cast[0] == plain[0]
    assert sorted(cast[1:]) == [f"1,{text},{text},{text[:-3]}", "2,,,"]


def test_a_query_that_orders_its_rows_is_not_wrapped(tern: Run) -> None:
    sql = "SELECT AT_ FROM BIG_3 ORDER BY (ID)"
    done = tern("-F", "csv", sql, query="?timestamp_text=cast")
    assert done.returncode == 0
    assert done.stdout == tern("-F", "csv", sql).stdout
    assert "ORDER BY" in done.stderr


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "UTC"])
def test_times_of_a_server_in_another_zone_are_put_right(tern: Run, server: Running, zone: str) -> None:
    """Trap 14: first frames are written by UTC, later ones by the server's zone."""
    sql = "SELECT ID, AT_ FROM BIG_300"
    expected = tern("-F", "csv", sql).stdout
    server.options(timeZone=zone)
    done = tern("-F", "csv", sql, query=f"?server_time_zone={zone}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == expected
    single = tern("-F", "csv", sql, query="?temporal_frames=single")
    assert single.stdout == expected
    told = tern("-F", "csv", sql)
    assert ("server_time_zone" in told.stderr) == (zone != "UTC"), told.stderr
    assert (told.stdout == expected) == (zone == "UTC")


def test_an_unknown_zone_is_named(tern: Run) -> None:
    done = tern("VALUES 1", query="?server_time_zone=Mars/Olympus")
    assert done.returncode != 0 and "Mars/Olympus" in done.stderr


def test_a_lost_result_goes_on_only_where_the_user_allows_it(tern: Run, server: Running) -> None:
    """Running a query again can give other rows: the default is an error in the middle."""
    lost = {"request": "fetch", "nth": 2, "times": 1, "loseStatement": True}
    server.faults(lost)
    done = tern("SELECT ID FROM BIG_3000")
    assert done.returncode == 1 and "error 24000" in done.stderr
    server.reset()
    server.faults(lost)
    again = tern("-F", "json", "SELECT ID FROM BIG_3000", query="?resume=unsafe")
    assert again.returncode == 0, again.stderr
    assert [row["ID"] for row in rows(again.stdout)] == list(range(3_000))


def test_a_cancelled_statement_may_be_closed_later(tern: Run, server: Running) -> None:
    """cancel=later: the caller is woken at once, and the statement goes with the connection."""
    done = tern("--timeout", "300ms", "SELECT \"$SLEEP\"(20) FROM (VALUES(1))", query="?cancel=later")
    assert done.returncode == 1 and "HYT00" in done.stderr, done.stderr

"""The stand-in's own promises: what no well-behaved client makes it do."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

import pyarrow as pa
import pytest

from snowflake_wire import Client, chunk, inline, opened, rows_of
from testbed.common.launch import Running

ROWS = "select seq4() n, 'r' || seq4() s from table(generator(rowcount=>{}))"
JSON = {"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "JSON"}


def test_a_login_says_what_the_reference_says(client: Client) -> None:
    facts = client.session
    assert facts["sessionId"] > 1 << 53 and facts["sessionInfo"]["databaseName"] == "TESTDB"
    assert {"AUTOCOMMIT": True, "TIMEZONE": "America/Los_Angeles", "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 65280}.items() <= {
        p["name"]: p["value"] for p in facts["parameters"]}.items()  # fmt: skip


@pytest.mark.parametrize(("client_id", "parameters", "form"), [
    ("PythonConnector", {}, "arrow"), ("Nobody", {}, "json"), ("Nobody", {"QUERY_RESULT_FORMAT": "ARROW"}, "json"), ("JavaScript", {}, "json"),
    ("Go", {"GO_QUERY_RESULT_FORMAT": "JSON"}, "json"), ("Go", {"QUERY_RESULT_FORMAT": "ARROW_FORCE"}, "arrow_force"), ("ODBC", {}, "arrow"),
])  # fmt: skip
def test_the_client_decides_the_format(server: Running, client_id: str, parameters: dict[str, str], form: str) -> None:
    with Client(server.info["port"]) as client:
        client.login(CLIENT_APP_ID=client_id)
        data = client.data("select 1", parameters=parameters)
        assert data["queryResultFormat"] == form and ("rowset" in data) == (form == "json")
        assert client.data("show tables", parameters=parameters)["queryResultFormat"] == ("json" if form != "arrow_force" else form)


def test_types_of_a_result(client: Client) -> None:
    client.data("create or replace table facts (id int not null, s varchar(7), n number(10,2), t timestamp_tz(3), b binary(9), v variant)")
    kinds = client.data("select id, s, n, t, b, v, 42 as x, count(*) over () c from facts")["rowtype"]
    wanted = [("ID", "fixed", False, 38, 0, None), ("S", "text", True, None, None, 7), ("N", "fixed", True, 10, 2, None),
              ("T", "timestamp_tz", True, 0, 3, None), ("B", "binary", True, None, None, 9), ("V", "variant", True, None, None, None),
              ("X", "fixed", False, 2, 0, None)]  # fmt: skip
    assert [tuple(k[m] for m in ("name", "type", "nullable", "precision", "scale", "length")) for k in kinds[:7]] == wanted
    assert (kinds[0]["database"], kinds[0]["schema"], kinds[0]["table"]) == ("TESTDB", "PUBLIC", "FACTS")


def test_json_cells_are_as_the_service_writes_them(client: Client) -> None:
    sql = ("select '1969-12-31 23:59:59.5'::timestamp_ntz(3), '2024-01-02 03:04:05.5 +02:00'::timestamp_tz(1), true, '1969-12-31'::date, "
           "x'0aff', 1.5::float, 36200::float, 'nan'::float, '00:00:01.5'::time(3), 1.50::number(5,3), -0.5::number(3,1)")  # fmt: skip
    assert client.rows(sql) == [["-0.500", "1704157445.5 1560", "1", "-1", "0AFF", "1.5", "36200", "NaN", "1.500", "1.500", "-0.5"]]


def test_json_may_be_compact(client: Client) -> None:
    assert client.rows("select parse_json('{\"a\": [1, 2.50]}')") == [['{\n  "a": [\n    1,\n    2.50\n  ]\n}']]
    client.data("alter session set json_indent = 0")
    assert client.rows("select parse_json('{\"a\": [1, 2.50]}')") == [['{"a":[1,2.50]}']]


def test_names_from_values(client: Client) -> None:
    client.data("create or replace table named_t (i int)")
    assert client.rows("select count(*) from identifier(?)", bindings={"1": {"type": "TEXT", "value": "testdb.public.named_t"}}) == [["0"]]


def test_integers_are_as_narrow_as_their_chunk(client: Client, server: Running) -> None:
    server.options(inlineRows=10, firstRows=10, chunkRows=300)
    data = client.data("select (seq4() * seq4() * 1000000000)::number(38,0) n from table(generator(rowcount=>1000))")
    found = {str(inline(data).schema.field("N").type)}
    for number in range(len(data["chunks"])):
        found.add(str(pa.ipc.open_stream(opened(chunk(data, number)[2])).read_all().schema.field("N").type))
    assert found == {"int64"} or len(found) > 1
    narrow = client.data("select column1 c from values (1), (-128)")
    assert inline(narrow).schema.field("C").type == pa.int8()


def test_timestamps_may_change_their_form(client: Client, server: Running) -> None:
    server.options(inlineRows=1, firstRows=1, chunkRows=2, varyTimestamps=True)
    data = client.data("select '2024-01-02 03:04:05.25'::timestamp_ntz(3) t from table(generator(rowcount=>5))")
    kinds = [pa.ipc.open_stream(opened(chunk(data, n)[2])).read_all().schema.field("T").type for n in range(2)]
    assert kinds == [pa.int64(), pa.struct([("epoch", pa.int64()), ("fraction", pa.int32())])]


# Chunks.


def test_chunks_want_their_headers_and_no_token(client: Client) -> None:
    data = client.data(ROWS.format(6000), parameters=JSON)
    assert (data["total"], data["returned"], len(data["rowset"])) == (6000, 6000, 500)
    assert [c["rowCount"] for c in data["chunks"]] == [5000, 500]
    status, headers, body = chunk(data, 0)
    assert status == 200 and headers["content-encoding"] == "gzip"
    assert len(body) == data["chunks"][0]["compressedSize"] and len(opened(body)) == data["chunks"][0]["uncompressedSize"]
    assert opened(body).startswith(b'["500","r500"],\n["501","r501"]')
    both = {**data["chunkHeaders"], "Authorization": f'Snowflake Token="{client.token}"'}
    assert chunk(data, 0, **both)[0] == 400
    assert chunk(data, 0, X="none")[0] == 400
    changed = {**data, "chunks": [{"url": data["chunks"][0]["url"].replace("%2F", "/")}]}
    assert chunk(changed, 0)[0] == 403
    assert rows_of(data)[-1] == ["5999", "r5999"]


@pytest.mark.parametrize(("option", "ends"), [("last", [False, True]), ("all", [True, True]), ("none", [False, False])])
def test_streams_end_as_they_are_told(client: Client, server: Running, option: str, ends: list[bool]) -> None:
    server.options(endMarker=option)
    data = client.data(ROWS.format(6000))
    bodies = [opened(chunk(data, n)[2]) for n in range(2)]
    assert [b.endswith(b"\xff\xff\xff\xff\x00\x00\x00\x00") for b in bodies] == ends
    assert sum(pa.ipc.open_stream(b).read_all().num_rows for b in bodies) == 5500


def test_chunk_urls_end_by_the_clock(client: Client, server: Running) -> None:
    data = client.data(ROWS.format(6000))
    server.options(clockAhead=21601)
    status, _, body = chunk(data, 0)
    assert status == 403 and b"Request has expired" in body


def test_urls_can_be_ended_at_once(client: Client, server: Running) -> None:
    data = client.data(ROWS.format(6000))
    server.control("/expire", {"what": "chunks"})
    assert chunk(data, 0)[0] == 403
    again = client.result(data["queryId"])["data"]
    assert chunk(again, 0)[0] == 200
    assert [c["rowCount"] for c in again["chunks"]] == [c["rowCount"] for c in data["chunks"]]


# Requests.


def test_a_replay_joins_and_nothing_runs_twice(client: Client, server: Running) -> None:
    client.data("create or replace table once (i int)")
    request = str(uuid.uuid4())
    answers = [client.query("insert into once values (1)", request)["data"] for _ in range(3)]
    assert len({a["queryId"] for a in answers}) == 1 and answers[0]["rowset"] == [["1"]]
    assert client.rows("select count(*) from once") == [["1"]]
    report = server.control("/executions", {"sqlContains": "insert into once"})
    assert [(r["requests"], r["executions"]) for r in report] == [(3, 1)]
    server.faults({"request": "query", "forget": True, "times": 1})
    client.query("insert into once values (1)", request)
    assert client.rows("select count(*) from once") == [["2"]]


def test_a_long_statement_is_polled(client: Client, server: Running) -> None:
    server.options(holdSeconds=0)
    reply = client.query("call system$wait(0.2)")
    assert (reply["code"], reply["success"]) == ("333333", True) and "rowset" not in reply["data"]
    assert reply["data"]["getResultUrl"] == f"/queries/{reply['data']['queryId']}/result"
    server.options(holdSeconds=30)
    assert client.result(reply["data"]["queryId"])["data"]["rowset"] == [["waited 0.2 seconds"]]


def test_progress_can_be_made_up(client: Client, server: Running) -> None:
    server.faults({"request": "query", "inProgress": 1}, {"request": "result", "inProgress": 3})
    reply = client.query("select 7")
    seen = [reply["code"]]
    while reply["code"] == "333333":
        reply = client.result(reply["data"]["queryId"])
        seen.append(reply["code"])
    assert seen == ["333333", "333333", "333333", None]


def test_a_detached_statement_is_watched(client: Client) -> None:
    reply = client.query("call system$wait(30)", asyncExec=True)
    query = reply["data"]["queryId"]
    assert reply["code"] == "333334"
    assert client.ask("GET", f"/monitoring/queries/{query}")["data"]["queries"][0]["status"] == "RUNNING"
    assert client.ask("GET", f"/monitoring/queries/{uuid.uuid4()}")["data"]["queries"] == []
    assert client.ask("POST", f"/queries/{query}/abort-request", {})["success"]
    assert client.result(query)["code"] == "000604"
    assert client.ask("GET", f"/monitoring/queries/{query}")["data"]["queries"][0]["status"] == "ABORTED"


def test_an_abort_stops_what_runs(client: Client, server: Running) -> None:
    request = str(uuid.uuid4())
    abort = {"sqlText": "", "requestId": request}
    early = client.ask("POST", "/queries/v1/abort-request", abort)
    assert (early["success"], early["code"]) == (False, "000605")
    found: list[Any] = []
    with Client(server.info["port"]) as other:
        other.token = client.token
        waiting = threading.Thread(target=lambda: found.append(other.query("call system$wait(60)", request)))
        waiting.start()
        server.until(lambda: server.stand_in.connections()["running"] == 1)
        assert client.ask("POST", "/queries/v1/abort-request", abort)["success"]
        waiting.join(10)
    assert (found[0]["code"], found[0]["data"]["sqlState"]) == ("000604", "57014")


def test_a_time_limit_ends_by_the_clock(client: Client, server: Running) -> None:
    found: list[Any] = []
    with Client(server.info["port"]) as other:
        other.token = client.token
        sql, limit = "call system$wait(500)", {"STATEMENT_TIMEOUT_IN_SECONDS": 100}
        waiting = threading.Thread(target=lambda: found.append(other.query(sql, parameters=limit)))
        waiting.start()
        server.until(lambda: server.stand_in.connections()["running"] == 1)
        server.options(clockAhead=101)
        waiting.join(10)
    assert (found[0]["code"], found[0]["data"]["sqlState"]) == ("000630", "57014")


def test_sessions_end(client: Client, server: Running) -> None:
    server.options(clockAhead=3601)
    old = client.token
    assert client.query("select 1")["code"] == "390112"
    renewal = {"oldSessionToken": old, "requestType": "RENEW"}
    reply = client.ask("POST", "/session/token-request", renewal, client.master)["data"]
    assert client.query("select 1")["code"] == "390112"
    client.token = reply["sessionToken"]
    assert client.rows("select 1") == [["1"]]
    assert client.ask("POST", "/session/token-request", renewal, client.master)["code"] == "390115"
    assert client.ask("POST", "/session/heartbeat")["success"]
    server.options(clockAhead=3601 + 14401)
    assert client.ask("POST", "/session/token-request", {**renewal, "oldSessionToken": client.token}, reply["masterToken"])["code"] == "390114"
    server.options(clockAhead=0)
    assert client.ask("POST", "/session", delete="true")["success"]
    assert client.query("select 1")["code"] == "390111"


def test_tokens_that_nobody_gave(client: Client, server: Running) -> None:
    client.token, kept = "nonsense", client.token
    assert client.query("select 1")["code"] == "390104" and client.status == 401
    client.token = ""
    assert client.query("select 1")["code"] == "390103" and client.status == 401
    client.token = kept
    server.options(unauthorized="401", clockAhead=3601)
    client.query("select 1")
    assert client.status == 401


# Statements.


def test_what_a_description_says(client: Client) -> None:
    client.data("create or replace table described (i int, s varchar(5))")
    data = client.data("insert into described values (?, ?)", describeOnly=True)
    assert (data["numberOfBinds"], data["arrayBindSupported"], data["statementTypeId"], data["total"]) == (2, True, 12544, 0)
    assert [(b["name"], b["type"], b["length"]) for b in data["metaDataOfBinds"]] == [("1", "fixed", None), ("2", "text", 5)]
    data = client.data("select s, ? from described where i = ?", describeOnly=True)
    assert (data["numberOfBinds"], data["arrayBindSupported"], data["total"]) == (2, False, 0)
    assert client.rows("select count(*) from described") == [["0"]]
    assert client.query("select nope", describeOnly=True)["code"] == "000904"


@pytest.mark.parametrize(("kind", "value", "cell"), [
    ("FIXED", "-12.50", "-12.50"), ("REAL", "1.5", "1.5"), ("TEXT", "é", "é"), ("TEXT", None, None), ("BOOLEAN", "true", "1"),
    ("BINARY", "DEADBEEF", "DEADBEEF"), ("DATE", "1709164800000", "19782"), ("DATE", "-62135596800000", "-719162"), ("TIME", "45296789000000", "45296.789000000"),
    ("TIMESTAMP_NTZ", "1704164645123456789", "1704164645.123456789"), ("TIMESTAMP_NTZ", "253402300799000000000", "253402300799.000000000"),
    ("TIMESTAMP_LTZ", "-500000000", "-0.500000000"), ("TIMESTAMP_TZ", "1704157445123456789 1560", "1704157445.123456789 1560"), ("ANY", None, None),
])  # fmt: skip
def test_binds(client: Client, kind: str, value: str | None, cell: str | None) -> None:
    assert client.rows("select ?", bindings={"1": {"type": kind, "value": value}}) == [[cell]]


def test_named_binds_and_missing_ones(client: Client) -> None:
    named = {"b": {"type": "TEXT", "value": "x"}, "1": {"type": "FIXED", "value": "2"}}
    assert client.rows("select :b, :1, :b", bindings=named) == [["x", "2", "x"]]
    assert client.query("select ?, ?", bindings={"1": {"type": "FIXED", "value": "1"}})["code"] == "002049"
    assert client.query("select ?", bindings={"1": {"type": "TIMESTAMP_LTZ", "value": "2024-01-01"}})["data"]["sqlState"] == "22000"


def test_array_binds(client: Client) -> None:
    client.data("create or replace table arrays (i int, s varchar, t timestamp_ntz)")
    values = {"1": {"type": "FIXED", "value": ["1", "2", None]}, "2": {"type": "TEXT", "value": ["a", None, ""]},
              "3": {"type": "TIMESTAMP_NTZ", "value": ["0", "-1", None]}}  # fmt: skip
    data = client.data("insert into arrays (i, s, t) values (?, ?, ?)", bindings=values)
    assert (data["rowset"], data["stats"]["numRowsInserted"]) == ([["3"]], 3)
    assert client.rows("select * from arrays order by i") == [
        ["1", "a", "0.000000000"], ["2", None, "-0.000000001"], [None, "", None]]  # fmt: skip
    data = client.data("update arrays set s = ? where i = ?", bindings={
        "1": {"type": "TEXT", "value": ["x", "y"]}, "2": {"type": "FIXED", "value": ["1", "2"]}})  # fmt: skip
    assert data["rowset"] == [["2", "0"]]
    assert client.query("insert into arrays select i, s, t from arrays where i = ?", bindings={
        "1": {"type": "FIXED", "value": ["1", "2"]}})["data"]["sqlState"] == "0A000"  # fmt: skip
    uneven = {"1": {"type": "FIXED", "value": ["1"]}, "2": {"type": "TEXT", "value": ["a", "b"]}, "3": {"type": "TEXT", "value": [None]}}
    assert not client.query("insert into arrays values (?, ?, ?)", bindings=uneven)["success"]


def test_array_binds_within_a_transaction(client: Client) -> None:
    client.data("create or replace table in_tx (i int)")
    client.data("begin")
    for number in range(3):
        client.data("insert into in_tx values (?)", bindings={"1": {"type": "FIXED", "value": [str(number), str(number + 10)]}})
        assert client.rows("select count(*) from information_schema.tables where table_name = 'IN_TX'") == [["1"]]
    assert not client.query("insert into in_tx values (?)", bindings={"1": {"type": "TEXT", "value": ["1", "x"]}})["success"]
    client.data("commit")
    assert client.rows("select i from in_tx order by i") == [["0"], ["1"], ["2"], ["10"], ["11"], ["12"]]


def test_a_bind_stage_that_may_not_be_made(client: Client, server: Running) -> None:
    server.options(stageBinds=False)
    reply = client.query("create temporary stage if not exists SYSTEM$BIND file_format=(type=csv)")
    assert (reply["code"], reply["data"]["sqlState"]) == ("003001", "42501")


def test_several_statements_and_their_ids(client: Client) -> None:
    data = client.data("create or replace table several (i int); insert into several values (1); select i from several",
                       parameters={"MULTI_STATEMENT_COUNT": 0})  # fmt: skip
    assert (data["statementTypeId"], data["resultTypes"]) == (40960, "24833,12544,4096")
    ids = data["resultIds"].split(",")
    assert inline(client.result(ids[2])["data"]).to_pylist() == [{"I": 1}]
    reply = client.query("insert into several values (2); select nope; insert into several values (3)", parameters={"MULTI_STATEMENT_COUNT": 3})
    assert reply["code"] == "000904" and client.rows("select count(*) from several") == [["2"]]
    assert client.query("select 1; select 2")["code"] == "000008"


def test_the_session_is_echoed(client: Client) -> None:
    client.data("create or replace schema echoed")
    data = client.data("use schema public")
    assert (data["finalDatabaseName"], data["finalSchemaName"], data["statementTypeId"]) == ("TESTDB", "PUBLIC", 0x4300)
    data = client.data("alter session set timezone = 'Asia/Tokyo', autocommit = false")
    found = {p["name"]: p["value"] for p in data["parameters"]}
    assert (found["TIMEZONE"], found["AUTOCOMMIT"]) == ("Asia/Tokyo", False)
    assert client.rows("select '2024-01-01 09:00:00'::timestamp_ltz(0)") == [["1704067200"]]
    assert [e["id"] for e in data["queryContext"]["entries"]] == [0]


def test_an_empty_statement_gets_a_page(client: Client) -> None:
    body = client.send("POST", "/queries/v1/query-request", b'{"sqlText":" "}', Authorization=f'Snowflake Token="{client.token}"')
    assert client.status == 400 and body.startswith(b"<!DOCTYPE html>")


def test_no_database_and_no_schema(server: Running) -> None:
    with Client(server.info["port"]) as client:
        client.login(query={})
        assert client.session["sessionInfo"]["databaseName"] is None
        assert client.query("select * from t")["code"] == "090105"
        client.login(query={"databaseName": "NODB"})
        assert client.query("select * from nodb.x.t")["code"] == "002003"


def test_given_results(client: Client, server: Running) -> None:
    for case in server.info["fixtures"]:
        data = client.data(f"TERN FIXTURE {case}", parameters=JSON)
        assert len(data["rowset"]) == data["total"], case
    server.control("/fixture", {"case": "mine", "rowtype": [{"name": "A", "type": "fixed", "precision": 1, "scale": 0, "nullable": True}],
                                "rowset": [["1"]], "total": 3, "chunks": [{"rows": 2, "body": "WyIyIl0sCltudWxsXQ=="}]})  # fmt: skip
    assert rows_of(client.data("TERN FIXTURE mine")) == [["1"], ["2"], [None]]


# Faults.


@pytest.mark.parametrize(("rule", "status"), [
    ({"before": True, "status": 503, "html": "busy", "headers": {"Retry-After": "0"}}, 503), ({"before": True, "status": 429}, 429),
    ({"before": True, "status": 400, "html": "<h1>no</h1>"}, 400), ({"status": 401}, 401),
    ({"before": True, "status": 307, "redirect": "foreign"}, 307), ({"before": True, "status": 308, "redirect": "same"}, 308),
])  # fmt: skip
def test_statuses(client: Client, server: Running, rule: dict[str, Any], status: int) -> None:
    server.faults({"request": "query", "times": 1, **rule})
    token = f'Snowflake Token="{client.token}"'
    client.send("POST", "/queries/v1/query-request?requestId=1", b'{"sqlText":"select 1"}', Authorization=token)
    assert client.status == status
    if "redirect" in rule:
        assert ("localhost" in client.headers["location"]) == (rule["redirect"] == "foreign")
    assert client.rows("select 1") == [["1"]]


def test_answers_can_be_cut_and_patched(client: Client, server: Running) -> None:
    server.faults({"request": "query", "times": 1, "set": {"/code": 604}, "unknownFields": True})
    reply = client.query("select 1")
    assert reply["code"] == 604 and reply["zzz"] == 1
    server.faults({"request": "query", "times": 1, "truncate": 40})
    token = f'Snowflake Token="{client.token}"'
    body = client.send("POST", "/queries/v1/query-request", b'{"sqlText":"select 1"}', Authorization=token)
    with pytest.raises(ValueError):
        json.loads(body)
    server.faults({"request": "query", "times": 1, "expireToken": True})
    assert client.query("select 1")["code"] == "390112"


def test_a_chunk_can_stall_half_way(client: Client, server: Running) -> None:
    data = client.data(ROWS.format(20000), parameters=JSON)
    server.faults({"request": "chunk", "chunk": 1, "times": 1, "status": 503, "html": "slow down"})
    assert chunk(data, 1)[0] == 503 and chunk(data, 1)[0] == 200
    server.faults({"request": "chunk", "chunk": 2, "stallAfter": 10})
    import http.client
    from urllib.parse import urlsplit

    url = urlsplit(data["chunks"][2]["url"])
    connection = http.client.HTTPConnection("127.0.0.1", url.port, timeout=30)
    connection.request("GET", f"{url.path}?{url.query}", headers=data["chunkHeaders"])
    reply = connection.getresponse()
    assert len(reply.read(10)) == 10
    connection.close()


def test_a_rule_with_a_typing_error_is_refused(server: Running) -> None:
    with pytest.raises(Exception, match="400"):
        server.faults({"request": "query", "stalled": True})

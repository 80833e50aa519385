"""What a user meets: targets, logins, TLS, errors, chunks, transactions, cancel, catalogs, the command."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any, Callable

import pyarrow as pa
import pytest

from conftest import Run
from session import Library, Session, TernError
from testbed.common.launch import Running

Connect = Callable[..., Session]
ROWS = "select seq4() n, 'row' || seq4() s from table(generator(rowcount=>{}))"


def refusal(library: Library, target: str) -> TernError:
    """What connecting fails with."""
    with pytest.raises(TernError) as caught:
        Session(library, target)
    return caught.value


def fresh() -> str:
    return "T_" + uuid.uuid4().hex[:12].upper()


# Logins.


def address(server: Running, login: str, more: str, path: str = "/TESTDB/PUBLIC") -> str:
    host = f"127.0.0.1:{server.info['port']}{path}"
    return f"snowflake+http://{login}{host}?account=testaccount&token_cache=off{more}"


@pytest.mark.parametrize(("login", "more", "user"), [
    ("TERN:t3rn-pw@", "", "TERN"), ("MFA:mfa@", "&passcode={passcode}", "MFA"), ("MFA:mfa123456@", "&passcode_in_password=on", "MFA"),
    ("MFA:mfa@", "&authenticator=username_password_mfa", "MFA"), ("KEY@", "&authenticator=snowflake_jwt&private_key=@{keys[rsa]}", "KEY"),
    ("KEY@", "&private_key=@{keys[rsaEncrypted]}&private_key_password=open%20sesame", "KEY"),
    ("KEY@", "&authenticator=snowflake_jwt&private_key=@{keys[ec256]}", "KEY"), ("KEY@", "&private_key=@{keys[ec384]}", "KEY"),
    ("TERN@", "&authenticator=programmatic_access_token&token={programmaticAccessToken}", "TERN"),
    ("", "&authenticator=workload_identity&workload_identity_provider=OIDC&token={workloadToken}", "TERN"),
    ("OAUTH@", "&authenticator=oauth_client_credentials&oauth_client_id=tern-client&oauth_client_secret=tern-secret"
     "&oauth_token_request_url=http%3A%2F%2F127.0.0.1%3A{oktaPort}%2Foauth2%2Fv1%2Ftoken&oauth_scope=any", "OAUTH"),
])  # fmt: skip
def test_logins(library: Library, server: Running, login: str, more: str, user: str) -> None:
    session = Session(library, address(server, login, more.format(**server.info)))
    assert session.rows("select current_user()") == [[user]]
    session.close()


@pytest.mark.parametrize(("login", "more", "state", "code"), [
    ("TERN:wrong@", "", "28000", 390100), ("NOBODY:x@", "", "28000", 390100), ("MFA:mfa@", "&passcode=000000", "28000", 390127),
    ("KEY@", "&private_key=@{keys[stranger]}", "28000", 394304), ("TERN@", "&authenticator=oauth&token=none", "28000", 390303),
    ("TERN@", "&authenticator=programmatic_access_token&token=pat-none", "28000", 394400), ("TERN:t3rn-pw@", "&role=NOROLE", "08001", 390189),
    ("TERN:t3rn-pw@", "&warehouse=NONE&validate_default_parameters=on", "08001", 390201),
])  # fmt: skip
def test_trap_15_refused_logins_are_named_and_not_repeated(library: Library, server: Running, login: str, more: str, state: str, code: int) -> None:
    error = refusal(library, address(server, login, more.format(**server.info)))
    assert (error.sqlstate, error.vendor_code) == (state, code), error
    assert "wrong" not in error.message and "t3rn-pw" not in error.message
    assert sum(e["request"] == "login" for e in server.control("/log")) == 1


def test_certificates(library: Library, server: Running) -> None:
    ca = f"&tls_ca_file={server.info['ca']}"

    def secure(port: str, more: str = "") -> str:
        return f"snowflake://TERN:t3rn-pw@localhost:{server.info['ports'][port]}/TESTDB?account=testaccount&token_cache=off{ca}{more}"

    session = Session(library, secure("service"))
    assert len(session.rows(ROWS.format(6000))) == 6000
    session.close()
    for port, word in (("tlsExpired", "expired"), ("tlsWrongHost", "host"), ("tlsSelfSigned", "self")):
        error = refusal(library, secure(port))
        assert error.sqlstate == "08001" and word in error.message.lower(), error


# Results.


@pytest.mark.parametrize("options", [
    {}, {"chunkEncoding": "unlabelled"}, {"chunkEncoding": "identity"}, {"chunkHeaders": "qrmk"}, {"chunkHeaders": "none"}, {"endMarker": "none"},
    {"endMarker": "all"}, {"metadataVersion": 4}, {"firstRows": 0}, {"batchRows": 7, "chunkRows": 50, "inlineRows": 100, "firstRows": 10},
    {"varyTimestamps": True, "inlineRows": 5, "firstRows": 3, "chunkRows": 500},
])  # fmt: skip
def test_a_result_of_any_size_is_whole(connect: Connect, server: Running, form: str, options: dict[str, Any]) -> None:
    server.options(**options)
    session = connect(f"&result_format={form}")
    for count in (0, 1, 501, 3000):
        sql = f"select seq4() * 40000 n, '2024-01-02 03:04:05.25'::timestamp_ntz(3) t from table(generator(rowcount=>{count}))"
        table = session.table(sql)
        assert table.column("N").to_pylist() == [n * 40000 for n in range(count)]
        assert table.schema.field("N").type == session.table("select seq4() * 40000 n from table(generator(rowcount=>1))").schema.field("N").type
    assert not any("authorization" in e["headers"] for e in server.control("/log") if e["request"] == "chunk")


def test_trap_6_expired_urls_are_asked_for_again(connect: Connect, server: Running, form: str) -> None:
    session = connect(f"&result_format={form}")
    server.faults({"request": "chunk", "chunk": 3, "expireChunks": True, "times": 1})
    assert len(session.rows(ROWS.format(40000))) == 40000
    assert any(e["request"] == "result" for e in server.control("/log"))


@pytest.mark.parametrize("rule", [
    {"status": 503, "html": "busy"}, {"status": 429, "html": ""}, {"truncate": 100, "declaredLength": 5000, "close": True}, {"reset": True},
    {"replaceText": "no chunk"},
])  # fmt: skip
def test_trap_5_a_chunk_that_fails_once_is_asked_for_again(connect: Connect, server: Running, form: str, rule: dict[str, Any]) -> None:
    session = connect(f"&result_format={form}")
    server.faults({"request": "chunk", "chunk": 1, "times": 1, **rule})
    assert [r[0] for r in session.rows(ROWS.format(20000))] == [str(n) for n in range(20000)]


def test_the_rows_of_a_benchmark(connect: Connect, form: str) -> None:
    from testbed.snowflake.bulk import row_values

    table = connect(f"&result_format={form}").table("TERN ROWS 250000")
    assert table.num_rows == 250000
    row = table.slice(150101, 1).to_pylist()[0]
    assert [row[n] for n in ("ID", "AMOUNT", "RATE", "NAME")] == list(row_values(150101)[:4])


# Requests that fail.


@pytest.mark.parametrize("rule", [
    {"before": True, "status": 503}, {"before": True, "status": 429}, {"before": True, "status": 500}, {"truncate": 30}, {"noReply": True},
    {"reset": True}, {"before": True, "status": 307, "redirect": "same"}, {"before": True, "status": 308, "redirect": "same"}, {"status": 502},
])  # fmt: skip
def test_trap_7_a_statement_is_repeated_and_run_once(connect: Connect, server: Running, rule: dict[str, Any]) -> None:
    """The requestId stays, so the server joins."""
    name, session = fresh(), connect()
    session.execute(f"create table {name} (i int)")
    server.faults({"request": "query", "sqlContains": "insert into", "times": 2, **rule})
    assert session.execute(f"insert into {name} values (1)") == 1
    assert session.rows(f"select count(*) from {name}") == [["1"]]
    report = server.control("/executions", {"sqlContains": f"insert into {name}"})
    assert [r["executions"] for r in report] == [1]


def test_trap_43_a_redirect_to_a_stranger_does_not_tell_the_token(connect: Connect, server: Running) -> None:
    session = connect()
    server.faults({"request": "query", "before": True, "status": 307, "redirect": "foreign"})
    with pytest.raises(TernError):
        session.rows("select 1")
    assert not any(e.get("sawAuthorization") for e in server.control("/log"))


def test_trap_10_a_session_is_renewed_once_and_then_dead(connect: Connect, server: Running) -> None:
    session = connect()
    server.options(clockAhead=3601)
    assert session.rows("select 1") == [["1"]]
    assert sum(e["request"] == "token" for e in server.control("/log")) == 1
    server.options(clockAhead=3601 + 14401)
    with pytest.raises(TernError) as caught:
        session.rows("select 1")
    assert caught.value.sqlstate == "08S01"


@pytest.mark.parametrize(("sql", "state", "code"), [
    ("selec 1", "42000", 1003), ("select * from nope", "42S02", 2003), ("select 1/0", "22012", 100051), ("select 'a'::int", "22018", 100038),
    ("select 1; select 2", "0A000", 8),
])  # fmt: skip
def test_errors_have_states_and_numbers(connect: Connect, sql: str, state: str, code: int) -> None:
    session = connect()
    with pytest.raises(TernError) as caught:
        session.rows(sql)
    assert (caught.value.sqlstate, caught.value.vendor_code) == (state, code)
    assert session.rows("select 1") == [["1"]]


# Statements.


def test_trap_34_counts(connect: Connect) -> None:
    name, session = fresh(), connect()
    session.execute(f"create table {name} (i int, s varchar)")
    assert session.execute(f"insert into {name} values (1, 'a'), (2, null)") == 2
    assert session.execute(f"update {name} set s = 'z'") == 2
    assert session.execute(f"merge into {name} t using (select 1 i union all select 9) u on t.i = u.i when matched then update set s = 'm' "
                           "when not matched then insert (i) values (u.i)") == 2  # fmt: skip
    assert session.execute(f"delete from {name} where i = 77") == 0


def test_transactions(connect: Connect, peer: Any) -> None:
    name, session = fresh(), connect()
    session.execute(f"create table {name} (i int)")
    session.set("autocommit", "false")
    session.execute(f"insert into {name} values (1)")
    session.rollback()
    session.execute(f"insert into {name} values (2)")
    assert peer.execute(f"select * from {name}").fetchall() == []
    session.commit()
    assert peer.execute(f"select * from {name}").fetchall() == [(2,)]


def test_binds(connect: Connect) -> None:
    statement = connect().prepare("select ? + 1, ?, ?, ?")
    assert statement.rows(41, "é", None, 0.1) == [["42", "é", None, "0.1"]]
    statement.close()


@pytest.mark.parametrize("rows", [1000, 40000])
def test_trap_39_many_rows_are_bound_at_once(connect: Connect, server: Running, peer: Any, rows: int) -> None:
    """Where no stage can be made they go in the request, or in a few."""
    server.options(stageBinds=False)
    name, session = fresh(), connect()
    session.execute(f"create table {name} (i int, s varchar)")
    texts = ["", 'q"uote', "com,ma", "line\nfeed", None, "back\\slash", " x "]
    batch = pa.record_batch({"i": pa.array(range(rows), pa.int64()), "s": pa.array([texts[n % 7] for n in range(rows)])})
    statement = session.prepare(f"insert into {name} values (?, ?)")
    statement.run_batch(batch)
    statement.close()
    assert peer.execute(f"select * from {name} order by i").fetchall() == [(n, texts[n % 7]) for n in range(rows)]
    runs = server.control("/executions", {"sqlContains": f"insert into {name}"})
    assert sum(r["executions"] for r in runs) <= 2 + rows // 16000


def test_trap_35_a_cancel_from_another_thread(connect: Connect, library: Library, server: Running) -> None:
    """The statement ends on the server, too."""
    session, caught = connect(), []

    def run() -> None:
        try:
            session.rows("call system$wait(120)")
        except TernError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    server.until(lambda: server.stand_in.connections()["running"] == 1)
    library.c.tern_cancel(session._handle)
    thread.join(20)
    assert [error.sqlstate for error in caught] == ["HY008"]
    server.until(lambda: server.stand_in.connections()["running"] == 0)
    assert session.rows("select 1") == [["1"]]


def test_a_time_limit_stops_the_statement(connect: Connect, server: Running) -> None:
    session = connect("&query_timeout=300ms")
    start = time.monotonic()
    with pytest.raises(TernError) as caught:
        session.rows("call system$wait(120)")
    assert caught.value.sqlstate == "HYT00" and time.monotonic() - start < 10
    server.until(lambda: server.stand_in.connections()["running"] == 0)


def test_a_long_statement_is_polled(connect: Connect, server: Running) -> None:
    server.options(holdSeconds=0)
    assert connect().rows("call system$wait(0.3)") == [["waited 0.3 seconds"]]
    assert any(e["request"] == "result" for e in server.control("/log"))


def test_closing_says_goodbye(library: Library, url: str, server: Running) -> None:
    before = server.control("/connections")["sessions"]
    session = Session(library, url)
    assert server.control("/connections")["sessions"] == before + 1
    session.close()
    server.until(lambda: server.stand_in.connections()["sessions"] == before)


# Catalogs.


def test_what_exists(connect: Connect, peer: Any) -> None:
    session = connect()
    peer.execute("create or replace schema driver_shown")
    peer.execute("create table parent (id int primary key, name varchar(10) not null comment 'who')")
    peer.execute("create table child (id int, p int, constraint fk foreign key (p) references parent (id))")
    peer.execute("create view both_ as select c.id, name from child c join parent p on c.p = p.id")
    names = {"catalog": "TESTDB", "schema": "DRIVER\\_SHOWN"}
    assert [(r[2], r[3]) for r in session.catalog("TABLES", **names)] == [("CHILD", "TABLE"), ("PARENT", "TABLE"), ("BOTH_", "VIEW")]
    columns = session.catalog("COLUMNS", **names, table="PARENT")
    assert [(r[3], r[10]) for r in columns] == [("ID", "0"), ("NAME", "0")]
    exact = {"catalog": "TESTDB", "schema": "DRIVER_SHOWN"}
    assert [r[3] for r in session.catalog("PRIMARY_KEYS", **exact, table="PARENT")] == ["ID"]
    peer.execute("drop schema driver_shown")


def test_more_than_a_show_gives(connect: Connect, server: Running, peer: Any) -> None:
    """A SHOW ends after 10 000 rows and says nothing about it."""
    peer.execute("create or replace schema driver_pages")
    peer.execute("TERN TABLES 20001")
    found = connect().catalog("TABLES", catalog="TESTDB", schema="DRIVER\\_PAGES")
    assert [r[2] for r in found] == [f"T{n:06}" for n in range(20001)]
    assert sum("LIMIT" in e["message"]["sqlText"] for e in server.control("/log") if e["request"] == "query") == 2
    peer.execute("drop schema driver_pages")


# The command.


def test_the_command_prints_exact_values(tern: Run, form: str) -> None:
    more = f"&result_format={form}"
    done = tern("-F", "csv", "select 99999999999999999999999999999999999999 as n, x'00ff' as b, null as e, 'a,b' as t", more=more)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["N,B,E,T", '99999999999999999999999999999999999999,00FF,,"a,b"']
    done = tern("-F", "json", "select 1.10::number(10,2) as d, 9007199254740993 as i", more=more)
    assert json.loads(done.stdout, parse_float=str) == {"D": "1.10", "I": 9007199254740993}


def test_a_failed_login_of_the_command(tern: Run, server: Running) -> None:
    done = tern("select 1", more="&role=NOROLE")
    assert done.returncode == 3 and "t3rn-pw" not in done.stderr and "NOROLE" in done.stderr

"""The protocol reference's list of traps, those that the other files are not about.

"trap N" in a test's name or comment is the entry that it is about; a style test counts them.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any, Callable

import pyarrow as pa
import pytest

from session import Library, Session, TernError
from testbed import running
from testbed.common.launch import Running

Connect = Callable[..., Session]


def log(server: Running, *requests: str) -> list[dict[str, Any]]:
    """The requests of some kinds that came, in order."""
    return _chosen(server.control("/log"), requests)


def noted(server: Running, *requests: str) -> list[dict[str, Any]]:
    """The same for `until`, which runs in the server's own loop."""
    return _chosen(server.stand_in.log, requests)


def _chosen(entries: list[dict[str, Any]], requests: tuple[str, ...]) -> list[dict[str, Any]]:
    messages = [entry.get("message") for entry in entries]
    return [m for m in messages if isinstance(m, dict) and m.get("request") in requests]


def make_table(session: Session, columns: str) -> str:
    """A fresh table."""
    name = f"T_{uuid.uuid4().hex[:12].upper()}"
    session.execute(f"CREATE TABLE {name}({columns})")
    return name


def test_traps_1_and_27_the_size_of_the_first_frame_and_the_total_are_always_sent(
    connect: Connect, server: Running
) -> None:
    session = connect()
    assert len(session.rows("SELECT ID FROM BIG_250")) == 250
    requests = log(server, "prepareAndExecute")
    assert requests
    for request in requests:
        assert request["maxRowsInFirstFrame"] not in (0, None), request
        assert request.get("maxRowsTotal", request.get("maxRowCount")) not in (0, None), request


def test_trap_27_a_limit_ends_with_its_execution(connect: Connect) -> None:
    session = connect()
    session.set("max_rows", "10")
    assert len(session.rows("SELECT ID FROM BIG_250")) == 10
    session.set("max_rows", "0")
    assert len(session.rows("SELECT ID FROM BIG_250")) == 250


@pytest.mark.parametrize("generation", ["1.5", "1.7", "1.8", "1.10", "1.17", "1.29"])
def test_trap_5_no_generation_is_sent_an_attribute_that_it_does_not_know(
    connect: Connect, server: Running, generation: str
) -> None:
    server.options(generation=generation)
    session = connect()
    name = make_table(session, "ID INTEGER, N VARCHAR(20)")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?, ?)")
    insert.run(1, "one")
    insert.run(2, None)
    insert.close()
    query = session.prepare(f"SELECT ID, N FROM {name} WHERE ID >= ? ORDER BY ID")
    assert query.rows(0) == [["1", "one"], ["2", None]]
    query.close()
    assert len(session.rows("SELECT ID, AMOUNT, RATE, NAME, DAY_, AT_ FROM BIG_750")) == 750
    if generation not in ("1.5",):
        session.set("autocommit", "false")
        session.execute(f"INSERT INTO {name} VALUES (3, 'three')")
        session.rollback()
        session.set("autocommit", "true")
    assert len(session.rows(f"SELECT * FROM {name}")) == 2
    session.execute(f"DROP TABLE {name}")


@pytest.mark.parametrize("text", [
    "9223372036854775807", "-9223372036854775808", "9007199254740993", "-9007199254740993",
])
def test_trap_8_large_integers_keep_their_digits(connect: Connect, text: str) -> None:
    session = connect()
    name = make_table(session, "A BIGINT")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    insert.run(int(text))
    insert.close()
    assert session.rows(f"SELECT A FROM {name}") == [[text]]


@pytest.mark.parametrize("text", [
    "1234567890123456789012345678.0123456789", "-0.0000000001", "0.1000000000",
    "-9999999999999999999999999999.9999999999",
])
def test_trap_8_decimals_keep_their_digits(connect: Connect, text: str) -> None:
    session = connect()
    name = make_table(session, "A DECIMAL(38,10)")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    insert.run(text)
    insert.close()
    assert session.rows(f"SELECT A FROM {name}") == [[text]]


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 5e-324, 1.7976931348623157e308])
def test_trap_9_every_double_makes_the_round_trip(connect: Connect, number: float) -> None:
    session = connect()
    name = make_table(session, "A DOUBLE")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    insert.run(number)
    insert.close()
    ((text,),) = session.rows(f"SELECT A FROM {name}")
    assert text is not None
    assert float(text) == number or (number != number and float(text) != float(text))


@pytest.mark.parametrize(("kind", "value"), [
    ("TINYINT", 300), ("SMALLINT", 40_000), ("INTEGER", 3_000_000_000), ("INTEGER", -3_000_000_000),
])
def test_trap_10_numbers_that_do_not_fit_are_refused_and_never_wrapped(
    connect: Connect, kind: str, value: int
) -> None:
    session = connect()
    name = make_table(session, f"A {kind}")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    with pytest.raises(TernError) as caught:
        insert.run(value)
    assert caught.value.sqlstate[:2] == "22", caught.value
    insert.close()
    assert session.rows(f"SELECT A FROM {name}") == []


def test_trap_10_a_parameter_that_is_not_bound_is_not_the_one_of_before(connect: Connect) -> None:
    session = connect()
    name = make_table(session, "A INTEGER, B INTEGER")
    sql = f"INSERT INTO {name} VALUES (?, ?)"
    insert = session.prepare(sql)
    insert.run(1, 2)
    insert.close()
    insert = session.prepare(sql)
    with pytest.raises(TernError) as caught:
        insert.run(1)
    assert caught.value.sqlstate == "07002"
    insert.close()
    assert session.rows(f"SELECT A, B FROM {name}") == [["1", "2"]]


def test_trap_10_null_is_a_typed_value(connect: Connect) -> None:
    session = connect()
    name = make_table(session, "A INTEGER, B VARCHAR(9), C DATE, D DOUBLE, E VARBINARY(9), F BOOLEAN")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?)")
    insert.run(*[None] * 6)
    insert.close()
    assert session.rows(f"SELECT * FROM {name}") == [[None] * 6]


def test_trap_11_a_type_that_the_server_cannot_encode_comes_with_advice(
    connect: Connect, server: Running
) -> None:
    session = connect()
    server.faults({"request": "prepareAndExecute", "error": {
        "errorMessage": "RuntimeException: java.sql.SQLException: x -> InvalidDefinitionException: "
                        "No serializer found for class org.hsqldb.jdbc.JDBCClobClient"}})
    with pytest.raises(TernError) as caught:
        session.rows("VALUES 1")
    assert caught.value.sqlstate == "HYC00"
    assert "CAST(" in caught.value.message


def test_trap_12_uuids_are_text_in_a_column_of_bytes(connect: Connect, encoding: str) -> None:
    session = connect()
    name = make_table(session, "A UUID")
    text = "01234567-89ab-cdef-0123-456789abcdef"
    session.execute(f"INSERT INTO {name} VALUES (CAST('{text}' AS UUID))")
    if encoding == "json":
        ((found,),) = session.rows(f"SELECT A FROM {name}")
        assert uuid.UUID(found) == uuid.UUID(text)
    else:
        with pytest.raises(TernError) as caught:
            session.rows(f"SELECT A FROM {name}")
        assert caught.value.sqlstate == "HYC00"


def test_trap_13_arrays_that_come_after_the_first_frame_are_read(connect: Connect) -> None:
    session = connect()
    name = make_table(session, "ID INTEGER, A INTEGER ARRAY")
    session.execute(f"INSERT INTO {name} SELECT ID, NULL FROM BIG_150")
    session.execute(f"INSERT INTO {name} VALUES (1000, ARRAY[1,NULL,3])")
    found = session.rows(f"SELECT A FROM {name} ORDER BY ID")
    assert found[:150] == [[None]] * 150
    assert found[150:] == [["[1,null,3]"]]


@pytest.mark.parametrize(("sent", "shown"), [
    (-141_427, "1582-10-15"), (-141_428, "1582-10-14"), (-719_162, "0001-01-01"), (0, "1970-01-01"),
])
def test_trap_15_days_before_the_reform_are_shown_as_they_are_sent(
    connect: Connect, server: Running, sent: int, shown: str
) -> None:
    server.faults({"request": "prepareAndExecute", "set": {"/results/0/firstFrame/rows/0/0": sent}})
    assert connect().rows("SELECT DAY_ FROM BIG_1") == [[shown]]


def test_trap_16_a_connection_and_its_open_result_are_kept_from_expiring(
    library: Library, encoding: str
) -> None:
    # The clock by which the server forgets is put ahead after each time that it was asked.
    with running("avatica", connection_seconds=600, statement_seconds=300) as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/?keep_alive=0.05")
        cursor = session.open("SELECT ID FROM BIG_3000")
        assert len(cursor.take(50)) == 50
        for round_ in range(1, 7):
            before = len(touches(server))
            server.until(lambda: len(touches(server)) > before)
            server.options(clock_ahead=round_ * 250)
        assert len(cursor.take(5000)) == 2950
        cursor.close()
        # Unlike an execution, this looks the connection up.
        assert ["TABLE"] in [row[3:4] for row in session.catalog("TABLE_TYPES")]
        session.close()


def touches(server: Running) -> list[dict[str, Any]]:
    """The fetches of no rows, each of which follows a connectionSync."""
    return [m for m in noted(server, "fetch") if m["fetchMaxRowCount"] == 0]


def test_trap_16_a_result_that_is_complete_is_left_alone(
    library: Library, encoding: str
) -> None:
    with running("avatica") as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/?keep_alive=0.05")
        cursors = [session.open("SELECT ID FROM BIG_150"), session.open("VALUES 1")]
        assert [len(cursor.take(1000)) for cursor in cursors] == [150, 1]
        before = len(log(server, "connectionSync"))
        server.until(lambda: len(noted(server, "connectionSync")) > before + 4)
        assert [m for m in log(server, "fetch") if m["fetchMaxRowCount"] == 0] == []
        for cursor in cursors:
            cursor.close()
        session.close()


def test_trap_17_ids_are_used_with_their_own_connection_only(
    connect: Connect, server: Running
) -> None:
    sessions = [connect("?reconnect=on") for _ in range(3)]
    for session in sessions:
        assert len(session.rows("SELECT ID FROM BIG_150")) == 150
    server.faults({"request": "createStatement", "loseConnection": True, "times": 1},
                  {"request": "prepareAndExecute", "loseStatement": True, "times": 1})
    for session in sessions:
        assert len(session.rows("SELECT ID FROM BIG_150")) == 150
        session.close()
    # A statement belongs to the connection that first names it; ids are never given twice.
    owners: dict[int, str] = {}
    for message in log(server, "prepareAndExecute", "fetch", "closeStatement"):
        owner = owners.setdefault(message["statementId"], message["connectionId"])
        assert owner == message["connectionId"], message


def test_trap_18_properties_are_changed_one_at_a_time(connect: Connect, server: Running) -> None:
    session = connect()
    session.set("autocommit", "false")
    session.set("schema", "public")
    session.set("schema", "PUBLIC")
    session.set("autocommit", "true")
    requests = log(server, "connectionSync")
    assert requests
    for request in requests:
        properties = request["connProps"]
        named = ("autoCommit", "readOnly", "transactionIsolation", "catalog", "schema")
        assert len([n for n in named if properties.get(n) is not None]) <= 1, request
        assert properties.get("transactionIsolation") != 0
    assert session.rows("VALUES 1") == [["1"]]


def test_trap_19_statements_of_metadata_answers_are_closed(
    tern: Any, server: Running
) -> None:
    before = server.control("/connections")["statements"]
    for question, pattern in [
        ("catalogs", "%"), ("schemas", "%"), ("tables", "%"), ("columns", "NOPE"), ("types", "%"),
        ("primary-keys", "PUBLIC.NOPE"),
    ]:
        done = tern("--catalog", question, "-F", "json", pattern)
        assert done.returncode == 0, (question, done.stderr)
    assert len(log(server, "closeStatement")) >= 6
    assert server.control("/connections")["statements"] == before


def test_trap_20_an_id_serves_one_kind_of_statement(connect: Connect, server: Running) -> None:
    session = connect()
    prepared = session.prepare("SELECT ID FROM BIG_250 WHERE ID < ?")
    assert len(prepared.rows(120)) == 120
    assert len(session.rows("SELECT ID FROM BIG_250")) == 250
    assert len(prepared.rows(10)) == 10
    prepared.close()
    plain = {m["statementId"] for m in log(server, "prepareAndExecute")}
    bound = {m["statementHandle"]["id"] for m in log(server, "execute")}
    assert plain and bound and not plain & bound


def test_trap_21_statement_0_is_a_statement(library: Library, encoding: str) -> None:
    with running("avatica") as server:
        port = server.info["port" if encoding == "json" else "protobufPort"]
        session = Session(library, f"avatica+http://SA@127.0.0.1:{port}/")
        assert len(session.rows("SELECT ID FROM BIG_750")) == 750
        session.close()
        assert {m["statementId"] for m in log(server, "prepareAndExecute")} == {0}


def batch(*ids: int) -> pa.RecordBatch:
    """Rows of one number each."""
    return pa.record_batch([pa.array(ids, pa.int64())], names=["ID"])


def test_trap_21_a_batch_on_a_lost_statement_is_never_taken_for_done(
    connect: Connect, server: Running
) -> None:
    session = connect()
    name = make_table(session, "ID INTEGER PRIMARY KEY")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    server.faults({"request": "executeBatch", "loseStatement": True, "times": 1})
    try:
        insert.run_batch(batch(1, 2, 3))
        wanted = [["1"], ["2"], ["3"]]
    except TernError as error:
        assert error.sqlstate == "24000", error
        wanted = []
    insert.close()
    assert session.rows(f"SELECT ID FROM {name} ORDER BY ID") == wanted


def test_trap_26_a_failed_batch_is_an_error_and_a_transaction_undoes_it(connect: Connect) -> None:
    session = connect()
    name = make_table(session, "ID INTEGER PRIMARY KEY")
    session.set("autocommit", "false")
    insert = session.prepare(f"INSERT INTO {name} VALUES (?)")
    with pytest.raises(TernError) as caught:
        insert.run_batch(batch(1, 2, 1, 3))
    assert caught.value.sqlstate[:2] == "23", caught.value
    session.rollback()
    session.set("autocommit", "true")
    assert session.rows(f"SELECT ID FROM {name}") == []
    # The next batch starts empty.
    insert.run_batch(batch(7, 8))
    insert.close()
    assert session.rows(f"SELECT ID FROM {name} ORDER BY ID") == [["7"], ["8"]]


def test_trap_24_a_goodbye_to_a_server_that_knows_nothing_is_no_error(
    connect: Connect, server: Running
) -> None:
    session = connect()
    statement = session.prepare("VALUES 1")
    server.faults({"request": "closeStatement", "loseConnection": True, "loseStatement": True},
                  {"request": "closeConnection", "reset": True})
    statement.close()
    session.close()


def test_trap_24_a_goodbye_to_a_silent_server_ends(connect: Connect, server: Running) -> None:
    session = connect()
    server.faults({"request": "closeConnection", "stall": True})
    start = time.monotonic()
    session.close()
    assert time.monotonic() - start < 6


def test_trap_25_labels_may_repeat_or_be_empty(connect: Connect, server: Running) -> None:
    server.faults({"request": "prepareAndExecute", "sqlContains": "FROM BIG_3", "set": {
        "/results/0/signature/columns/2/label": "", "/results/0/signature/columns/1/label": "ID"}})
    session = connect()
    sql = "SELECT ID, AMOUNT, RATE FROM BIG_3"
    columns = session.columns(sql)
    assert columns[:2] == ["ID", "ID"] and len(columns) == 3
    assert [len(row) for row in session.rows(sql)] == [3, 3, 3]


def test_trap_29_a_password_in_the_servers_echo_is_not_shown(
    tern: Any, server: Running, tmp_path: Path
) -> None:
    echo = ('JsonParseException: Unexpected character [Source: (String)"{"request":"openConnection",'
            '"info":{"user":"SA","password":"hunter2"}}"; line: 1]')
    server.faults({"request": "prepareAndExecute", "error": {
        "errorMessage": f"RuntimeException: {echo} -> {echo}",
        "exceptions": [f"java.{echo}\n\tat x\nCaused by: java.lang.{echo}"]}})
    logged = tmp_path / "tern.log"
    done = tern("VALUES 1", query=f"?log_level=trace&log_file={logged}")
    assert done.returncode == 1 and "disagree about the protocol" in done.stderr
    assert "hunter2" not in done.stderr
    text = logged.read_text()
    assert "JsonParseException" in text, "the server's exceptions are not in the log"
    assert "hunter2" not in text

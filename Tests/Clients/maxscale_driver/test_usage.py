"""What a user meets: targets, logins, TLS, errors, limits, transactions, cancel, the command."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
import uuid
from typing import Any, Callable

import pytest

from conftest import Run
from products import built, own_environment
from session import Library, Session, TernError
from testbed.common.launch import Running

Connect = Callable[..., Session]

def refusal(library: Library, target: str) -> TernError:
    """What connecting fails with."""
    with pytest.raises(TernError) as caught:
        Session(library, target)
    return caught.value

def fresh() -> str:
    return "t_" + uuid.uuid4().hex[:12]

# Logins.

def test_a_wrong_rest_login_is_told_from_a_wrong_database_login(
    library: Library, url: str
) -> None:
    rest = refusal(library, url.replace("http_password=mariadb", "http_password=hunter2"))
    assert rest.sqlstate == "28000" and "http_user" in rest.message
    database = refusal(library, url.replace("tern:t3rn-pw@", "tern:hunter2@"))
    assert database.sqlstate == "28000" and "http_user" not in database.message
    assert database.vendor_code == 1045
    assert all("hunter2" not in error.message for error in (rest, database))

@pytest.mark.parametrize(("old", "new", "state", "word"), [
    ("target=server1", "target=nosuch", "08001", "nosuch"),
    ("target=server1", "target=RC", "08001", "listener"),
    ("/shop?", "/nosuch?", "42000", "nosuch"),
    ("target=server1&", "", "HY000", "target"),
])
def test_what_is_wrong_with_a_target_is_named(
    library: Library, url: str, old: str, new: str, state: str, word: str
) -> None:
    assert old in url
    error = refusal(library, url.replace(old, new))
    assert error.sqlstate == state or state == "HY000", error
    assert word in error.message

def test_a_basic_account_is_enough(library: Library, server: Running, url: str) -> None:
    password = server.info["accounts"]["reader"]
    target = url.replace("http_user=admin&http_password=mariadb", f"http_user=reader&http_password={password}")
    session = Session(library, target)
    assert session.rows("SELECT 1") == [["1"]]
    session.close()

def test_secrets_travel_in_no_address(connect: Connect, server: Running) -> None:
    connect().rows("SELECT 1")
    entries = server.control("/log")
    assert entries and not any(entry["tokenInUrl"] for entry in entries if entry.get("release") != "6.4")

# TLS: the certificates of the frame, on ports of 24.02.

def secure(server: Running, options: str, port: str) -> str:
    user = f"tern:{server.info['users']['tern']}"
    return f"maxscale://{user}@localhost:{server.info['ports'][port]}/shop?{options}"

def test_a_trusted_server_and_a_client_certificate(
    library: Library, server: Running, options: str
) -> None:
    trusted = f"{options}&tls_ca_file={server.info['ca']}"
    session = Session(library, secure(server, trusted, "24.02"))
    assert session.rows("SELECT 1") == [["1"]]
    session.close()
    own = (f"{trusted}&tls_cert_file={server.info['clientCertificate']}"
           f"&tls_key_file={server.info['clientKey']}")
    session = Session(library, secure(server, own, "tlsClientCertificate"))
    assert session.rows("SELECT 1") == [["1"]]
    session.close()
    assert refusal(library, secure(server, trusted, "tlsClientCertificate")).sqlstate[:2] == "08"

@pytest.mark.parametrize(("port", "word"), [
    ("tlsExpired", "expired"), ("tlsWrongHost", "host"), ("tlsSelfSigned", "self"),
])
def test_a_certificate_that_is_not_good_is_named(
    library: Library, server: Running, options: str, port: str, word: str
) -> None:
    error = refusal(library, secure(server, f"{options}&tls_ca_file={server.info['ca']}", port))
    assert error.sqlstate == "08001" and word in error.message.lower(), error

def test_a_host_that_is_away_is_passed_over(library: Library, server: Running, url: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = probe.getsockname()[1]
    for _ in range(4):
        session = Session(library, url.replace("@127", f"@127.0.0.1:{away},127"))
        assert session.rows("SELECT 1") == [["1"]]
        session.close()
    error = refusal(library, url.replace(url.split("@")[1].split("/")[0], f"127.0.0.1:{away}"))
    assert error.sqlstate == "08001" and f"127.0.0.1:{away}" in error.message

# Statements.

@pytest.mark.parametrize(("sql", "state", "code"), [
    ("SELEC", "42000", 1064), ("SELECT * FROM nosuch", "42S02", 1146),
    ("SELECT nosuch", "42S22", 1054), ("SELECT 1/0 + POW(10, 400)", "22003", 1690),
    ("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT='mine'", "45000", 1644),
    ("SIGNAL SQLSTATE '02000'", "HY000", 1643),
])
def test_errors_have_states_and_numbers(connect: Connect, sql: str, state: str, code: int) -> None:
    session = connect()
    with pytest.raises(TernError) as caught:
        session.rows(sql)
    assert (caught.value.sqlstate, caught.value.vendor_code) == (state, code)
    assert session.rows("SELECT 1") == [["1"]]

def test_trap_35_numbers_that_the_server_made_are_told(connect: Connect) -> None:
    session, name = connect(), fresh()
    assert session.number_made(
        f"CREATE TABLE {name} (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, t TEXT)") is None
    assert session.number_made(f"INSERT INTO {name}(t) VALUES ('a'), ('b')") == 1
    assert session.number_made(f"INSERT INTO {name}(t) VALUES ('c')") == 3
    assert session.number_made(f"UPDATE {name} SET t = 'd'") is None
    assert session.number_made(f"SELECT id FROM {name}") is None
    largest = 2**64 - 2
    assert session.number_made(f"INSERT INTO {name} VALUES ({largest}, 'e')") == largest


def test_trap_20_a_lost_database_is_connected_again_where_that_is_allowed(
    connect: Connect, database: Any, server: Running
) -> None:
    for option, lost in (("", ["08S01", "08S01"]), ("&reconnect=on", [])):
        session = connect(option)
        thread = session.rows("SELECT CONNECTION_ID()")[0][0]
        with database.cursor() as cursor:
            cursor.execute(f"KILL {thread}")
        states = []
        for _ in range(2):
            try:
                assert session.rows("SELECT 1") == [["1"]]
            except TernError as error:
                states.append(error.sqlstate)
        assert states == lost


def test_transactions_begin_end_and_are_undone(connect: Connect, database: Any) -> None:
    session, name = connect(), fresh()
    session.execute(f"CREATE TABLE {name} (n INT PRIMARY KEY) ENGINE=InnoDB")
    session.set("autocommit", "false")
    assert session.execute(f"INSERT INTO {name} VALUES (1), (2)") == 2
    session.rollback()
    session.execute(f"INSERT INTO {name} VALUES (3)")
    session.commit()
    session.execute(f"INSERT INTO {name} VALUES (4)")
    session.close()
    with database.cursor() as cursor:
        cursor.execute(f"SELECT n FROM {name}")
        assert cursor.fetchall() == ((3,),)
    session = connect()
    with pytest.raises(TernError) as caught:
        session.execute(f"INSERT INTO {name} VALUES (3)")
    assert caught.value.sqlstate == "23000" and caught.value.vendor_code == 1062

def test_a_result_of_any_size_is_whole(connect: Connect) -> None:
    session = connect()
    for count in (0, 1, 1_000, 1_001, 50_000):
        assert len(session.rows(f"SELECT seq FROM seq_0_to_99999 LIMIT {count}")) == count

def test_a_limit_of_the_server_is_an_error_and_one_of_the_caller_is_not(connect: Connect) -> None:
    session = connect("&server_max_rows=100")
    assert len(session.rows("SELECT seq FROM seq_1_to_100")) == 100
    with pytest.raises(TernError) as caught:
        session.rows("SELECT seq FROM seq_1_to_101")
    assert "server_max_rows" in caught.value.message
    session.set("max_rows", "10")
    assert len(session.rows("SELECT seq FROM seq_1_to_100")) == 10

@pytest.mark.parametrize("release", ["24.02", "22.08"], indirect=True)
def test_a_timeout_wakes_the_caller_and_leaves_the_session(connect: Connect) -> None:
    """On 22.08, which has no cancel, another connection stops the query."""
    session = connect("&query_timeout=300ms")
    start = time.monotonic()
    with pytest.raises(TernError) as caught:
        session.rows("SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_100000000 b")
    assert caught.value.sqlstate == "HYT00"
    assert time.monotonic() - start < 10
    assert session.rows("SELECT 1") == [["1"]]

@pytest.mark.parametrize("release", ["24.02"], indirect=True)
def test_trap_43_a_cancel_that_came_too_early_is_given_again(
    connect: Connect, server: Running
) -> None:
    """MaxScale answers 200 to a cancel that found nothing to stop."""
    session = connect("&query_timeout=300ms")
    server.faults({"request": "cancel", "before": True, "status": 200, "times": 2})
    start = time.monotonic()
    with pytest.raises(TernError) as caught:
        session.rows("SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_100000000 b")
    assert caught.value.sqlstate == "HYT00"
    assert time.monotonic() - start < 8
    assert session.rows("SELECT 1") == [["1"]]


@pytest.mark.parametrize("release", ["24.02", "22.08"], indirect=True)
def test_a_cancel_from_another_thread(connect: Connect, library: Library, server: Running) -> None:
    session = connect()
    caught: list[TernError] = []

    def run() -> None:
        try:
            session.rows("SELECT COUNT(*) FROM seq_1_to_100000000 a, seq_1_to_100000000 c")
        except TernError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    # A cancel that comes before the statement has begun does nothing: it is given again.
    while thread.is_alive():
        library.c.tern_cancel(session._handle)
        thread.join(0.2)
    assert [error.sqlstate for error in caught] == ["HY008"]
    assert session.rows("SELECT 1") == [["1"]]

# The command.

def test_the_command_prints_exact_values(tern: Run) -> None:
    done = tern("-F", "csv", "SELECT CAST(-1 AS UNSIGNED) AS u, x'00ff' AS b, NULL AS n, 'a,b' AS t")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["u,b,n,t", '18446744073709551615,00FF,,"a,b"']
    done = tern("-F", "json", "SELECT CAST(1.10 AS DECIMAL(10,2)) AS d, 9007199254740993 AS i")
    assert json.loads(done.stdout, parse_float=str) == {"d": "1.10", "i": 9007199254740993}

def test_the_command_lists_the_catalog(tern: Run, connect: Connect) -> None:
    name = fresh()
    connect().execute(
        f"CREATE TABLE {name} (id INT AUTO_INCREMENT PRIMARY KEY, u BIGINT UNSIGNED NOT NULL, t VARCHAR(9))")
    done = tern("--catalog", "columns", "-F", "json", name)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["COLUMN_NAME"], row["TYPE_NAME"], row["IS_NULLABLE"]) for row in rows] == [
        ("id", "INT", "NO"), ("u", "BIGINT UNSIGNED", "NO"), ("t", "VARCHAR", "YES")]
    done = tern("--catalog", "primary-keys", "-F", "json", name)
    assert [json.loads(line)["COLUMN_NAME"] for line in done.stdout.splitlines()] == ["id"]
    assert "shop" in tern("--catalog", "catalogs", "%").stdout

@pytest.mark.parametrize("release", ["24.02"], indirect=True)
def test_both_passwords_of_the_command_come_from_the_environment(url: str) -> None:
    """Arguments can be seen by others; the password of the HTTP layer is a second one."""
    target = url.replace(":t3rn-pw@", "@").replace("&http_password=mariadb", "")
    environment = own_environment(TERN_PASSWORD="t3rn-pw", TERN_HTTP_PASSWORD="mariadb")
    command = [built("tern-cli"), "-F", "csv", target, "SELECT 1 AS a"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == ["a", "1"], done.stderr
    assert "warning" not in done.stderr
    done = subprocess.run(
        command, env=environment | {"TERN_HTTP_PASSWORD": "x"}, capture_output=True, text=True,
        timeout=60, check=False)
    assert done.returncode == 3 and "http_user" in done.stderr


def test_a_failed_login_of_the_command(tern: Run) -> None:
    done = tern("SELECT 1", more="&http_password=wrong")
    assert done.returncode in (2, 3), done.stderr
    assert "t3rn-pw" not in done.stderr

# Connections that break.

# Where the answer to the opening has come for certain.
OPENED = 1_630
POSITIONS = [*range(0, 400), *range(400, 4_000, 41), *range(4_000, 40_000, 997)]

def read(library: Library, address: str) -> str:
    """`whole`, or the SQLSTATE."""
    try:
        session = Session(library, address)
        try:
            rows = session.rows("SELECT seq, CONCAT('name ', seq) FROM seq_1_to_300")
        finally:
            session.close()
    except TernError as error:
        return error.sqlstate
    assert [row[0] for row in rows] == [str(number) for number in range(1, 301)]
    return "whole"

@pytest.mark.parametrize("release", ["24.02"], indirect=True)
@pytest.mark.parametrize("action", ["close", "reset"])
def test_a_cut_connection_is_an_error(
    library: Library, server: Running, url: str, action: str
) -> None:
    address = url.replace(str(server.info["port"]), str(server.info["faultPort"]))
    endings: dict[str, int] = {}
    for position in POSITIONS:
        if position % 100 == 0 or position == OPENED:
            # Sessions whose opening was answered to nobody stay until MaxScale ends.
            server.control("/restart", {})
        server.reset()
        server.faults({"action": action, "after": position, "times": 1})
        ending = read(library, address)
        assert ending in {"whole", "08S01", "08001"}, (position, ending)
        # Who lost the line to a session that was open still ends it, by another line.
        assert position < OPENED or server.control("/connections")["sessions"] == 0, position
        endings[ending] = endings.get(ending, 0) + 1
    assert endings.get("08S01", 0) > 50, endings

@pytest.mark.parametrize("release", ["24.02"], indirect=True)
@pytest.mark.parametrize("position", [0, 1, 60, 200, 700, 2_000, 6_000])
def test_a_silent_server_is_a_timeout(
    library: Library, server: Running, url: str, position: int
) -> None:
    server.control("/restart", {})
    address = url.replace(str(server.info["port"]), str(server.info["faultPort"]))
    server.faults({"action": "stall", "after": position, "times": 1})
    start = time.monotonic()
    ending = read(library, address + "&connect_timeout=1&login_timeout=1&query_timeout=1&network_timeout=1")
    assert ending in {"HYT00", "HYT01", "08S01", "whole"}, ending
    assert time.monotonic() - start < 25


"""Connections through the C API: settings, cancel, logging, lifetimes, memory."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from binding import HEADER, ROOT, Library, TernError
from testbed.common.launch import Running


def get(tern: Library, connection: Any, key: str) -> str:
    """A setting or fact."""
    value, length = tern.ffi.new("const char **"), tern.ffi.new("int64_t *")
    tern.call("tern_connection_get", connection, key.encode(), value, length)
    return tern.ffi.buffer(value[0], length[0])[:].decode()


def test_settings_are_read_back(tern: Library, connection: Any) -> None:
    for key, value, expected in [
        ("schema", "RETAIL", "RETAIL"), ("autocommit", "no", "off"), ("max_rows", "5", "5"),
        ("query_timeout", "1.5", "1500ms"), ("batch_bytes", "1k", "1024"),
    ]:
        tern.call("tern_connection_set", connection, key.encode(), value.encode(), -1)
        assert get(tern, connection, key) == expected
    assert get(tern, connection, "user") == "sys" and get(tern, connection, "protocol") != ""
    assert get(tern, connection, "product_version") != ""
    with pytest.raises(TernError, match="secret"):
        get(tern, connection, "password")
    with pytest.raises(TernError, match="did you mean query_timeout"):
        tern.call("tern_connection_set", connection, b"query_timeot", b"1", -1)


def test_a_target_is_built_from_options(tern: Library, server: Running) -> None:
    target = tern.make("tern_target", "tern_target_new", tern.ffi.NULL, 0)
    for key, value in [("protocol", "exasol+ws"), ("host", "127.0.0.1"), ("user", "sys"),
                       ("port", str(server.info["port"])), ("password", "exasol")]:
        tern.call("tern_target_set", target, key.encode(), value.encode(), -1)
    connection = tern.make("tern_connection", "tern_target_connect", target)
    tern.c.tern_target_free(target)
    tern.call("tern_ping", connection)
    assert tern.c.tern_connection_is_alive(connection) == 1
    tern.c.tern_connection_free(connection)
    assert tern.c.tern_connection_is_alive(connection) == 0


def test_a_refused_login_says_so_without_the_password(tern: Library, target: str) -> None:
    with pytest.raises(TernError) as caught:
        tern.connect(target.replace("sys:exasol", "sys:correct-horse"))
    assert caught.value.code == tern.c.TERN_ERROR_AUTHENTICATION
    assert caught.value.sqlstate.startswith("28") and "horse" not in caught.value.message


def test_a_host_that_is_not_there_is_a_connection_error(tern: Library) -> None:
    with pytest.raises(TernError) as caught:
        tern.connect("exasol+ws://sys:x@127.0.0.1:1")
    assert caught.value.code == tern.c.TERN_ERROR_CONNECTION
    assert caught.value.sqlstate == "08001" and "127.0.0.1" in caught.value.message


def test_errors_of_the_server_leave_the_connection_usable(tern: Library, connection: Any) -> None:
    with pytest.raises(TernError) as caught:
        tern.query(connection, "SELECT * FROM NO_SUCH_TABLE")
    assert caught.value.code == tern.c.TERN_ERROR_SQL
    assert tern.rows(tern.query(connection, "SELECT 1")) == [["1"]]


def test_another_thread_cancels(tern: Library, connection: Any) -> None:
    done = threading.Event()

    def keep_cancelling() -> None:
        # Again and again: a cancel that comes before the call does nothing, by design.
        while not done.wait(0.05):
            assert tern.c.tern_cancel(connection) == tern.c.TERN_OK

    thread = threading.Thread(target=keep_cancelling)
    thread.start()
    start = time.monotonic()
    try:
        with pytest.raises(TernError) as caught:
            tern.c.tern_result_free(tern.query(connection, 'SELECT "$SLEEP"(30)'))
    finally:
        done.set()
        thread.join()
    assert caught.value.code == tern.c.TERN_ERROR_CANCELLED
    assert time.monotonic() - start < 10
    assert tern.rows(tern.query(connection, "SELECT 1")) == [["1"]]


def test_the_log_reaches_a_callback_without_secrets(tern: Library, target: str) -> None:
    lines: list[str] = []

    @tern.ffi.callback("tern_log_callback")
    def receive(context: Any, level: int, text: Any, length: int) -> None:
        lines.append(tern.ffi.buffer(text, length)[:].decode())

    tern.c.tern_log_set(receive, tern.ffi.NULL, tern.c.TERN_LOG_TRACE)
    try:
        connection = tern.connect(target)
        tern.c.tern_result_free(tern.query(connection, "SELECT 1"))
        tern.c.tern_connection_free(connection)
    finally:
        tern.c.tern_log_set(tern.ffi.NULL, tern.ffi.NULL, 0)
    assert lines, "nothing was logged"
    assert not any("exasol:exasol" in line or ":exasol@" in line for line in lines)
    count = len(lines)
    tern.c.tern_connection_free(tern.connect(target))
    assert len(lines) == count


def test_warnings_are_taken_one_by_one(tern: Library, connection: Any) -> None:
    null = tern.ffi.NULL
    while tern.call("tern_warning_take", connection, null, null, null) == tern.c.TERN_OK:
        pass


def test_nothing_is_left_behind(library_path: Path, target: str, tmp_path: Path) -> None:
    # In C: what Python and cffi keep for themselves would hide a leak.
    program = tmp_path / "lifetimes"
    (tmp_path / "libtern.so.1").symlink_to(library_path)
    subprocess.run(
        ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", f"-I{HEADER.parent}",
         str(ROOT / "Tests" / "CProbe" / "lifetimes.c"), str(tmp_path / "libtern.so.1"),
         f"-Wl,-rpath,{tmp_path}", "-o", str(program)], check=True)
    done = subprocess.run(
        [str(program), target, "600"], capture_output=True, text=True, timeout=120, check=True)
    # The smallest object takes 32 bytes; what stays under that is the heap's own drift.
    assert int(done.stdout) < 16


def test_handles_are_never_used_twice(tern: Library) -> None:
    seen = set()
    for _ in range(3000):
        target = tern.make("tern_target", "tern_target_new", tern.ffi.NULL, 0)
        seen.add(int(tern.ffi.cast("uintptr_t", target)))
        tern.c.tern_target_free(target)
    assert len(seen) == 3000

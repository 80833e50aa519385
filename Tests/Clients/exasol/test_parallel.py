"""Subconnections: joint login, shares, closing."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from wire import Wire, result_of


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("version", [3, 5])
def test_parallel_reads_cover_the_result_once(server: Any, local: bool, version: int) -> None:
    server.options(startPosition="local" if local else "global")
    with Wire(server.info["port"]) as main:
        main.login(version)
        main.ask("setAttributes", attributes={"autocommit": False})
        if version < 4:
            data = main.ask("enterParallel", hostIp="127.0.0.1", numRequestedConnections=9)[
                "responseData"
            ]
            nodes = data["nodes"]
        else:
            hosts = main.ask("getHosts", hostIp="127.0.0.1")["responseData"]
            data = main.ask("requestParallelConnections", numRequestedConnections=9)["responseData"]
            nodes = [f"{h}:{server.info['port']}" for h in hosts["nodes"]]
        assert data["numOpenConnections"] == 3
        handle_box: list[int] = []
        ready, parts = threading.Barrier(4), {}

        def sub(address: str) -> None:
            host, _, port = address.partition(":")
            with Wire(int(port), host) as wire:
                assert (
                    wire.login(
                        version, command="subLogin", token=data["token"], sessionId=main.session_id
                    )["status"]
                    == "ok"
                )
                ready.wait(20)
                ready.wait(20)
                offset = wire.ask("getOffset", resultSetHandle=handle_box[0])["responseData"][
                    "rowOffset"
                ]
                rows: list[int] = []
                while True:
                    start = len(rows) + (0 if local else offset)
                    got = wire.ask(
                        "fetch", resultSetHandle=handle_box[0], startPosition=start, numBytes=4000
                    )["responseData"]
                    if not got["numRows"]:
                        break
                    rows += got["data"][0]
                wire.ask("closeResultSet", resultSetHandles=handle_box)
                wire.ask("disconnect")
                parts[offset] = rows

        threads = [threading.Thread(target=sub, args=(node,)) for node in nodes]
        for thread in threads:
            thread.start()
        ready.wait(20)
        handle_box.append(result_of(main.execute("SELECT ID FROM BIG_5000"))["resultSetHandle"])
        ready.wait(20)
        for thread in threads:
            thread.join(20)
        assert sum((parts[offset] for offset in sorted(parts)), []) == list(range(5000))
        assert all(len(rows) > 1000 for rows in parts.values())
        main.ask("closeResultSet", resultSetHandles=handle_box)
        assert (
            main.ask(
                "requestParallelConnections" if version > 3 else "enterParallel",
                hostIp="127.0.0.1",
                numRequestedConnections=0,
            )["responseData"]["numOpenConnections"]
            == 0
        )


def test_a_sub_login_waits_for_the_others(server: Any) -> None:
    server.options(subLoginSeconds=0.1)
    with Wire(server.info["port"]) as main, Wire(server.info["port"]) as sub:
        main.login()
        data = main.ask("requestParallelConnections", numRequestedConnections=2)["responseData"]
        reply = sub.login(command="subLogin", token=data["token"], sessionId=main.session_id)
        assert reply["exception"]["sqlCode"] == "08004"


def test_subconnections_insert_with_the_main_connections_statement(server: Any) -> None:
    with Wire(server.info["port"]) as main:
        main.login()
        main.execute("CREATE OR REPLACE TABLE S.PARTS (A DECIMAL(9,0))")
        main.ask("setAttributes", attributes={"autocommit": False})
        data = main.ask("requestParallelConnections", numRequestedConnections=2)["responseData"]
        sql = "INSERT INTO S.PARTS VALUES (?)"
        prepared = main.ask("createPreparedStatement", sqlText=sql)["responseData"]
        columns = prepared["parameterData"]["columns"]
        counts: list[int] = []

        def insert(first: int) -> None:
            with Wire(server.info["port"]) as sub:
                sub.login(command="subLogin", token=data["token"], sessionId=main.session_id)
                values = [list(range(first, first + 100))]
                reply = sub.ask(
                    "executePreparedStatement", statementHandle=prepared["statementHandle"],
                    numColumns=1, numRows=100, columns=columns, data=values)
                counts.append(result_of(reply)["rowCount"])

        threads = [threading.Thread(target=insert, args=(first,)) for first in (0, 100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert counts == [100, 100]
        main.execute("COMMIT")
        assert main.rows("SELECT COUNT(*), MIN(A), MAX(A) FROM S.PARTS") == [[200], [0], [199]]


def test_a_client_that_leaves_ends_its_statement(server: Any) -> None:
    with Wire(server.info["port"]) as wire:
        wire.login()
        sql = "SELECT COUNT(*) FROM RETAIL.HUGE A, RETAIL.HUGE B"
        wire.send({"command": "execute", "sqlText": sql})
        left = wire.session_id
        wire.socket.socket.shutdown(socket.SHUT_RDWR)
    with Wire(server.info["port"]) as wire:
        wire.login()
        wanted = f"SELECT COUNT(*) FROM EXA_ALL_SESSIONS WHERE SESSION_ID = {left}"
        while wire.rows(wanted) != [[0]]:
            pass

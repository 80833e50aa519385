"""The pre-rendered server of the benchmarks, read by phoenixdb and by the raw reader."""

from __future__ import annotations

import datetime
import uuid

import phoenixdb
import pytest

from avatica_wire import Client
from testbed import running
from testbed.avatica.raw_reader import RawReader
from testbed.avatica.replay import row_values

ROWS, PAGE = 2350, 400


def test_phoenixdb_reads_every_row() -> None:
    with running("avatica-replay", rows=ROWS, page_rows=PAGE) as server:
        connection = phoenixdb.connect(f"http://127.0.0.1:{server.info['protobufPort']}/", autocommit=True)
        cursor = connection.cursor()
        cursor.itersize = 333
        cursor.execute("select * from ANYTHING")
        rows = cursor.fetchall()
        connection.close()
    assert len(rows) == ROWS
    for at in (0, 1, 99, 100, 399, 400, ROWS - 1):
        number, amount, rate, name, day, stamp = row_values(at % PAGE)
        epoch = datetime.datetime(1970, 1, 1)
        moment = epoch + datetime.timedelta(milliseconds=stamp)
        assert rows[at] == [number, amount, rate, name, (epoch + datetime.timedelta(days=day)).date(), moment]


@pytest.mark.parametrize("size", [1, 77, 400, 1000, 5000, -1])
def test_json_frames_of_any_size_hold_the_same_rows(size: int) -> None:
    with running("avatica-replay", rows=1003, page_rows=250) as server, Client(server.info["port"]) as client:
        client.open(str(uuid.uuid4()))
        rows = client.run("select * from X")["firstFrame"]["rows"]
        done = False
        while not done:
            frame = client.fetch(len(rows), size)["frame"]
            assert frame["offset"] == len(rows)
            rows, done = rows + frame["rows"], frame["done"]
            if size == 1 and len(rows) > 130:
                return
    assert [row[0] for row in rows] == [row_values(i % 250)[0] for i in range(1003)]
    assert rows[777][3:] == list(row_values(27)[3:])


@pytest.mark.parametrize("form, port", [("json", "port"), ("protobuf", "protobufPort")])
@pytest.mark.parametrize("name, options", [("avatica-replay", {"rows": 5000}), ("avatica", {})])
def test_raw_reader_takes_all_bytes(name: str, options: dict[str, int], form: str, port: str) -> None:
    with running(name, **options) as server:
        reader = RawReader(server.info[port], form)
        reader.read("select * from BIG_5000", 5000, 900)
        assert server.control("/connections")["accepted"] == 1
    assert reader.received > 5000 * 40

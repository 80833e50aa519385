"""What the recording cannot show: options, knobs and the life of the stand-in."""

from __future__ import annotations

from maxscale_wire import Client
from testbed.common.launch import Running


def test_a_connection_opens_queries_and_closes(server: Running, client: Client) -> None:
    assert client.rows("SELECT 1, 'two'") == [[1, "two"]]
    client.on("DELETE", body={})
    assert client.status == 204
    client.on("POST", "/queries", {"sql": "SELECT 1"})
    assert client.status == 404
    client.id = ""

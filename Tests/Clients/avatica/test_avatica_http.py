"""HTTP around the messages: authentication, cookies, headers, TLS, encodings."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import ssl
import uuid
from typing import Any

import pytest

from avatica_wire import Client
from testbed import running
from testbed.avatica.auth import digest_response
from testbed.avatica.protobuf import PREFIX, decode, encode
from testbed.common.launch import Running

CATALOGS = b'{"request":"getTableTypes","connectionId":"nobody"}'


def authorization(challenge: str, count: int, password: str = "secret", uri: str = "/") -> dict[str, str]:
    """The header of a DIGEST client."""
    nonce = re.search('nonce="([^"]+)"', challenge)
    assert nonce
    fields = {"nonce": nonce[1], "uri": uri, "nc": f"{count:08x}", "cnonce": "abc"}
    response = digest_response("alice", password, "POST", fields)
    parts = [f'{k}="{v}"' for k, v in {**fields, "username": "alice", "realm": "Avatica", "response": response}.items() if k != "nc"]
    return {"Authorization": "Digest " + ", ".join(parts) + f", nc={fields['nc']}, qop=auth, algorithm=MD5"}


def test_digest_counts_nonces(server: Running) -> None:
    server.options(auth="digest")
    with Client(server.info["port"]) as client:

        def ask(**options: Any) -> tuple[int, str]:
            client.post(CATALOGS, authorization(challenge, **options))
            return client.status, client.headers.get("www-authenticate", "")

        client.post(CATALOGS)
        challenge = client.headers["www-authenticate"]
        assert client.status == 401 and "stale=false" in challenge
        # 500 is the answer of the service: nobody is no connection.
        assert [ask(count=n)[0] for n in (1, 2, 9, 3)] == [500, 500, 500, 500]
        assert ask(count=2)[0] == 401
        status, header = ask(count=2)
        assert (status, "stale=false" in header) == (401, True)
        status, header = ask(count=2000)
        assert (status, "stale=true" in header) == (401, True)
        assert ask(count=4, password="wrong")[0] == 401
        server.options(nonceSeconds=0)
        assert "stale=true" in ask(count=5)[1]


@pytest.mark.parametrize(
    "kind, header, status",
    [
        ("bearer", "Bearer tern-bearer-token", 500),
        ("bearer", "Bearer other", 401),
        ("basic", "bAsIc " + base64.b64encode("böb:pässword".encode()).decode(), 500),
        ("basic", "Basic " + base64.b64encode(b"carol:nope").decode(), 403),
    ],
)
def test_credentials_decide(server: Running, kind: str, header: str, status: int) -> None:
    server.options(auth=kind)
    with Client(server.info["port"]) as client:
        client.post(CATALOGS, {"Authorization": header})
        assert client.status == status


def test_spnego_session_lives_in_a_cookie(server: Running) -> None:
    server.options(auth="spnego")
    with Client(server.info["backends"][0]["json"]) as client:
        client.post(CATALOGS)
        assert (client.status, client.headers["www-authenticate"]) == (401, "Negotiate")
        client.post(CATALOGS, {"Authorization": "Negotiate YII="})
        cookie = client.headers["set-cookie"].split(";")[0]
        client.post(CATALOGS, {"Cookie": cookie})
        assert client.status == 500


def test_balancer_needs_its_cookie(server: Running) -> None:
    """Two processes: with the cookie one of them answers, without it they take turns."""
    name = str(uuid.uuid4())
    with Client(server.info["port"]) as client:
        client.send("openConnection", connectionId=name)
        cookie = {"Cookie": client.headers["set-cookie"].split(";")[0]}
        for _ in range(3):
            assert client.send("createStatement", cookie, connectionId=name)["response"] == "createStatement"
        replies = [client.send("createStatement", connectionId=name) for _ in range(2)]
        assert sorted(r["response"] for r in replies) == ["createStatement", "error"]
        lost = next(r for r in replies if r["response"] == "error")
        assert (lost["errorCode"], lost["errorMessage"]) == (1, None)
        assert len({r["rpcMetadata"]["serverAddress"] for r in replies}) == 2


def test_impersonation_is_recorded_and_refused(server: Running) -> None:
    server.options(impersonation="query")
    with Client(server.info["port"], "/?doAs=ada") as client:
        client.post(CATALOGS)
        assert server.control("/log")[-1]["doAs"] == "ada"
        for path, status in (("/", 401), ("/?doAs=nobody", 403)):
            client.path = path
            reply = json.loads(client.post(CATALOGS))
            assert (client.status, reply["response"]) == (status, "error")


def test_passwords_stay_out_of_the_log(server: Running) -> None:
    with Client(server.info["port"]) as client:
        client.send("openConnection", connectionId="x", info={"user": "TERN", "password": "not-it"})
        assert client.status == 500
    assert "not-it" not in json.dumps(server.control("/log"))


@pytest.mark.parametrize("generation, size, status", [("1.29", 20000, 404), ("1.29", 70000, 431), ("1.8", 20000, 431)])
def test_header_block_has_a_limit(generation: str, size: int, status: int) -> None:
    with running("avatica", generation=generation) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.info["port"], timeout=20)
        connection.request("GET", "/", headers={"X-Long": "a" * size})
        assert connection.getresponse().status == status
        connection.close()


def test_wrong_encoding_is_told_by_the_answer(server: Running) -> None:
    """What a client detects the encoding by."""
    with Client(server.info["protobufPort"]) as client:
        body = client.post(b'{"request":"openConnection","connectionId":"a"}')
        assert (client.status, decode("WireMessage", body)["name"].endswith("$ErrorResponse")) == (500, True)
    with Client(server.info["port"]) as client:
        body = client.post(bytes.fromhex("0a0363616c"))
        assert (client.status, json.loads(body)["errorMessage"].split(":")[0]) == (500, "JsonParseException")


def test_every_port_shows_its_certificate(server: Running) -> None:
    good = ssl.create_default_context(cafile=server.info["ca"])
    for name, accepted in (("json", True), ("protobuf", True), ("tlsExpired", False), ("tlsWrongHost", False), ("tlsSelfSigned", False)):
        with socket.create_connection(("127.0.0.1", server.info["ports"][name]), timeout=10) as plain:
            try:
                with good.wrap_socket(plain, server_hostname="localhost"):
                    assert accepted, name
            except ssl.SSLError:
                assert not accepted, name


def test_chunks_expectations_and_old_http(server: Running) -> None:
    """Requests as proxies and old clients send them."""
    requests = [
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(CATALOGS), CATALOGS),
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n%s" % (len(CATALOGS), CATALOGS),
        b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s" % (len(CATALOGS), CATALOGS),
    ]
    for request in requests:
        with socket.create_connection(("127.0.0.1", server.info["port"]), timeout=10) as plain:
            plain.sendall(request)
            answer = b""
            while b'"errorCode":1' not in answer:
                data = plain.recv(65536)
                assert data, (request, answer)
                answer += data


@pytest.mark.parametrize(
    "generation, fields, decimal",
    [
        ("1.29", {"value", "scalar_value"}, {"type": "BIG_DECIMAL", "string_value": "-1.50"}),
        ("1.7", {"value", "scalar_value"}, {"type": "BIG_DECIMAL", "number_value": 2, "bytes_value": b"\xff\x6a"}),
        ("1.5", {"value"}, {"type": "BIG_DECIMAL", "number_value": 2, "bytes_value": b"\xff\x6a"}),
    ],
)
def test_old_protobuf_values(generation: str, fields: set[str], decimal: dict[str, Any]) -> None:
    """Decimals were binary before 1.8, and 1.5 had one field for scalars and arrays."""
    with running("avatica", generation=generation) as server, Client(server.info["protobufPort"]) as client:

        def call(name: str, **members: Any) -> dict[str, Any]:
            inner = encode(name + "Request", {"connection_id": "c", **members})
            body = client.post(encode("WireMessage", {"name": f"{PREFIX}Requests${name}Request", "wrapped_message": inner}))
            wire = decode("WireMessage", body)
            return decode(wire["name"].rpartition("$")[2], wire.get("wrapped_message", b""))

        call("OpenConnection")
        call("CreateStatement")
        reply = call("PrepareAndExecute", sql="values(-1.50)", max_row_count=-1, max_rows_total=-1, first_frame_max_size=-1)
        cell = reply["results"][0]["first_frame"]["rows"][0]["value"][0]
    assert (set(cell), cell["value"]) == (fields, [decimal])

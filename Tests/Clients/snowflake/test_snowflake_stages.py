"""Stages in a cloud: Amazon's own client and the vendor's find objects where the service says that they are."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit

import pytest

from snowflake_wire import Client
from testbed.common.launch import Running


def asked(server: Running, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request to the store."""
    connection = http.client.HTTPConnection("127.0.0.1", server.info["storePort"], timeout=30)
    connection.request(method, target, body, {k.replace("_", "-"): v for k, v in headers.items()})
    reply = connection.getresponse()
    found = reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    connection.close()
    return found


@pytest.mark.parametrize("size", [0, 16, 32])
def test_the_connector_and_presigned_urls(server: Running, connect: Callable[..., Any], tmp_path: Path, size: int) -> None:
    server.options(stage="presigned", stageEncrypted=size > 0, stageKeyBytes=size or 32)
    cursor = connect().cursor()
    (tmp_path / "in.csv").write_text("1,a\n2,b\n")
    (tmp_path / "out").mkdir()
    cursor.execute("create or replace stage cloudy")
    assert cursor.execute(f"put file://{tmp_path}/in.csv @cloudy/sub auto_compress=false").fetchall()[0][6] == "UPLOADED"
    stored = [e for e in server.control("/log") if e["request"] == "stage" and e["method"] == "PUT"]
    assert len(stored) == 1 and ("x-goog-meta-encryptiondata" in stored[0]["headers"]) == (size > 0)
    cursor.execute("create or replace table from_cloud (i int, s varchar)")
    cursor.execute("copy into from_cloud from @cloudy")
    assert cursor.execute("select * from from_cloud order by i").fetchall() == [(1, "a"), (2, "b")]
    assert cursor.execute(f"get @cloudy file://{tmp_path}/out").fetchall()[0][2] == "DOWNLOADED"
    assert (tmp_path / "out" / "in.csv").read_text() == "1,a\n2,b\n"


def test_amazons_client_and_s3(server: Running, client: Client) -> None:
    boto3 = pytest.importorskip("boto3")
    server.options(stage="s3")
    client.data("create or replace stage bucketed")
    info = client.data("put file:///tmp/x.csv @bucketed/sub")["stageInfo"]
    bucket, _, prefix = info["location"].partition("/")
    creds = info["creds"]

    def made(secret: str) -> Any:
        return boto3.client(
            "s3", endpoint_url=f"http://{info['endPoint']}", region_name=info["region"], aws_access_key_id=creds["AWS_KEY_ID"],
            aws_secret_access_key=secret, aws_session_token=creds["AWS_TOKEN"],
            config=boto3.session.Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"))  # fmt: skip

    s3 = made(creds["AWS_SECRET_KEY"])
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        made("wrong").get_object(Bucket=bucket, Key=f"{prefix}x")
    s3.put_object(Bucket=bucket, Key=f"{prefix}ä b.csv", Body=b"1,a\n", Metadata={"sfc-digest": "x="})
    assert s3.get_object(Bucket=bucket, Key=f"{prefix}ä b.csv")["Body"].read() == b"1,a\n"
    assert s3.head_object(Bucket=bucket, Key=f"{prefix}ä b.csv")["Metadata"] == {"sfc-digest": "x="}
    upload = s3.create_multipart_upload(Bucket=bucket, Key=f"{prefix}big")["UploadId"]
    parts = [{"PartNumber": n, "ETag": s3.upload_part(Bucket=bucket, Key=f"{prefix}big", UploadId=upload, PartNumber=n, Body=bytes([n]) * 9)["ETag"]}
             for n in (1, 2)]  # fmt: skip
    s3.complete_multipart_upload(Bucket=bucket, Key=f"{prefix}big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key=f"{prefix}big", Range="bytes=8-10")["Body"].read() == b"\x01\x02\x02"
    assert [r[0] for r in client.rows("list @bucketed")] == ["bucketed/sub/big", "bucketed/sub/ä b.csv"]
    with pytest.raises(Exception, match="404|NoSuchKey"):
        s3.head_object(Bucket=bucket, Key=f"{prefix}none")
    server.options(clockAhead=3601)
    with pytest.raises(Exception, match="ExpiredToken"):
        s3.get_object(Bucket=bucket, Key=f"{prefix}big")


def test_azure(server: Running, client: Client) -> None:
    server.options(stage="azure")
    client.data("create or replace stage azured")
    info = client.data("put file:///tmp/x.csv @azured")["stageInfo"]
    sas, place = info["creds"]["AZURE_SAS_TOKEN"], f"/{info['location']}x.csv"
    assert asked(server, "PUT", place + sas, b"1\n", x_ms_blob_type="BlockBlob", x_ms_meta_sfcdigest="d")[0] == 201
    assert asked(server, "HEAD", place + sas)[1]["x-ms-meta-sfcdigest"] == "d"
    for block in ("QQ==", "Qg=="):
        assert asked(server, "PUT", f"{place}{sas}&comp=block&blockid={block}", block.encode())[0] == 201
    blocks = b"<BlockList><Latest>Qg==</Latest><Latest>QQ==</Latest></BlockList>"
    assert asked(server, "PUT", f"{place}{sas}&comp=blocklist", blocks)[0] == 201
    assert asked(server, "GET", place + sas)[2] == b"Qg==QQ=="
    assert asked(server, "GET", place)[0] == 403
    server.options(clockAhead=3601)
    assert asked(server, "GET", place + sas)[0] == 403


def test_google_with_a_token(server: Running, client: Client) -> None:
    server.options(stage="gcs")
    client.data("create or replace stage googled")
    info = client.data("put file:///tmp/x.csv @googled")["stageInfo"]
    token, place = f"Bearer {info['creds']['GCS_ACCESS_TOKEN']}", f"/{info['location']}x.csv"
    assert asked(server, "PUT", place, b"1\n", Authorization=token)[0] == 200
    assert asked(server, "GET", place, Authorization=token)[2] == b"1\n"
    assert asked(server, "GET", place, Authorization="Bearer none")[0] == 403
    assert asked(server, "GET", f"/{urlsplit(place).path.split('/')[1]}/../../etc/hostname", Authorization=token)[0] == 404
    server.options(clockAhead=3601)
    assert asked(server, "GET", place, Authorization=token)[0] == 401


def test_where_a_stage_is_must_be_asked_for_as_json(client: Client) -> None:
    client.data("create or replace stage asked")
    body = {"sqlText": "put file:///tmp/x.csv @asked"}
    told = client.ask("POST", "/queries/v1/query-request", body, requestId="accept-1")["data"]
    assert told["command"] == "UPLOAD" and "stageInfo" in told
    token = f'Snowflake Token="{client.token}"'
    raw = client.send("POST", "/queries/v1/query-request?requestId=accept-2", json.dumps(body).encode(), Authorization=token,
                      Accept="application/snowflake")  # fmt: skip
    assert "stageInfo" not in json.loads(raw)["data"]

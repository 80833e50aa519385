"""PUT, GET and staged parameters: through the C API, with stages in a folder and in three clouds.

What is stored is opened with Python's `cryptography`; the vendor's client reads what Tern wrote and the other way round;
moto stands for Amazon.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Callable, Iterator

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from session import Session, TernError
from snowflake_wire import Client
from testbed.common.launch import Running

CLOUDS = ("s3", "azure", "gcs", "presigned")
Connect = Callable[..., Session]


def opened(material: dict[str, Any], key: str, vector: str, body: bytes) -> bytes:
    """A stored file without its encryption (section 7.1)."""

    def plain(secret: bytes, mode: modes.Mode, data: bytes) -> bytes:
        decryptor, unpadder = Cipher(algorithms.AES(secret), mode).decryptor(), PKCS7(128).unpadder()
        padded = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()

    wrapping = base64.b64decode(material["queryStageMasterKey"])
    own = plain(wrapping, modes.ECB(), base64.b64decode(key))
    assert len(own) == len(wrapping)
    return plain(own, modes.CBC(base64.b64decode(vector)), body)


@pytest.mark.parametrize("stage", ["local", *CLOUDS])
@pytest.mark.parametrize("size", [0, 16, 32])
def test_files_come_back(server: Running, connect: Connect, tmp_path: Path, stage: str, size: int) -> None:
    server.options(stage=stage, stageEncrypted=size > 0, stageKeyBytes=size or 32)
    session = connect()
    for number in range(3):
        (tmp_path / f"in {number}.csv").write_text(f"{number},ä\n" * 1000)
    session.execute("create or replace stage s")
    rows = session.rows(f"put 'file://{tmp_path}/in *.csv' @s/sub")
    assert [r[:3] + r[4:7] for r in rows] == [
        [f"in {n}.csv", f"in {n}.csv.gz", "5000", "NONE", "GZIP", "UPLOADED"] for n in range(3)]
    session.execute("create or replace table t (i int, s varchar)")
    session.execute("copy into t from @s")
    assert session.rows("select count(*), sum(i), min(s) from t") == [["3000", "3000", "ä"]]
    got = session.rows(f"get @s/sub file://{tmp_path}/out")
    assert [(r[0], r[2]) for r in got] == [(f"in {n}.csv.gz", "DOWNLOADED") for n in range(3)]
    for number in range(3):
        path = tmp_path / "out" / f"in {number}.csv.gz"
        assert gzip.decompress(path.read_bytes()).decode() == f"{number},ä\n" * 1000
        assert path.stat().st_mode & 0o777 == 0o600
    # As everybody writes it: what looks like a comment is a path.
    assert [r[0] for r in session.rows(f"put file://{tmp_path}/*.csv @s/other; ")] == [f"in {n}.csv" for n in range(3)]
    if stage not in ("local", "presigned"):
        assert {r[6] for r in session.rows(f"put 'file://{tmp_path}/in *.csv' @s/sub")} == {"SKIPPED"}


@pytest.mark.parametrize("size", [0, 16, 32])
def test_the_vendors_client_reads_what_tern_wrote_and_back(
    server: Running, connect: Connect, vendor: Callable[..., Any], tmp_path: Path, size: int,
) -> None:
    server.options(stage="presigned", stageEncrypted=size > 0, stageKeyBytes=size or 32)
    session, cursor = connect(), vendor().cursor()
    body = os.urandom(100_003)
    (tmp_path / "tern.bin").write_bytes(body)
    (tmp_path / "vendor.bin").write_bytes(body[::-1])
    session.execute("create or replace stage shared")
    assert session.rows(f"put file://{tmp_path}/tern.bin @shared auto_compress=false")[0][6] == "UPLOADED"
    cursor.execute(f"put file://{tmp_path}/vendor.bin @shared auto_compress=false")
    (tmp_path / "a").mkdir()
    cursor.execute(f"get @shared file://{tmp_path}/a")
    assert [r[2] for r in session.rows(f"get @shared file://{tmp_path}/b")] == ["DOWNLOADED"] * 2
    for folder in ("a", "b"):
        assert (tmp_path / folder / "tern.bin").read_bytes() == body
        assert (tmp_path / folder / "vendor.bin").read_bytes() == body[::-1]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """Amazon's S3 as moto has it, on a free port."""
    server_of_moto = pytest.importorskip("moto.server")
    server = server_of_moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(moto: str) -> Any:
    """The bucket of the stages, through Amazon's own client."""
    import boto3

    s3 = boto3.resource("s3", endpoint_url=f"http://{moto}", region_name="us-east-1", aws_access_key_id="x",
                        aws_secret_access_key="x")  # fmt: skip
    made = s3.create_bucket(Bucket="tern-stage")
    made.objects.all().delete()
    return made


@pytest.mark.parametrize("size", [0, 16, 32])
@pytest.mark.parametrize("in_parts", [False, True])
def test_amazons_store_by_moto(
    server: Running, connect: Connect, moto: str, bucket: Any, tmp_path: Path, size: int, in_parts: bool,
) -> None:
    server.options(stage="s3", stageEncrypted=size > 0, stageKeyBytes=size or 32, stageEndpoint=moto,
                   stagePartThreshold=9 << 20 if in_parts else 1 << 30)  # fmt: skip
    session = connect()
    body = os.urandom(20_000_003)
    (tmp_path / "ä b+c.bin").write_bytes(body)
    session.execute("create or replace stage s")
    put = f"put 'file://{tmp_path}/ä b+c.bin' @s/p auto_compress=false"
    row = session.rows(put)[0]
    assert (row[3], row[6]) == (str(len(body) if not size else (len(body) // 16 + 1) * 16), "UPLOADED")
    [summary] = list(bucket.objects.all())
    stored = summary.get()
    assert ("-" in stored["ETag"]) == in_parts
    kept, data = stored["Metadata"], stored["Body"].read()
    assert kept["sfc-digest"] == base64.b64encode(hashlib.sha256(body).digest()).decode()
    if size:
        assert json.loads(kept["x-amz-matdesc"])["keySize"] == str(size * 8)
        with Client(server.info["port"]) as client:
            client.login()
            client.data("create or replace stage other")
            material = client.data("put file:///x @other")["encryptionMaterial"]
        assert opened(material, kept["x-amz-key"], kept["x-amz-iv"], data) == body
    else:
        assert data == body
    assert session.rows(put)[0][6] == "SKIPPED"
    (tmp_path / "ä b+c.bin").write_bytes(b"other")
    assert session.rows(put)[0][6:] == [
        "SKIPPED", "a file of this name with other bytes is there; OVERWRITE = TRUE replaces it"]
    assert session.rows(put + " overwrite=true")[0][6] == "UPLOADED"
    assert not list(bucket.meta.client.list_multipart_uploads(Bucket="tern-stage").get("Uploads", []))


def test_the_root_is_not_left(server: Running, connect: Connect, tmp_path: Path) -> None:
    server.options(stage="s3")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.csv").write_text("1\n")
    (tmp_path / "b.csv").write_text("2\n")
    (tmp_path / "root" / "link.csv").symlink_to(tmp_path / "b.csv")
    session = connect(f"&local_files_root={tmp_path}/root")
    session.execute("create or replace stage s")
    assert session.rows(f"put file://{tmp_path}/root/a.csv @s")[0][6] == "UPLOADED"
    for path in (f"{tmp_path}/b.csv", f"{tmp_path}/root/../b.csv", "~/b.csv"):
        with pytest.raises(TernError, match="local_files_root"):
            session.rows(f"put file://{path} @s")
    assert session.rows(f"put file://{tmp_path}/root/link.csv @s")[0][6] == "ERROR"
    with pytest.raises(TernError, match="local_files_root"):
        session.rows(f"get @s file://{tmp_path}/out")
    assert not (tmp_path / "out").exists()


def test_switched_off(server: Running, connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n")
    session = connect("&put_get=off")
    with pytest.raises(TernError, match="put_get"):
        session.rows(f"put file://{tmp_path}/a.csv @~")


def test_credentials_that_have_ended_are_renewed(server: Running, connect: Connect, tmp_path: Path) -> None:
    """The stage's credentials are good for no time at all: one renewal, then an error of the file."""
    server.options(stage="s3", credentialSeconds=-1)
    (tmp_path / "a.csv").write_text("1\n")
    session = connect()
    session.execute("create or replace stage s")
    row = session.rows(f"put file://{tmp_path}/a.csv @s")[0]
    assert row[6] == "ERROR" and "refuses the credentials" in row[7]
    asked = [e for e in server.control("/log") if e.get("request") == "stage"]
    assert len(asked) == 2


@pytest.mark.parametrize("stage", ["local", "s3", "azure", "gcs", "presigned"])
@pytest.mark.parametrize("encrypted", [False, True])
def test_many_parameters_go_through_a_stage(server: Running, connect: Connect, stage: str, encrypted: bool) -> None:
    server.options(stage=stage, stageEncrypted=encrypted and stage != "local", stageThreshold=100)
    session = connect()
    session.execute("create or replace table many (i int, s varchar)")
    statement = session.prepare("insert into many values (?, ?)")
    texts = [None, "", "a,b", 'q"q', "back\\slash", " blank ", "line\nend", "ä"]
    statement.run_batch(pa.RecordBatch.from_pydict({
        "i": pa.array(range(800), pa.int64()), "s": pa.array((texts * 100)[:800], pa.utf8())}))
    statement.close()
    assert session.rows("select count(*), sum(i), count(s) from many") == [["800", "319600", "700"]]
    found = session.rows("select s from many where i < 8 order by i")
    assert [r[0] for r in found] == texts
    assert session.rows("list @SYSTEM$BIND")

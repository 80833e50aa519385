"""Workload identities of AWS: Amazon's token service is moto's, which checks signatures with Amazon's own code.

Amazon's client says who an environment makes one; Tern must be the same.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

import boto3
import pytest
import requests

from session import Library, Session, TernError
from testbed.common.launch import Running

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}
ACCOUNT = "123456789012"


@dataclass
class Amazon:
    """Where moto is, and the keys of its users."""

    place: str
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        return boto3.client(name, endpoint_url=f"http://{self.place}", region_name="us-east-1", aws_access_key_id="x",
                            aws_secret_access_key="x")  # fmt: skip

    def checks(self, after: float) -> None:
        """Has signatures checked from the request with this number on."""
        requests.post(f"http://{self.place}/moto-api/reset-auth", data=str(after), timeout=30).raise_for_status()

    def environment(self, user: str) -> dict[str, str]:
        keys = self.keys[user]
        return {"AWS_ACCESS_KEY_ID": keys["id"], "AWS_SECRET_ACCESS_KEY": keys["secret"]}

    def profile(self, name: str, user: str) -> str:
        keys = self.keys[user]
        return f"[{name}]\naws_access_key_id = {keys['id']}\naws_secret_access_key = {keys['secret']}\n"


@pytest.fixture(scope="module")
def _moto() -> Iterator[Amazon]:
    from moto.iam.access_control import IAMRequestBase
    from moto.server import ThreadedMotoServer

    made = IAMRequestBase._create_aws_request

    def as_it_came(self: Any) -> Any:
        # moto takes the query of a request without a body for its body; Amazon does not.
        request = made(self)
        if "?" in self._path:
            request.data = b""
        return request

    patch = pytest.MonkeyPatch()
    patch.setattr(IAMRequestBase, "_create_aws_request", as_it_came)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    amazon = Amazon(f"{host}:{port}")
    iam = amazon.client("iam")
    for user in ("ann", "bob", "cid"):
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps(POLICY))
        key = iam.create_access_key(UserName=user)["AccessKey"]
        amazon.keys[user] = {"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
    for role in ("one", "two"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(POLICY))
    yield amazon
    server.stop()
    patch.undo()


@pytest.fixture
def amazon(_moto: Amazon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Amazon]:
    """Amazon, and an environment in which nobody is anybody."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://{_moto.place}")
    yield _moto
    _moto.checks(float("inf"))


def target(server: Running, more: str = "") -> str:
    return (f"snowflake+http://127.0.0.1:{server.info['port']}/TESTDB/PUBLIC?account=testaccount&token_cache=off"
            f"&authenticator=workload_identity&workload_identity_provider=AWS{more}")  # fmt: skip


def log_in(library: Library, server: Running, amazon: Amazon, arn: str, more: str = "") -> None:
    """Logs in; the service asks Amazon who that is."""
    server.options(workloadEndpoint=amazon.place, workloadArn=arn)
    session = Session(library, target(server, more))
    assert session.rows("select current_user()") == [["TERN"]]
    session.close()


def set_up(amazon: Amazon, case: str, home: Path) -> dict[str, str]:
    """The environment of a case; its files are written."""
    (home / ".aws").mkdir()
    file = home / ".aws" / "credentials"
    match case:
        case "environment before file":
            file.write_text(amazon.profile("default", "bob"))
            return amazon.environment("ann")
        case "file":
            file.write_text("# mine\n" + amazon.profile("other", "cid") + amazon.profile("default", "bob"))
        case "profile":
            file.write_text(amazon.profile("default", "bob") + amazon.profile("other", "cid"))
            return {"AWS_PROFILE": "other"}
        case "other file":
            file.write_text(amazon.profile("default", "bob"))
            (home / "elsewhere").write_text("\r\n".join(amazon.profile("default", "cid").splitlines()))
            return {"AWS_SHARED_CREDENTIALS_FILE": "~/elsewhere"}
        case "web identity before file":
            file.write_text(amazon.profile("default", "bob"))
            (home / "token").write_text("eyJ.a+b/c.d")
            return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"), "AWS_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/one",
                    "AWS_ROLE_SESSION_NAME": "pod"}  # fmt: skip
    return {}


@pytest.mark.parametrize(("case", "arn"), [
    ("environment before file", "iam::123456789012:user/ann"), ("file", "iam::123456789012:user/bob"), ("profile", "iam::123456789012:user/cid"),
    ("other file", "iam::123456789012:user/cid"), ("web identity before file", "sts::123456789012:assumed-role/one/pod"),
])  # fmt: skip
def test_who_amazons_client_is_tern_is(
    library: Library, server: Running, amazon: Amazon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str, arn: str,
) -> None:
    for name, value in set_up(amazon, case, tmp_path).items():
        monkeypatch.setenv(name, value)
    own = boto3.session.Session().client("sts").get_caller_identity()["Arn"]
    assert own == f"arn:aws:{arn}"
    # A token of an identity provider is what proves that request, not a signature.
    amazon.checks(1 if case.startswith("web identity") else 0)
    log_in(library, server, amazon, own)


def test_machines_ask_their_own_address(library: Library, server: Running, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://{amazon.place}/")
    session = boto3.session.Session()
    assert session.get_credentials().access_key == "test-key"
    own = session.client("sts").get_caller_identity()["Arn"]
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    log_in(library, server, amazon, own)


def test_roles_are_taken_one_after_the_other(library: Library, server: Running, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in amazon.environment("ann").items():
        monkeypatch.setenv(name, value)
    amazon.checks(0)
    path = ",".join(f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in ("one", "two"))
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/two/tern-workload-identity"
    log_in(library, server, amazon, arn, f"&workload_identity_impersonation_path={path}")
    # The service would not have taken anybody else.
    with pytest.raises(TernError, match="token is invalid"):
        log_in(library, server, amazon, f"arn:aws:iam::{ACCOUNT}:user/ann", f"&workload_identity_impersonation_path={path}")


def test_wrong_keys_are_told_by_amazon(library: Library, server: Running, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", amazon.keys["ann"]["id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", amazon.keys["bob"]["secret"])
    amazon.checks(0)
    with pytest.raises(TernError, match="role/one: AssumeRole was refused, HTTP 403: SignatureDoesNotMatch") as caught:
        Session(library, target(server, f"&workload_identity_impersonation_path=arn:aws:iam::{ACCOUNT}:role/one"))
    assert caught.value.sqlstate == "28000" and amazon.keys["bob"]["secret"] not in caught.value.message
    assert not any(e["request"] == "login" for e in server.control("/log"))

"""Identity providers beside the stand-in, walked by hand as a browser or a driver would."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from snowflake_wire import Client
from testbed.common.launch import Running

BACK = "http://127.0.0.1:9/"


def authorized(client: Client, path: str, name: str, **more: str) -> dict[str, str]:
    """What the user's browser is sent back with."""
    query = {"client_id": name, "response_type": "code", "redirect_uri": BACK, "state": "s1", "code_challenge_method": "S256", **more}
    client.send("GET", f"{path}?{urlencode(query)}")
    assert client.status == 302, client.body
    return {k: v[0] for k, v in parse_qs(urlsplit(client.headers["location"]).query).items()}


def granted(client: Client, path: str, given: list[str], **form: str) -> dict[str, Any]:
    """What the token endpoint answers."""
    secret = base64.b64encode(":".join(given).encode()).decode()
    return json.loads(client.send("POST", path, urlencode(form).encode(), Authorization=f"Basic {secret}",
                                  Content_Type="application/x-www-form-urlencoded"))  # fmt: skip


@pytest.mark.parametrize(("port", "authorize", "token", "names"), [
    ("port", "/oauth/authorize", "/oauth/token-request", "localClient"),
    ("oktaPort", "/oauth2/v1/authorize", "/oauth2/v1/token", "oauthClient"),
])  # fmt: skip
def test_a_code_with_its_verifier(server: Running, port: str, authorize: str, token: str, names: str) -> None:
    given = server.info[names]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
    with Client(server.info[port]) as provider, Client(server.info["port"]) as client:
        back = authorized(provider, authorize, given[0], code_challenge=challenge)
        assert back["state"] == "s1"
        form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK}
        assert granted(provider, token, given, **form, code_verifier="wrong")["error"] == "invalid_grant"
        back = authorized(provider, authorize, given[0], code_challenge=challenge)
        found = granted(provider, token, given, **{**form, "code": back["code"]}, code_verifier="verifier")
        assert client.login("OAUTH", AUTHENTICATOR="OAUTH", TOKEN=found["access_token"])["success"]
        assert client.login("TERN", AUTHENTICATOR="oauth", TOKEN=found["access_token"])["code"] == "390309"
        server.options(clockAhead=601)
        assert client.login("OAUTH", AUTHENTICATOR="OAUTH", TOKEN=found["access_token"])["code"] == "390318"
        again = granted(provider, token, given, grant_type="refresh_token", refresh_token=found["refresh_token"])
        assert client.login("OAUTH", AUTHENTICATOR="OAUTH", TOKEN=again["access_token"])["success"]
        assert granted(provider, token, given, grant_type="refresh_token", refresh_token=found["refresh_token"])["error"] == "invalid_grant"
        assert authorized(provider, authorize, given[0], scope="session:role:DENIED")["error"] == "access_denied"


def test_client_credentials(server: Running) -> None:
    given = server.info["oauthClient"]
    with Client(server.info["oktaPort"]) as provider, Client(server.info["port"]) as client:
        found = granted(provider, "/oauth2/v1/token", given, grant_type="client_credentials", scope="session:role:PUBLIC")
        assert client.login("OAUTH", AUTHENTICATOR="OAUTH", TOKEN=found["access_token"])["success"]
        assert granted(provider, "/oauth2/v1/token", [given[0], "wrong"], grant_type="client_credentials")["error"] == "invalid_client"
        assert granted(client, "/oauth/token-request", server.info["localClient"], grant_type="client_credentials")["error"] == "unsupported_grant_type"


def test_okta(server: Running) -> None:
    root = f"http://127.0.0.1:{server.info['oktaPort']}"
    with Client(server.info["port"]) as client, Client(server.info["oktaPort"]) as okta:
        asked = {"data": {"AUTHENTICATOR": root, "LOGIN_NAME": "SAML", "ACCOUNT_NAME": "testaccount"}}
        places = client.ask("POST", "/session/authenticator-request", asked)["data"]
        assert places["tokenUrl"] == f"{root}/api/v1/authn"
        body = json.dumps({"username": "SAML", "password": "saml"}).encode()
        one_time = json.loads(okta.send("POST", "/api/v1/authn", body))["sessionToken"]
        page = okta.send("GET", f"/app/snowflake/sso/saml?{urlencode({'RelayState': '/some/deep/link', 'onetimetoken': one_time})}").decode()
        assert re.search(r'action="(.*?)"', page)[1].startswith("http:&#x2f;&#x2f;127.0.0.1:")  # type: ignore[index]
        okta.send("GET", f"/app/snowflake/sso/saml?onetimetoken={one_time}")
        assert okta.status == 403
        assert client.login("SAML", RAW_SAML_RESPONSE=page)["success"]
        assert client.login("SAML", RAW_SAML_RESPONSE=page)["code"] == "390100"
        okta.send("POST", "/api/v1/authn", b'{"username":"SAML","password":"no"}')
        assert okta.status == 401


@pytest.mark.parametrize("console", [False, True])
def test_a_browser(server: Running, console: bool) -> None:
    with Client(server.info["port"]) as client:
        if console:
            proof = "cHJvb2Y="
            query = {"login_name": "BROWSER", "browser_mode_redirect_port": "9", "proof_key": proof}
            client.send("GET", f"/console/login?{urlencode(query)}")
        else:
            asked = {"data": {"AUTHENTICATOR": "EXTERNALBROWSER", "LOGIN_NAME": "BROWSER", "BROWSER_MODE_REDIRECT_PORT": "9"}}
            places = client.ask("POST", "/session/authenticator-request", asked)["data"]
            proof, url = places["proofKey"], urlsplit(places["ssoUrl"])
            client.send("GET", f"{url.path}?{url.query}")
        assert client.headers["location"].startswith("http://127.0.0.1:9/?token=")
        token = parse_qs(urlsplit(client.headers["location"]).query)["token"][0]
        keep = {"CLIENT_STORE_TEMPORARY_CREDENTIAL": True}
        reply = client.login("BROWSER", AUTHENTICATOR="EXTERNALBROWSER", TOKEN=token, PROOF_KEY=proof, SESSION_PARAMETERS=keep)
        assert reply["success"]
        id_token = reply["data"]["idToken"]
        assert client.login("BROWSER", AUTHENTICATOR="ID_TOKEN", TOKEN=id_token)["success"]
        assert client.login("BROWSER", AUTHENTICATOR="ID_TOKEN", TOKEN="none")["code"] == "390195"
        server.options(clockAhead=14401)
        assert client.login("BROWSER", AUTHENTICATOR="ID_TOKEN", TOKEN=id_token)["code"] == "390110"


def test_second_factors(server: Running) -> None:
    with Client(server.info["port"]) as client:
        wants = {"CLIENT_REQUEST_MFA_TOKEN": True}
        reply = client.login("MFA", PASSWORD="mfa", EXT_AUTHN_DUO_METHOD="push", SESSION_PARAMETERS=wants)
        token = reply["data"]["mfaToken"]
        assert client.login("MFA", PASSWORD="mfa", AUTHENTICATOR="USERNAME_PASSWORD_MFA", TOKEN=token)["success"]
        assert client.login("MFA", PASSWORD="mfa", TOKEN="old")["code"] == "390195"
        server.options(mfa="ask")
        reply = client.login("MFA", PASSWORD="mfa")
        assert (reply["success"], reply["data"]["nextAction"]) == (False, "EXT_AUTHN_DUO_ALL")
        for option, code in (("deny", "390120"), ("timeout", "390126")):
            server.options(mfa=option)
            assert client.login("MFA", PASSWORD="mfa", EXT_AUTHN_DUO_METHOD="push")["code"] == code


def test_workloads_and_access_tokens(server: Running) -> None:
    with Client(server.info["port"]) as client:
        assert client.login("", AUTHENTICATOR="WORKLOAD_IDENTITY", PROVIDER="OIDC", TOKEN=server.info["workloadToken"])["success"]
        assert client.login("", AUTHENTICATOR="WORKLOAD_IDENTITY", PROVIDER="AWS", TOKEN="e30=")["code"] == "390144"
        assert client.login("TERN", PASSWORD=server.info["programmaticAccessToken"])["success"]
        assert client.login("TERN", AUTHENTICATOR="SAML9")["code"] == "390139"


def signed(server: Running, key: str = "rsa", of: str = "rsa", head: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token of the user KEY, signed with one key and naming the fingerprint of another."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    def loaded(name: str) -> Any:
        return serialization.load_pem_private_key(Path(server.info["keys"][name]).read_bytes(), None)

    der = loaded(of).public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    mark = base64.b64encode(hashlib.sha256(der).digest()).decode()
    now = int(time.time())
    facts = {"iss": f"TESTACCOUNT.KEY.SHA256:{mark}", "sub": "TESTACCOUNT.KEY", "iat": now, "exp": now + 60, **claims}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "RS256", "typ": "JWT", **(head or {})}, facts)]
    signature = loaded(key).sign(b".".join(parts), padding.PKCS1v15(), hashes.SHA256())
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


NOW = int(time.time())


@pytest.mark.parametrize(("facts", "code"), [
    ({}, None), ({"key": "stranger"}, "394300"), ({"key": "stranger", "of": "stranger"}, "394304"), ({"exp": NOW - 1}, "394301"),
    ({"iat": NOW + 600, "exp": NOW + 660}, "394302"), ({"exp": NOW + 7200}, "394303"), ({"head": {"alg": "HS256"}}, "394305"),
    ({"sub": "OTHER.KEY"}, "394300"),
])  # fmt: skip
def test_key_pairs(server: Running, facts: dict[str, Any], code: str | None) -> None:
    with Client(server.info["port"]) as client:
        assert client.login("KEY", AUTHENTICATOR="SNOWFLAKE_JWT", TOKEN=signed(server, **facts))["code"] == code
        assert client.login("KEY", AUTHENTICATOR="SNOWFLAKE_JWT", TOKEN="a.b")["code"] == "394306"


def test_secrets_are_not_in_the_log(server: Running) -> None:
    with Client(server.info["port"]) as client:
        client.login()
        client.query("select 1")
        assert client.token not in json.dumps(server.control("/log")) and "t3rn-pw" not in json.dumps(server.control("/log"))

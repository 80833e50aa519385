"""Logging in, by every authenticator: what is checked, and with what words it is refused."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from testbed.snowflake.errors import Refusal
from testbed.snowflake.options import Options

PASSPHRASE = "open sesame"
PASSCODE = "123456"
CLIENT = ("tern-client", "tern-secret")
LOCAL = ("LOCAL_APPLICATION", "LOCAL_APPLICATION")
USERS = {"TERN": "t3rn-pw", "MFA": "mfa", "KEY": "key", "SAML": "saml", "BROWSER": "browser", "OAUTH": "oauth", "PÄT": "pässword"}
TOKENS = {"pat-tern-1": "TERN", "wif-oidc-token": "TERN"}
_WRONG = "Incorrect username or password was specified."
_RETRY = {"nextAction": "RETRY_LOGIN", "authnMethod": "USERNAME_PASSWORD", "signInOptions": {}}


class Keys:
    """Key pairs of the user KEY, with their files."""

    def __init__(self, directory: Path) -> None:
        self.pairs: dict[str, Any] = {
            "rsa": rsa.generate_private_key(65537, 2048), "ec256": ec.generate_private_key(ec.SECP256R1()),
            "ec384": ec.generate_private_key(ec.SECP384R1()), "stranger": rsa.generate_private_key(65537, 2048),
        }  # fmt: skip
        self.files: dict[str, str] = {}
        for name, key in self.pairs.items():
            self._write(directory / f"{name}.p8", name, key, serialization.NoEncryption())
        locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        self._write(directory / "rsa-encrypted.p8", "rsaEncrypted", self.pairs["rsa"], locked)

    def _write(self, path: Path, name: str, key: Any, encryption: Any) -> None:
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
        self.files[name] = str(path)

    def fingerprints(self) -> dict[str, Any]:
        """The public keys that the user has, by fingerprint."""
        return {fingerprint(k.public_key()): k.public_key() for n, k in self.pairs.items() if n != "stranger"}


def fingerprint(key: Any) -> str:
    """SHA256:… of the public key."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()


@dataclass
class Grant:
    """What an identity provider, or the service itself, has given out."""

    user: str
    ends: float
    facts: dict[str, Any] = field(default_factory=dict)


class Logins:
    """Everything that proves who somebody is; what is given out ends by the options' clock."""

    def __init__(self, options: Options, keys: Keys) -> None:
        self.options, self.keys = options, keys
        self.access: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}
        self.saml: dict[str, Grant] = {}
        self.browser: dict[str, Grant] = {}
        self.id_tokens: dict[str, Grant] = {}
        self.mfa_tokens: dict[str, Grant] = {}
        self.flights: dict[str, str] = {}
        self.seen_jwt: list[str] = []

    def give(self, table: dict[str, Grant], user: str, seconds: float, **facts: Any) -> str:
        """A new secret in one of the tables."""
        token = secrets.token_urlsafe(24)
        table[token] = Grant(user, self.options.now() + seconds, facts)
        return token

    def check(self, body: dict[str, Any], base: str) -> tuple[str, dict[str, Any]]:
        """The user that a login body proves, and what the answer tells besides."""
        data = body.get("data") or {}
        name = str(data.get("AUTHENTICATOR") or "").upper()
        if "inFlightCtx" in body:
            return self._in_flight(body, data)
        if data.get("RAW_SAML_RESPONSE"):
            return self._saml(data), {}
        ways = {
            "": self._password, "SNOWFLAKE": self._password, "USERNAME_PASSWORD_MFA": self._password, "SNOWFLAKE_JWT": self._jwt,
            "OAUTH": self._oauth, "PROGRAMMATIC_ACCESS_TOKEN": self._pat, "EXTERNALBROWSER": self._browser,
            "ID_TOKEN": self._id_token, "WORKLOAD_IDENTITY": self._workload,
        }  # fmt: skip
        if name == "" and data.get("TOKEN") and not data.get("PASSWORD"):
            return self._oauth(data)
        if name not in ways:
            raise Refusal("390139", "The specified authenticator is not accepted by your Snowflake account configuration.")
        return ways[name](data)

    # Passwords and the second factor.

    def _password(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        user, password = str(data.get("LOGIN_NAME") or "").upper(), str(data.get("PASSWORD") or "")
        if user == "MFA":
            return self._second_factor(data, user, password)
        if TOKENS.get(password) == user:
            return user, {}
        if USERS.get(user) != password or not password:
            raise Refusal("390100", _WRONG, _RETRY)
        return user, {}

    def _second_factor(self, data: dict[str, Any], user: str, password: str) -> tuple[str, dict[str, Any]]:
        method, known = str(data.get("EXT_AUTHN_DUO_METHOD") or ""), USERS[user]
        wants = (data.get("SESSION_PARAMETERS") or {}).get("CLIENT_REQUEST_MFA_TOKEN") in (True, "true")
        grant = self.mfa_tokens.get(str(data.get("TOKEN")))
        if data.get("TOKEN") and password == known:
            if grant and grant.ends > self.options.now():
                return user, {}
            raise Refusal("390195", "MFA token is invalid or expired.", _RETRY)
        if method == "passcode":
            given = data.get("PASSCODE") or (password.removeprefix(known) if password.startswith(known) else "")
            if not (password == known or password == known + str(given)):
                raise Refusal("390100", _WRONG, _RETRY)
            if given != PASSCODE:
                raise Refusal("390127", "Failed to authenticate: MFA passcode is invalid.", _RETRY)
            return user, self._mfa_token(user, wants)
        if password != known:
            raise Refusal("390100", _WRONG, _RETRY)
        if self.options.mfa == "ask" and method != "push":
            flight = secrets.token_urlsafe(12)
            self.flights[flight] = "asked"
            raise Refusal(None, "", {"nextAction": "EXT_AUTHN_DUO_ALL", "inFlightCtx": flight, "authnMethod": "USERNAME_PASSWORD"})
        self._push()
        return user, self._mfa_token(user, wants)

    def _push(self) -> None:
        if self.options.mfa == "deny":
            raise Refusal("390120", "Failed to authenticate: MFA authentication was denied.", _RETRY)
        if self.options.mfa == "timeout":
            raise Refusal("390126", "Failed to authenticate: MFA authentication timed out.", _RETRY)

    def _mfa_token(self, user: str, wants: bool) -> dict[str, Any]:
        if not wants or not self.options.mfa_caching:
            return {}
        return {"mfaToken": self.give(self.mfa_tokens, user, 14400), "mfaTokenValidityInSeconds": 14400}

    def _in_flight(self, body: dict[str, Any], data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        state = self.flights.pop(str(body.get("inFlightCtx")), None)
        if state == "asked" and data.get("EXT_AUTHN_DUO_METHOD") == "push":
            flight = secrets.token_urlsafe(12)
            self.flights[flight] = "confirmed"
            raise Refusal(None, "", {"nextAction": "EXT_AUTHN_SUCCESS", "inFlightCtx": flight})
        if state == "confirmed":
            wants = (data.get("SESSION_PARAMETERS") or {}).get("CLIENT_REQUEST_MFA_TOKEN") in (True, "true")
            return "MFA", self._mfa_token("MFA", wants)
        raise Refusal("390129", "Failed to authenticate: the authentication context is invalid.", _RETRY)

    # Keys and tokens.

    def _jwt(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        token = str(data.get("TOKEN") or "")
        try:
            head, body, mark = token.split(".")
            header, claims, signature = json.loads(_decoded(head)), json.loads(_decoded(body)), _decoded(mark)
        except ValueError:
            raise Refusal("394306", "JWT token is malformed.") from None
        algorithm = header.get("alg")
        if algorithm not in ("RS256", "ES256", "ES384", "ES512"):
            raise Refusal("394305", f"JWT token algorithm {algorithm} is not supported.")
        account = str(data.get("ACCOUNT_NAME") or "").partition(".")[0].upper()
        subject = str(claims.get("sub"))
        user = subject.partition(".")[2]
        if subject != f"{account}.{user}" or not str(claims.get("iss")).startswith(subject + ".SHA256:"):
            raise Refusal("394300", f"JWT token is invalid. [{secrets.token_hex(8)}]")
        key = self.keys.fingerprints().get(str(claims["iss"]).removeprefix(subject + "."))
        if key is None or user != "KEY":
            raise Refusal("394304", "JWT token public key fingerprint mismatch.")
        if not _verified(key, algorithm, f"{head}.{body}".encode(), signature):
            raise Refusal("394300", f"JWT token is invalid. [{secrets.token_hex(8)}]")
        now, issued, ends = self.options.now(), float(claims.get("iat", 0)), float(claims.get("exp", 0))
        if ends <= now:
            raise Refusal("394301", "JWT token has expired.")
        if issued > now + 60:
            raise Refusal("394302", "JWT token is not yet valid.")
        if ends - issued > 3600:
            raise Refusal("394303", "JWT token expiry is too far ahead.")
        given = str(data.get("LOGIN_NAME") or user).upper()
        if given != user:
            raise Refusal("390100", _WRONG, _RETRY)
        self.seen_jwt.append(token)
        return user, {}

    def _oauth(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        grant = self.access.get(str(data.get("TOKEN") or ""))
        if grant is None:
            raise Refusal("390303", "Invalid OAuth access token. [%s]" % secrets.token_hex(8))
        if grant.ends <= self.options.now():
            raise Refusal("390318", "OAuth access token expired. [%s]" % secrets.token_hex(8))
        if data.get("LOGIN_NAME") and str(data["LOGIN_NAME"]).upper() != grant.user:
            raise Refusal("390309", "The user you were trying to authenticate as differs from the user tied to the access token.")
        return grant.user, {}

    def _pat(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        user = TOKENS.get(str(data.get("TOKEN") or "")) if str(data.get("TOKEN")).startswith("pat-") else None
        if user is None or data.get("LOGIN_NAME") and str(data["LOGIN_NAME"]).upper() != user:
            raise Refusal("394400", "Programmatic access token is invalid.", {**_RETRY, "authnMethod": "PAT"})
        return user, {}

    def _workload(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        provider, token = str(data.get("PROVIDER") or "").upper(), str(data.get("TOKEN") or "")
        if provider == "AWS":
            try:
                claim = json.loads(base64.b64decode(token, validate=True))
                headers = {k.lower(): v for k, v in claim["headers"].items()}
                good = (claim["method"] == "POST" and "Action=GetCallerIdentity" in claim["url"] and "authorization" in headers
                        and headers.get("x-snowflake-audience") == "snowflakecomputing.com" and self._signed(claim))  # fmt: skip
            except (ValueError, KeyError, AttributeError, TypeError):
                good = False
        else:
            good = provider in ("OIDC", "GCP", "AZURE") and token in TOKENS
        if not good:
            raise Refusal("390144", "Workload identity token is invalid.")
        return "TERN", {}

    def _signed(self, claim: dict[str, Any]) -> bool:
        """Whether AWS says that the request is signed by who is expected; without a place to ask at, any signature will do."""
        if not self.options.workload_endpoint:
            return True
        parts = urlsplit(claim["url"])
        if parts.scheme != "https" or parts.hostname != claim["headers"].get("host"):
            return False
        line = http.client.HTTPConnection(self.options.workload_endpoint, timeout=30)
        try:
            line.request("POST", f"{parts.path}?{parts.query}", headers=claim["headers"])
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        return answer.status == 200 and f"<Arn>{self.options.workload_arn}</Arn>" in text

    # Single sign-on.

    def sso(self, data: dict[str, Any], base: str, okta: str) -> dict[str, Any]:
        """The answer to an authenticator request."""
        name = str(data.get("AUTHENTICATOR") or "")
        if name.upper() == "EXTERNALBROWSER":
            port, proof = str(data.get("BROWSER_MODE_REDIRECT_PORT") or ""), secrets.token_urlsafe(32)
            nonce = self.give(self.browser, str(data.get("LOGIN_NAME") or "BROWSER").upper() or "BROWSER", 600, proof=proof)
            return {"tokenUrl": None, "ssoUrl": f"{base}/sso?browser_mode_redirect_port={port}&nonce={nonce}", "proofKey": proof}
        parts = urlsplit(name)
        if parts.scheme not in ("http", "https"):
            raise Refusal("390139", "The specified authenticator is not accepted by your Snowflake account configuration.")
        root = f"{parts.scheme}://{parts.netloc}" if parts.netloc.endswith(f":{okta}") else f"https://127.0.0.1:{okta}"
        return {"tokenUrl": f"{root}/api/v1/authn", "ssoUrl": f"{root}/app/snowflake/sso/saml", "proofKey": None}

    def _saml(self, data: dict[str, Any]) -> str:
        text = str(data["RAW_SAML_RESPONSE"])
        for token, grant in list(self.saml.items()):
            if token in text:
                del self.saml[token]
                if str(data.get("LOGIN_NAME") or "").upper() not in ("", grant.user):
                    break
                return grant.user
        raise Refusal("390100", "SAML response is invalid or matching user is not found.", {**_RETRY, "authnMethod": "SAML"})

    def _browser(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        grant = self.browser.pop(str(data.get("TOKEN") or ""), None)
        if grant is None or grant.facts.get("proof") != data.get("PROOF_KEY"):
            raise Refusal("390144", "The SSO token is invalid.")
        user = str(data.get("LOGIN_NAME") or grant.user).upper()
        if user != grant.user:
            raise Refusal("390191", "The user you were trying to authenticate as differs from the user currently logged in at the IDP.")
        keep = (data.get("SESSION_PARAMETERS") or {}).get("CLIENT_STORE_TEMPORARY_CREDENTIAL") in (True, "true")
        return user, {"idToken": self.give(self.id_tokens, user, 14400), "idTokenValidityInSeconds": 14400} if keep else {}

    def _id_token(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        grant = self.id_tokens.get(str(data.get("TOKEN") or ""))
        if grant is None:
            raise Refusal("390195", "The provided ID Token is invalid.")
        if grant.ends <= self.options.now():
            raise Refusal("390110", "The provided ID Token has expired.")
        return grant.user, {}


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _verified(key: Any, algorithm: str, text: bytes, mark: bytes) -> bool:
    try:
        if algorithm == "RS256":
            key.verify(mark, text, padding.PKCS1v15(), hashes.SHA256())
            return True
        digest = {"ES256": hashes.SHA256(), "ES384": hashes.SHA384(), "ES512": hashes.SHA512()}[algorithm]
        half = len(mark) // 2
        numbers = int.from_bytes(mark[:half], "big"), int.from_bytes(mark[half:], "big")
        key.verify(utils.encode_dss_signature(*numbers), text, ec.ECDSA(digest))
        return True
    except (InvalidSignature, AttributeError, TypeError, ValueError):
        return False

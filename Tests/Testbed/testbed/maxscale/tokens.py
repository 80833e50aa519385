"""REST credentials and connection tokens: JSON Web Tokens signed with the key of the server process."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any, Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from testbed.common.http import HttpRequest

ACCOUNTS = {"admin": ("mariadb", "admin"), "reader": ("readerpw", "basic")}
_ISSUER = "maxscale"
_PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


class Keys:
    """Signs and verifies; HS256 dies with the process, ES256 and PS256 use a TLS key and outlive it."""

    def __init__(self, tls_key: ec.EllipticCurvePrivateKey, now: Callable[[], float]) -> None:
        self._secret = os.urandom(32)
        self._tls_key = tls_key
        self.now = now
        self._rsa: rsa.RSAPrivateKey | None = None

    @property
    def _rsa_key(self) -> rsa.RSAPrivateKey:
        """The key of PS256, made when it is first needed: that takes a noticeable part of a second."""
        self._rsa = self._rsa or rsa.generate_private_key(65537, 2048)
        return self._rsa

    def forget(self) -> None:
        """A restart of the server process: tokens signed with the random key die."""
        self._secret = os.urandom(32)

    def sign(self, claims: dict[str, Any], algorithm: str) -> str:
        """A token with these claims."""
        head = _encoded(json.dumps({"alg": algorithm.upper()}, separators=(",", ":")).encode())
        body = _encoded(json.dumps(claims, separators=(",", ":"), sort_keys=True).encode())
        text = f"{head}.{body}".encode()
        if algorithm == "hs256":
            mark = hmac.digest(self._secret, text, "sha256")
        elif algorithm == "ps256":
            mark = self._rsa_key.sign(text, _PSS, hashes.SHA256())
        else:
            r, s = utils.decode_dss_signature(self._tls_key.sign(text, ec.ECDSA(hashes.SHA256())))
            mark = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return f"{text.decode()}.{_encoded(mark)}"

    def verify(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that is ours and has not expired."""
        head, _, rest = token.partition(".")
        body, _, mark = rest.partition(".")
        try:
            algorithm, claims = json.loads(_decoded(head))["alg"], json.loads(_decoded(body))
            if not self._matches(algorithm, f"{head}.{body}".encode(), _decoded(mark)) or claims["exp"] <= self.now():
                return None
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None
        return claims if isinstance(claims, dict) else None

    def _matches(self, algorithm: str, text: bytes, mark: bytes) -> bool:
        if algorithm == "HS256":
            return hmac.compare_digest(hmac.digest(self._secret, text, "sha256"), mark)
        try:
            if algorithm == "PS256":
                self._rsa_key.public_key().verify(mark, text, _PSS, hashes.SHA256())
                return True
            if algorithm == "ES256" and len(mark) == 64:
                signature = utils.encode_dss_signature(int.from_bytes(mark[:32], "big"), int.from_bytes(mark[32:], "big"))
                self._tls_key.public_key().verify(signature, text, ec.ECDSA(hashes.SHA256()))
                return True
        except InvalidSignature:
            pass
        return False


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@dataclass(frozen=True)
class Account:
    """Who asks, and by what: `basic`, `bearer` or `cookie`."""

    name: str
    kind: str
    way: str


def account_of(http: HttpRequest, keys: Keys, checked: bool) -> Account | None:
    """The REST account of a request; a cookie wins over the header. Anybody is an administrator when nothing is checked."""
    if not checked:
        return Account("admin", "admin", "none")
    cookie = http.cookies().get("token_sig")
    scheme, _, value = http.headers.get("authorization", "").partition(" ")
    if cookie is not None or scheme.lower() == "bearer":
        claims = keys.verify(cookie if cookie is not None else value.strip())
        # A connection token has the same issuer from 23.02 on and passes here; it names no account.
        if claims is None or claims.get("iss") != _ISSUER:
            return None
        return Account(str(claims.get("sub")), str(claims.get("account", "basic")), "bearer" if cookie is None else "cookie")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(value).decode().partition(":")
    except (ValueError, UnicodeDecodeError):
        return None
    known = ACCOUNTS.get(name)
    return Account(name, known[1], "basic") if known and known[0] == password else None


def rest_token(keys: Keys, account: Account, seconds: int, algorithm: str) -> str:
    """The bearer token that `/auth` gives out."""
    now = int(keys.now())
    return keys.sign({"account": account.kind, "aud": account.name, "exp": now + seconds, "iat": now, "iss": _ISSUER,
                      "sub": account.name}, algorithm)  # fmt: skip


def connection_token(keys: Keys, name: str, issuer: str, seconds: int, algorithm: str) -> str:
    """The token of one connection."""
    now = int(keys.now())
    return keys.sign({"aud": name, "exp": now + seconds, "iat": now, "iss": issuer, "sub": name}, algorithm)


def entity_tag(body: bytes) -> str:
    """The tag that a GET carries."""
    return f'"{hashlib.sha1(body).hexdigest()}"'


def cookie(name: str, value: str, seconds: int | None, secure: bool) -> str:
    """A cookie of the server's; without a value it is one that has expired."""
    age = "" if seconds is None else f"Max-Age={seconds}; "
    end = age if value else "Expires=Thu, 01 Jan 1970 00:00:00 GMT; "
    return f"{name}={value}; Path=/; {end}{'Secure; ' if secure else ''}SameSite=Strict; HttpOnly"


def connection_cookies(name: str, token: str, seconds: int | None, secure: bool, split: bool) -> list[str]:
    """The cookie of a connection; the oldest releases split the token before its signature."""
    if not split:
        return [cookie(f"conn_id_sig_{name}", token, seconds, secure)]
    body, dot, mark = token.rpartition(".")
    return [cookie(f"conn_id_body_{name}", body, seconds, secure), cookie(f"conn_id_sig_{name}", dot + mark, seconds, secure)]


def given_cookie(cookies: dict[str, str], name: str, split: bool) -> str:
    """The token that the cookies of a request hold for a connection."""
    mark = cookies.get(f"conn_id_sig_{name}", "")
    return cookies.get(f"conn_id_body_{name}", "") + mark if split else mark

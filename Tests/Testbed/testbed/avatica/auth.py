"""HTTP authentication: BASIC, DIGEST with nonces, BEARER, and SPNEGO, with real tokens on demand."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field

from testbed.avatica.options import Options
from testbed.common.http import HttpRequest, HttpResponse

REALM = "Avatica"
USERS = {"alice": "secret", "böb": "pässword"}
WITHOUT_ROLE = {"carol": "nope"}
BEARER_TOKEN = "tern-bearer-token"
REFUSED_IMPERSONATION = "nobody"
_CACHE = ("Cache-Control", "must-revalidate,no-cache,no-store")


def html(status: int, reason: str, *headers: tuple[str, str]) -> HttpResponse:
    """A page as Jetty makes it."""
    page = (
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>\n'
        f"<title>Error {status} {reason}</title>\n</head>\n<body><h2>HTTP ERROR {status} {reason}</h2>\n<table>\n"
        f"<tr><th>URI:</th><td>/</td></tr>\n<tr><th>STATUS:</th><td>{status}</td></tr>\n"
        f"<tr><th>MESSAGE:</th><td>{reason}</td></tr>\n<tr><th>SERVLET:</th><td>-</td></tr>\n</table>\n\n</body>\n</html>\n"
    )
    names = [*headers, _CACHE, ("Content-Type", "text/html;charset=iso-8859-1")]
    return HttpResponse(status, page.encode("latin-1", "replace"), names)


@dataclass
class _Nonce:
    made: float
    used: set[int] = field(default_factory=set)


class Authenticator:
    """Decides about one request; keeps nonces and SPNEGO sessions."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._nonces: dict[str, _Nonce] = {}
        self._sessions: dict[str, float] = {}
        self.challenges = 0

    def expire(self) -> None:
        """Forgets every nonce and session, as a restarted server does."""
        self._nonces.clear()
        self._sessions.clear()

    def check(self, request: HttpRequest) -> tuple[HttpResponse | None, str | None, list[tuple[str, str]]]:
        """(refusal or None, user, headers for the answer)."""
        kind = self._options.auth
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind == "none":
            return None, None, []
        if kind == "bearer":
            if scheme.lower() == "bearer" and rest.strip() == BEARER_TOKEN:
                return None, "bearer", []
            return self._challenge("Bearer"), None, []
        if kind == "basic":
            refusal, user = self._basic(scheme, rest)
        elif kind == "digest":
            refusal, user = self._digest(request, scheme, rest)
        else:
            return self._spnego(request, scheme, rest)
        if refusal is None and user in WITHOUT_ROLE:
            return html(403, "!role"), None, []
        return refusal, user, []

    def _challenge(self, header: str) -> HttpResponse:
        self.challenges += 1
        return html(401, "Unauthorized", ("WWW-Authenticate", header))

    def _basic(self, scheme: str, rest: str) -> tuple[HttpResponse | None, str | None]:
        if scheme.lower() != "basic":
            return self._challenge(f'basic realm="{REALM}"'), None
        try:
            user, _, password = base64.b64decode(rest.strip(), validate=True).decode("utf-8", "replace").partition(":")
        except binascii.Error:
            reply = html(500, "java.lang.IllegalArgumentException: Illegal base64 character 21")
            reply.close = True
            return reply, None
        if {**USERS, **WITHOUT_ROLE}.get(user) != password:
            return self._challenge(f'basic realm="{REALM}"'), None
        return None, user

    # DIGEST.

    def _new_nonce(self, stale: bool) -> HttpResponse:
        nonce = base64.b64encode(secrets.token_bytes(24)).decode()
        self._nonces[nonce] = _Nonce(time.monotonic())
        return self._challenge(
            f'Digest realm="{REALM}", domain="/", nonce="{nonce}", algorithm=MD5, qop="auth", stale={str(stale).lower()}'
        )

    def _digest(self, request: HttpRequest, scheme: str, rest: str) -> tuple[HttpResponse | None, str | None]:
        if scheme.lower() != "digest":
            return self._new_nonce(False), None
        pairs = re.findall(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', rest)
        fields = {name.lower(): quoted or bare for name, quoted, bare in pairs}
        user = fields.get("username", "").encode("latin-1", "replace").decode("utf-8", "replace")
        nonce = self._nonces.get(fields.get("nonce", ""))
        count = int(fields["nc"], 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", fields.get("nc", "")) else 0
        old = nonce is None or time.monotonic() - nonce.made > self._options.nonce_seconds
        if nonce is None or old or count >= self._options.nonce_uses:
            return self._new_nonce(True), None
        password = {**USERS, **WITHOUT_ROLE}.get(user)
        right = password is not None and fields.get("uri") == request.target and fields.get("response") == digest_response(
            user, password, request.method, fields
        )
        # A repeated count looks exactly like a wrong password.
        if not right or count in nonce.used:
            return self._new_nonce(False), None
        nonce.used.add(count)
        return None, user

    # SPNEGO.

    def _spnego(
        self, request: HttpRequest, scheme: str, rest: str
    ) -> tuple[HttpResponse | None, str | None, list[tuple[str, str]]]:
        cookie = request.cookies().get("JSESSIONID", "")
        until = self._sessions.get(cookie, 0)
        if until > time.monotonic():
            return None, "spnego", []
        if scheme.lower() == "negotiate" and rest.strip():
            proof: list[tuple[str, str]] = []
            if self._options.verify_tokens:
                user, answer = self._accept(rest.strip())
                if user is None:
                    return self._challenge("Negotiate"), None, []
                proof = [("WWW-Authenticate", f"Negotiate {base64.b64encode(answer).decode()}")]
            name = secrets.token_hex(8)
            self._sessions[name] = time.monotonic() + self._options.session_seconds
            cookie = [("Set-Cookie", f"JSESSIONID={name};Path=/")] if self._options.session_seconds else []
            return None, "spnego", cookie + proof
        return self._challenge("Negotiate"), None, []

    def _accept(self, token: str) -> tuple[str | None, bytes]:
        """The user of a real token, and the server's proof; the keytab is named by KRB5_KTNAME."""
        import gssapi  # the system's Kerberos: only tests with a realm of their own need it

        try:
            context = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept"), usage="accept")
            answer = context.step(base64.b64decode(token))
            return (str(context.initiator_name) if context.complete else None), answer or b""
        except (gssapi.exceptions.GSSError, binascii.Error):
            return None, b""


def digest_response(user: str, password: str, method: str, fields: dict[str, str]) -> str:
    """RFC 2617 with qop=auth."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    first = md5(f"{user}:{REALM}:{password}")
    second = md5(f"{method}:{fields.get('uri', '')}")
    parts = [first, fields.get("nonce", ""), fields.get("nc", ""), fields.get("cnonce", ""), "auth", second]
    return md5(":".join(parts))

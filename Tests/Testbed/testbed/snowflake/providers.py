"""The pages of identity providers: OAuth endpoints, Okta, and what a browser is sent to."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from testbed.common.http import HttpRequest, HttpResponse
from testbed.snowflake.login import CLIENT, LOCAL, USERS, Logins

_JSON = [("Content-Type", "application/json")]


def page(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(status, text.encode(), [("Content-Type", "text/html; charset=utf-8")])


def _query(http: HttpRequest) -> dict[str, str]:
    return {k: v[-1] for k, v in parse_qs(http.query, keep_blank_values=True).items()}


def _refused(status: int, error: str, text: str) -> HttpResponse:
    return HttpResponse(status, json.dumps({"error": error, "error_description": text}).encode(), _JSON)


def authorize(logins: Logins, http: HttpRequest, client: str) -> HttpResponse:
    """GET …/authorize: the user agrees at once, and is sent back with a code."""
    asked = _query(http)
    target, state = asked.get("redirect_uri", ""), asked.get("state", "")
    if asked.get("client_id") != client or asked.get("response_type") != "code" or not target:
        return page("<h1>invalid_request</h1>", 400)
    if "DENIED" in asked.get("scope", ""):
        answer = {"error": "access_denied", "error_description": "the user said no", "state": state}
    else:
        code = logins.give(logins.codes, "OAUTH", 60, challenge=asked.get("code_challenge"), target=target,
                           method=asked.get("code_challenge_method"))  # fmt: skip
        answer = {"code": code, "state": state}
    return HttpResponse(302, b"", [("Location", target + ("&" if "?" in target else "?") + urlencode(answer))])


def token(logins: Logins, http: HttpRequest, client: tuple[str, str], allows_client: bool) -> HttpResponse:
    """POST …/token: codes with their verifier, refresh tokens, and client credentials where they are allowed."""
    form = {k: v[-1] for k, v in parse_qs(http.body.decode("utf-8", "replace")).items()}
    if _credentials(http, form) != client:
        return _refused(401, "invalid_client", "This client is not known, or its secret is wrong.")
    kind = form.get("grant_type")
    if kind == "authorization_code":
        grant = logins.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (grant is None or grant.ends <= logins.options.now() or grant.facts["target"] != form.get("redirect_uri")
                or grant.facts["method"] != "S256" or grant.facts["challenge"] != challenge):  # fmt: skip
            return _refused(400, "invalid_grant", "The code, its verifier or its redirect URI is wrong.")
        return _granted(logins, "OAUTH", True)
    if kind == "refresh_token":
        grant = logins.refresh.pop(form.get("refresh_token", ""), None)
        if grant is None or grant.ends <= logins.options.now():
            return _refused(400, "invalid_grant", "The refresh token is unknown or has ended.")
        return _granted(logins, grant.user, True)
    if kind == "client_credentials" and allows_client:
        return _granted(logins, "OAUTH", False)
    return _refused(400, "unsupported_grant_type", f"{kind} is not supported here.")


def _credentials(http: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    scheme, _, value = http.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, secret = base64.b64decode(value).decode().partition(":")
        return name, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _granted(logins: Logins, user: str, refreshable: bool) -> HttpResponse:
    answer: dict[str, Any] = {"access_token": logins.give(logins.access, user, 600), "token_type": "Bearer", "expires_in": 599}
    if refreshable:
        answer["refresh_token"] = logins.give(logins.refresh, user, 86400)
        answer["refresh_token_expires_in"] = 86400
    return HttpResponse(200, json.dumps(answer).encode(), [*_JSON, ("Cache-Control", "no-store")])


def okta(logins: Logins, http: HttpRequest, service: str) -> HttpResponse:
    """The pages of the identity provider on its own port. One-time tokens are good for one use."""
    if http.path == "/api/v1/authn":
        asked = json.loads(http.body or b"{}")
        user = str(asked.get("username", "")).upper()
        if user == "MFA":
            return HttpResponse(200, json.dumps({"status": "MFA_REQUIRED", "stateToken": "x"}).encode(), _JSON)
        if USERS.get(user) != asked.get("password"):
            return HttpResponse(401, json.dumps({"errorCode": "E0000004", "errorSummary": "Authentication failed"}).encode(), _JSON)
        given = logins.give(logins.codes, user, 60, okta=True)
        return HttpResponse(200, json.dumps({"status": "SUCCESS", "sessionToken": given, "expiresAt": "2099-01-01"}).encode(), _JSON)
    if http.path == "/app/snowflake/sso/saml":
        grant = logins.codes.pop(_query(http).get("onetimetoken", ""), None)
        if grant is None or not grant.facts.get("okta"):
            return page("<html><body>sign in</body></html>", 403)
        saml = logins.give(logins.saml, grant.user, 60)
        action = html.escape(f"{service}/fed/login?a=1&b=2", quote=True).replace("/", "&#x2f;")
        return page(f'<html><body><form id="appForm" action="{action}" method="POST">'
                    f'<input name="SAMLResponse" type="hidden" value="{saml}"/></form></body></html>')  # fmt: skip
    if http.path == "/oauth2/v1/authorize":
        return authorize(logins, http, CLIENT[0])
    if http.path == "/oauth2/v1/token":
        return token(logins, http, CLIENT, True)
    return page("<h1>404</h1>", 404)


def browser(logins: Logins, http: HttpRequest) -> HttpResponse | None:
    """What a browser asks the service itself for; None for other paths."""
    asked = _query(http)
    if http.path == "/sso":
        grant = logins.browser.pop(asked.get("nonce", ""), None)
        if grant is None:
            return page("<h1>This sign-in has ended.</h1>", 400)
        given = logins.give(logins.browser, grant.user, 60, **grant.facts) + "/+="
        logins.browser[given] = logins.browser.pop(given[:-3])
        return _back(asked.get("browser_mode_redirect_port", ""), given)
    if http.path == "/console/login":
        user = asked.get("login_name", "").upper() or "BROWSER"
        given = logins.give(logins.browser, user, 60, proof=asked.get("proof_key", ""))
        return _back(asked.get("browser_mode_redirect_port", ""), given)
    if http.path == "/oauth/authorize":
        return authorize(logins, http, LOCAL[0])
    if http.path == "/oauth/token-request":
        return token(logins, http, LOCAL, False)
    return None


def _back(port: str, given: str) -> HttpResponse:
    return HttpResponse(302, b"", [("Location", f"http://127.0.0.1:{port}/?token={quote(given, safe='')}")])

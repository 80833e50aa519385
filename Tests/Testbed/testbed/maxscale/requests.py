"""HTTP requests as MaxScale's web server takes them: size limits, methods, bodies, accounts."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any

from testbed.common.http import HttpRequest, HttpResponse
from testbed.maxscale.jansson import JsonError, load
from testbed.maxscale.options import Options
from testbed.maxscale.service import DENIED, UNENCRYPTED, Call, Refusal, Reply, Service
from testbed.maxscale.tokens import Account, account_of, entity_tag
from testbed.maxscale.values import dumped, parsed

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_MEMORY = 32 << 10
_TOO_BIG = (b"<html><head><title>Request too big</title></head><body>Your HTTP header was too big for the memory "
            b"constraints of this webserver.</body></html>")  # fmt: skip
_SAFETY = [
    ("X-Frame-Options", "Deny"), ("X-XSS-Protection", "1"), ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-cache"),
]  # fmt: skip
_STARTED = "Sat, 21 Nov 2026 03:16:10 GMT"


class Early(Exception):
    """An answer of the web server, before a handler has seen the request."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def call_of(http: HttpRequest, service: Service, options: Options) -> Call:
    """Takes a request apart; raises Early for what goes no further."""
    line = len(http.method) + len(http.target)
    if line > _MEMORY:
        raise Early(_page(414))
    if line + sum(len(k) + len(v) + 4 for k, v in http.headers.items()) > _MEMORY:
        raise Early(_page(431))
    method = http.headers.get("x-http-method-override", http.method)
    if method not in _METHODS:
        raise Early(finished(Reply(405), http, False, False))
    path, prefix = _path(http.path)
    account = account_of(http, service.keys, options.admin_auth)
    if path == ["auth"] and options.admin_auth:
        _check_auth(http, options)
    if account is None and not (path == ["auth"] and "logout=" in http.query):
        raise Early(_unauthorized(http, DENIED))
    if account and account.kind == "basic" and path[:1] != ["sql"] and method not in ("GET", "HEAD", "OPTIONS"):
        raise Early(_unauthorized(http, DENIED) if account.way == "basic" else finished(Reply(403), http, False, False))
    return Call(http, method, path, prefix, _body(http), account or Account("", "basic", "basic"))


def _check_auth(http: HttpRequest, options: Options) -> None:
    """`/auth` wants encryption, unless told otherwise, and the name and password themselves."""
    if options.secure_gui and not http.accepted.secure:
        raise Early(_unauthorized(http, UNENCRYPTED))
    if "logout=" not in http.query and not http.headers.get("authorization", "").lower().startswith("basic "):
        raise Early(_unauthorized(http, DENIED))


def _path(text: str) -> tuple[list[str], str]:
    """The parts behind the version prefix, which may be missing; [""] for what cannot be a path."""
    parts = text.removesuffix("/").split("/")[1:]
    prefix = "/v1" if parts[:1] == ["v1"] else ""
    parts = parts[1:] if prefix else parts
    return (parts if parts and all(parts) else [""]), prefix


def _body(http: HttpRequest) -> Any:
    """The parsed body; None when there is none, and without a length none is seen."""
    if not _has_body(http):
        return None
    try:
        return load(http.body)
    except JsonError as error:
        # The message is pasted in as it is, quotes and all.
        text = b'{"errors": [ { "detail": "Invalid JSON in request: %s" } ] }' % error.text
        raise Early(HttpResponse(400, text, [("Date", formatdate(usegmt=True))])) from None


def _has_body(http: HttpRequest) -> bool:
    return bool(http.body) and "transfer-encoding" not in http.headers


def _page(status: int) -> HttpResponse:
    return HttpResponse(status, _TOO_BIG, [("Date", formatdate(usegmt=True))], close=True)


def _unauthorized(http: HttpRequest, detail: str) -> HttpResponse:
    headers = [("Date", formatdate(usegmt=True))]
    bearer = http.headers.get("authorization", "").lower().startswith("bearer") or "token_sig" in http.cookies()
    if not bearer and detail == DENIED and "x-requested-with" not in http.headers:
        headers.append(("WWW-Authenticate", 'Basic realm="maxscale"'))
    return HttpResponse(401, b'{"errors": [ { "detail": "%s" } ] }' % detail.encode(), headers, close=True)


def refused(refusal: Refusal) -> Reply:
    """A refusal as an answer; without a text the body is empty."""
    if refusal.detail is None:
        return Reply(refusal.status)
    return Reply(refusal.status, dumped({"errors": [{"detail": refusal.detail}]}).encode())


def finished(reply: Reply, http: HttpRequest, pretty: bool, tagged: bool) -> HttpResponse:
    """The answer with MaxScale's headers; only requests with a body leave the socket open."""
    if pretty or tagged:
        reply.join()
    body = reply.body
    if pretty and body:
        body = dumped(parsed(body), 4).encode("utf-8", "surrogatepass")
    cookies = [h for h in reply.headers if h[0] == "Set-Cookie"]
    headers = [h for h in reply.headers if h[0] != "Set-Cookie"]
    if tagged:
        headers += [("ETag", entity_tag(b"" if http.method == "HEAD" else body)), ("Last-Modified", _STARTED)]
    if reply.body:
        headers.append(("Content-Type", "application/json"))
    # The year has two digits.
    date = formatdate(usegmt=True)
    headers += [("Date", date[:12] + date[14:]), *_SAFETY, *cookies]
    return HttpResponse(reply.status, body, headers, close=not _has_body(http), after=reply.after)


def masked(call: Call) -> Any:
    """The body for the log, without passwords."""
    if not isinstance(call.body, dict):
        return call.body
    return json.loads(json.dumps({k: "***" if k == "password" else v for k, v in call.body.items()}))

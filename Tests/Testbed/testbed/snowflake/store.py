"""The cloud store: chunks behind signed URLs that end, and files of stages."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from testbed.common.http import HttpRequest, HttpResponse
from testbed.snowflake.options import Options
from testbed.snowflake.results import Chunk

_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
_KEY_MD5 = base64.b64encode(hashlib.md5(base64.b64decode(_KEY)).digest()).decode()
# URLs that are remembered.
_KEPT = 500_000
_PREFIX = "x-amz-server-side-encryption-customer-"


@dataclass
class _Signed:
    chunk: Chunk
    ends: float
    headers: str
    labelled: bool
    number: int


class Store:
    """What is on the second port. URLs are kept as they were given out, so that none may be re-encoded."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._signed: dict[str, _Signed] = {}
        self.served = 0
        self.files: dict[str, bytes] = {}

    def targets(self, query_id: str, chunks: list[Chunk]) -> list[str]:
        """New signed targets for the chunks of a result."""
        ends = self._options.now() + self._options.chunk_seconds
        if len(self._signed) > _KEPT:
            for target in list(self._signed)[: _KEPT // 2]:
                del self._signed[target]
        found = []
        for number, chunk in enumerate(chunks):
            signature = quote(base64.b64encode(secrets.token_bytes(20)).decode(), safe="") + "%2Fb"
            target = (
                f"/results/{query_id}_0/main/data_0_0_{number}?{_PREFIX}algorithm=AES256&response-content-encoding=gzip"
                f"&AWSAccessKeyId=AKIASTANDIN&Expires={int(ends)}&Signature={signature}"
            )
            labelled = self._options.chunk_encoding == "header"
            self._signed[target] = _Signed(chunk, ends, self._options.chunk_headers, labelled, number)
            found.append(target)
        return found

    def expire(self) -> None:
        """Ends every URL that has been given out."""
        for signed in self._signed.values():
            signed.ends = 0

    def members(self) -> dict[str, Any]:
        """What an answer says about the headers of its chunks."""
        if self._options.chunk_headers == "headers":
            return {"chunkHeaders": {f"{_PREFIX}key": _KEY, f"{_PREFIX}key-md5": _KEY_MD5}, "qrmk": _KEY}
        return {"qrmk": _KEY} if self._options.chunk_headers == "qrmk" else {}

    def answer(self, http: HttpRequest) -> HttpResponse:
        """A chunk, or the refusal that a cloud store would give."""
        if http.method != "GET":
            return _error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        if "authorization" in http.headers:
            return _error(400, "InvalidArgument", "Only one auth mechanism allowed.")
        signed = self._signed.get(http.target)
        if signed is None:
            return _error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
        if signed.ends <= self._options.now():
            return _error(403, "AccessDenied", "Request has expired")
        if refused := self._wrong_headers(http, signed):
            return _error(400, "InvalidRequest", refused)
        self.served += 1
        chunk = signed.chunk
        headers = [("Content-Type", "application/octet-stream"), ("ETag", f'"{signed.number}"')]
        if chunk.is_gzip and signed.labelled:
            headers.append(("Content-Encoding", "gzip"))
        return HttpResponse(200, b"", headers, after=(chunk.body,))

    def _wrong_headers(self, http: HttpRequest, signed: _Signed) -> str | None:
        has = {k: v for k, v in http.headers.items() if k.startswith(_PREFIX)}
        wanted = {
            "headers": {f"{_PREFIX}key": _KEY, f"{_PREFIX}key-md5": _KEY_MD5},
            "qrmk": {f"{_PREFIX}key": _KEY, f"{_PREFIX}algorithm": "AES256"},
            "none": {},
        }[signed.headers]
        return None if has == wanted else f"The object was stored using a form of Server Side Encryption; headers given: {sorted(has)}"


def _error(status: int, code: str, text: str) -> HttpResponse:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{text}</Message></Error>'
    return HttpResponse(status, body.encode(), [("Content-Type", "application/xml")])

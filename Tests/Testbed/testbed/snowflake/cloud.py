"""Stages in a cloud: objects on the store's port as S3, Azure Blob Storage and Google Cloud Storage have them.

Signatures, credentials and their end are checked; what clients have encrypted is kept as it came and opened when a
statement reads it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from testbed.common.http import HttpRequest, HttpResponse
from testbed.snowflake.options import Options

BUCKET, ACCOUNT, REGION = "tern-stage", "ternaccount", "us-east-1"
_META = ("x-amz-meta-", "x-ms-meta-", "x-goog-meta-")


@dataclass
class _Credential:
    ends: float
    secret: str = ""


@dataclass
class _Upload:
    """A multipart upload, or the blocks of a blob."""

    parts: dict[str, bytes] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)


class Cloud:
    """Objects of all stages; their bodies are files below the root, their metadata is here."""

    def __init__(self, options: Options, root: Path) -> None:
        self._options, self._root = options, root
        self.meta: dict[str, dict[str, str]] = {}
        self._credentials: dict[str, _Credential] = {}
        self._uploads: dict[str, _Upload] = {}
        self.master_key = secrets.token_bytes(32)
        self.port = 0

    # What PUT and GET are told.

    def stage_info(self, directory: Path, path: str, secure: bool) -> dict[str, Any]:
        """`stageInfo` of a stage whose objects are below the directory."""
        prefix = f"{directory.name}/{path}".rstrip("/") + "/"
        facts: dict[str, Any] = {
            "location": f"{BUCKET}/{prefix}", "path": prefix, "region": REGION, "storageAccount": None, "endPoint": None,
            "isClientSideEncrypted": self._options.stage_encrypted, "useS3RegionalUrl": False, "useRegionalUrl": False,
            "useVirtualUrl": False, "presignedUrl": None, "ciphers": "AES_CBC",
            "credExpiryTime": int((self._options.now() + self._options.credential_seconds) * 1000),
        }  # fmt: skip
        host = self._options.stage_endpoint or f"127.0.0.1:{self.port}"
        if self._options.stage == "s3":
            key, secret, token = f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30), self._new()
            self._credentials[key] = _Credential(self._credentials[token].ends, secret)
            creds = {"AWS_KEY_ID": key, "AWS_SECRET_KEY": secret, "AWS_TOKEN": token, "AWS_ID": key, "AWS_KEY": secret}
            return {**facts, "locationType": "S3", "endPoint": host, "creds": creds}
        if self._options.stage == "azure":
            sas = f"sv=2022-11-02&sr=c&sp=rwl&sig={quote(self._new(), safe='')}"
            return {**facts, "locationType": "AZURE", "storageAccount": ACCOUNT, "endPoint": host, "creds": {"AZURE_SAS_TOKEN": f"?{sas}"}}
        return {**facts, "locationType": "GCS", "endPoint": host, "creds": {"GCS_ACCESS_TOKEN": self._new()}}

    def presigned(self, directory: Path, path: str, secure: bool) -> str:
        """A URL that allows one object to be written or read."""
        scheme = "https" if secure else "http"
        return f"{scheme}://127.0.0.1:{self.port}/{BUCKET}/{quote(f'{directory.name}/{path}')}?X-Goog-Signature={self._new()}"

    def _new(self) -> str:
        token = secrets.token_urlsafe(24)
        self._credentials[token] = _Credential(self._options.now() + self._options.credential_seconds)
        return token

    def material(self, query_id: str) -> dict[str, Any] | None:
        """`encryptionMaterial` of one file; the master key's id exceeds what a double holds."""
        if not self._options.stage_encrypted:
            return None
        key = self.master_key[: self._options.stage_key_bytes]
        return {"queryStageMasterKey": base64.b64encode(key).decode(), "queryId": query_id, "smkId": "92019681909886001"}

    def opened(self, file: Path) -> bytes:
        """An object's body without the client's encryption."""
        body = file.read_bytes()
        meta = self.meta.get(str(file.relative_to(self._root)), {})
        wrapped, initial, description = _envelope(meta)
        if not wrapped:
            return body
        size = int(json.loads(description)["keySize"]) // 8
        key = _unpadded(_cipher(self.master_key[:size], modes.ECB(), base64.b64decode(wrapped)))
        return _unpadded(_cipher(key, modes.CBC(base64.b64decode(initial)), body))

    # Requests.

    def wants(self, http: HttpRequest) -> bool:
        return http.path.startswith((f"/{BUCKET}", "/upload")) or http.headers.get("host", "").startswith((f"{BUCKET}.", f"{ACCOUNT}."))

    def answer(self, http: HttpRequest) -> HttpResponse:
        """Reads, writes, and asks for objects; refuses what is not signed."""
        query = dict(parse_qsl(http.query, keep_blank_values=True))
        path = unquote(http.path).removeprefix("/")
        path = path if http.headers.get("host", "").startswith(f"{BUCKET}.") else path.partition("/")[2]
        if refused := self._unsigned(http, query):
            return refused
        if "uploads" in query or "uploadId" in query:
            return self._multipart(http, query, path)
        if query.get("comp") in ("block", "blocklist"):
            return self._blocks(http, query, path)
        if http.method == "PUT":
            return self._store(path, http.body, _meta(http))
        file = self._file(path)
        if file is None or not file.is_file():
            return _error(404, "NoSuchKey", "The specified key does not exist.")
        return self._load(http, file)

    def _load(self, http: HttpRequest, file: Path) -> HttpResponse:
        body = file.read_bytes()
        headers = [("Content-Type", "application/octet-stream"), ("ETag", f'"{hashlib.md5(body).hexdigest()}"'),
                   *self.meta.get(str(file.relative_to(self._root)), {}).items()]  # fmt: skip
        if http.method == "HEAD":
            return HttpResponse(200, b"", headers, declared_length=len(body))
        if (span := http.headers.get("range", http.headers.get("x-ms-range", ""))).startswith("bytes="):
            first, _, last = span[6:].partition("-")
            part = body[int(first) : int(last) + 1 if last else None]
            return HttpResponse(206, part, [*headers, ("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(body)}")])
        return HttpResponse(200, body, headers)

    def _file(self, path: str) -> Path | None:
        """The file of an object; None for a path that leaves the root."""
        file = (self._root / path).resolve()
        return file if file.is_relative_to(self._root.resolve()) and path else None

    def _store(self, path: str, body: bytes, meta: dict[str, str]) -> HttpResponse:
        file = self._file(path)
        if file is None or not (self._root / path.partition("/")[0]).is_dir():
            return _error(404, "NoSuchBucket", "The specified bucket does not exist.")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        self.meta[str(file.relative_to(self._root))] = meta
        status = 201 if self._options.stage == "azure" else 200
        return HttpResponse(status, b"", [("ETag", f'"{hashlib.md5(body).hexdigest()}"')])

    def _multipart(self, http: HttpRequest, query: dict[str, str], path: str) -> HttpResponse:
        if "uploads" in query:
            upload = secrets.token_hex(8)
            self._uploads[upload] = _Upload(meta=_meta(http))
            return _xml(f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(path)}</Key><UploadId>{upload}</UploadId>"
                        "</InitiateMultipartUploadResult>")  # fmt: skip
        found = self._uploads.get(query["uploadId"])
        if found is None:
            return _error(404, "NoSuchUpload", "The specified upload does not exist.")
        if http.method == "PUT":
            found.parts[query["partNumber"]] = http.body
            return HttpResponse(200, b"", [("ETag", f'"{hashlib.md5(http.body).hexdigest()}"')])
        del self._uploads[query["uploadId"]]
        if http.method == "DELETE":
            return HttpResponse(204)
        named = [p.findtext("{*}PartNumber") or "" for p in ElementTree.fromstring(http.body).iter() if p.tag.endswith("Part")]
        if named != sorted(found.parts, key=int):
            return _error(400, "InvalidPart", "One or more of the specified parts could not be found.")
        self._store(path, b"".join(found.parts[n] for n in named), found.meta)
        return _xml(f"<CompleteMultipartUploadResult><Key>{escape(path)}</Key><ETag>\"x\"</ETag></CompleteMultipartUploadResult>")

    def _blocks(self, http: HttpRequest, query: dict[str, str], path: str) -> HttpResponse:
        upload = self._uploads.setdefault(f"azure:{path}", _Upload())
        if query["comp"] == "block":
            upload.parts[query["blockid"]] = http.body
            return HttpResponse(201)
        named = [e.text or "" for e in ElementTree.fromstring(http.body)]
        if any(n not in upload.parts for n in named):
            return _error(400, "InvalidBlockList", "The specified block list is invalid.")
        del self._uploads[f"azure:{path}"]
        return self._store(path, b"".join(upload.parts[n] for n in named), _meta(http))

    # Who asks.

    def _unsigned(self, http: HttpRequest, query: dict[str, str]) -> HttpResponse | None:
        """The refusal of a request that nothing good signs; None when it may go on."""
        given = http.headers.get("authorization", "")
        if given.startswith("AWS4-HMAC-SHA256 "):
            return self._wrong_signature(http, given)
        token = query.get("sig") or query.get("X-Goog-Signature") or (given[7:] if given.startswith("Bearer ") else "")
        found = self._credentials.get(token)
        if found is None:
            return _error(403, "AccessDenied", "Access denied.")
        if found.ends <= self._options.now():
            expired_status = {"gcs": 401 if given else 400}.get(self._options.stage, 403)
            return _error(expired_status, "ExpiredToken", "The provided token has expired.")
        return None

    def _wrong_signature(self, http: HttpRequest, given: str) -> HttpResponse | None:
        parts = dict(p.strip().split("=", 1) for p in given.removeprefix("AWS4-HMAC-SHA256 ").split(","))
        key, date, region, service, _ = parts["Credential"].split("/")
        found, token = self._credentials.get(key), http.headers.get("x-amz-security-token", "")
        if found is None or token not in self._credentials:
            return _error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        if found.ends <= self._options.now():
            return _error(400, "ExpiredToken", "The provided token has expired.")
        names = parts["SignedHeaders"].split(";")
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(parse_qsl(http.query, keep_blank_values=True)))
        content = http.headers.get("x-amz-content-sha256", "")
        canonical = "\n".join([http.method, http.path, query, *(f"{n}:{' '.join(http.headers.get(n, '').split())}" for n in names), "",
                               ";".join(names), content])  # fmt: skip
        scope = f"{date}/{region}/{service}/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", http.headers.get("x-amz-date", ""), scope, hashlib.sha256(canonical.encode()).hexdigest()])
        secret = f"AWS4{found.secret}".encode()
        for step in (date, region, service, "aws4_request"):
            secret = hmac.digest(secret, step.encode(), "sha256")
        mark = hmac.digest(secret, text.encode(), "sha256").hex()
        if not hmac.compare_digest(mark, parts["Signature"]):
            return _error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
        if content not in ("UNSIGNED-PAYLOAD", hashlib.sha256(http.body).hexdigest()):
            return _error(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
        return None


def _meta(http: HttpRequest) -> dict[str, str]:
    return {k: v for k, v in http.headers.items() if k.startswith(_META)}


def _envelope(meta: dict[str, str]) -> tuple[str, str, str]:
    """Wrapped key, initial vector and description of an encrypted object."""
    if "x-amz-meta-x-amz-key" in meta:
        return meta["x-amz-meta-x-amz-key"], meta["x-amz-meta-x-amz-iv"], meta["x-amz-meta-x-amz-matdesc"]
    for prefix in ("x-ms-meta-", "x-goog-meta-"):
        if meta.get(f"{prefix}encryptiondata"):
            data = json.loads(meta[f"{prefix}encryptiondata"])
            return data["WrappedContentKey"]["EncryptedKey"], data["ContentEncryptionIV"], meta[f"{prefix}matdesc"]
    return "", "", ""


def _cipher(key: bytes, mode: Any, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), mode).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _unpadded(data: bytes) -> bytes:
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(data) + unpadder.finalize()


def _xml(text: str) -> HttpResponse:
    return HttpResponse(200, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), [("Content-Type", "application/xml")])


def _error(status: int, code: str, text: str) -> HttpResponse:
    answer = _xml(f"<Error><Code>{code}</Code><Message>{text}</Message></Error>")
    answer.status = status
    return answer

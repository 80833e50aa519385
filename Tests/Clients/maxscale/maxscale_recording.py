"""The recorded traffic of two real MaxScale servers, and what of an answer has to agree: all but what must differ."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

RECORDING = Path(__file__).resolve().parents[2] / "Fixtures" / "maxscale" / "maxscale-real-session.jsonl"
HOST = "127.0.0.1:8989"
_DATABASE_PORT = "[127.0.0.1]:33306"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_CLOCKS = re.compile(r'("(?:execution_time|seconds_idle)": ?)[-+\d.e]+')
_THREADS = re.compile(r'("thread_id": ?)\d+')
_ABBREVIATED = re.compile(r"(a+)\.\.\.\((\d+)\)")
_COMPARED = {"location", "set-cookie", "content-type", "accept", "www-authenticate", "connection"}


def exchanges() -> list[dict[str, Any]]:
    """All exchanges in the order in which they were recorded."""
    with open(RECORDING, encoding="utf-8") as lines:
        return [e for e in map(json.loads, lines) if e["name"] != "_meta"]


class Names:
    """Ids, tokens and threads of the recording, and what they are called here."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}
        self._theirs: dict[str, str] = {}
        self.threads: dict[str, str] = {}

    def learn(self, recorded: str, got: str) -> None:
        """Pairs the ids, tokens and threads of two answers that are about one connection, or about none."""
        for pattern in (_UUID, _TOKEN):
            for theirs, ours in zip(pattern.findall(recorded), pattern.findall(got)):
                self._ours[theirs], self._theirs[ours] = ours, theirs
        theirs, ours = _THREADS.search(recorded), _THREADS.search(got)
        if theirs and ours:
            self.threads[theirs[0].split()[-1].split(":")[-1]] = ours[0].split()[-1].split(":")[-1]

    def translated(self, text: str) -> str:
        """A recorded request with our ids and tokens in it."""
        for pattern in (_UUID, _TOKEN):
            text = pattern.sub(lambda found: self._ours.get(found[0], found[0]), text)
        return re.sub(r'("KILL (?:QUERY )?)(\d+)', lambda found: found[1] + self.threads[found[2]], text)

    def comparable(self, text: str, ours: bool) -> str:
        """A part of an answer without clocks, random values and our names."""
        known = self._theirs if ours else {t: t for t in self._ours}
        text = _UUID.sub(lambda found: known.get(found[0], "UUID"), text)
        text = _THREADS.sub(r"\g<1>0", _CLOCKS.sub(r"\g<1>0", _TOKEN.sub("TOKEN", text)))
        text = re.sub(r"KILL (QUERY )?\d+", r"KILL \1N", text)
        return re.sub(r"\[127\.0\.0\.1\]:\d+", _DATABASE_PORT, text)


def request_of(exchange: dict[str, Any], names: Names) -> tuple[str, bytes | None, dict[str, str]]:
    """Path, body and headers of a recorded request, in our names."""
    path = _ABBREVIATED.sub(_spelled_out, names.translated(exchange["path"]))
    headers = {k: _ABBREVIATED.sub(_spelled_out, names.translated(v)) for k, v in exchange["request_headers"].items()}
    headers = {"Host": HOST, **{k: v for k, v in headers.items() if k != "Content-Length"}}
    body = exchange.get("request_body")
    if exchange.get("request_body_base64"):
        return path, base64.b64decode(exchange["request_body_base64"]), headers
    return path, None if body is None else names.translated(body).encode(), headers


def _spelled_out(found: re.Match[str]) -> str:
    return "a" * int(found[2])


def in_order(text: str) -> str:
    """An answer with its rows or connections sorted, where the server says nothing about their order."""
    document = json.loads(text)
    results = document["data"]["attributes"]["results"] if isinstance(document["data"], dict) else [document]
    results[0]["data"].sort(key=json.dumps)
    return json.dumps(document)


def headers_of(pairs: list[Any]) -> tuple[list[str], dict[str, str]]:
    """The names of all headers, and the values of those that are compared."""
    return sorted(k.lower() for k, _ in pairs), {k.lower(): v for k, v in pairs if k.lower() in _COMPARED}

"""Request bodies as MaxScale's JSON library reads them, with its words for what is wrong.

Python's own parser takes what is right; what it refuses, or takes too kindly, is read again here.
"""

from __future__ import annotations

import json
import re
from typing import Any

_TOKEN = re.compile(rb"[A-Za-z]+|[-0-9][-+0-9.eE]*")
_BLANK = b" \t\r\n"


class JsonError(Exception):
    """A body that is refused; `text` is the message."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.text = text


def load(body: bytes) -> Any:
    """The document; the last of equal keys counts."""
    try:
        document = json.loads(body.decode(), parse_constant=_refuse, parse_int=_integer)
        if isinstance(document, (dict, list)) and not re.search(rb"\\u(?:0000|[dD][89a-fA-F])", body):
            return document
    except (ValueError, RecursionError):
        pass
    try:
        return _Parser(body).document()
    except RecursionError:
        # The library's own limit is 2048 levels.
        raise JsonError(b"maximum parsing depth reached near '['") from None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _integer(digits: str) -> int:
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise ValueError("too big integer")
    return number


class _Parser:
    """A reader of one document that knows what it was reading when it fails."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0
        self._token: tuple[bytes, bytes, Any] = (b"", b"", None)

    def document(self) -> Any:
        kind, _, _ = self._next()
        if kind not in (b"{", b"["):
            raise self._error(b"'[' or '{' expected")
        value = self._value()
        if self._next()[0] != b"":
            raise self._error(b"end of file expected")
        return value

    # Tokens: kind, text, value.

    def _next(self) -> tuple[bytes, bytes, Any]:
        body = self._body
        while self._at < len(body) and body[self._at] in _BLANK:
            self._at += 1
        start = self._at
        if start == len(body):
            self._token = (b"", b"", None)
        elif body[start] == 0x22:
            self._token = (b"s", *self._string(start))
        elif found := _TOKEN.match(body, start):
            self._at = found.end()
            self._token = self._word(found[0])
        else:
            self._at += 1
            self._token = (body[start : start + 1], body[start : start + 1], None)
        return self._token

    def _word(self, word: bytes) -> tuple[bytes, bytes, Any]:
        constants = {b"true": True, b"false": False, b"null": None}
        if word in constants:
            return b"c", word, constants[word]
        try:
            value = json.loads(word, parse_int=_integer, parse_constant=_refuse)
        except ValueError as error:
            if "too big" in str(error):
                raise self._error(b"too big integer" if word[:1] != b"-" else b"too big negative integer", word) from None
            return b"?", word, None
        return b"n", word, value

    def _string(self, start: int) -> tuple[bytes, Any]:
        """Text with its quotes, and its value."""
        body, at = self._body, start + 1
        while at < len(body) and body[at] != 0x22:
            if body[at] < 0x20:
                what = b"unexpected newline" if body[at] == 10 else b"control character 0x%x" % body[at]
                raise self._error(what, body[start:at])
            if body[at] >= 0x80:
                at = self._character(start, at)
            else:
                at += 2 if body[at] == 0x5C else 1
        if at >= len(body):
            raise self._error(b"premature end of input", body[start:])
        self._at = at + 1
        text = body[start : at + 1]
        return text, self._unescaped(text)

    def _character(self, start: int, at: int) -> int:
        for size in (2, 3, 4):
            try:
                self._body[at : at + size].decode()
                return at + size
            except UnicodeDecodeError:
                continue
        raise self._error(b"unable to decode byte 0x%x" % self._body[at], self._body[start:at])

    def _unescaped(self, text: bytes) -> str:
        try:
            value: str = json.loads(text)
        except ValueError:
            raise self._error(b"invalid escape", text) from None
        if "\0" in value:
            raise self._error(b"\\u0000 is not allowed without JSON_ALLOW_NUL", text)
        for character in value:
            if 0xD800 <= ord(character) <= 0xDFFF:
                raise self._error(b"invalid Unicode '\\u%04X'" % ord(character), text)
        return value

    # Grammar.

    def _value(self) -> Any:
        kind, _, value = self._token
        if kind in (b"s", b"n", b"c"):
            return value
        if kind == b"{":
            return self._object()
        if kind == b"[":
            return self._array()
        raise self._error(b"invalid token" if kind == b"?" else b"unexpected token")

    def _object(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        if self._next()[0] == b"}":
            return members
        while True:
            kind, _, name = self._token
            if kind != b"s":
                raise self._error(b"string or '}' expected")
            if self._next()[0] != b":":
                raise self._error(b"':' expected")
            self._next()
            members[name] = self._value()
            if self._next()[0] != b",":
                break
            self._next()
        if self._token[0] != b"}":
            raise self._error(b"'}' expected")
        return members

    def _array(self) -> list[Any]:
        items: list[Any] = []
        if self._next()[0] == b"]":
            return items
        while True:
            items.append(self._value())
            if self._next()[0] != b",":
                break
            self._next()
        if self._token[0] != b"]":
            raise self._error(b"']' expected")
        return items

    def _error(self, what: bytes, near: bytes | None = None) -> JsonError:
        near = self._token[1] if near is None else near
        return JsonError(what + (b" near '%s'" % near if near else b" near end of file"))

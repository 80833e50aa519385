"""A small tokeniser for Exasol SQL: enough to skip literals and comments and to find types."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<space>\s+)
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*"|\[[^\]\n]*\])
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*(?:[$\#]\w*)*)
  | (?P<param>\?)
  | (?P<op><>|<=|>=|!=|\|\||.)
""",
    re.X | re.S,
)


@dataclass(frozen=True)
class Token:
    """One token with its place in the text."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text

    @property
    def identifier(self) -> str:
        """The stored name that this token spells."""
        if self.kind == "quoted":
            return self.text[1:-1] if self.text[0] == "[" else self.text[1:-1].replace('""', '"')
        return self.text.upper()

    @property
    def string(self) -> str:
        return self.text[1:-1].replace("''", "'")


def tokenize(sql: str) -> list[Token]:
    """All tokens but blanks and comments."""
    return [
        Token(str(m.lastgroup), m.group(), m.start())
        for m in _TOKEN.finditer(sql)
        if m.lastgroup not in ("space", "comment")
    ]


def strip_end(sql: str) -> str:
    """The statement without a trailing semicolon."""
    tokens = tokenize(sql)
    return sql[: tokens[-1].start] if tokens and tokens[-1].text == ";" else sql


class TokenReader:
    """A cursor over tokens with the few moves that a hand-written parser needs."""

    def __init__(self, tokens: list[Token], sql: str = "") -> None:
        self.tokens, self.index, self.sql = tokens, 0, sql

    @property
    def done(self) -> bool:
        return self.index >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        where = self.index + ahead
        return self.tokens[where] if where < len(self.tokens) else Token("end", "", len(self.sql))

    def next(self) -> Token:
        token = self.peek()
        self.index += 1
        return token

    def accept(self, *words: str) -> bool:
        """Takes the words when all of them come next."""
        if all(self.peek(i).upper == word for i, word in enumerate(words)):
            self.index += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        from testbed.exasol.errors import syntax_error

        for word in words:
            if not self.accept(word):
                raise syntax_error(self.sql, self.peek().text)

    def name(self) -> tuple[str | None, str]:
        """A one- or two-part name."""
        first = self.identifier()
        if self.accept("."):
            return first, self.identifier()
        return None, first

    def identifier(self) -> str:
        from testbed.exasol.errors import syntax_error

        token = self.next()
        if token.kind not in ("word", "quoted"):
            raise syntax_error(self.sql, token.text)
        return token.identifier

    def identifier_list(self) -> list[str]:
        """`( a, b )`."""
        self.expect("(")
        names = [self.identifier()]
        while self.accept(","):
            names.append(self.identifier())
        self.expect(")")
        return names

    def group(self) -> str:
        """The text of a balanced `( ... )` without the outer parentheses."""
        self.expect("(")
        start, depth = self.peek().start, 1
        while depth and not self.done:
            token = self.next()
            depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "op" else 0
        return self.sql[start : self.tokens[self.index - 1].start]


_TYPE_WORDS = {
    "BOOLEAN",
    "BOOL",
    "CHAR",
    "CHARACTER",
    "NCHAR",
    "VARCHAR",
    "VARCHAR2",
    "NVARCHAR",
    "NVARCHAR2",
    "LONG",
    "CLOB",
    "NCLOB",
    "TEXT",
    "DECIMAL",
    "DEC",
    "NUMERIC",
    "NUMBER",
    "INT",
    "INTEGER",
    "BIGINT",
    "SMALLINT",
    "TINYINT",
    "SHORTINT",
    "DOUBLE",
    "FLOAT",
    "REAL",
    "DATE",
    "TIMESTAMP",
    "INTERVAL",
    "GEOMETRY",
    "HASHTYPE",
}
_FOLLOWERS = {
    "PRECISION",
    "VARYING",
    "LARGE",
    "OBJECT",
    "VARCHAR",
    "WITH",
    "LOCAL",
    "TIME",
    "ZONE",
    "UTF8",
    "ASCII",
    "YEAR",
    "MONTH",
    "DAY",
    "SECOND",
    "TO",
}


def type_text(reader: TokenReader) -> str | None:
    """Consumes a data type and returns its text, or None when none comes next."""
    if reader.peek().upper not in _TYPE_WORDS:
        return None
    parts = [reader.next().upper]
    while not reader.done:
        token = reader.peek()
        if token.text == "(" and parts[-1] != ")":
            inner = reader.group()
            parts.append("(" + " ".join(inner.split()) + ")")
        elif token.upper in _FOLLOWERS:
            parts.append(reader.next().upper)
        elif token.upper == "CHARACTER" and reader.peek(1).upper == "SET":
            reader.index += 2
        else:
            break
    return " ".join(parts)

"""From the SQL of the recorded servers (HSQLDB's, Phoenix's UPSERT) to DuckDB's, token by token.

Unquoted words are folded to upper case, which is all that identifiers need; the rest are types,
literals and a few statements that DuckDB spells differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from testbed.avatica.errors import syntax
from testbed.avatica.types import SqlType, duckdb_type, sql_type

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<space>\s+)|(?P<prefixed>[XxBbNn]'(?:[^']|'')*')|(?P<string>'(?:[^']|'')*')"
    r"|(?P<quoted>\"(?:[^\"]|\"\")*\")|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w$]*|\$\w+)|(?P<symbol>\|\||<=|>=|<>|!=|::|.)",
    re.S,
)
_ZONE = re.compile(r"\d[+-]\d{1,2}:\d\d'$")
_AFTER_TYPE = {
    "NOT", "NULL", "PRIMARY", "UNIQUE", "DEFAULT", "CHECK", "REFERENCES", "GENERATED", "CONSTRAINT", "IDENTITY",
}  # fmt: skip
_TABLE_CONSTRAINT = {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK"}
ROW_WORDS = {"SELECT", "VALUES", "WITH", "EXPLAIN", "DESCRIBE", "SHOW", "FROM", "PRAGMA", "TABLE"}
COUNT_WORDS = {"INSERT", "UPDATE", "DELETE", "MERGE"}
_BIG = re.compile(r"BIG_(\d+)")


@dataclass
class DeclaredColumn:
    """What a CREATE TABLE says about one column and DuckDB would forget."""

    name: str
    type: SqlType
    identity: bool = False


@dataclass
class Statement:
    """One translated statement."""

    sql: str
    verb: str
    original: str
    tokens: list[str]
    before: list[str] = field(default_factory=list)
    table: tuple[str | None, str] | None = None
    columns: list[DeclaredColumn] = field(default_factory=list)
    parameters: int = 0
    sleep: float = 0.0

    @property
    def returns_rows(self) -> bool:
        return self.verb in ROW_WORDS

    @property
    def counts(self) -> bool:
        return self.verb in COUNT_WORDS


def tokens_of(sql: str) -> list[str]:
    """The tokens without white space and comments, unquoted words in upper case."""
    result = []
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind == "word":
            result.append(match[0].upper())
        elif kind not in ("space", "comment"):
            result.append(match[0])
    return result


def name_of(token: str) -> str:
    """The identifier that a token stands for."""
    return token[1:-1].replace('""', '"') if token.startswith('"') else token


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def translate(sql: str) -> list[Statement]:
    """The statements of a text; an empty text is the database's syntax error."""
    groups: list[list[str]] = [[]]
    for token in tokens_of(sql):
        if token == ";":
            groups.append([])
        else:
            groups[-1].append(token)
    statements = [_statement(group, sql) for group in groups if group]
    if not statements:
        raise syntax("unexpected end of statement")
    return statements


def _statement(tokens: list[str], original: str) -> Statement:
    statement = Statement("", tokens[0], original, tokens)
    tokens, statement.sleep = _sleep(list(tokens))
    statement.parameters = tokens.count("?")
    tokens = _verb(tokens, statement)
    if tokens[:2] == ["CREATE", "TABLE"] or tokens[:3] in (["CREATE", "TEMPORARY", "TABLE"], ["CREATE", "TEMP", "TABLE"]):
        tokens = _create_table(tokens, statement)
    statement.sql = " ".join(_expressions(_casts(tokens)))
    return statement


def _verb(tokens: list[str], statement: Statement) -> list[str]:
    """Statements that begin or end in another way."""
    verb = tokens[0]
    if verb == "VALUES" and tokens[1:2] != ["("]:
        tokens = ["VALUES", *_join([["(", *part, ")"] for part in split(tokens[1:])])]
    elif verb == "CALL":
        tokens, statement.verb = ["SELECT", *tokens[1:]], "SELECT"
    elif verb == "(":
        statement.verb = "SELECT"
    elif verb == "UPSERT":
        tokens, statement.verb = ["INSERT", "OR", "REPLACE", *tokens[1:]], "INSERT"
    elif verb == "MERGE":
        tokens = _unqualified_set(tokens)
    elif tokens[:3] == ["EXPLAIN", "PLAN", "FOR"]:
        tokens = ["EXPLAIN", *tokens[3:]]
    elif verb == "DROP" and tokens[-2:] == ["IF", "EXISTS"]:
        tokens = [*tokens[:2], "IF", "EXISTS", *tokens[2:-2]]
    elif tokens[:2] == ["CREATE", "SCHEMA"] and "AUTHORIZATION" in tokens:
        tokens = tokens[: tokens.index("AUTHORIZATION")]
    elif tokens[:2] in (["CREATE", "MEMORY"], ["CREATE", "CACHED"], ["CREATE", "GLOBAL"], ["CREATE", "LOCAL"]):
        tokens = ["CREATE", *tokens[2:]]
    return tokens


def _unqualified_set(tokens: list[str]) -> list[str]:
    """`SET p.NAME = ...` without the qualifier, which DuckDB refuses in MERGE."""
    result: list[str] = []
    for token in tokens:
        if token == "=" and result[-4:-3] in (["SET"], [","]) and result[-2] == ".":
            del result[-3:-1]
        result.append(token)
    return result


def _sleep(tokens: list[str]) -> tuple[list[str], float]:
    """`"$SLEEP"(n)` becomes n; the wait is done outside of the database so that it can be woken."""
    for at, token in enumerate(tokens):
        if name_of(token) == "$SLEEP" and tokens[at + 1 : at + 2] == ["("] and tokens[at + 3 : at + 4] == [")"]:
            return [*tokens[:at], tokens[at + 2], *tokens[at + 4 :]], float(tokens[at + 2])
    return tokens, 0.0


def split(tokens: list[str], separator: str = ",") -> list[list[str]]:
    """Parts of a list at its top level."""
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in "([") - (token in ")]") if len(token) == 1 else 0
        if token == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _join(parts: list[list[str]]) -> list[str]:
    result: list[str] = []
    for part in parts:
        result += [",", *part] if result else part
    return result


def closing(tokens: list[str], at: int) -> int:
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += (tokens[index] == "(") - (tokens[index] == ")")
        if depth == 0:
            return index
    raise syntax("unexpected end of statement")


def _create_table(tokens: list[str], statement: Statement) -> list[str]:
    at = tokens.index("TABLE") + 1
    if tokens[at : at + 3] == ["IF", "NOT", "EXISTS"]:
        at += 3
    names = [name_of(tokens[at])] if at < len(tokens) else [""]
    at += 1
    while tokens[at : at + 1] == ["."]:
        names.append(name_of(tokens[at + 1]))
        at += 2
    statement.table = (names[-2] if len(names) > 1 else None, names[-1])
    if tokens[at : at + 1] != ["("]:
        return tokens
    end = closing(tokens, at)
    if tokens[end + 1 : end + 2] == ["AS"]:
        return tokens
    parts = [_definition(part, statement) for part in split(tokens[at + 1 : end])]
    return [*tokens[: at + 1], *_join(parts), ")"]


def _definition(tokens: list[str], statement: Statement) -> list[str]:
    """One column or constraint of a CREATE TABLE; lengths become checks because DuckDB has none."""
    if not tokens:
        raise syntax("unexpected token: )")
    if tokens[0] in _TABLE_CONSTRAINT:
        return tokens
    end = next((i for i, t in enumerate(tokens) if i > 0 and t in _AFTER_TYPE), len(tokens))
    if end < 2:
        raise syntax("unexpected end of statement")
    declared = sql_type(" ".join(tokens[1:end]))
    name, rest = name_of(tokens[0]), tokens[end:]
    identity = "IDENTITY" in rest
    if identity:
        table = statement.table[1] if statement.table else ""
        sequence = f"SEQ_{table}_{name}"
        statement.before.append(f"CREATE SEQUENCE IF NOT EXISTS {quoted(sequence)} MINVALUE 0 START 0")
        rest = _without_identity(rest) + ["DEFAULT", "nextval", "(", "'" + quoted(sequence).replace("'", "''") + "'", ")"]
    statement.columns.append(DeclaredColumn(name, declared, identity))
    return [tokens[0], duckdb_type(declared), *rest, *_length_check(tokens[0], declared)]


def _without_identity(tokens: list[str]) -> list[str]:
    at = tokens.index("GENERATED") if "GENERATED" in tokens else tokens.index("IDENTITY")
    end = tokens.index("IDENTITY") + 1
    if tokens[end : end + 1] == ["("]:
        end = closing(tokens, end) + 1
    return tokens[:at] + tokens[end:]


def _length_check(name: str, declared: SqlType) -> list[str]:
    if declared.kind in ("char", "varchar") and declared.length < 16777216 and not declared.name.startswith("INTERVAL"):
        return ["CHECK", f"(length({name}) <= {declared.length})"]
    if declared.kind in ("binary", "varbinary") and declared.length < 16777216:
        return ["CHECK", f"(octet_length({name}) <= {declared.length})"]
    return []


def _casts(tokens: list[str]) -> list[str]:
    """Types in CAST(x AS type)."""
    result = list(tokens)
    at = 0
    while at < len(result):
        if result[at] == "CAST" and result[at + 1 : at + 2] == ["("]:
            end = closing(result, at + 1)
            inside = split(result[at + 2 : end], "AS")
            if len(inside) == 2:
                kind = duckdb_type(sql_type(" ".join(inside[1])))
                result[at + 2 : end] = [*inside[0], "AS", kind]
        at += 1
    return result


def _expressions(tokens: list[str]) -> list[str]:
    """Literals, functions and tables that are spelled differently."""
    result: list[str] = []
    for at, token in enumerate(tokens):
        if token[:2] in ("B'", "b'"):
            result.append(f"CAST({token[1:]} AS BIT)")
        elif token[:2] in ("N'", "n'"):
            result.append(token[1:])
        elif token in ("TIMESTAMP", "TIME") and at + 1 < len(tokens) and _ZONE.search(tokens[at + 1]):
            result.append(token + "TZ")
        elif token in ("CURRENT_USER", "SESSION_USER"):
            result.append("'SA'")
        elif token == "DUAL" and result[-1:] == ["FROM"]:
            result.pop()
        elif (match := _BIG.fullmatch(token)) and tokens[at - 1 : at] in (["FROM"], ["JOIN"], [","]):
            result.append(big_table(int(match[1])))
        else:
            result.append(token)
    return result


def big_table(rows: int) -> str:
    """A synthetic table of any size, the six columns of the benchmarks."""
    return (
        "(SELECT I AS ID, CAST(I * 7 % 100000000 / 4e0 AS DECIMAL(18,2)) AS AMOUNT, I * 0.25e0 AS RATE, 'name ' || I AS NAME, "
        "DATE '2000-01-01' + CAST(I % 10000 AS INTEGER) AS DAY_, TIMESTAMP '2000-01-01 00:00:00' + to_milliseconds(I * 1001) AS AT_ "
        f"FROM range({rows}) AS R(I))"
    )

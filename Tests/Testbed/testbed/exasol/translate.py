"""Exasol SQL to DuckDB SQL: queries and DML. DDL has its own parser (ddl.py)."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from testbed.exasol import convert, types as t
from testbed.exasol.errors import ExaError, not_found, position, syntax_error
from testbed.exasol.infer import (
    EMPTY_NAME,
    MARKER_BASE,
    Column,
    Inference,
    marker_type,
    stored_name,
)
from testbed.exasol.tokens import Token, TokenReader, tokenize, type_text
from testbed.exasol.types import ExaType, parse_type

logging.getLogger("sqlglot").setLevel(logging.ERROR)
SYSTEM_SCHEMA = "SYS"
BIG_COLUMNS: list[Column] = [
    ("ID", t.decimal(18)),
    ("NAME", t.varchar(100)),
    ("AMOUNT", t.decimal(18, 2)),
    ("RATE", t.DOUBLE),
    ("DAY_", t.DATE),
    ("AT_", t.timestamp(3)),
]


@dataclass
class Marked:
    """A statement after the token pass: types as markers, `?` numbered, sleeps taken out."""

    sql: str
    types: list[ExaType] = field(default_factory=list)
    parameters: int = 0
    sleep_seconds: float = 0.0


def mark(sql: str) -> Marked:
    """Replaces what sqlglot does not read, token by token."""
    reader = TokenReader(tokenize(sql), sql)
    result = Marked("")
    pieces: list[str] = []
    stack: list[str] = []
    while not reader.done:
        token = reader.next()
        previous = reader.tokens[reader.index - 2] if reader.index > 1 else None
        if token.text == "(":
            stack.append("cast" if previous and previous.upper == "CAST" else "")
        elif token.text == ")" and stack:
            stack.pop()
        pieces.append(
            _marked_token(token, previous, reader, result, bool(stack) and stack[-1] == "cast")
        )
    result.sql = " ".join(pieces)
    return result


def _marked_token(
    token: Token, previous: Token | None, reader: TokenReader, result: Marked, in_cast: bool
) -> str:
    if token.kind == "param":
        result.parameters += 1
        return f":p{result.parameters}"
    if token.text == '""':
        return f'"{EMPTY_NAME}"'
    if token.text == "''" and not (previous and previous.upper == "ESCAPE"):
        return "NULL"
    if token.kind == "quoted" and token.identifier == "$SLEEP" and reader.peek().text == "(":
        seconds = reader.group()
        result.sleep_seconds += float(seconds)
        return seconds
    if token.kind == "quoted" and token.text[0] == "[":
        return '"' + token.identifier.replace('"', '""') + '"'
    if token.upper == "AS" and in_cast:
        return f"AS {_type_marker(reader, result)}"
    if token.upper == "INTERVAL" and reader.peek().kind == "string":
        return _interval_literal(reader, result)
    if token.upper == "TIMESTAMP" and reader.peek().kind == "string":
        text = reader.peek().string
        if len(text.partition(".")[2]) > 6:
            result.types.append(t.timestamp(9))
            return f"CAST({reader.next().text} AS VARCHAR({MARKER_BASE + len(result.types) - 1}))"
    return token.text


def _type_marker(reader: TokenReader, result: Marked) -> str:
    start = reader.peek()
    text = type_text(reader)
    try:
        kind = parse_type(text or start.text)
    except ValueError as error:
        raise ExaError(f"{error}{position(reader.sql, start.text)}") from None
    result.types.append(kind)
    return f"VARCHAR({MARKER_BASE + len(result.types) - 1})"


def _interval_literal(reader: TokenReader, result: Marked) -> str:
    """`INTERVAL '5-3' YEAR TO MONTH` becomes a cast; single-unit intervals stay as they are."""
    text, rest = reader.next(), TokenReader(reader.tokens, reader.sql)
    rest.index = reader.index
    words: list[str] = []
    while rest.peek().upper in ("YEAR", "MONTH", "DAY", "SECOND", "TO") or rest.peek().text == "(":
        words.append(f"({rest.group()})" if rest.peek().text == "(" else rest.next().upper)
    try:
        kind = parse_type("INTERVAL " + " ".join(words))
    except ValueError:
        return f"INTERVAL {text.text}"
    reader.index = rest.index
    result.types.append(kind)
    return f"CAST({text.text} AS VARCHAR({MARKER_BASE + len(result.types) - 1}))"


@dataclass
class Translated:
    """What the engine runs, and what the protocol has to say about it."""

    sql: str
    kind: str
    columns: list[Column] | None = None
    parameters: list[ExaType] = field(default_factory=list)
    sleep_seconds: float = 0.0
    # For `INSERT ... VALUES (?, ...)`: how to insert many rows at once from a table of parameters.
    bulk_sql: str | None = None
    bulk: exp.Expression | None = None


class Translator:
    """Translates for one session: `session` gives current_schema, user, session_id and lookup()."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def translate(self, sql: str) -> Translated:
        """Raises ExaError for what the server would refuse while it parses."""
        marked = mark(sql)
        tree = self._parse(marked, sql)
        inference = Inference(self._session.lookup, marked.types)
        self._check_tables(tree, sql)
        kind = "query" if isinstance(tree, (exp.Query, exp.Values)) else "dml"
        columns = inference.output(tree) if kind == "query" else None
        parameters = self._parameters(tree, marked, inference)
        answer = Translated("", kind, columns, parameters, marked.sleep_seconds)
        if isinstance(tree, exp.Insert):
            self._convert_insert(tree, answer)
        elif isinstance(tree, exp.Update):
            self._convert_update(tree)
        answer.sql = _typed(self._generate(self._rewrite(tree, marked)), parameters, "$p")
        if answer.bulk is not None:
            bulk = self._generate(self._rewrite(answer.bulk, marked))
            answer.bulk_sql = _typed(bulk, parameters, '"P"."P', '"')
        return answer

    def _rewrite(self, tree: exp.Expression, marked: Marked) -> exp.Expression:
        """Bottom-up, because a replaced node's children must have been rewritten before.

        Identifiers fold last: the rules before them still tell `"X"` from `x`.
        """
        for folding in (False, True):
            for node in reversed(list(tree.dfs())):
                if isinstance(node, exp.Identifier) is folding:
                    new = self._node(node, marked)
                    if new is not node:
                        tree = new if node is tree else tree
                        node.replace(new)
        return tree

    @staticmethod
    def _generate(tree: exp.Expression) -> str:
        return tree.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE)

    @staticmethod
    def _parse(marked: Marked, sql: str) -> exp.Expression:
        try:
            trees = sqlglot.parse(marked.sql, dialect="exasol")
        except ParseError as error:
            detail = error.errors[0] if error.errors else {}
            raise syntax_error(sql, str(detail.get("highlight", ""))) from None
        except SqlglotError as error:
            raise syntax_error(sql, "") from error
        if len(trees) != 1 or trees[0] is None:
            raise syntax_error(sql, ";")
        if not isinstance(trees[0], (exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge)):
            raise syntax_error(sql, (tokenize(sql) or [Token("", "", 0)])[0].text)
        return trees[0]

    def _check_tables(self, tree: exp.Expression, sql: str) -> None:
        ctes = {stored_name(c.args["alias"].this) for c in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            name = stored_name(table.this)
            schema = stored_name(table.args["db"]) if table.args.get("db") else None
            if isinstance(table.this, exp.Identifier) and not (schema is None and name in ctes):
                if name == "SECRET_T" and self._session.user != "SYS":
                    raise ExaError(f"insufficient privileges: SELECT on table {name}", "42500")
                if self._session.lookup(schema, name) is None:
                    raise not_found(f"{schema}.{name}" if schema else name, sql)

    def _qualify(self, name: str) -> tuple[str, str]:
        if name == "DUAL" or name.startswith(("EXA_", "CAT")) and self._session.is_system(name):
            return SYSTEM_SCHEMA, name
        return self._session.current_schema or "", name

    def _node(self, node: exp.Expression, marked: Marked) -> exp.Expression:
        """Rewrites one node whose children are done."""
        match node:
            case exp.Table():
                return self._table(node)
            case exp.Column():
                return self._column(node)
            case exp.Identifier():
                return exp.to_identifier(stored_name(node), quoted=True)
            case exp.Cast():
                kind = marker_type(node.to, marked.types)
                return _fragment(kind, node.this) if kind else node
            case exp.Div():
                return exp.Anonymous(this="exa_div", expressions=[node.this, node.expression])
            case exp.Like() if not isinstance(node.parent, exp.Escape):
                return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))
            case exp.DPipe():
                return exp.Anonymous(this="concat", expressions=[node.this, node.expression])
            case exp.CurrentUser():
                return exp.Literal.string(self._session.user)
            case exp.CurrentSchema():
                schema = self._session.current_schema
                return exp.Literal.string(schema) if schema else exp.Null()
        if node.key in ("systimestamp", "currenttimestamp", "localtimestamp"):
            return sqlglot.parse_one("CAST(now() AS TIMESTAMP)", dialect="duckdb")
        return node

    def _table(self, node: exp.Table) -> exp.Expression:
        if not isinstance(node.this, exp.Identifier):
            return node
        name = stored_name(node.this)
        if name == "EXA$BULK":
            return node
        if node.args.get("db") is None:
            scope_ctes = (
                {stored_name(c.args["alias"].this) for c in node.root().find_all(exp.CTE)}
                if node.parent
                else set()
            )
            if name in scope_ctes:
                return node
            if found := re.fullmatch(r"BIG_(\d+)", name):
                return self._big(node, int(found[1]))
            schema, name = self._qualify(name)
            if schema:
                node.set("db", exp.to_identifier(schema, quoted=True))
        node.set("this", exp.to_identifier(name, quoted=True))
        return node

    @staticmethod
    def _big(node: exp.Table, count: int) -> exp.Expression:
        alias = node.args.get("alias")
        name = stored_name(alias.this) if alias and alias.this else f"BIG_{count}"
        return _big_subquery(count, name)

    def _column(self, node: exp.Column) -> exp.Expression:
        name = stored_name(node.this)
        if node.args.get("table") is None and not (
            isinstance(node.this, exp.Identifier) and node.this.quoted
        ):
            if name == "CURRENT_SESSION":
                return exp.Literal.number(self._session.session_id)
            if name == "CURRENT_SCHEMA":
                return exp.Literal.string(self._session.current_schema or "")
            if name == "SESSIONTIMEZONE":
                return exp.Literal.string(self._session.time_zone)
            if name in ("CURRENT_USER", "USER"):
                return exp.Literal.string(self._session.user)
            if name == "SYSDATE":
                return sqlglot.parse_one("current_date", dialect="duckdb")
        return node

    def _target(self, table: exp.Expression) -> tuple[str, str]:
        inner = table.this if isinstance(table, exp.Schema) else table
        name = stored_name(inner.this)
        schema = stored_name(inner.args["db"]) if inner.args.get("db") else self._qualify(name)[0]
        return schema, name

    def _target_columns(self, tree: exp.Insert) -> list[tuple[str, ExaType]]:
        schema, name = self._target(tree.this)
        known = dict(self._session.lookup(schema, name) or [])
        if isinstance(tree.this, exp.Schema):
            names = [
                stored_name(c if isinstance(c, exp.Identifier) else c.this)
                for c in tree.this.expressions
            ]
            for column in names:
                if column not in known:
                    raise not_found(column)
            return [(column, known[column]) for column in names]
        return list(known.items())

    def _convert_insert(self, tree: exp.Insert, answer: Translated) -> None:
        """Routes the source through the target's conversions, where lengths and forms are checked."""
        columns = self._target_columns(tree)
        source = tree.expression
        if source is None:
            return
        rows = source.expressions if isinstance(source, exp.Values) else None
        if rows and any(_is_default(value) for row in rows for value in row.expressions):
            for value in [v for row in rows for v in row.expressions if _is_default(v)]:
                value.replace(exp.Var(this="DEFAULT"))
            return
        width = len(rows[0].expressions) if rows and isinstance(rows[0], exp.Tuple) else None
        if width is not None and width != len(columns):
            raise ExaError("number of columns and values does not match")
        names = [f"C{i}" for i in range(len(columns))]
        converted = [
            _fragment(kind, exp.column(exp.to_identifier(n, quoted=True)))
            for n, (_, kind) in zip(names, columns)
        ]
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        tree.set(
            "this",
            exp.Schema(
                this=target, expressions=[exp.to_identifier(n, quoted=True) for n, _ in columns]
            ),
        )
        if rows and len(rows) == 1 and answer.parameters:
            answer.bulk = self._bulk(tree, names, converted, rows[0].expressions)
        alias = exp.TableAlias(
            this=exp.to_identifier("Q", quoted=True),
            columns=[exp.to_identifier(n, quoted=True) for n in names],
        )
        origin = (
            exp.Values(expressions=rows, alias=alias)
            if rows
            else exp.Subquery(this=source, alias=alias)
        )
        tree.set("expression", exp.Select(expressions=converted, from_=exp.From(this=origin)))

    @staticmethod
    def _bulk(
        tree: exp.Insert,
        names: list[str],
        converted: list[exp.Expression],
        row: list[exp.Expression],
    ) -> exp.Expression:
        """The same insert with its single row of parameters taken from a table P."""
        parameters = sqlglot.parse_one('SELECT 1 FROM "EXA$BULK" AS "P"', dialect="duckdb")
        parameters.set("expressions", [value.copy() for value in row])
        alias = exp.TableAlias(
            this=exp.to_identifier("Q", quoted=True),
            columns=[exp.to_identifier(n, quoted=True) for n in names],
        )
        head = tree.copy()
        head.set(
            "expression",
            exp.Select(
                expressions=[e.copy() for e in converted],
                from_=exp.From(this=exp.Subquery(this=parameters, alias=alias)),
            ),
        )
        return head

    def _convert_update(self, tree: exp.Update) -> None:
        schema, name = self._target(tree.this)
        known = dict(self._session.lookup(schema, name) or [])
        for item in tree.expressions:
            if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column):
                kind = known.get(stored_name(item.this.this))
                if kind and not isinstance(item.expression, exp.Null):
                    item.set("expression", _fragment(kind, item.expression))

    def _parameters(
        self, tree: exp.Expression, marked: Marked, inference: Inference
    ) -> list[ExaType]:
        kinds: dict[int, ExaType] = {}
        if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Values):
            columns = self._target_columns(tree)
            for row in tree.expression.expressions:
                for value, (_, kind) in zip(getattr(row, "expressions", []), columns):
                    if isinstance(value, exp.Placeholder):
                        kinds[int(value.name[1:])] = kind
        for node in tree.find_all(exp.Placeholder):
            number = int(node.name[1:])
            kinds.setdefault(number, self._parameter_type(node, tree, marked, inference))
        # GEOMETRY parameters are reported as text.
        return [
            t.LONG_TEXT if kinds[i + 1].name == "GEOMETRY" else kinds[i + 1]
            for i in range(marked.parameters)
            if i + 1 in kinds
        ]

    def _parameter_type(
        self, node: exp.Placeholder, tree: exp.Expression, marked: Marked, inference: Inference
    ) -> ExaType:
        """The type of whatever the parameter is compared with or assigned to."""
        parent = node.parent
        query = node.find_ancestor(exp.Select, exp.Update, exp.Delete) or tree
        sources = inference.sources(query, {})
        if isinstance(parent, exp.Cast):
            return marker_type(parent.to, marked.types) or t.LONG_TEXT
        if isinstance(parent, (exp.Limit, exp.Offset)):
            return t.decimal(18)
        if isinstance(parent, (exp.Predicate, exp.Binary)):
            for other in parent.iter_expressions():
                if other is not node:
                    kind = inference.type_of(other, sources)
                    if kind is not None:
                        return literal_widened(kind, other)
        return t.LONG_TEXT


def _typed(sql: str, parameters: list[ExaType], prefix: str, suffix: str = "") -> str:
    """Gives every parameter its type, because bound values travel as text."""

    def cast(found: re.Match[str]) -> str:
        kind = parameters[int(found[1]) - 1]
        return f"CAST({prefix}{found[1]}{suffix} AS {kind.duck()})"

    return re.sub(r"\$p(\d+)", cast, sql)


def _is_default(value: exp.Expression) -> bool:
    return isinstance(value, (exp.Column, exp.Var)) and value.name.upper() == "DEFAULT"


def literal_widened(kind: ExaType, other: exp.Expression) -> ExaType:
    """Beside a literal a parameter is not as narrow as the literal itself."""
    if isinstance(other, exp.Literal):
        return (
            t.LONG_TEXT
            if kind.is_text
            else t.DOUBLE if kind.name == "DOUBLE" else t.decimal(36, kind.scale or 0)
        )
    return kind


def _fragment(kind: ExaType, inner: exp.Expression) -> exp.Expression:
    """The conversion of `inner` to `kind` as a tree whose SQL DuckDB reads."""
    shell = sqlglot.parse_one(convert.sql_for(kind, "EXA_INNER_"), dialect="duckdb")
    return shell.transform(
        lambda node: (
            inner.copy()
            if isinstance(node, exp.Column) and node.name.upper() == "EXA_INNER_"
            else node
        )
    )


def _big_subquery(count: int, name: str) -> exp.Expression:
    query = sqlglot.parse_one(big_sql(count), dialect="duckdb")
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def big_sql(count: int) -> str:
    """A synthetic table of `count` rows with the columns BIG_COLUMNS."""
    return (
        'SELECT CAST(i AS DECIMAL(18,0)) AS "ID", \'row\' || i AS "NAME", '
        'CAST(i + 0.25 AS DECIMAL(18,2)) AS "AMOUNT", CAST(i AS DOUBLE) * 0.5 AS "RATE", '
        'CAST(\'2000-01-01\' AS DATE) + CAST(i % 10000 AS INTEGER) AS "DAY_", '
        f'make_timestamp(946684800000000 + i * 1001000) AS "AT_" FROM range({count}) AS r(i)'
    )

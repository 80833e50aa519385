"""Names and types of result columns and types of parameters, from the parsed statement.

DuckDB knows neither CHAR(5) nor HASHTYPE; whatever comes straight from a column, a cast or a
literal keeps its declared type here, the rest gets the type that DuckDB reports.
"""

from __future__ import annotations

import re
from typing import Callable

from sqlglot import exp

from testbed.exasol import types as t
from testbed.exasol.types import ExaType

Column = tuple[str, ExaType | None]
Lookup = Callable[[str | None, str], "list[Column] | None"]
MARKER_BASE = 900_000_000
# Exasol allows `AS ""`, DuckDB does not.
EMPTY_NAME = "EXA$EMPTY"


def stored_name(identifier: exp.Expression | None) -> str:
    """The name that an identifier folds to."""
    if isinstance(identifier, exp.Identifier):
        return identifier.this if identifier.quoted else identifier.this.upper()
    return str(identifier or "").upper()


def marker_type(data_type: exp.DataType, marked: list[ExaType]) -> ExaType | None:
    """The type behind a marker `VARCHAR(900000000 + i)`; see translate.mark."""
    if not data_type.expressions:
        return None
    size = data_type.expressions[0].name
    if size.isdigit() and 0 <= int(size) - MARKER_BASE < len(marked):
        return marked[int(size) - MARKER_BASE]
    return None


class Inference:
    """Works on one statement; `lookup` gives the columns of a table or view."""

    def __init__(self, lookup: Lookup, marked: list[ExaType]) -> None:
        self._lookup, self._marked = lookup, marked

    def output(
        self, query: exp.Expression, ctes: dict[str, list[Column]] | None = None
    ) -> list[Column] | None:
        """The columns of a query, or None when they cannot be told from the text."""
        scope = dict(ctes or {})
        for cte in (
            query.args.get("with_") or query.args.get("with") or exp.With(expressions=[])
        ).expressions:
            inner = self.output(cte.this, scope)
            scope[stored_name(cte.args["alias"].this)] = (
                self._renamed(inner, cte.args["alias"]) or []
            )
        if isinstance(query, exp.Subquery):
            return self.output(query.this, scope)
        if isinstance(query, exp.SetOperation):
            left, right = self.output(query.left, scope), self.output(query.right, scope)
            if left is None or right is None or len(left) != len(right):
                return left
            return [
                (a[0], a[1] or b[1]) if _same_family(a[1], b[1]) else (a[0], None)
                for a, b in zip(left, right)
            ]
        if isinstance(query, exp.Select):
            return self._select(query, scope)
        return None

    @staticmethod
    def _renamed(columns: list[Column] | None, alias: exp.Expression | None) -> list[Column] | None:
        names = [stored_name(c) for c in (alias.args.get("columns") or [])] if alias else []
        if not columns or not names:
            return columns
        return [(name, column[1]) for name, column in zip(names, columns)]

    def _select(self, query: exp.Select, scope: dict[str, list[Column]]) -> list[Column] | None:
        sources = self.sources(query, scope)
        result: list[Column] = []
        for item in query.expressions:
            if isinstance(item, exp.Star):
                if any(columns is None for _, columns in sources):
                    return None
                result += [c for _, columns in sources for c in columns or []]
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                match = next(
                    (c for name, c in sources if name == stored_name(item.args["table"])), None
                )
                if match is None:
                    return None
                result += match
            else:
                result.append((self._name(item), self.type_of(item, sources)))
        return result

    def sources(
        self, query: exp.Expression, scope: dict[str, list[Column]]
    ) -> list[tuple[str, list[Column] | None]]:
        """Alias and columns of everything in FROM."""
        found = []
        origin = query.args.get("from_") or query.args.get("from")
        items = [origin.this] if isinstance(origin, exp.From) else []
        items += [join.this for join in query.args.get("joins") or []]
        if isinstance(query, (exp.Update, exp.Delete)):
            items = [query.this] + items
        for item in items:
            alias = item.args.get("alias")
            if isinstance(item, exp.Table):
                name = stored_name(item.this)
                schema = stored_name(item.args["db"]) if item.args.get("db") else None
                columns = (
                    scope[name] if schema is None and name in scope else self._lookup(schema, name)
                )
                found.append((stored_name(alias.this) if alias and alias.this else name, columns))
            else:
                columns = self._renamed(self.output(item, scope), alias)
                found.append((stored_name(alias.this) if alias and alias.this else "", columns))
        return found

    def _name(self, item: exp.Expression) -> str:
        if isinstance(item, exp.Alias):
            name = stored_name(item.args["alias"])
            return "" if name == EMPTY_NAME else name
        if isinstance(item, exp.Column):
            return stored_name(item.this)
        if isinstance(item, exp.Literal):
            return f"'{item.this}'" if item.is_string else item.this
        copy = item.copy()
        for cast in copy.find_all(exp.Cast):
            kind = marker_type(cast.to, self._marked)
            if kind:
                cast.set(
                    "to",
                    (
                        exp.DataType.build(kind.sql(), udt=True, dialect="exasol")
                        if " " not in kind.sql()
                        else exp.DataType.build(kind.name.split(" ")[0], udt=True)
                    ),
                )
        for column in copy.find_all(exp.Identifier):
            column.set("this", stored_name(column))
            column.set("quoted", False)
        return re.sub(r":p\d+", "?", copy.sql(dialect="exasol").replace(", ", ","))

    def type_of(
        self, item: exp.Expression, sources: list[tuple[str, list[Column] | None]]
    ) -> ExaType | None:
        """The declared type of an expression, or None when only the engine can tell."""
        match item:
            case exp.Alias() | exp.Paren() | exp.Neg() | exp.Min() | exp.Max() | exp.Distinct():
                return (
                    self.type_of(item.this, sources)
                    if isinstance(item.this, exp.Expression)
                    else None
                )
            case exp.Column():
                return self._column(item, sources)
            case exp.Cast():
                return marker_type(item.to, self._marked) or _literal_cast(item)
            case exp.Literal():
                return literal_type(item)
            case exp.CurrentUser() | exp.CurrentSchema():
                return t.varchar(128)
            case exp.Boolean():
                return t.BOOLEAN
            case exp.Null():
                return t.BOOLEAN
            case exp.Count() | exp.RowNumber():
                return t.decimal(18)
            case exp.Coalesce():
                return self._first([item.this, *item.expressions], sources)
            case exp.Case():
                branches = [part.args["true"] for part in item.args["ifs"]]
                return self._first([*branches, item.args.get("default")], sources)
            case exp.Window():
                return self.type_of(item.this, sources)
            case exp.Subquery():
                columns = self.output(item)
                return columns[0][1] if columns else None
        return None

    def _first(
        self, items: list[exp.Expression | None], sources: list[tuple[str, list[Column] | None]]
    ) -> ExaType | None:
        kinds = [
            self.type_of(i, sources) for i in items if i is not None and not isinstance(i, exp.Null)
        ]
        if any(kind is None for kind in kinds) or not kinds:
            return None
        if all(kind == kinds[0] for kind in kinds):
            return kinds[0]
        if all(kind and kind.is_text for kind in kinds):
            return t.varchar(max(kind.size or 1 for kind in kinds if kind))
        return None

    @staticmethod
    def _column(item: exp.Column, sources: list[tuple[str, list[Column] | None]]) -> ExaType | None:
        name = stored_name(item.this)
        special = {
            "CURRENT_SESSION": t.decimal(20),
            "ROWNUM": t.decimal(18),
            "SYSDATE": t.DATE,
            "CURRENT_SCHEMA": t.varchar(128),
            "CURRENT_USER": t.varchar(128),
            "USER": t.varchar(128),
            "SESSIONTIMEZONE": t.varchar(40),
        }
        wanted = stored_name(item.args["table"]) if item.args.get("table") else None
        for alias, columns in sources:
            if wanted in (None, alias):
                for column_name, kind in columns or []:
                    if column_name == name:
                        return kind
        return special.get(name)


def _same_family(a: ExaType | None, b: ExaType | None) -> bool:
    return (
        a is not None
        and b is not None
        and a.name == b.name
        and (a == b or not a.is_text or a.size == b.size)
    )


def literal_type(item: exp.Literal) -> ExaType:
    """A string literal is CHAR, a number DECIMAL as wide as it is written, with exponent DOUBLE."""
    if item.is_string:
        size = len(item.this)
        charset = "ASCII" if item.this.isascii() else "UTF8"
        return t.char(max(1, size), charset) if size <= 2000 else t.varchar(size, charset)
    text = item.this
    if "e" in text.lower():
        return t.DOUBLE
    whole, _, part = text.partition(".")
    digits = len(whole.lstrip("0")) + len(part)
    return t.decimal(max(1, digits), len(part)) if digits <= 36 else t.DOUBLE


def _literal_cast(item: exp.Cast) -> ExaType | None:
    """DATE '...' and TIMESTAMP '...' reach the tree as plain casts."""
    kind = item.to.sql().upper()
    if kind == "DATE":
        return t.DATE
    if kind.startswith("TIMESTAMP"):
        text = item.this.this if isinstance(item.this, exp.Literal) else ""
        return t.timestamp(max(3, min(9, len(text.partition(".")[2]))))
    return None

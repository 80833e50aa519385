"""Types of result columns and parameters as the declarations have them, where DuckDB only knows its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from testbed.avatica.dialect import Statement, closing, name_of, split
from testbed.avatica.types import Column, SqlType, from_duckdb, sql_type

if TYPE_CHECKING:
    from testbed.avatica.database import Session, TableColumn


def columns(statement: Statement, kinds: list[tuple[str, str]], session: "Session") -> list[Column]:
    """The columns of a result; `kinds` are DuckDB's names and types."""
    plain = [Column(label, from_duckdb(kind)) for label, kind in kinds]
    if statement.verb == "VALUES":
        return [_value_column(statement, at, column) for at, column in enumerate(plain)]
    known = _projections(statement, session)
    if known is None or len(known) != len(plain):
        return plain
    return [_merged(at, column, hint) for at, (column, hint) in enumerate(zip(plain, known))]


def _value_column(statement: Statement, at: int, column: Column) -> Column:
    kind = column.type
    if kind.kind == "varchar":
        rows = [part[1:-1] if part[0] == "(" else part for part in split(statement.tokens[1:]) if part]
        literals = [cell[0] for row in rows for cell in split(row)[at : at + 1] if len(cell) == 1 and cell[0].startswith("'")]
        sizes = {len(text[1:-1].replace("''", "'")) for text in literals} or {1}
        # Literals of one length are CHARACTER, of several VARCHAR.
        kind = SqlType("char", "CHARACTER", max(sizes)) if len(sizes) == 1 else SqlType("varchar", "VARCHAR", max(sizes))
    return Column(f"C{at + 1}", kind, 1, catalog="PUBLIC", of_table=True)


class _Hint:
    """What the text says about one projection."""

    def __init__(self, label: str | None, column: "TableColumn | None" = None,
                 kind: SqlType | None = None, nullable: int = 2) -> None:  # fmt: skip
        self.label, self.column, self.kind, self.nullable = label, column, kind, nullable


def _merged(at: int, column: Column, hint: _Hint) -> Column:
    label = hint.label if hint.label is not None else f"C{at + 1}"
    if hint.column is not None:
        found = hint.column
        return Column(label, found.type, 1 if found.nullable else 0, found.table, found.schema, "PUBLIC",
                      found.name, found.identity, True)  # fmt: skip
    return replace(column, label=label, type=hint.kind or column.type, nullable=hint.nullable)


def _projections(statement: Statement, session: "Session") -> list[_Hint] | None:
    try:
        tree = sqlglot.parse_one(statement.sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    while isinstance(tree, (exp.Union, exp.Subquery)):
        tree = tree.this
    if not isinstance(tree, exp.Select):
        return None
    tables = _tables(tree, session)
    hints: list[_Hint] = []
    for projection in tree.expressions:
        found = _projection(projection, tables)
        if found is None:
            return None
        hints += found
    return hints


def _tables(tree: exp.Select, session: "Session") -> list[tuple[str, list["TableColumn"] | None]]:
    """(name in the query, columns) of what FROM lists; None where the columns are not of a table."""
    source = tree.args.get("from") or tree.args.get("from_")
    items = [source.this] if source else []
    items += [join.this for join in tree.args.get("joins") or []]
    result: list[tuple[str, list[TableColumn] | None]] = []
    for item in items:
        if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
            schema = item.db or session.schema
            found = [c for c in session.columns_of(item.name) if c.schema == schema]
            result.append((item.alias_or_name, found or None))
        else:
            result.append((item.alias_or_name, None))
    return result


def _projection(node: exp.Expression, tables: list[tuple[str, list["TableColumn"] | None]]) -> list[_Hint] | None:
    label = node.alias if isinstance(node, exp.Alias) else None
    node = node.unalias()
    if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
        wanted = node.table if isinstance(node, exp.Column) else ""
        chosen = [columns for name, columns in tables if not wanted or name == wanted]
        if any(columns is None for columns in chosen):
            return None
        return [_Hint(c.name, c) for columns in chosen for c in columns or []]
    if isinstance(node, exp.Column):
        for name, columns in tables:
            for column in columns or []:
                if column.name == node.name and node.table in ("", name):
                    return [_Hint(label or column.name, column)]
        return [_Hint(label or node.name)]
    return [_Hint(label, None, _expression_type(node), 0 if isinstance(node, exp.Literal) else 2)]


def _expression_type(node: exp.Expression) -> SqlType | None:
    if isinstance(node, exp.Literal) and node.is_string:
        return SqlType("char", "CHARACTER", len(node.this))
    if isinstance(node, exp.Cast):
        text = node.to.sql(dialect="duckdb").replace("TEXT", "VARCHAR")
        found = from_duckdb(text)
        return found if found.kind in ("varchar", "char") and found.length != 16777216 else None
    return None


# Parameters.


def parameters(statement: Statement, session: "Session") -> list[SqlType]:
    """The types of the question marks, by the column or CAST that each of them meets."""
    tokens = statement.tokens
    unknown = sql_type("VARCHAR")
    if statement.verb == "INSERT":
        by_position = _insert_types(tokens, session)
    else:
        by_position = {}
    result = []
    for at, token in enumerate(tokens):
        if token == "?":
            result.append(by_position.get(at) or _cast_type(tokens, at) or _neighbour(tokens, at, session) or unknown)
    return result


def _table_columns(tokens: list[str], session: "Session") -> tuple[list["TableColumn"], int]:
    """The columns of the table that a DML statement names, and the index after its name."""
    at = next((i + 1 for i, t in enumerate(tokens) if t in ("INTO", "UPDATE", "FROM")), 0)
    if not at or at >= len(tokens):
        return [], 0
    schema, name = session.schema, name_of(tokens[at])
    at += 1
    while tokens[at : at + 1] == ["."] and at + 1 < len(tokens):
        schema, name = name, name_of(tokens[at + 1])
        at += 2
    return [c for c in session.columns_of(name) if c.schema == schema], at


def _insert_types(tokens: list[str], session: "Session") -> dict[int, SqlType]:
    found, at = _table_columns(tokens, session)
    if tokens[at : at + 1] == ["("]:
        end = closing(tokens, at)
        by_name = {c.name: c for c in found}
        found = [by_name[name_of(t)] for t in tokens[at + 1 : end] if t != "," and name_of(t) in by_name]
        at = end + 1
    types: dict[int, SqlType] = {}
    if tokens[at : at + 1] != ["VALUES"]:
        return types
    at += 1
    while tokens[at : at + 1] == ["("]:
        end, index = closing(tokens, at), at + 1
        for column, part in zip(found, split(tokens[at + 1 : end])):
            if part == ["?"]:
                types[index] = column.type
            index += len(part) + 1
        at = end + 2 if tokens[end + 1 : end + 2] == [","] else end + 1
    return types


def _cast_type(tokens: list[str], at: int) -> SqlType | None:
    if tokens[at - 2 : at] == ["CAST", "("] and tokens[at + 1 : at + 2] == ["AS"]:
        return sql_type(" ".join(tokens[at + 2 : closing(tokens, at - 1)]))
    return None


def _neighbour(tokens: list[str], at: int, session: "Session") -> SqlType | None:
    if at < 2 or tokens[at - 1] not in ("=", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "+", "-", "*", "/", "BETWEEN", "AND"):
        return None
    found, _ = _table_columns(tokens, session)
    name = name_of(tokens[at - 2])
    return next((c.type for c in found if c.name == name), None)

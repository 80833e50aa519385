"""What a statement does: which kind it is, how it is run, and what the service says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from testbed.snowflake import engine
from testbed.snowflake.catalog import full_name
from testbed.snowflake.engine import Engine
from testbed.snowflake.errors import syntax
from testbed.snowflake.results import Result
from testbed.snowflake.sessions import Session
from testbed.snowflake.translate import Place, Query, translate_query
from testbed.snowflake.types import SFType, from_duckdb, settled
from testbed.snowflake.values import Column

SELECT, EXPLAIN, CALL, SHOW, DESCRIBE, LIST = 0x1000, 0x2000, 0x9000, 0x4400, 0x4500, 0x4701
INSERT, UPDATE, DELETE, MERGE, COPY = 0x3100, 0x3200, 0x3300, 0x3400, 0x3600
SESSION, USE, TRANSACTION, COMMIT, ROLLBACK = 0x4100, 0x4300, 0x5000, 0x5100, 0x5200
DDL, CREATE_TABLE, DROP, MISC, MULTI = 0x6000, 0x6101, 0x6300, 0x8000, 0xA000
TEXT = SFType("text")


@dataclass
class Work:
    """One statement on its way: where, with what, and how it may be stopped."""

    engine: Engine
    session: Session
    cursor: Any
    sql: str
    parameters: dict[str, Any]
    bindings: dict[str, Any]
    services: Any = None
    query_id: str = ""
    described: bool = False
    scratch: list[Any] = field(default_factory=list)
    # Waits until the statement is cancelled, or for so many seconds; whether it was cancelled.
    wait: Callable[[float], bool] = lambda seconds: False

    def parameter(self, name: str) -> Any:
        """A parameter as the statement, else the session, has it."""
        return self.parameters.get(name, self.session.parameter(name))

    def place(self) -> Place:
        session = self.session
        facts = {
            "CURRENT_DATABASE": session.database, "CURRENT_SCHEMA": session.schema, "CURRENT_WAREHOUSE": session.warehouse,
            "CURRENT_ROLE": session.role, "CURRENT_USER": session.user, "CURRENT_SESSION": str(session.id),
            "CURRENT_VERSION": session.options.server_version, "CURRENT_ACCOUNT": session.account.upper(),
            "CURRENT_REGION": "AWS_US_WEST_2", "LAST_QUERY_ID": session.last_query, "VARIABLES": session.variables,
            "CURRENT_STATEMENT": self.sql, "CURRENT_CLIENT": f"{session.client} {session.version}",
        }  # fmt: skip
        return Place(self.engine.catalog, session.database, session.schema, facts, str(self.parameter("TIMEZONE")),
                     session.options.now(), self._result_scan, self._information)  # fmt: skip

    def _result_scan(self, query_id: str) -> Any:
        return self._scratch_of(self.services.result_of(self.session, query_id).columns)

    def _information(self, name: Any) -> Any:
        columns = self.services.information(self, name)
        return None if columns is None else self._scratch_of(columns)

    def _scratch_of(self, columns: list[Column]) -> Any:
        names = [c.entry["name"] for c in columns]
        arrays = [c.values for c in columns]
        name = self.engine.scratch(self.cursor, pa.Table.from_arrays(arrays, names=names))
        self.scratch.append(name)
        return name, {f'"{c.entry["name"]}"': c.type.sql() for c in columns}


def split(sql: str) -> list[str]:
    """The statements of a text; blanks and comments between them are none. In the path of a PUT or GET
    `//` and `/*` begin no comment."""
    if re.match(r"\s*(PUT|GET)\s", sql, re.I):
        return [sql.strip().rstrip(";").rstrip()]
    try:
        tokens = sqlglot.tokenize(sql, read="snowflake")
    except SqlglotError:
        raise syntax("line 1 at position 0 unexpected '<EOF>'.") from None
    parts, start, last = [], None, 0
    for token in tokens:
        if token.token_type != TokenType.SEMICOLON:
            start = token.start if start is None else start
        elif start is not None:
            parts.append(sql[start : token.start].strip())
            start = None
        last = token.end
    if start is not None:
        parts.append(sql[start : last + 1].strip())
    return parts


def bare(sql: str) -> str:
    """The text without comments before and within its head, for statements that are told by their words."""
    text = re.sub(r"/\*.*?\*/", " ", sql, flags=re.S)
    text = re.sub(r"^(?:\s*(?:--|//)[^\n]*\n)+", "", text)
    return text.strip().rstrip(";").strip()


def parse(sql: str) -> exp.Expression:
    """The statement as a tree."""
    try:
        tree = sqlglot.parse_one(sql, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        facts = (getattr(error, "errors", None) or [{}])[0]
        line, at, word = facts.get("line", 1), facts.get("col", 0), facts.get("highlight") or "<EOF>"
        raise syntax(f"line {line} at position {max(int(at) - len(str(word)), 0)} unexpected '{word}'.") from None
    if not tree or isinstance(tree, (exp.Alias, exp.Column, exp.Identifier)):
        raise syntax(f"line 1 at position 0 unexpected '{sql.split()[0] if sql.split() else '<EOF>'}'.")
    return tree


def status(text: str, statement_type: int) -> Result:
    """The one row of a statement that has no other result."""
    return Result([Column(TEXT.rowtype("status"), TEXT, pa.array([text]))], statement_type, always_json=True)


def counts(values: dict[str, int], statement_type: int, stats: dict[str, int] | None) -> Result:
    """The one row of a DML statement; the stats are left out when nothing has changed."""
    kind = SFType("fixed", 19, 0)
    columns = [Column(kind.rowtype(n, False), kind, pa.array([v], pa.int64())) for n, v in values.items()]
    changed = stats if stats and any(stats.values()) else None
    full = {"numRowsInserted": 0, "numRowsDeleted": 0, "numRowsUpdated": 0, "numDmlDuplicates": 0, **changed} if changed else None
    return Result(columns, statement_type, always_json=True, stats=full)


def rows_of(names: list[tuple[str, SFType]], rows: list[tuple[Any, ...]], statement_type: int) -> Result:
    """A result that was made here and not by DuckDB, such as that of SHOW."""
    columns = [Column(kind.rowtype(name), kind, engine.arrow_of([r[i] for r in rows], kind)) for i, (name, kind) in enumerate(names)]
    return Result(columns, statement_type, always_json=True)


def query(work: Work, tree: exp.Expression) -> Result:
    """A SELECT."""
    found = translate_query(tree, work.place())
    limit = int(work.parameter("ROWS_PER_RESULTSET") or 0)
    sql = f"SELECT * FROM ({found.sql}) LIMIT {limit}" if limit else found.sql
    if work.described:
        types = engine.describe(work.cursor, sql)
        arrays = [pa.array([], pa.string())] * len(types)
    else:
        types, arrays = engine.run(work.cursor, sql)
    return Result(typed(work, found, types, arrays))


def typed(work: Work, found: Query, types: list[str], arrays: list[pa.Array]) -> list[Column]:
    """The columns of a result with their logical types."""
    columns = []
    known = len(found.types) == len(types)
    for number, (duck, values) in enumerate(zip(types, arrays)):
        kind = settled(found.types[number] if known else None, from_duckdb(duck))
        origin = found.origins[number] if known else None
        nullable, source = True, ("", "", "")
        if origin and (relation := work.engine.catalog.find(origin[0])):
            facts = relation.column(origin[1])
            nullable, source = (facts.nullable if facts else True), origin[0]
            kind = facts.type if facts and (facts.type.kind == kind.kind or duck == "VARCHAR") else kind
        elif known and found.literals[number] and kind.kind == "fixed":
            kind, nullable = SFType("fixed", found.literals[number] or 38, 0), False
        name = found.names[number] if known else f"COLUMN{number + 1}"
        columns.append(Column(kind.rowtype(name, nullable, source), kind, values, int(work.parameter("JSON_INDENT"))))
    return columns


def explain(work: Work, sql: str) -> Result:
    """EXPLAIN: the columns of the service's plan, with one line."""
    fixed = SFType("fixed", 38, 0)
    names = [("step", fixed), ("id", fixed), ("parent", fixed), ("operation", TEXT), ("objects", TEXT), ("expressions", TEXT)]
    inner = translate_query(parse(sql), work.place())
    engine.describe(work.cursor, inner.sql)
    return rows_of(names, [(1, 0, None, "Result", None, inner.sql)], EXPLAIN)


def table_name(work: Work, table: exp.Table) -> Any:
    """The full name of a table that a statement names."""
    name = full_name(table, work.session.database, work.session.schema)
    if not name[0]:
        raise engine.wrong_database()
    return name


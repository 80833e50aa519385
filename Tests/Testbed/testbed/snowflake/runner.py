"""Runs one statement: finds out what it is, and keeps the transaction as the service would."""

from __future__ import annotations

import re
from typing import Any

import duckdb
from sqlglot import exp

from testbed.snowflake import bulk, changes, commands, ddl, show, stage
from testbed.snowflake.binds import array_length, fill, placeholders
from testbed.snowflake.errors import SQLError, compilation, from_duckdb, unsupported
from testbed.snowflake.results import Result
from testbed.snowflake.statements import Work, bare, explain, parse, query, split
from testbed.snowflake.translate import named

_COMMANDS: list[tuple[str, Any]] = [
    (r"TERN\s", bulk.tern), (r"USE\b", commands.use), (r"ALTER\s+SESSION\b", commands.alter_session), (r"(UN)?SET\b", commands.variables),
    (r"(BEGIN|START\s+TRANSACTION)\b", commands.begin), (r"COMMIT\b", commands.commit), (r"ROLLBACK\b", commands.rollback),
    (r"CALL\b", commands.call), (r"SELECT\s+SYSTEM\$WAIT\b", commands.call), (r"SELECT\s+SYSTEM\$(ABORT|CANCEL)", commands.call),
    (r"SHOW\b", show.show), (r"DESC(RIBE)?\b", show.describe), (r"(PUT|GET)\s", stage.transfer), (r"(LIST|LS)\b", stage.listing),
    (r"(REMOVE|RM)\b", stage.remove), (r"COPY\s+INTO\b", stage.copy), (r"CREATE\b.*?\bSTAGE\b", stage.create),
    (r"DROP\s+STAGE\b", stage.drop), (r"CREATE\b.*?\b(WAREHOUSE|ROLE|USER|FILE\s+FORMAT|SEQUENCE|PROCEDURE|FUNCTION)\b", ddl.nothing),
    (r"(CREATE|DROP|ALTER|TRUNCATE|COMMENT|UNDROP|GRANT|REVOKE)\b", ddl.run),
]  # fmt: skip
_DML = (exp.Insert, exp.Update, exp.Delete, exp.Merge)


def run(work: Work) -> Result:
    """The result of one statement; raises SQLError."""
    try:
        return _run(work)
    except duckdb.Error as error:
        raise from_duckdb(error) from None
    finally:
        work.engine.drop_scratch(work.cursor, [n for n in work.scratch if n])


def _run(work: Work) -> Result:
    text = bare(work.sql)
    if not text:
        raise compilation("Empty SQL statement.", "000900")
    for pattern, function in _COMMANDS:
        if re.match(pattern, text, re.I | re.S):
            return function(work, text)
    if re.match(r"EXPLAIN\b", text, re.I):
        return explain(work, re.sub(r"^EXPLAIN\s+(USING\s+\w+\s+)?", "", text, flags=re.I))
    tree = parse(split(work.sql)[0])
    if isinstance(tree, _DML):
        return _change(work, tree)
    if not isinstance(tree, exp.Query):
        raise unsupported(text.split()[0].upper())
    if array_length(work.bindings) is not None:
        raise unsupported("array binds for SELECT")
    # A marker without a name is called `?`, whatever is bound to it.
    number = fill(named(tree), work.bindings, work.described)
    result = query(work, tree)
    result.more |= {"numberOfBinds": number, "arrayBindSupported": False}
    if work.described:
        result.more["metaDataOfBinds"] = changes.bind_facts(parse(split(work.sql)[0]), None)
    return result


def _change(work: Work, tree: exp.Expression) -> Result:
    """DML; with autocommit off the first of them begins a transaction."""
    session = work.session
    markers, takes = len(placeholders(tree)), changes.takes_arrays(tree)
    relation = None if not isinstance(tree, exp.Insert) else changes._target(work, tree)
    facts = changes.bind_facts(tree, relation)
    if not session.in_transaction and not session.parameter("AUTOCOMMIT") and not work.described:
        commands.open_transaction(work)
    try:
        result = changes.run(work, tree)
    except SQLError:
        commands.recover(work)
        raise
    if session.in_transaction and not work.described:
        session.written.append((work.sql, work.bindings))
    result.more |= {"numberOfBinds": markers, "arrayBindSupported": takes and markers > 0}
    if facts:
        result.more["metaDataOfBinds"] = facts
    return result


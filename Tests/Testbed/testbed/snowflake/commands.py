"""Statements that change the session: USE, ALTER SESSION, variables, transactions, CALL."""

from __future__ import annotations

import re
from typing import Any

from testbed.snowflake import engine
from testbed.snowflake.catalog import Name
from testbed.snowflake.errors import CANCELED, SQLError, compilation, syntax
from testbed.snowflake.results import Result
from testbed.snowflake.sessions import PARAMETERS
from testbed.snowflake.statements import CALL, COMMIT, ROLLBACK, SESSION, TRANSACTION, USE, TEXT, Work, rows_of, status

_DONE = "Statement executed successfully."
ROLES = ("PUBLIC", "SYSADMIN", "ACCOUNTADMIN", "TESTER")
_PART = r'(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_$]*)'
NAME = rf"{_PART}(?:\.{_PART}?){{0,2}}"


def folded(part: str) -> str:
    """A part of a name as the service folds it."""
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.upper()


def parts_of(text: str) -> list[str]:
    """The parts of a dotted name; an empty one stands between two dots."""
    found = re.findall(rf'{_PART}|(?<=\.)(?=\.)', text)
    return [folded(p) if p else "" for p in found]


def name_of(work: Work, text: str) -> Name:
    """Database, schema and name from text."""
    parts = parts_of(text)
    database, schema = work.session.database or "", work.session.schema or ""
    if len(parts) == 3:
        return parts[0], parts[1] or "PUBLIC", parts[2]
    if len(parts) == 2:
        return database, parts[0], parts[1]
    return database, schema, parts[0] if parts else ""


def use(work: Work, text: str) -> Result:
    """USE [DATABASE|SCHEMA|WAREHOUSE|ROLE|SECONDARY ROLES] name."""
    match = re.fullmatch(rf"USE\s+(?:(DATABASE|SCHEMA|WAREHOUSE|ROLE|SECONDARY\s+ROLES?)\s+)?({NAME})", text, re.I | re.S)
    if not match:
        raise syntax("line 1 at position 4 unexpected '<EOF>'.")
    kind, parts, session = (match.group(1) or "DATABASE").upper(), parts_of(match.group(2)), work.session
    if work.described:
        return status(_DONE, USE)
    if kind == "SCHEMA" or kind == "DATABASE" and len(parts) == 2:
        database = parts[0] if len(parts) == 2 else session.database
        if not database:
            raise engine.wrong_database()
        if parts[-1] not in work.engine.catalog.databases.get(database, {}):
            raise _no_object()
        session.database, session.schema = database, parts[-1]
    elif kind == "DATABASE":
        if parts[0] not in work.engine.catalog.databases:
            raise _no_object()
        session.database = parts[0]
        session.schema = "PUBLIC" if "PUBLIC" in work.engine.catalog.databases[parts[0]] else None
    elif kind == "WAREHOUSE":
        session.warehouse = parts[0]
    elif kind == "ROLE":
        if parts[0] not in ROLES:
            raise SQLError("002043", "02000", f"SQL compilation error:\nRole '{parts[0]}' does not exist or not authorized.")
        session.role = parts[0]
    return status(_DONE, USE)


def _no_object() -> SQLError:
    return compilation("Object does not exist, or operation cannot be performed.", "002043", "02000")


def alter_session(work: Work, text: str) -> Result:
    """ALTER SESSION SET a = b ..., or UNSET a, b."""
    match = re.fullmatch(r"ALTER\s+SESSION\s+(SET|UNSET)\s+(.*)", text, re.I | re.S)
    if not match:
        raise syntax("line 1 at position 14 unexpected '<EOF>'.")
    session = work.session
    if match.group(1).upper() == "UNSET":
        for name in re.findall(r"\w+", match.group(2)):
            session.parameters.pop(name.upper(), None)
        return status(_DONE, SESSION)
    for name, value in re.findall(r"(\w+)\s*=\s*('(?:[^']|'')*'|\S+?)(?=[\s,]|$)", match.group(2)):
        set_parameter(work, name.upper(), _value(value))
    return status(_DONE, SESSION)


def set_parameter(work: Work, name: str, value: Any) -> None:
    """Sets a parameter of the session; AUTOCOMMIT ends an open transaction."""
    known = PARAMETERS.get(name)
    if name not in PARAMETERS and not re.fullmatch(r"[A-Z_]+", name):
        raise compilation(f"invalid parameter '{name}'", "001007", "22023")
    if isinstance(known, bool) and isinstance(value, str):
        value = value.lower() == "true"
    if name == "TIMEZONE":
        value = _zone(str(value))
    if name == "AUTOCOMMIT" and work.session.in_transaction and value:
        end_transaction(work, True)
    work.session.parameters[name] = value


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise SQLError("001006", "22023", f"invalid value [{value}] for parameter 'TIMEZONE'") from None
    return value


def _value(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def variables(work: Work, text: str) -> Result:
    """SET x = 5, UNSET x."""
    if match := re.fullmatch(r"UNSET\s+\(?([\w\s,]+)\)?", text, re.I):
        for name in re.findall(r"\w+", match.group(1)):
            work.session.variables.pop(name.upper(), None)
        return status(_DONE, SESSION)
    match = re.fullmatch(r"SET\s+(\w+)\s*=\s*(.+)", text, re.I | re.S)
    if not match:
        raise syntax("line 1 at position 4 unexpected '<EOF>'.")
    value = match.group(2).strip()
    if not re.fullmatch(r"'(?:[^']|'')*'|-?[\d.]+|true|false", value, re.I):
        from testbed.snowflake.statements import parse, query

        inner = Work(**{**vars(work), "sql": f"SELECT {value}"})
        found = query(inner, parse(f"SELECT {value}")).columns[0].values.to_pylist()
        work.session.variables[match.group(1).upper()] = found[0] if found else None
    else:
        work.session.variables[match.group(1).upper()] = _value(value)
    return status(_DONE, SESSION)


# Transactions.


def begin(work: Work, text: str) -> Result:
    """BEGIN [WORK|TRANSACTION] [NAME x]; within a transaction it does nothing."""
    if not work.session.in_transaction and not work.described:
        open_transaction(work)
    return status(_DONE, TRANSACTION)


def commit(work: Work, text: str) -> Result:
    if not work.described:
        end_transaction(work, True)
    return status(_DONE, COMMIT)


def rollback(work: Work, text: str) -> Result:
    if not work.described:
        end_transaction(work, False)
    return status(_DONE, ROLLBACK)


def open_transaction(work: Work) -> None:
    engine.execute(work.session.cursor, "BEGIN TRANSACTION")
    work.session.in_transaction, work.session.written = True, []


def end_transaction(work: Work, keep: bool) -> None:
    """Commits or rolls back what is open."""
    session = work.session
    if session.in_transaction:
        session.in_transaction, session.written = False, []
        engine.execute(session.cursor, "COMMIT" if keep else "ROLLBACK")


def recover(work: Work) -> None:
    """After an error DuckDB has given the transaction up, and the service has not: writes it again."""
    from testbed.snowflake import changes
    from testbed.snowflake.statements import parse

    session = work.session
    if not session.in_transaction:
        return
    engine.execute(session.cursor, "ROLLBACK")
    engine.execute(session.cursor, "BEGIN TRANSACTION")
    for sql, bindings in session.written:
        again = Work(**{**vars(work), "sql": sql, "bindings": bindings, "scratch": []})
        changes.run(again, parse(sql))


# CALL.


def call(work: Work, text: str) -> Result:
    """SYSTEM$WAIT, SYSTEM$CANCEL_QUERY, and nothing else."""
    match = re.match(r"(?:CALL|SELECT)\s+([\w$]+)\s*\(\s*(.*?)\s*\)\s*(?:AS\s+(\w+))?$", text, re.I | re.S)
    name = match.group(1).upper() if match else ""
    column = name.split("$")[-1] if text[:1] in "Cc" else f"{name}({match.group(2)})" if match else ""
    if name == "SYSTEM$WAIT" and match:
        amount, _, unit = match.group(2).partition(",")
        scale = {"MINUTES": 60, "HOURS": 3600, "MILLISECONDS": 0.001}.get(unit.strip(" '\"").upper(), 1)
        seconds = float(amount) * scale
        if not work.described and work.wait(seconds):
            raise CANCELED
        kind = CALL if text[:1] in "Cc" else 0x1000
        return rows_of([(match.group(3) or column or "WAIT", TEXT)], [(f"waited {amount} seconds",)], kind)
    if name == "SYSTEM$CANCEL_QUERY" and match:
        done = work.services.cancel_by_id(match.group(2).strip("'"))
        return rows_of([(column, TEXT)], [("query [%s] terminated." % match.group(2) if done else "Identified SQL statement is not currently executing.",)], CALL)
    raise compilation(f"Unknown function {name or text.split()[1] if len(text.split()) > 1 else text}", "002140", "42601")




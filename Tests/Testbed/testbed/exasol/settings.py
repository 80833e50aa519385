"""Session attributes: their wire names, ALTER SESSION, OPEN and CLOSE SCHEMA."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from testbed.exasol import meta, nls
from testbed.exasol.errors import ExaError, position, syntax_error
from testbed.exasol.tokens import TokenReader, tokenize

READ_ONLY = {
    "compressionenabled",
    "dateformat",
    "datetimeformat",
    "datelanguage",
    "defaultlikeescapecharacter",
    "opentransaction",
    "timezone",
    "timezonebehavior",
}


def snapshot(session: Any) -> dict[str, Any]:
    """The attributes that statements may change, under their wire names."""
    return {
        "currentSchema": session.current_schema,
        "dateFormat": session.formats.date,
        "datetimeFormat": session.formats.stamp,
        "dateLanguage": session.formats.language,
        "numericCharacters": session.numeric_characters,
        "queryTimeout": int(session.query_timeout),
        "timezone": session.formats.zone,
        "timezoneBehavior": session.zone_behavior,
        "openTransaction": int(session.in_transaction and not session.autocommit),
    }


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What a command changed: the `attributes` of its reply."""
    return {name: value for name, value in after.items() if before[name] != value}


def snapshot_committable(session: Any) -> tuple[Any, ...]:
    return (
        session.current_schema,
        session.formats,
        session.query_timeout,
        session.numeric_characters,
        session.zone_behavior,
    )


def restore(session: Any, saved: tuple[Any, ...]) -> None:
    """ROLLBACK brings the committable attributes back."""
    zone = session.formats.zone
    (
        session.current_schema,
        session.formats,
        session.query_timeout,
        session.numeric_characters,
        session.zone_behavior,
    ) = saved
    if session.formats.zone != zone:
        session.set_zone(session.formats.zone)


def apply(session: Any, sql: str) -> bool:
    """Runs OPEN SCHEMA, CLOSE SCHEMA, ALTER SESSION; False when the statement is none of them."""
    reader = TokenReader(tokenize(sql), sql)
    if reader.accept("OPEN", "SCHEMA"):
        name = reader.identifier()
        if not meta.schema_exists(session.run, name):
            raise ExaError(f"schema {name} not found{position(sql, name)}")
        session.set_schema(name)
    elif reader.accept("CLOSE", "SCHEMA"):
        session.set_schema("")
    elif reader.accept("ALTER", "SESSION", "SET"):
        name = reader.identifier()
        reader.expect("=")
        value = reader.next()
        _alter(session, name, value.string if value.kind == "string" else value.text, sql)
    elif reader.accept("ALTER", "SYSTEM", "SET") or _is_administration(reader):
        pass
    else:
        return False
    return True


def _is_administration(reader: TokenReader) -> bool:
    """Statements that are accepted and change nothing here."""
    return reader.peek().upper in (
        "GRANT",
        "REVOKE",
        "FLUSH",
        "RECOMPRESS",
        "REORGANIZE",
        "PRELOAD",
    ) or (reader.peek().upper == "EXECUTE" and reader.peek(1).upper == "SCRIPT")


def _alter(session: Any, name: str, value: str, sql: str) -> None:
    formats = session.formats
    match name:
        case "NLS_DATE_FORMAT" | "NLS_TIMESTAMP_FORMAT":
            if not nls.valid(value):
                raise ExaError(f"data exception - invalid value for {name}: {value}", "22007")
            field = "date" if name == "NLS_DATE_FORMAT" else "stamp"
            session.formats = replace(formats, **{field: value})
        case "NLS_DATE_LANGUAGE":
            if value.upper() not in ("ENG", "DEU"):
                raise ExaError(f"invalid value for {name}: {value}")
            session.formats = replace(formats, language=value.upper())
        case "NLS_NUMERIC_CHARACTERS":
            session.numeric_characters = value
        case "HASHTYPE_FORMAT":
            if value.upper() not in ("HEX", "BASE64", "UUID"):
                raise ExaError(f"invalid value for {name}: {value}")
            session.formats = replace(formats, hash_form=value.upper())
        case "TIME_ZONE":
            session.set_zone(value)
        case "TIME_ZONE_BEHAVIOR":
            session.zone_behavior = value
        case "QUERY_TIMEOUT":
            session.query_timeout = float(value)
        case (
            "DEFAULT_LIKE_ESCAPE_CHARACTER"
            | "SNAPSHOT_MODE"
            | "SCRIPT_LANGUAGES"
            | "SQL_PREPROCESSOR_SCRIPT"
            | "NLS_FIRST_DAY_OF_WEEK"
            | "PROFILE"
            | "TIMESTAMP_ARITHMETIC_BEHAVIOR"
        ):
            pass
        case _:
            raise syntax_error(sql, name)

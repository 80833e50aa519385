"""What the script of the real clients needs to know about each protocol: one row for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Profile:
    """A protocol (and an encoding of it): its stand-in, its keywords, its dialect."""

    name: str
    stand_in: str
    # Keywords; `{…}` are members of the stand-in's start line.
    keywords: dict[str, str]
    # `{table}` in these is the name that a run of the script chose.
    create: str
    # Two rows: every type with a value, and NULLs.
    fill: tuple[str, str]
    # What the catalog functions are asked with; None where the server has no such qualifier.
    schema: str | None
    missing: str
    endless: str

    def connection(self, info: dict[str, Any]) -> dict[str, str]:
        """The keywords of a connection to that stand-in."""
        return {key: value.format(**info) for key, value in self.keywords.items()}

    def script(self, table: str) -> dict[str, str]:
        """What the clients' programs read from the environment."""
        name = self.qualified(table)
        return {
            "SCRIPT_TABLE": name, "SCRIPT_NAME": table, "SCRIPT_SCHEMA": self.schema or "",
            "SCRIPT_CREATE": self.create.format(table=name),
            "SCRIPT_FILL_1": self.fill[0].format(table=name),
            "SCRIPT_FILL_2": self.fill[1].format(table=name),
            "SCRIPT_MISSING": self.missing, "SCRIPT_ENDLESS": self.endless,
        }

    def qualified(self, table: str) -> str:
        """The table's name in statements."""
        return f"{self.schema}.{table}" if self.schema else table


_FILL = (
    "INSERT INTO {table} VALUES (1, 'Grüße \U0001f680', -0.7, 1.5, DATE '2024-06-18', "
    "TIMESTAMP '2024-06-18 17:22:13.123')",
    "INSERT INTO {table} VALUES (2, NULL, NULL, NULL, NULL, NULL)",
)


def _avatica(encoding: str, port: str) -> Profile:
    return Profile(
        name=f"avatica-{encoding}", stand_in="avatica",
        keywords={
            "Protocol": "avatica+http", "Server": "127.0.0.1", "Port": port,
            "encoding": encoding, "UID": "TERN", "PWD": "{users[TERN]}"},
        create="CREATE TABLE {table} (I INTEGER, T VARCHAR(4000), D DECIMAL(18,4), F DOUBLE, "
               "DA DATE, TS TIMESTAMP)",
        fill=_FILL, schema=None, missing="SELECT * FROM NO_SUCH_TABLE",
        endless='SELECT "$SLEEP"(60) FROM (VALUES 1)')


PROFILES = {profile.name: profile for profile in (
    Profile(
        name="exasol", stand_in="exasol",
        keywords={
            "Protocol": "exasol", "Server": "localhost", "Port": "{port}", "UID": "sys",
            "PWD": "{users[SYS]}", "TLS_CA_FILE": "{ca}"},
        create="CREATE TABLE {table} (I DECIMAL(9,0), T VARCHAR(4000), D DECIMAL(18,4), "
               "F DOUBLE, DA DATE, TS TIMESTAMP)",
        fill=_FILL, schema="S2", missing="SELECT * FROM S2.NO_SUCH_TABLE",
        endless='SELECT "$SLEEP"(60)'),
    Profile(
        name="maxscale", stand_in="maxscale",
        keywords={
            "Protocol": "maxscale+http", "Server": "127.0.0.1", "Port": "{port}", "UID": "tern",
            "PWD": "{users[tern]}", "Database": "{catalog}", "target": "{targets[server]}",
            "http_user": "admin", "http_password": "{accounts[admin]}"},
        create="CREATE TABLE {table} (I INTEGER, T VARCHAR(4000), D DECIMAL(18,4), F DOUBLE, "
               "DA DATE, TS DATETIME(3))",
        fill=_FILL, schema=None, missing="SELECT * FROM NO_SUCH_TABLE",
        endless="SELECT COUNT(*) FROM seq_1_to_100000000 AS A, seq_1_to_100000000 AS B"),
    Profile(
        name="snowflake", stand_in="snowflake",
        keywords={
            "Protocol": "snowflake+http", "Server": "127.0.0.1", "Port": "{port}", "UID": "TERN",
            "PWD": "{users[TERN]}", "Account": "{account}", "Database": "{database}",
            "Schema": "{schema}", "token_cache": "off"},
        create="CREATE TABLE {table} (I NUMBER(9,0), T VARCHAR(4000), D NUMBER(18,4), F DOUBLE, "
               "DA DATE, TS TIMESTAMP_NTZ(3))",
        fill=_FILL, schema="PUBLIC", missing="SELECT * FROM NO_SUCH_TABLE",
        endless="CALL SYSTEM$WAIT(60)"),
    _avatica("json", "{port}"),
    _avatica("protobuf", "{protobufPort}"),
)}

"""Stages: files in a directory of this machine, reached by PUT and GET, read by COPY and by bind stages."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.snowflake import changes, commands
from testbed.snowflake.binds import _rows
from testbed.snowflake.errors import SQLError, compilation, missing
from testbed.snowflake.results import Result
from testbed.snowflake.statements import COPY, DDL, DROP, LIST, TEXT, Work, parse, rows_of, status
from testbed.snowflake.types import SFType

_FIXED = SFType("fixed", 38, 0)
_STAGE = r"'?@((?:~|%)?[^\s';]*)'?"
_LOCAL = r"('file://[^']+'|file://[^\s']+)"
_OPTION = re.compile(r"(\w+)\s*=\s*('(?:[^']|'')*'|[\w.]+)")


@dataclass
class Stage:
    """One stage: a directory."""

    directory: Path
    temporary: bool = False


def create(work: Work, text: str) -> Result:
    """CREATE [OR REPLACE] [TEMPORARY] STAGE [IF NOT EXISTS] name …"""
    match = re.match(r"CREATE\s+(OR\s+REPLACE\s+)?(TEMP(?:ORARY)?\s+)?STAGE\s+(IF\s+NOT\s+EXISTS\s+)?(" + commands.NAME + ")", text, re.I)
    if not match:
        raise compilation("syntax error line 1 at position 7 unexpected 'STAGE'.")
    name = commands.name_of(work, match.group(4))
    if match.group(2) and not work.session.options.stage_binds:
        raise SQLError("003001", "42501", "SQL access control error:\nInsufficient privileges to operate on schema 'PUBLIC'.")
    if not name[0] or not name[1]:
        raise SQLError("090105", "22000", "Cannot perform CREATE STAGE. This session does not have a current database. "
                       "Call 'USE DATABASE', or use a qualified name.")  # fmt: skip
    stages = work.session.stages if match.group(2) else work.engine.stages
    if name in stages and not match.group(1):
        if match.group(3):
            return status(f"{name[2]} already exists, statement succeeded.", DDL)
        raise compilation(f"Object '{'.'.join(name)}' already exists.", "002002", "42710")
    stages[name] = Stage(work.services.directory(), bool(match.group(2)))
    return status(f"Stage area {name[2]} successfully created.", DDL)


def drop(work: Work, text: str) -> Result:
    match = re.fullmatch(r"DROP\s+STAGE\s+(IF\s+EXISTS\s+)?(" + commands.NAME + ")", text, re.I)
    name = commands.name_of(work, match.group(2)) if match else ("", "", "")
    if work.session.stages.pop(name, None) or work.engine.stages.pop(name, None) or match and match.group(1):
        return status(f"{name[2]} successfully dropped.", DROP)
    raise missing(name[2], "Stage")


def located(work: Work, text: str) -> tuple[Path, str, str]:
    """The directory of `@stage/path`, the path, and the stage's name as LIST writes it."""
    head, _, path = text.partition("/")
    if head.startswith("~"):
        return work.services.user_stage(work.session.user), path, "~"
    if head.startswith("%"):
        return work.services.user_stage("%" + head), path, head
    name = commands.name_of(work, head)
    found = work.session.stages.get(name) or work.engine.stages.get(name)
    if found is None:
        raise missing(name[2], "Stage")
    return found.directory, path, name[2].lower()


def transfer(work: Work, text: str) -> Result:
    """PUT and GET: the answer tells the client where the files are."""
    text = _filled(work, text)
    options = {k.upper(): v.strip("'") for k, v in _OPTION.findall(text)}
    put = re.match(r"PUT\s+" + _LOCAL + r"\s+" + _STAGE, text, re.I)
    get = re.match(r"GET\s+" + _STAGE + r"\s+" + _LOCAL, text, re.I)
    if put:
        directory, path, name = located(work, put.group(2))
        data = {
            "command": "UPLOAD", "src_locations": [_local(put.group(1))], "parallel": int(options.get("PARALLEL", 4)),
            "threshold": work.session.options.stage_part_threshold, "autoCompress": options.get("AUTO_COMPRESS", "TRUE").upper() == "TRUE",
            "overwrite": options.get("OVERWRITE", "FALSE").upper() == "TRUE",
            "sourceCompression": options.get("SOURCE_COMPRESSION", "auto_detect").lower(), "clientShowEncryptionParameter": False,
            "encryptionMaterial": work.services.cloud.material(work.query_id), "stageInfo": work.services.stage_info(directory, path),
        }  # fmt: skip
        if work.session.options.stage == "presigned":
            source = _local(put.group(1)).rpartition("/")[2]
            data["stageInfo"]["presignedUrl"] = work.services.cloud.presigned(directory, f"{path}/{source}".lstrip("/"), False)
        data["uploadInfo"] = data["stageInfo"]
        return Result([], 0x7102, always_json=True, more={**data, "statementTypeId": 0x7102})
    if get:
        directory, path, name = located(work, get.group(1))
        files = [f for f in _files(directory, path) if not options.get("PATTERN") or re.fullmatch(options["PATTERN"], f)]
        data = {
            "command": "DOWNLOAD", "src_locations": files, "localLocation": _local(get.group(2)),
            "parallel": int(options.get("PARALLEL", 4)), "encryptionMaterial": [work.services.cloud.material(work.query_id) for _ in files],
            "clientShowEncryptionParameter": False, "stageInfo": work.services.stage_info(directory, ""), "presignedUrls": None,
        }  # fmt: skip
        if work.session.options.stage == "presigned":
            data["presignedUrls"] = [work.services.cloud.presigned(directory, f, False) for f in files]
        return Result([], 0x7101, always_json=True, more=data)
    raise compilation("syntax error line 1 at position 4 unexpected '<EOF>'.")


def _local(text: str) -> str:
    """The path in a location with or without quotes."""
    return text.strip("'").removeprefix("file://")


def _filled(work: Work, text: str) -> str:
    """The command with its bound values in the place of its markers; the stage may be one of them."""
    values = [str(b.get("value")) for _, b in sorted(work.bindings.items())]
    return re.sub(r"(?<=\s)\?(?=\s|$)", lambda _: f"'{values.pop(0)}'" if values else "?", text)


def _files(directory: Path, prefix: str) -> list[str]:
    found = [str(p.relative_to(directory)) for p in sorted(directory.rglob("*")) if p.is_file()]
    return [f for f in found if f.startswith(prefix)]


def listing(work: Work, text: str) -> Result:
    """LIST @stage/prefix."""
    match = re.match(r"(?:LIST|LS)\s+" + _STAGE, text, re.I)
    directory, prefix, name = located(work, match.group(1) if match else "")
    rows = []
    for file in _files(directory, prefix):
        body = (directory / file).read_bytes()
        rows.append((f"{name}/{file}", len(body), hashlib.md5(body).hexdigest(), "Tue, 2 Jan 2024 03:04:05 GMT"))
    return rows_of([("name", TEXT), ("size", _FIXED), ("md5", TEXT), ("last_modified", TEXT)], rows, LIST)


def remove(work: Work, text: str) -> Result:
    """REMOVE @stage/prefix."""
    match = re.match(r"(?:REMOVE|RM)\s+" + _STAGE, text, re.I)
    directory, prefix, name = located(work, match.group(1) if match else "")
    rows = []
    for file in _files(directory, prefix):
        os.unlink(directory / file)
        rows.append((f"{name}/{file}", "removed"))
    return rows_of([("name", TEXT), ("result", TEXT)], rows, 0x7103)


def contents(work: Work, text: str) -> list[tuple[str, bytes]]:
    """The files below `@stage/path`, without their compression."""
    directory, prefix, _ = located(work, text.removeprefix("@"))
    found = []
    for file in _files(directory, prefix):
        body = work.services.cloud.opened(directory / file)
        found.append((file, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
    return found


def copy(work: Work, text: str) -> Result:
    """COPY INTO table FROM @stage, CSV only."""
    match = re.match(r"COPY\s+INTO\s+(" + commands.NAME + r")\s*(?:\(([^)]*)\))?\s+FROM\s+" + _STAGE, text, re.I)
    if not match:
        raise compilation("syntax error line 1 at position 10 unexpected '<EOF>'.")
    relation = work.engine.catalog.get(commands.name_of(work, match.group(1)))
    names = commands.parts_of(match.group(2)) if match.group(2) else [c.name for c in relation.columns]
    skip = int(dict((k.upper(), v) for k, v in _OPTION.findall(text)).get("SKIP_HEADER", 0))
    results = []
    for file, body in contents(work, match.group(3)):
        rows = _rows(body.decode("utf-8"))[skip:]
        if rows:
            values = {str(n): {"type": "TEXT", "value": [r[n - 1] for r in rows]} for n in range(1, len(names) + 1)}
            sql = f"INSERT INTO {match.group(1)} ({', '.join(chr(34) + n + chr(34) for n in names)}) VALUES ({', '.join('?' * len(names))})"
            changes.run(Work(**{**vars(work), "sql": sql, "bindings": values}), parse(sql))
        results.append((file, "LOADED", len(rows), len(rows), 1, 0, None, None, None, None))
    columns = [("file", TEXT), ("status", TEXT), ("rows_parsed", _FIXED), ("rows_loaded", _FIXED), ("error_limit", _FIXED),
               ("errors_seen", _FIXED), ("first_error", TEXT), ("first_error_line", _FIXED), ("first_error_character", _FIXED),
               ("first_error_column_name", TEXT)]  # fmt: skip
    if not results:
        return status("Copy executed with 0 files processed.", COPY)
    return rows_of(columns, results, COPY)


def stage_of_binds(work: Work, location: str) -> dict[str, Any]:
    """Array binds that lie in a stage."""
    from testbed.snowflake.binds import from_csv

    files = contents(work, location)
    if not files:
        raise compilation(f"Bind stage '{location}' is empty.", "002003", "02000")
    return from_csv([body for _, body in files], work.bindings)



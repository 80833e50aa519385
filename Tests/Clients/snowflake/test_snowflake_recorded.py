"""What another Snowflake server was asked in a recording, asked here again: answers must agree in shape.

The recording is of fakesnow 0.12.1. Where it is wrong by the protocol's reference, the difference is named.
"""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any, Iterator

import pyarrow as pa
import pytest

from snowflake_wire import Client
from testbed.common.launch import Running

RECORDING = Path(__file__).resolve().parents[2] / "Fixtures" / "snowflake" / "fakesnow-session.jsonl"
# What the recorded server cannot do, or calls by another name.
WRONG = {
    "refuses": {"py.select.number", "py.select.variant", "py.session.alter", "py.session.current", "py.catalog.explain", "py.multistmt",
                "adbc.get_objects", "adbc.get_table_schema", "adbc.execute_schema", "py2.num38", "py2.array", "py2.geography", "py2.vector",
                "py2.get", "py2.call"},
    "divides by zero": {"py.error.divzero"},
    "has ids of its own": {"py.async", "py.result_scan", "py5.async"},
    "knows columns that the reference does not": {"py.catalog.procedures", "py.catalog.functions", "py.catalog.parameters",
                                                  "py.catalog.schemas", "py2.session_params", "py.catalog.warehouses"},
    "needs files of another machine": {"py2.put", "py2.list", "py2.copy2", "py2.sel", "adbc.ingest"},
    "makes a float of a sum": {"py.select.count"},
    "has fewer words for metadata": {"adbc2.get_objects_depths"},
}  # fmt: skip
EXCEPTED = set().union(*WRONG.values())
# The recorded server calls every zoned timestamp, and bound ones, TIMESTAMP_TZ; a bound REAL is text; objects are variants.
ALIKE = [{"timestamp_tz", "timestamp_ltz", "timestamp_ntz"}, {"text", "real"}, {"variant", "object"}]


def exchanges() -> Iterator[dict[str, Any]]:
    """Statements of the recording that were answered."""
    with open(RECORDING, encoding="utf-8") as lines:
        for exchange in map(json.loads, lines):
            asked = (exchange["request"].get("body") or {}).get("json")
            told = (exchange["response"].get("body") or {}).get("json")
            if "query-request" in exchange["request"]["target"] and isinstance(asked, dict) and isinstance(told, dict):
                if not exchange["label"].startswith("raw."):
                    yield {"label": exchange["label"], "asked": asked, "told": told}


def same_type(one: str, other: str) -> bool:
    return one == other or any({one, other} <= group for group in ALIKE)


def numbers(data: dict[str, Any]) -> list[list[Any]] | None:
    """Values whose form does not depend on the server: numbers, text, booleans, dates; None where others are."""
    kinds = {c["type"] for c in data["rowtype"]}
    if not kinds <= {"fixed", "text", "boolean", "date", "binary", "real"} or "rowset" in data:
        return data.get("rowset")
    if not data["rowsetBase64"]:
        return []
    table = pa.ipc.open_stream(base64.b64decode(data["rowsetBase64"])).read_all()
    return [[str(v) for v in row.values()] for row in table.to_pylist()] if len(set(table.column_names)) == table.num_columns else None


@pytest.fixture(scope="module")
def answers(_shared: Running) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Label, statement, recorded answer and ours, in order."""
    _shared.reset()
    found = []
    with Client(_shared.info["port"]) as client:
        client.login()
        client.data("create or replace database db1")
        client.data("create schema schema1")
        for exchange in exchanges():
            body = {k: v for k, v in exchange["asked"].items() if k != "queryContextDTO"}
            told = client.ask("POST", "/queries/v1/query-request", body, requestId=str(uuid.uuid4()))
            found.append((exchange["label"], body["sqlText"], exchange["told"], told))
    return found


def test_answers_agree(answers: list[tuple[str, str, dict[str, Any], dict[str, Any]]]) -> None:
    compared = 0
    for label, sql, theirs, ours in answers:
        if label in EXCEPTED:
            continue
        compared += 1
        where = f"{label}: {sql[:60]}"
        assert theirs["success"] == ours["success"], (where, ours)
        if not theirs["success"]:
            assert theirs["code"] == ours["code"], where
            assert theirs["data"]["sqlState"] == ours["data"]["sqlState"], where
            continue
        was, found = theirs["data"], ours["data"]
        assert was["statementTypeId"] & 0xF000 == found["statementTypeId"] & 0xF000 or label.startswith(("adbc", "py2")), where
        if was["queryResultFormat"] == found["queryResultFormat"] and was["statementTypeId"] == 4096:
            assert all(same_type(a["type"], b["type"]) for a, b in zip(was["rowtype"], found["rowtype"], strict=True)), where
            assert was.get("total") == found["total"], where
            if not any(c["type"] in ("real",) or c["scale"] for c in was["rowtype"]):
                assert numbers(was) in (None, numbers(found)), where
        if was["queryResultFormat"] == "json" == found["queryResultFormat"]:
            assert (was["rowset"], [c["name"] for c in was["rowtype"]]) == (found["rowset"], [c["name"] for c in found["rowtype"]]), where
    assert compared > 80


def test_shown_columns_are_there(answers: list[tuple[str, str, dict[str, Any], dict[str, Any]]]) -> None:
    """The columns that drivers look for by name, in the order of the reference."""
    wanted = {"show columns in table t1": ["table_name", "schema_name", "column_name", "data_type", "null?", "default", "kind"],
              "describe table t1": ["name", "type", "kind", "null?", "default", "primary key", "unique key"]}  # fmt: skip
    for _, sql, theirs, ours in answers:
        if sql in wanted:
            for data in (theirs["data"], ours["data"]):
                assert [c["name"] for c in data["rowtype"]][: len(wanted[sql])] == wanted[sql]

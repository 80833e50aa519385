"""`TERN …`: results that DuckDB cannot give.

`TERN ROWS n` is for benchmarks, `TERN FIXTURE name` for types, `TERN TABLES n` for long catalogs.
"""

from __future__ import annotations

import base64
import json
import re
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from testbed.snowflake.catalog import ColumnFacts, Relation
from testbed.snowflake.errors import compilation
from testbed.snowflake.options import Options
from testbed.snowflake.results import Chunk, Prepared, Result, json_chunk, packed, stream
from testbed.snowflake.statements import DDL, Work, status
from testbed.snowflake.types import SFType
from testbed.snowflake.values import Column

_BLOCK = 100_000
_KINDS = [
    ("ID", SFType("fixed", 38, 0)), ("AMOUNT", SFType("fixed", 12, 2)), ("RATE", SFType("real")), ("NAME", SFType("text", length=64)),
    ("DAY_", SFType("date")), ("AT_", SFType("timestamp_ntz", scale=6)),
]  # fmt: skip


def tern(work: Work, text: str) -> Result:
    """`TERN ROWS n`, `TERN FIXTURE name` and `TERN TABLES n`."""
    if match := re.fullmatch(r"TERN\s+TABLES\s+(\d+)", text, re.I):
        return _tables(work, int(match.group(1)))
    if match := re.fullmatch(r"TERN\s+ROWS\s+(\d+)", text, re.I):
        return work.services.bulk(int(match.group(1)), work)
    if match := re.fullmatch(r"TERN\s+FIXTURE\s+(\w+)", text, re.I):
        return fixture(work.services.fixtures, match.group(1), work)
    raise compilation("syntax error line 1 at position 5 unexpected 'TERN'.")


def _tables(work: Work, count: int) -> Result:
    """Tables that only the catalog knows, in the current schema."""
    place = work.session.database or "", work.session.schema or ""
    for number in range(count):
        work.engine.catalog.put(Relation((*place, f"T{number:06}"), [ColumnFacts("X", SFType("fixed"))]))
    return status(f"{count} tables are shown.", DDL)


def row_values(number: int) -> tuple[Any, ...]:
    """The values of a row of the benchmark; rows repeat after 100 000."""
    row = number % _BLOCK
    micros = 1_700_000_000_000_000 + row * 1_000_003
    return row, Decimal(row * 37 % 10_000_000) / 100, row * 0.5, f"name {row * 7919 % 1_000_003}", 19_000 + row % 3650, micros


def block(rows: int) -> list[Column]:
    """The columns of the first rows."""
    ids = pa.array(range(rows), pa.int64())
    cents = pa.array([r * 37 % 10_000_000 for r in range(rows)], pa.int64()).cast(pa.decimal128(38, 0))
    amounts = pa.Array.from_buffers(pa.decimal128(12, 2), rows, cents.buffers())
    names = pa.array([f"name {r * 7919 % 1_000_003}" for r in range(rows)])
    micros = pc.add(pc.multiply(ids, 1_000_003), 1_700_000_000_000_000)
    days = pa.array([19_000 + r % 3650 for r in range(rows)], pa.int32()).cast(pa.date32())
    values = [ids, amounts, pc.multiply(ids.cast(pa.float64()), 0.5), names, days, micros.cast(pa.timestamp("us"))]
    return [Column(kind.rowtype(name, name != "NAME"), kind, v) for (name, kind), v in zip(_KINDS, values)]


def rendered(rows: int, form: str, options: Options) -> Prepared:
    """All rows in chunks of 100 000 and none inline; one rendered chunk serves for all of its size.

    So integers are equally wide everywhere: the connector for Python cannot join Arrow chunks of different widths.
    """
    inline: dict[str, Any] = {"rowset": []} if form == "json" else {"rowsetBase64": ""}
    left, chunks, made = rows, [], {}
    while left > 0:
        size = min(left, _BLOCK)
        if size not in made:
            part = block(size)
            raw = json_chunk(part) if form == "json" else stream(part, options, False, False)
            made[size] = packed(raw, size, options)
        chunks.append(made[size])
        left -= size
    return Prepared(rows, inline, chunks)


def fixture(fixtures: dict[str, Any], name: str, work: Work) -> Result:
    """A given result: `rowtype` with `rowset`, `rowsetBase64` and `chunks` (base64), as far as they are there."""
    if name not in fixtures:
        raise compilation(f"Unknown fixture {name}", "002003", "42S02")
    case = fixtures[name]
    columns = [Column(entry, SFType(entry.get("type") or "text"), pa.array([], pa.string())) for entry in case["rowtype"]]
    form = work.services.form_of(work)
    result = Result(columns, case.get("statementTypeId", 0x1000), more=case.get("more", {}))
    total = case.get("total", len(case.get("rowset") or case.get("values") or []))
    is_json = form == "json" and "rowset" in case or "rowsetBase64" not in case
    inline = {"rowset": case.get("rowset", [])} if is_json else {"rowsetBase64": case["rowsetBase64"]}
    chunks = [Chunk(c["rows"], base64.b64decode(c["body"]), c.get("uncompressed", 0), c.get("gzip", False))
              for c in case.get("chunks", [])]  # fmt: skip
    result.prepared = Prepared(total, inline, chunks)
    result.always_json = is_json
    return result


def load(path: str) -> dict[str, Any]:
    """Fixtures from a file with one JSON object a line."""
    with open(path, encoding="utf-8") as lines:
        return {case["case"]: case for case in map(json.loads, lines)}

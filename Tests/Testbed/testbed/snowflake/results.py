"""A finished result: rows inline and rows in chunks, in either format, rendered when somebody asks."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any, Iterable

import pyarrow as pa

from testbed.snowflake.options import Options
from testbed.snowflake.values import Column, cells, physical
from testbed.snowflake.values import field as arrow_field

END_MARKER = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass
class Chunk:
    """One part in the cloud store: what is sent, and what it holds."""

    rows: int
    body: bytes
    uncompressed: int
    is_gzip: bool = True


@dataclass
class Result:
    """What a statement gave. `fixed` members of `data` win over what is computed."""

    columns: list[Column]
    statement_type: int = 0x1000
    always_json: bool = False
    stats: dict[str, int] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    prepared: "Prepared | None" = None

    @property
    def rows(self) -> int:
        """Rows of the whole result."""
        if self.prepared:
            return self.prepared.total
        return len(self.columns[0].values) if self.columns else 0

    @property
    def rowtype(self) -> list[dict[str, Any]]:
        return [c.entry for c in self.columns]


@dataclass
class Prepared:
    """A result in the form in which it is sent."""

    total: int
    inline: dict[str, Any]
    chunks: list[Chunk]


def prepared(result: Result, form: str, options: Options) -> Prepared:
    """Cuts a result: all of it inline when it is short, else a first part and chunks."""
    if result.prepared:
        return result.prepared
    total = result.rows
    first = total if total <= options.inline_rows else min(options.first_rows, total)
    starts = list(range(first, total, max(options.chunk_rows, 1)))
    chunks = []
    for number, at in enumerate(starts):
        part = [c.slice(at, options.chunk_rows) for c in result.columns]
        last = number == len(starts) - 1
        marked = options.end_marker == "all" or options.end_marker == "last" and last
        raw = json_chunk(part) if form == "json" else stream(part, options, marked, options.vary_timestamps and number % 2 == 1)
        chunks.append(packed(raw, min(options.chunk_rows, total - at), options))
    return Prepared(total, _inline([c.slice(0, first) for c in result.columns], form, first, total, options), chunks)


def _inline(columns: list[Column], form: str, rows: int, total: int, options: Options) -> dict[str, Any]:
    if form == "json":
        return {"rowset": rowset(columns)}
    if rows == 0 and total > 0:
        return {"rowsetBase64": ""}
    body = stream(columns, options, options.end_marker != "none", False)
    return {"rowsetBase64": base64.b64encode(body).decode() if rows else ""}


def packed(raw: bytes, rows: int, options: Options) -> Chunk:
    """A chunk as it lies in the store."""
    if options.chunk_encoding == "identity":
        return Chunk(rows, raw, len(raw), False)
    return Chunk(rows, gzip.compress(raw, 1), len(raw))


def rowset(columns: list[Column]) -> list[list[str | None]]:
    """The rows of a JSON result."""
    return [list(row) for row in zip(*(cells(c) for c in columns))]


def json_chunk(columns: list[Column]) -> bytes:
    """Rows without outer brackets, separated by a comma and a line feed."""
    return json_rows(rowset(columns))


def json_rows(rows: Iterable[list[str | None]]) -> bytes:
    return ",\n".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in rows).encode("utf-8", "surrogatepass")


def stream(columns: list[Column], options: Options, end_marker: bool, as_structs: bool) -> bytes:
    """An Arrow IPC stream of record batches."""
    arrays = [physical(c, as_structs) for c in columns]
    schema = pa.schema([arrow_field(c, a) for c, a in zip(columns, arrays)])
    version = pa.ipc.MetadataVersion.V4 if options.metadata_version == 4 else pa.ipc.MetadataVersion.V5
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(metadata_version=version)) as writer:
        rows = len(arrays[0]) if arrays else 0
        for at in range(0, rows, options.batch_rows):
            part = [a.slice(at, options.batch_rows) for a in arrays]
            writer.write_batch(pa.RecordBatch.from_arrays(part, schema=schema))
    body = sink.getvalue().to_pybytes()
    return body if end_marker else body.removesuffix(END_MARKER)

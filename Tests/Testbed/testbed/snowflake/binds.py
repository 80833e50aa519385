"""Values that a request binds: to the expressions that stand in their place."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlglot import exp

from testbed.snowflake.errors import SQLError, compilation
from testbed.snowflake.stamps import NANOS, civil_from_days, written

# Type of a bind, and the type to which its text is cast.
_CASTS = {
    "FIXED": None, "REAL": "DOUBLE", "TEXT": None, "BOOLEAN": "BOOLEAN", "BINARY": "BINARY", "DATE": "DATE", "TIME": "TIME(9)",
    "TIMESTAMP_NTZ": "TIMESTAMP_NTZ(9)", "TIMESTAMP_LTZ": "TIMESTAMP_LTZ(9)", "TIMESTAMP_TZ": "TIMESTAMP_TZ(9)", "ANY": None,
    "ARRAY": None, "OBJECT": None, "MAP": None, "VARIANT": None, "VECTOR": None, "DECFLOAT": "DECFLOAT",
    "INTERVAL_YEAR_MONTH": None, "INTERVAL_DAY_TIME": None,
}  # fmt: skip


def placeholders(tree: exp.Expression) -> list[exp.Placeholder]:
    """The markers of a statement, in the order in which they are written."""
    found: list[exp.Placeholder] = []

    def walk(node: Any) -> None:
        if isinstance(node, exp.Placeholder):
            found.append(node)
        elif isinstance(node, exp.Expression):
            for value in _ordered(node):
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(tree)
    return found


def _ordered(node: exp.Expression) -> list[Any]:
    """A node's parts as they are written; sqlglot keeps some in another order."""
    order = {"with": 0, "with_": 0, "expressions": 1, "from": 3, "from_": 3, "joins": 4, "where": 5, "group": 6, "having": 7}
    if isinstance(node, exp.Select):
        return [v for k, v in sorted(node.args.items(), key=lambda i: order.get(i[0], 2 if i[0] == "distinct" else 8))]
    if isinstance(node, exp.Update):
        rank = {"with_": 0, "with": 0, "this": 1, "expressions": 2}
        return [v for k, v in sorted(node.args.items(), key=lambda i: rank.get(i[0], 3))]
    return list(node.args.values())


def key_of(marker: exp.Placeholder, number: int) -> str:
    """The member of `bindings` that a marker takes."""
    return str(marker.this) if marker.this else str(number)


def array_length(bindings: dict[str, Any]) -> int | None:
    """Rows of an array bind; None when the values are scalars."""
    lengths = {len(b["value"]) for b in bindings.values() if isinstance(b.get("value"), list)}
    if not lengths:
        return None
    if len(lengths) > 1 or any(not isinstance(b.get("value"), list) for b in bindings.values()):
        raise compilation("Array bind currently not supported for arrays of different lengths", "000206", "0A000")
    return lengths.pop()


def text_of(kind: str, value: Any, form: str | None = None) -> str | None:
    """A bound value as the text from which it is cast; raises for what its type cannot be."""
    if value is None:
        return None
    if kind not in _CASTS:
        raise SQLError("000001", "22000", f"Unsupported bind type {kind}")
    if not isinstance(value, str):
        raise SQLError("390400", "22000", f"Bind values are text, and this is {value!r}")
    try:
        if kind == "DATE":
            year, month, day = civil_from_days(int(value) // 86_400_000)
            return f"{year:04d}-{month:02d}-{day:02d}"
        if kind == "TIME":
            return written(*divmod(int(value), NANOS))[11:]
        if kind in ("TIMESTAMP_NTZ", "TIMESTAMP_LTZ"):
            return written(*divmod(int(value), NANOS)) + (" +00:00" if kind == "TIMESTAMP_LTZ" else "")
        if kind == "TIMESTAMP_TZ":
            nanos, _, zone = value.partition(" ")
            return written(*divmod(int(nanos), NANOS), int(zone) - 1440)
        if kind == "FIXED":
            float(value)
    except ValueError:
        raise SQLError("100035", "22000", f"Bind value '{value}' is not recognized as {kind}", "EXECUTION") from None
    return value


def literal(bind: dict[str, Any] | None) -> exp.Expression:
    """The expression of a scalar bind; a marker without a value is NULL, as in a description."""
    if bind is None:
        return exp.Null()
    kind = str(bind.get("type", "TEXT")).upper()
    text = text_of(kind, bind.get("value"), bind.get("fmt"))
    cast = _CASTS[kind] if kind in _CASTS else None
    if text is None:
        return exp.cast(exp.Null(), cast or {"FIXED": "DECIMAL(38, 0)"}.get(kind, "VARCHAR"), dialect="snowflake")
    if bind.get("fmt") == "json":
        return exp.ParseJSON(this=exp.Literal.string(text))
    if kind == "FIXED":
        number = exp.Literal.number(text.lstrip("+-"))
        return exp.Paren(this=exp.Neg(this=number)) if text.startswith("-") else number
    node = exp.Literal.string(text)
    return exp.cast(node, cast, dialect="snowflake") if cast else node


def fill(tree: exp.Expression, bindings: dict[str, Any], described: bool = False) -> int:
    """Puts scalar binds into a statement; gives the number of markers."""
    markers = placeholders(tree)
    for number, marker in enumerate(markers, 1):
        key = key_of(marker, number)
        if key not in bindings and not described:
            raise compilation(f"error line 1 at position 0\nBind variable :{key} not set.", "002049", "42601")
        node = literal(bindings.get(key))
        is_column = isinstance(marker.parent, (exp.Select, exp.Alias))
        marker.replace(exp.cast(node, "VARCHAR") if is_column and isinstance(node, exp.Null) else node)
    return len({key_of(m, n) for n, m in enumerate(markers, 1)})


def fill_columns(tree: exp.Expression, bindings: dict[str, Any], table: str) -> pa.Table:
    """Puts columns of a table of bound texts in the place of markers, and gives that table."""
    columns: dict[str, pa.Array] = {}
    for number, marker in enumerate(placeholders(tree), 1):
        key = key_of(marker, number)
        bind = bindings.get(key)
        if bind is None:
            raise compilation(f"error line 1 at position 0\nBind variable :{key} not set.", "002049", "42601")
        kind = str(bind.get("type", "TEXT")).upper()
        columns[f"B{key}"] = pa.array([text_of(kind, v) for v in bind["value"]], pa.string())
        node: exp.Expression = exp.column(exp.to_identifier(f"B{key}", quoted=True), table=exp.to_identifier(table, quoted=True))
        node.type = exp.DataType.build("VARCHAR")
        cast = _CASTS.get(kind)
        marker.replace(exp.cast(node, cast, dialect="snowflake") if cast else node)
    return pa.table(columns)


def from_csv(files: list[bytes], types: dict[str, Any]) -> dict[str, Any]:
    """Array binds from the files of a bind stage: an empty field is NULL, an empty text is `""`."""
    columns: list[list[str | None]] = []
    for body in files:
        for row in _rows(body.decode("utf-8")):
            columns = columns or [[] for _ in row]
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return {str(n): {"type": "TEXT", "value": c} for n, c in enumerate(columns, 1)}


def _rows(text: str) -> list[list[str | None]]:
    """Rows of CSV in which quotes tell an empty text from NULL, which Python's reader forgets."""
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    at, size = 0, len(text)
    while at < size:
        if text[at] == '"':
            end, parts = at + 1, []
            while True:
                close = text.index('"', end)
                parts.append(text[end:close])
                if text[close + 1 : close + 2] != '"':
                    break
                parts.append('"')
                end = close + 2
            row.append("".join(parts))
            at = close + 1
        else:
            end = min((p for p in (text.find(",", at), text.find("\n", at)) if p >= 0), default=size)
            value = text[at:end].removesuffix("\r")
            row.append(value or None)
            at = end
        if at >= size or text[at] in "\r\n":
            rows.append(row)
            row = []
            at += 2 if text[at : at + 2] == "\r\n" else 1
        else:
            at += 1
            if at >= size or text[at] == "\n":
                row.append(None)
                rows.append(row)
                row = []
                at += 1
    return rows

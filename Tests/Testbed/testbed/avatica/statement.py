"""A server statement: what it was prepared with, its open result and how far that was delivered."""

from __future__ import annotations

import zoneinfo
from typing import Any

import pyarrow as pa

from testbed.avatica.database import Execution, Session
from testbed.avatica.errors import AvaticaError, general
from testbed.avatica.frames import Frame
from testbed.avatica.types import Column, SqlType
from testbed.avatica.values import cells


class Statement:
    """An entry of the statement cache; at most one open result."""

    def __init__(self, number: int, connection_id: str, session: Session, now: float) -> None:
        self.number, self.connection_id, self.session = number, connection_id, session
        self.prepared: str | None = None
        self.is_query = False
        self.kinds: list[SqlType] = []
        self.bound: dict[int, Any] = {}
        self.limit = -1
        self.used = now
        self.running = False
        self.executed = False
        self.result: Execution | None = None
        self.delivered = 0
        self.fetched = 0
        self.finished = False

    # Execution.

    def run(self, sql: str, parameters: list[Any]) -> None:
        """Executes and opens the result, replacing the last one."""
        if self.session.closed:
            raise general("statement is closed")
        self.result, self.running = None, True
        try:
            self.take(self.session.execute(sql, parameters, self.limit))
        finally:
            self.running = False

    def once(self) -> Execution:
        """Executes the prepared text without opening a result: one row of a batch."""
        return self.session.execute(self.prepared or "", self.values())

    def values(self) -> list[Any]:
        """The bound values; one that never was bound is the database's error."""
        missing = [i for i in range(len(self.kinds)) if i not in self.bound]
        if missing:
            raise general("Parameter not set")
        return [self.bound[i] for i in range(len(self.kinds))]

    def take(self, result: Execution) -> None:
        self.result, self.executed = result, True
        self.delivered, self.finished = 0, result.table is None

    def take_rows(self, rows: list[tuple[Any, ...]]) -> None:
        """Opens a result of plain rows, as DatabaseMetaData calls give them."""
        width = len(rows[0]) if rows else 1
        columns, arrays = [], []
        for at in range(width):
            values = [row[at] for row in rows]
            kind = _kind_of(values)
            columns.append(Column(f"C{at + 1}", kind))
            arrays.append(pa.array(values, _ARROW[kind.kind]))
        self.take(Execution(columns, pa.Table.from_arrays(arrays, names=[c.label for c in columns])))

    # Delivery.

    def frame(self, size: int, offset: int, zone: zoneinfo.ZoneInfo | None, form: str, *, fetched: bool = False) -> Frame:
        """The next frame of up to `size` rows (all with a negative size, none and `done` with zero)."""
        table = self.result.table if self.result else None
        if self.result is None or table is None:
            return Frame([], [], offset, True)
        if self.finished:
            raise general("invalid cursor state: identified cursor is not open")
        kinds = [c.type for c in self.result.columns]
        if size == 0:
            # A first frame of no rows ends the result; a fetch of none does not touch it.
            self.finished = self.finished or not fetched
            return Frame(kinds, [[] for _ in kinds], offset, True)
        left = table.num_rows - self.delivered
        count = left if size < 0 else min(size, left)
        part = table.slice(self.delivered, count)
        self.delivered += count
        self.fetched += count if fetched else 0
        done = size < 0 or count < size
        self.finished = done
        columns = [cells(part.column(i), kind, zone, form) for i, kind in enumerate(kinds)]
        return Frame(kinds, columns, offset, done)

    def skip_to(self, offset: int) -> bool:
        """Moves a fresh result to an offset the way syncResults does, wrong position included."""
        if offset < self.fetched or offset < 0:
            position = self.fetched
            raise AvaticaError("IllegalArgumentException: Offset should be  non-negative and not less than the current position. "
                               f"{offset}, {position}")  # fmt: skip
        table = self.result.table if self.result else None
        if table is None:
            return False
        skip = offset - self.fetched
        self.fetched = offset
        if skip > table.num_rows or skip == table.num_rows and skip > 0:
            self.delivered = table.num_rows
            return False
        self.delivered = skip
        return True


_ARROW = {"boolean": pa.bool_(), "bigint": pa.int64(), "varchar": pa.string()}


def _kind_of(values: list[Any]) -> SqlType:
    first = next((v for v in values if v is not None), "")
    if isinstance(first, bool):
        return SqlType("boolean", "BOOLEAN")
    return SqlType("bigint", "BIGINT") if isinstance(first, int) else SqlType("varchar", "VARCHAR")

"""Subconnections: announced groups, the joint login and the partition of results over nodes."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

_tokens = itertools.count(5391821763945, 7919)


@dataclass
class Group:
    """The subconnections that one main connection has asked for."""

    main: Any
    wanted: int
    token: int = field(default_factory=lambda: next(_tokens))
    members: list[Any] = field(default_factory=list)
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    # Commands other than fetch and executePreparedStatement must arrive on all subs.
    waiting: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)

    async def join(self, member: Any, seconds: float) -> bool:
        """Waits until all have logged in; False when the others do not come in time."""
        if len(self.members) >= self.wanted or self.closed:
            return False
        self.members.append(member)
        member.node = len(self.members) - 1
        if len(self.members) == self.wanted:
            self.complete.set()
        try:
            await asyncio.wait_for(self.complete.wait(), seconds)
        except TimeoutError:
            return False
        return not self.closed

    async def together(self, command: str) -> None:
        """Returns when every member has sent this command."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(command, []).append(future)
        self.release()
        await future

    def release(self) -> None:
        """Lets a command go on when all members that are left have sent it."""
        present = sum(not member.ended for member in self.members)
        for queue in self.waiting.values():
            if len(queue) >= present:
                for item in queue:
                    if not item.done():
                        item.set_result(None)
                queue.clear()

    def close(self) -> None:
        """Request 0 on the main connection closes what is left."""
        self.closed = True
        self.complete.set()
        for queue in self.waiting.values():
            for item in queue:
                if not item.done():
                    item.set_result(None)
        for member in self.members:
            member.socket.abort()


def shares(row_count: int, node_count: int) -> list[tuple[int, int]]:
    """Start and end of every node's rows: contiguous, skewed, the last may be short or empty."""
    weights = [node_count + 12 - i for i in range(node_count)]
    result, start = [], 0
    for index in range(node_count):
        end = (
            row_count
            if index == node_count - 1
            else start + row_count * weights[index] // sum(weights)
        )
        end = min(row_count, end)
        result.append((start, end))
        start = end
    return result

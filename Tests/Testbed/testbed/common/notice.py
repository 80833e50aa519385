"""Waiting for something that a stand-in does, without asking again and again."""

from __future__ import annotations

import asyncio
from typing import Any, Callable


class Notice:
    """Wakes whoever waits; rung in the stand-in's loop whenever something has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Lets everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, is_true: Callable[[], bool], seconds: float) -> None:
        """Returns once `is_true()`; raises TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            while not is_true():
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                await future


class NotedLog(list[dict[str, Any]]):
    """A log whose every entry rings."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self._notice = notice

    def append(self, entry: dict[str, Any]) -> None:
        super().append(entry)
        self._notice.ring()

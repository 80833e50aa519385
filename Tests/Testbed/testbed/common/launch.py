"""Starting and stopping stand-ins: from the command line and inside a pytest process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import urllib.request
from importlib import import_module
from typing import Any, Callable, Iterator, Protocol

# Name on the command line -> module whose `create(**options)` makes the stand-in.
STAND_INS = {
    "exasol": "testbed.exasol.standin",
    "exasol-replay": "testbed.exasol.replay",
    "avatica": "testbed.avatica.standin",
    "avatica-replay": "testbed.avatica.replay",
    "maxscale": "testbed.maxscale.standin",
    "snowflake": "testbed.snowflake.standin",
}


class StandIn(Protocol):
    """A server that runs inside one asyncio loop."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def info(self) -> dict[str, Any]: ...


def create(name: str, **options: Any) -> StandIn:
    """Makes the stand-in of that name; its options are the keyword arguments."""
    if name not in STAND_INS:
        raise ValueError(f"unknown stand-in {name!r}; known: {', '.join(sorted(STAND_INS))}")
    return import_module(STAND_INS[name]).create(**options)


class Running:
    """A stand-in on a loop in a thread of its own, with the control endpoint as methods."""

    def __init__(self, name: str, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self.stand_in: Any = create(name, **options)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._call(self.stand_in.start())
        except BaseException:
            self._end_loop()
            raise
        self.info: dict[str, Any] = self.stand_in.info()

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def stop(self) -> None:
        """Stops the server and its loop."""
        self._call(self.stand_in.stop())
        self._end_loop()

    def control(self, path: str, body: Any = None) -> Any:
        """GETs a control path, or POSTs `body` to it."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.info["control"] + path, data=data)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def until(self, is_true: Callable[[], bool], seconds: float = 20) -> None:
        """Waits for something that the server notes: a request, a connection that ends."""
        self._call(self.stand_in.notice.until(is_true, seconds))

    def faults(self, *rules: dict[str, Any]) -> None:
        """Adds fault rules."""
        self.control("/faults", list(rules))

    def options(self, **options: Any) -> None:
        """Changes server options."""
        self.control("/options", options)

    def reset(self) -> None:
        """Clears faults, options and log."""
        self.control("/reset", {})


@contextlib.contextmanager
def running(name: str, **options: Any) -> Iterator[Running]:
    """A stand-in for the length of a with statement."""
    server = Running(name, **options)
    try:
        yield server
    finally:
        server.stop()


async def _serve(name: str, options: dict[str, Any]) -> None:
    server = create(name, **options)
    await server.start()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    _watch_stdin(loop, ended)
    print(json.dumps(server.info()), flush=True)
    try:
        await ended.wait()
    finally:
        await server.stop()


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Ends the server when the parent closes the pipe, so that a killed test leaves no orphan.

    /dev/null and terminals are no pipe from a parent: there only signals end the server.
    """

    def wait() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    with contextlib.suppress(OSError):
        import stat

        mode = os.fstat(0).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            threading.Thread(target=wait, daemon=True).start()


def serve(name: str, options: dict[str, Any]) -> int:
    """Runs a stand-in until SIGTERM, SIGINT or the end of standard input."""
    try:
        asyncio.run(_serve(name, options))
    except (ValueError, OSError) as error:
        print(f"testbed: {error}", file=sys.stderr)
        return 2
    return 0

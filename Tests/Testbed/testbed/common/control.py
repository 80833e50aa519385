"""The HTTP endpoint through which tests steer a stand-in and look at what it saw."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Awaitable, Callable, Protocol

from aiohttp import web

from testbed.common.notice import Notice


# How long a request for the log waits for what it asks for.
_WAIT_SECONDS = 20.0


class Controlled(Protocol):
    """What the control endpoint needs from a stand-in."""

    def info(self) -> dict[str, Any]: ...
    def add_faults(self, rules: list[dict[str, Any]]) -> None: ...
    def set_options(self, options: dict[str, Any]) -> dict[str, Any]: ...
    def reset(self) -> None: ...
    def log_entries(self) -> list[dict[str, Any]]: ...
    def connections(self) -> dict[str, Any]: ...


class ControlEndpoint:
    """Serves /info, /faults, /options, /reset, /log and /connections on a port of its own."""

    def __init__(
        self, target: Controlled, actions: dict[str, Callable[[Any], Awaitable[Any]]] | None = None,
        notice: Notice | None = None,
    ) -> None:
        """`actions` are further paths to POST to, with what they do with the body; `notice` rings
        when the log has changed."""
        self._target, self._actions, self._notice = target, actions or {}, notice
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Starts to listen on a free port of 127.0.0.1."""
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(
            [
                web.get("/info", self._info),
                web.get("/log", self._log),
                web.get("/connections", self._connections),
                web.get("/options", self._get_options),
                web.post("/faults", self._faults),
                web.post("/options", self._options),
                web.post("/reset", self._reset),
                *(web.post(path, partial(_act, action)) for path, action in self._actions.items()),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response(self._target.info())

    async def _log(self, request: web.Request) -> web.Response:
        """The log; with `?contains=TEXT&count=N` not before N entries of it contain the text."""
        text, count = request.query.get("contains"), int(request.query.get("count", "1"))
        if text is not None:
            if self._notice is None:
                return _refusal(ValueError("nothing can be waited for here"), 400)
            try:
                await self._notice.until(lambda: self._matching(text) >= count, _WAIT_SECONDS)
            except TimeoutError:
                found = f"{self._matching(text)} of {count} entries contain {text!r}"
                return _refusal(ValueError(found), 504)
        return web.json_response(self._target.log_entries())

    def _matching(self, text: str) -> int:
        return sum(text in json.dumps(entry) for entry in self._target.log_entries())

    async def _connections(self, request: web.Request) -> web.Response:
        return web.json_response(self._target.connections())

    async def _get_options(self, request: web.Request) -> web.Response:
        return web.json_response(self._target.set_options({}))

    async def _faults(self, request: web.Request) -> web.Response:
        def apply(body: Any) -> Any:
            self._target.add_faults(body if isinstance(body, list) else [body])
            return {"status": "ok"}

        return await _apply(request, apply)

    async def _options(self, request: web.Request) -> web.Response:
        return await _apply(request, self._target.set_options)

    async def _reset(self, request: web.Request) -> web.Response:
        self._target.reset()
        return web.json_response({"status": "ok"})


async def _act(action: Callable[[Any], Awaitable[Any]], request: web.Request) -> web.Response:
    try:
        return web.json_response(await action(json.loads(await request.text() or "{}")))
    except (ValueError, KeyError, TypeError, OSError) as error:
        return _refusal(error, 400)


async def _apply(request: web.Request, action: Any) -> web.Response:
    """A bad rule must be loud: a test with a misspelt fault would otherwise pass for nothing."""
    try:
        return web.json_response(action(json.loads(await request.text())))
    except (ValueError, KeyError, TypeError) as error:
        return _refusal(error, 400)


def _refusal(error: Exception, status: int) -> web.Response:
    return web.json_response({"status": "error", "text": str(error)}, status=status)

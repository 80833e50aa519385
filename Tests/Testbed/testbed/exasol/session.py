"""One WebSocket connection: login, request loop, heartbeats, abort. Commands are in commands.py."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from typing import Any

from testbed.common.listener import Accepted
from testbed.common.websocket import WebSocket
from testbed.exasol import commands, json_faults, login
from testbed.exasol.engine import SqlSession
from testbed.exasol.errors import ExaError

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_REDACTED = {"password", "accessToken", "refreshToken", "token"}
_LOGGED_ROWS = 1000
LOGIN_COMMANDS = ("login", "loginToken", "subLogin", "subLoginToken")


class Session:
    """State of one connection. `server` is the StandIn."""

    def __init__(self, server: Any, socket: WebSocket, accepted: Accepted) -> None:
        self.server, self.socket, self.accepted = server, socket, accepted
        self.version = 0
        self.login_command = ""
        self.key: login.LoginKey | None = None
        self.user = ""
        self.session_id = 0
        self.sql: SqlSession | None = None
        self.compression = False
        self.feedback = 1.0
        self.attributes: dict[str, Any] = {}
        self.commands = commands.Commands(self)
        self.group: Any = None
        self.member_of: Any = None
        self.node = 0
        self.ended = False
        # Requests that have arrived and are not answered: what an abortQuery may be meant for.
        self.outstanding = 0
        self._gone = asyncio.Event()
        self._inbox: asyncio.Queue[dict[str, Any] | ExaError | None] = asyncio.Queue()

    @property
    def logged_in(self) -> bool:
        return bool(self.user)

    async def run(self) -> None:
        """Serves the connection until either side ends it."""
        reader = asyncio.create_task(self._read())
        try:
            while (message := await self._inbox.get()) is not None:
                if not await self._answer(message):
                    break
            await self.socket.close()
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self.ended = True
            reader.cancel()
            if self.group:
                self.group.close()
            if self.member_of:
                self.member_of.release()
            if self.sql and not self.member_of:
                self.sql.interrupt()
                await self.server.in_thread(self.sql.close_running)
            self.server.forget(self)

    async def _read(self) -> None:
        try:
            while (raw := await self.socket.receive()) is not None:
                try:
                    message = self._decode(raw)
                except ExaError as error:
                    self._inbox.put_nowait(error)
                    continue
                self._log(message, isinstance(raw, bytes))
                if message.get("command") == "abortQuery":
                    if self.sql and self.outstanding:
                        self.sql.interrupt()
                    continue
                if self.sql and not self.outstanding and not self.member_of:
                    self.sql.begin_call()
                self.outstanding += 1
                self._inbox.put_nowait(message)
        except (ConnectionError, ValueError):
            pass
        if self.sql and self.outstanding and not self.member_of:
            self.sql.interrupt()
        self._gone.set()
        self._inbox.put_nowait(None)

    def _decode(self, raw: str | bytes) -> dict[str, Any]:
        try:
            text = zlib.decompress(raw).decode() if isinstance(raw, bytes) else raw
            if len(text) > self.server.options.max_message:
                raise ExaError("message exceeds maxDataMessageSize", "00000", fatal=True)
            message = json.loads(text)
        except (ValueError, zlib.error) as error:
            raise ExaError(f"could not parse JSON: {error}", "00000") from None
        if not isinstance(message, dict):
            raise ExaError("JSON value is not an object.", "00000")
        if self.compression != isinstance(raw, bytes):
            raise ExaError(
                "unexpected frame type: compression is " + ("on" if self.compression else "off"),
                "00000",
            )
        return message

    def _log(self, message: dict[str, Any], binary: bool) -> None:
        shown = {
            k: "***" if k in _REDACTED and isinstance(v, str) else v for k, v in message.items()
        }
        if int(message.get("numRows") or 0) > _LOGGED_ROWS:
            shown["data"] = f"<{message['numRows']} rows>"
        self.server.log.append(
            {
                "connection": self.accepted.number,
                "sessionId": self.session_id,
                "secure": self.accepted.secure,
                "binary": binary,
                "message": shown,
            }
        )

    async def _answer(self, message: dict[str, Any] | ExaError) -> bool:
        """Handles one request; False when the connection is to be closed."""
        if isinstance(message, ExaError):
            await self._send_reply(self._error(message), {})
            return not message.fatal
        command = str(message.get("command") or ("credentials" if self.login_command else ""))
        fault = self.server.fault_for(command, message, self.accepted.number)
        actions = fault.actions if fault else {}
        was_compressed = self.compression
        keep = True
        try:
            reply = await self._with_heartbeat(self._handle(command, message))
        except ExaError as error:
            reply = self._error(error)
            keep = not error.fatal
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reply = self._error(ExaError(f"JSON value is invalid: {error}", "00000"))
        # The last login reply is never compressed.
        late, self.compression = self.compression, was_compressed
        self.outstanding -= 1
        if self.sql and not self.member_of:
            self.sql.begin_call()
        sent = await self._send_reply(reply, actions)
        self.compression = late
        return keep and sent and command != "disconnect"

    def _error(self, error: ExaError) -> dict[str, Any]:
        suffix = f" (Session: {self.session_id})" if self.logged_in and error.suffix else ""
        changed = self.commands.pending_changes()
        reply: dict[str, Any] = {
            "status": "error",
            "exception": {"text": error.text + suffix, "sqlCode": error.code},
        }
        if changed:
            reply["attributes"] = changed
        return reply

    async def _with_heartbeat(self, work: Any) -> dict[str, Any]:
        """Sends a Pong every feedbackInterval while the request runs."""
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        interval = self.server.options.heartbeat_seconds or self.feedback
        beat = loop.time() + interval
        try:
            while True:
                aborting = bool(self.sql and self.sql.aborting)
                wait = min(max(0.0, beat - loop.time()), 0.05 if aborting else interval)
                done, _ = await asyncio.wait({task}, timeout=wait)
                if done:
                    return task.result()
                if self.sql and self.sql.aborting:
                    self.sql.press()
                if loop.time() >= beat:
                    beat = loop.time() + interval
                    await self.socket.pong()
        finally:
            if not task.done():
                task.cancel()

    async def _handle(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        if self.logged_in:
            return await self.commands.handle(command, message)
        if command == "credentials":
            return await self._credentials(message)
        if command in LOGIN_COMMANDS:
            return self._start_login(command, message)
        if not message.get("command"):
            raise ExaError("JSON value '/command' is required, but was not provided.", "00000")
        raise ExaError(f"command {command} needs a login", "00000")

    def _start_login(self, command: str, message: dict[str, Any]) -> dict[str, Any]:
        if "protocolVersion" not in message:
            raise ExaError(
                "JSON value '/protocolVersion' is required, but was not provided.", "00000"
            )
        wanted = int(message["protocolVersion"])
        if not 1 <= wanted:
            raise ExaError("Could not create WebSocket protocol version", "00000")
        self.version = min(wanted, self.server.options.max_protocol)
        if command.endswith("Token"):
            if self.version < 3:
                raise ExaError(
                    "command loginToken is not supported in this protocol version", "00000"
                )
            if not self.accepted.secure:
                raise ExaError(
                    "Connection exception - Only TLS connections are allowed.", "08004", fatal=True
                )
            self.login_command = command
            return {"status": "ok"}
        self.login_command = command
        self.key = self.server.new_key()
        return {"status": "ok", "responseData": self.key.described()}

    async def _credentials(self, message: dict[str, Any]) -> dict[str, Any]:
        """The third login message, which has no command."""
        command, self.login_command = self.login_command, ""
        if self.server.options.tls_only and not self.accepted.secure:
            raise ExaError(
                "Connection exception - Only TLS connections are allowed.", "08004", fatal=True
            )
        user = self._user(command, message)
        if command.startswith("sub"):
            await self._join(message, user)
        else:
            self.user = user
            self.session_id = self.server.next_session_id()
            self.sql = await self.server.in_thread(self.server.open_sql, self.session_id, user)
            try:
                await self.server.in_thread(
                    self.commands.set_initial, message.get("attributes") or {}
                )
            except ExaError as error:
                error.fatal = True
                raise
        wants = bool(message.get("useCompression"))
        attributes = message.get("attributes") or {}
        self.compression = wants or bool(attributes.get("compressionEnabled"))
        self.server.record_session(self, message)
        return {"status": "ok", "responseData": self.server.session_data(self)}

    def _user(self, command: str, message: dict[str, Any]) -> str:
        if command.endswith("Token"):
            user = login.token_user(message)
            text = "Connection exception - authentication failed"
        else:
            secret = self.key.decrypt(str(message.get("password", ""))) if self.key else None
            name = str(message.get("username", ""))
            if login.fold_user(name) == "TOKENONLY" and self.version < 3:
                raise ExaError(
                    "Connection exception - Authentication using OpenID Connect tokens is not "
                    "supported (requires driver with version 7.1.0 or greater).",
                    "08004",
                    fatal=True,
                )
            if secret in login.REFRESH_TOKENS and self.version < 3:
                secret = None
            user = login.password_user(name, secret)
            text = "Connection exception - authentication failed."
        if user is None:
            raise ExaError(text, "08004", fatal=True)
        return user

    async def _join(self, message: dict[str, Any], user: str) -> None:
        group = self.server.groups.get(message.get("token"))
        if group is None or group.closed:
            raise ExaError(
                "Connection exception - invalid token for subconnection.", "08004", fatal=True
            )
        main = group.main
        if main.version >= 4 and message.get("sessionId") != main.session_id:
            raise ExaError(
                "JSON value '/sessionId' is required, but was not provided.", "00000", fatal=True
            )
        self.member_of = group
        self.session_id, self.sql = main.session_id, main.sql
        if not await group.join(self, self.server.options.sub_login_seconds):
            raise ExaError(
                "Connection exception - subconnections did not log in in time.", "08004", fatal=True
            )
        self.user = user

    async def _send_reply(self, reply: dict[str, Any], actions: dict[str, Any]) -> bool:
        """Sends the reply as the fault rule wants; False when the connection ended by it."""
        if "delay" in actions:
            await asyncio.sleep(float(actions["delay"]))
        for _ in range(int(actions.get("pongs") or 0)):
            await self.socket.pong()
        if "stall" in actions:
            await self._gone.wait()
            return False
        if "close" in actions or "reset" in actions:
            return await self._end(actions.get("close"), "reset" in actions)
        for extra in actions.get("extraBefore") or []:
            await self._send_bytes(_as_bytes(extra), actions)
        if "rawHex" in actions:
            await self.socket.raw(bytes.fromhex(actions["rawHex"]))
        if not actions.get("noReply"):
            document = json_faults.patched(reply, actions)
            await self._send_bytes(json_faults.payload_of(document, actions, self.encode), actions)
        for extra in actions.get("extraAfter") or []:
            await self._send_bytes(_as_bytes(extra), actions)
        if "closeAfter" in actions or "resetAfter" in actions:
            return await self._end(actions.get("closeAfter"), "resetAfter" in actions)
        return True

    async def _end(self, code: Any, abrupt: bool) -> bool:
        if not abrupt:
            await self.socket.close(code if isinstance(code, int) and code is not True else 1011)
        self.socket.abort()
        return False

    async def _send_bytes(self, data: bytes, actions: dict[str, Any]) -> None:
        text = not self.compression
        if self.compression:
            data = zlib.compress(data, 1)
        if "binary" in actions:
            text = not actions["binary"]
        fragments = int(actions.get("fragments") or self.server.options.fragments)
        await self.socket.send(data, text=text, fragments=fragments)

    def encode(self, document: Any) -> bytes:
        """JSON as the server writes it: compact, UTF-8, astral characters as surrogate pairs."""
        form = self.server.options.escape
        text = json.dumps(document, ensure_ascii=form == "ascii", separators=(",", ":"))
        if form == "astral":
            text = _ASTRAL.sub(lambda m: json.dumps(m[0])[1:-1], text)
        return text.encode("utf-8", "surrogatepass")


def _as_bytes(item: Any) -> bytes:
    return item.encode() if isinstance(item, str) else json.dumps(item).encode()

"""A terminal of our own, with a program in it: what people see and type."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from types import TracebackType

PATIENCE_SECONDS = 20.0


class Terminal:
    """Runs a command whose controlling terminal is ours.

    `fork` is needed rather than a plain pty: the password prompt opens /dev/tty, and Ctrl-C
    reaches a program only through its controlling terminal.
    """

    def __init__(
        self, command: list[str], environment: dict[str, str], output: str | None = None
    ) -> None:
        """Starts `command`; with `output`, its standard output is that file."""
        self.seen = b""
        self._status: int | None = None
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            # A run in the background starts with Ctrl-C ignored, which children inherit.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if output is not None:
                file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.dup2(file, 1)
            os.execve(command[0], command, environment)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    def type(self, text: str) -> None:
        """What a person types; `\\x03` is Ctrl-C."""
        os.write(self._descriptor, text.encode())

    def wait_for(self, text: str) -> None:
        """Reads until `text` was shown."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text.encode() not in self.seen:
            if not self._read(deadline):
                raise AssertionError(f"{text!r} is not in {self.seen!r}")

    def finish(self) -> int:
        """Reads to the end and returns the exit code."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline):
            pass
        _, status = os.waitpid(self.pid, 0)
        self._status = os.waitstatus_to_exitcode(status)
        return self._status

    @property
    def text(self) -> str:
        """Everything that was shown."""
        return self.seen.decode()

    def _read(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0:
            raise AssertionError(f"no end after {PATIENCE_SECONDS} s: {self.seen!r}")
        if not select.select([self._descriptor], [], [], left)[0]:
            return True
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            # Linux answers EIO when the last program on the terminal has ended.
            return False
        self.seen += data
        return bool(data)

"""A real MariaDB server in a directory of its own, started and stopped by process id.

Nothing of it has to survive a crash, so no file is synced: bootstrap and start take about half a second.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pymysql

ADMINISTRATOR = ("root", "")
USER, PASSWORD = "tern", "t3rn-pw"
READER, READER_PASSWORD = "ro", "ro-pw"
_SCRIPTS = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql", "mysql_sys_schema.sql")  # fmt: skip
_SHARE = Path("/usr/share/mysql")
_SECONDS = 60.0
# Our end of its input closes when this process ends, however it ends: no server is left behind.
_WATCH = 'read x; kill "$0"'
_BOOT = b"CREATE DATABASE IF NOT EXISTS mysql;\nCREATE DATABASE performance_schema;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"
_GRANTS = [
    f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
    f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION",
    f"CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{READER_PASSWORD}'",
    f"GRANT SELECT ON shop.* TO '{READER}'@'127.0.0.1'",
    "CREATE DATABASE shop",
]


class MariaDB:
    """One server process; `port` is on 127.0.0.1 and stays the same over a restart."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.socket = directory / "s"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def create(self) -> None:
        """Fills the data directory, starts the server and makes the users; raises OSError."""
        (self.directory / "data" / "mysql").mkdir(parents=True)
        (self.directory / "tmp").mkdir()
        script = _BOOT
        script += b"".join((_SHARE / name).read_bytes() for name in _SCRIPTS)
        done = subprocess.run([*self._command(), "--bootstrap"], input=script, capture_output=True, timeout=_SECONDS)
        if done.returncode or b"\nERROR" in done.stderr:
            raise OSError(f"mariadbd --bootstrap failed: {done.stderr.decode(errors='replace')[-500:]}")
        # Another process may take the free port before the server does: then the next one is tried.
        for attempt in range(5):
            self.port = _free_port()
            with suppress(OSError):
                self.start()
                break
        else:
            raise OSError(f"mariadbd does not start: {self._log()[-1000:]}")
        with self.connect() as connection, connection.cursor() as cursor:
            for text in _GRANTS:
                cursor.execute(text)

    def _command(self) -> list[str]:
        program = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if program is None:
            raise OSError("mariadbd is missing: install mariadb-server-core (Tests/Setup/install)")
        options = {
            "datadir": self.directory / "data", "tmpdir": self.directory / "tmp", "lc-messages-dir": _SHARE,
            "innodb-buffer-pool-size": "64M", "innodb-log-file-size": "8M", "innodb-flush-log-at-trx-commit": 0,
            "innodb-doublewrite": 0, "innodb-flush-method": "nosync", "innodb-undo-tablespaces": 0,
            "innodb-data-file-path": "ibdata1:4M:autoextend", "innodb-temp-data-file-path": "ibtmp1:4M:autoextend",
            "innodb-autoextend-increment": 1, "aria-log-file-size": "8M", "aria-pagecache-buffer-size": "8M",
            "key-buffer-size": "64K", "max-allowed-packet": "16M", "max-connections": 200,
            "character-set-server": "utf8mb4", "collation-server": "utf8mb4_general_ci",
        }  # fmt: skip
        user = ["--user=root"] if os.geteuid() == 0 else []
        flags = ["--no-defaults", "--debug-no-sync", "--skip-log-bin", "--skip-performance-schema", *user]
        return [program, *flags, *(f"--{name}={value}" for name, value in options.items())]

    def start(self) -> None:
        """Starts the server and waits until it answers; raises OSError when it ends instead."""
        place = [f"--port={self.port}", "--bind-address=127.0.0.1", f"--socket={self.socket}",
                 f"--pid-file={self.directory / 'pid'}"]  # fmt: skip
        with open(self.directory / "log", "ab") as log, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.bind(str(self.directory / "n"))
            told = os.environ | {"NOTIFY_SOCKET": str(self.directory / "n")}
            self._process = subprocess.Popen([*self._command(), *place], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=told)
            watch = ["sh", "-c", _WATCH, str(self._process.pid)]
            self._watcher = subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True)
            is_ready = self._is_ready(notices)
        (self.directory / "n").unlink()
        if not is_ready:
            self.stop()
            raise OSError(f"mariadbd ended: {self._log()[-500:]}")

    def _is_ready(self, notices: socket.socket) -> bool:
        """Waits until the server says as a service does (sd_notify) that it takes connections; False when it ends instead."""
        assert self._process is not None
        ended = os.pidfd_open(self._process.pid)
        try:
            while (ready := select.select([notices, ended], [], [], _SECONDS)[0]) and ended not in ready:
                if b"READY=1" in notices.recv(4096).split(b"\n"):
                    return True
            return False
        finally:
            os.close(ended)

    def stop(self) -> None:
        """Ends the server, by force when it takes too long."""
        process, self._process = self._process, None
        watcher, self._watcher = self._watcher, None
        if watcher and watcher.stdin:
            watcher.kill()
            watcher.wait()
            watcher.stdin.close()
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def connect(self) -> pymysql.Connection:  # type: ignore[type-arg]
        """A connection of the administrator, for the testbed's own use."""
        name, password = ADMINISTRATOR
        return pymysql.connect(unix_socket=str(self.socket), user=name, password=password, autocommit=True,
                               ssl_disabled=True)  # fmt: skip

    def _log(self) -> str:
        with suppress(OSError):
            return (self.directory / "log").read_text(errors="replace")
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

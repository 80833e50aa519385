"""MariaDB and PostgreSQL on loopback, in temporary directories, for the ODBC comparison."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COLUMNS = ("ID BIGINT, AMOUNT DECIMAL(18,2), RATE DOUBLE PRECISION, NAME VARCHAR(100), DAY_ DATE,"
           " AT_ {timestamp}")
DEADLINE = 30.0


def free_port() -> int:
    """A port that nobody listens on now; these servers cannot choose one themselves."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def await_line(process: subprocess.Popen[bytes], words: bytes, log: Path) -> None:
    """Reads the server's words until it says that it is ready; one that never does is an error."""
    assert process.stderr is not None
    watchdog = threading.Timer(DEADLINE, process.terminate)
    watchdog.start()
    try:
        with log.open("wb") as output:
            for line in process.stderr:
                output.write(line)
                if words in line:
                    return
    finally:
        watchdog.cancel()
    raise RuntimeError(f"the server does not answer: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def started(command: list[str], ready: bytes, log: Path) -> Iterator[None]:
    """One server process that answers, ended by its own id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        await_line(process, ready, log)
        # Later words are thrown away, so that the server never waits for a reader.
        threading.Thread(target=lambda: process.stderr.read(), daemon=True).start()
        yield
    finally:
        process.terminate()
        try:
            process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def quiet(command: list[str], source: Path | None = None) -> None:
    """Runs a client or a set-up command; its own words are shown when it fails."""
    with (source or Path(os.devnull)).open("rb") as rows:
        done = subprocess.run(command, stdin=rows, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")


@contextmanager
def mariadb(rows: Path) -> Iterator[str]:
    """A MariaDB server with the rows; yields the driver's connection string."""
    with tempfile.TemporaryDirectory(prefix="bench-mariadb-") as folder:
        home, port = Path(folder), free_port()
        user = ["--user=root"] if os.geteuid() == 0 else []
        quiet(["mariadb-install-db", "--no-defaults", f"--datadir={home}/data",
               "--auth-root-authentication-method=normal", "--skip-test-db", *user])
        server = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        client = ["mariadb", "--no-defaults", "-uroot", f"--socket={home}/socket"]
        with started(
            [server, "--no-defaults", f"--datadir={home}/data", f"--socket={home}/socket",
             f"--pid-file={home}/pid", "--bind-address=127.0.0.1", f"--port={port}",
             "--innodb-buffer-pool-size=512M", "--innodb-flush-log-at-trx-commit=0", *user],
            b"ready for connections", home / "log",
        ):
            columns = COLUMNS.format(timestamp="DATETIME(6)")
            quiet([*client, "-e", "CREATE DATABASE bench CHARACTER SET utf8mb4"])
            quiet([*client, "-e", "CREATE USER bench@'127.0.0.1'; GRANT ALL ON bench.* TO"
                   " bench@'127.0.0.1'"])
            quiet([*client, "--local-infile=1", "bench", "-e",
                   f"CREATE TABLE BENCH ({columns}); LOAD DATA LOCAL INFILE '{rows}'"
                   " INTO TABLE BENCH CHARACTER SET utf8mb4"])
            yield f"SERVER=127.0.0.1;PORT={port};UID=bench;DATABASE=bench;CHARSET=utf8mb4"


@contextmanager
def postgresql(rows: Path) -> Iterator[str]:
    """A PostgreSQL server with the rows; yields the driver's connection string."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    with tempfile.TemporaryDirectory(prefix="bench-postgresql-") as folder:
        home, port = Path(folder), free_port()
        # The server refuses to run as root; setpriv keeps its process id ours to end.
        account: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
            account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        quiet([*account, str(programs / "initdb"), "-D", f"{home}/data", "-U", "bench",
               "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"])
        client = [str(programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                  "-p", str(port), "-U", "bench", "postgres"]
        with started(
            [*account, str(programs / "postgres"), "-D", f"{home}/data", "-h", "127.0.0.1",
             "-p", str(port), "-k", str(home), "-c", "fsync=off", "-c", "shared_buffers=256MB"],
            b"ready to accept connections", home / "log",
        ):
            quiet([*client, "-c", f"CREATE TABLE BENCH ({COLUMNS.format(timestamp='TIMESTAMP')})"])
            quiet([*client, "-c", "COPY BENCH FROM STDIN"], rows)
            yield f"Servername=127.0.0.1;Port={port};UID=bench;Database=postgres"

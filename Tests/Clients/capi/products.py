"""What the client tests run: the products of a build, and sessions that end with their test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from session import Library, Session

BUILD = Path(__file__).resolve().parents[3] / ".build"
_FILES = {"tern": "libtern.so", "ternodbc": "libternodbc.so", "tern-cli": "tern-cli"}
_VARIABLES = {"tern": "TERN_LIBRARY", "ternodbc": "TERN_ODBC", "tern-cli": "TERN_CLI"}


def built(product: str) -> str:
    """What the product's variable names, else the optimised build, else the other one."""
    candidates = [BUILD / kind / _FILES[product] for kind in ("release", "debug")]
    named = os.environ.get(_VARIABLES[product])
    found = named or next((str(path) for path in candidates if path.exists()), None)
    assert found, f"no {_FILES[product]}: build it with `swift build -c release --product {product}`"
    return found


def own_environment(**variables: str) -> dict[str, str]:
    """Nothing of the caller's own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TERN_")}
    return {**kept, "LC_ALL": "C.UTF-8", **variables}


def ran(target: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command after its end; the target goes before the last word, which is the SQL."""
    return subprocess.run(
        [built("tern-cli"), *words[:-1], target, words[-1]], capture_output=True, text=True,
        timeout=60, env=own_environment(), check=False)


def sessions(library: Library, url: str) -> Iterator[Callable[..., Session]]:
    """For a fixture: opens sessions, to `url` and what is added to it, that the test need not close."""
    opened: list[Session] = []

    def open_session(more: str = "", address: str = "") -> Session:
        opened.append(Session(library, (address or url) + more))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()

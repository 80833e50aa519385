"""A Swift package that depends on the product Tern by URL and version, as anybody's would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from binding import ROOT

CLIENT = ROOT / "Tests" / "SwiftClient"
VERSION = "1.0.0"


def git(folder: Path, *words: str) -> None:
    """Runs git as nobody in particular."""
    subprocess.run(
        ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", *words], cwd=folder,
        check=True, stdout=subprocess.DEVNULL)


def test_a_package_builds_and_runs(tmp_path: Path, target: str) -> None:
    library = tmp_path / "tern"
    library.mkdir()
    shutil.copytree(ROOT / "Sources", library / "Sources")
    shutil.copytree(ROOT / "Tests", library / "Tests")
    shutil.copy(ROOT / "Package.swift", library)
    git(library, "init", "-q")
    git(library, "add", "-A")
    git(library, "commit", "-qm", "release")
    git(library, "tag", VERSION)
    client = tmp_path / "client"
    shutil.copytree(CLIENT, client)
    template = client / "Package.swift.in"
    text = template.read_text().replace("@URL@", library.as_uri()).replace("@VERSION@", VERSION)
    (client / "Package.swift").write_text(text)
    done = subprocess.run(
        ["swift", "run", "-q", "SwiftClient", target], cwd=client,
        capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    kind = done.stdout.splitlines()[-1]
    assert done.stdout.splitlines()[:-1] == ["1 Ann", "2 Bob", "42"]
    assert kind.startswith("sql ")

"""make install into an empty folder, and what programs find there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from binding import HEADER, ROOT

PROGRAM = ROOT / "Tests" / "CProbe" / "example.c"
CMAKE = """
cmake_minimum_required(VERSION 3.18)
project(example C)
find_package(PkgConfig REQUIRED)
pkg_check_modules(TERN REQUIRED IMPORTED_TARGET tern)
add_executable(example example.c)
target_link_libraries(example PkgConfig::TERN)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, library_path: Path) -> Path:
    """A prefix that `make install` filled; objects that are not built are stood in for."""
    build = tmp_path_factory.mktemp("build")
    shutil.copy(library_path, build / "libtern.so")
    for name in ("libternodbc.so", "tern-cli"):
        built = library_path.parent / name
        shutil.copy(built if built.exists() else library_path, build / name)
    prefix = tmp_path_factory.mktemp("prefix")
    done = make("install", prefix, build)
    assert f"odbcinst -i -d -f {prefix}/share/tern/odbcinst.ini" in done
    return prefix


def make(goal: str, prefix: Path, build: Path) -> str:
    """Runs a goal of the Makefile."""
    return subprocess.run(
        ["make", "-s", goal, f"PREFIX={prefix}"], cwd=ROOT, check=True, text=True,
        env={**os.environ, "BUILD": str(build)}, stdout=subprocess.PIPE).stdout


def flags(prefix: Path) -> list[str]:
    """What pkg-config says."""
    return subprocess.run(
        ["pkg-config", "--cflags", "--libs", "tern"], check=True, text=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}).stdout.split()


def test_links_lead_to_one_versioned_file(installed: Path) -> None:
    for name in ("libtern.so", "libternodbc.so"):
        link = installed / "lib" / name
        assert os.readlink(link) == f"{name}.1"
        assert re.fullmatch(rf"{re.escape(name)}\.1\.\d+\.\d+", link.resolve().name)
    assert (installed / "include" / "tern.h").read_text() == HEADER.read_text()
    assert (installed / "bin" / "tern").stat().st_mode & 0o111


def test_nothing_names_the_place_it_was_built_in(installed: Path) -> None:
    for name in ("lib/pkgconfig/tern.pc", "share/tern/odbcinst.ini"):
        text = (installed / name).read_text()
        assert str(ROOT) not in text and "@" not in text


@pytest.mark.parametrize("compiler", [["gcc", "-std=c99"], ["g++", "-std=c++17", "-x", "c++"]])
def test_a_program_builds_with_pkg_config(
    installed: Path, tmp_path: Path, target: str, compiler: list[str]
) -> None:
    program = tmp_path / "example"
    subprocess.run(
        [*compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", str(PROGRAM), "-x", "none",
         *flags(installed), "-o", str(program)], check=True)
    check_output(program, installed, target)


def test_a_program_builds_with_cmake(installed: Path, tmp_path: Path, target: str) -> None:
    assert shutil.which("cmake"), "cmake is not installed: see Tests/Setup"
    (tmp_path / "CMakeLists.txt").write_text(CMAKE)
    shutil.copy(PROGRAM, tmp_path)
    environment = {**os.environ, "PKG_CONFIG_PATH": str(installed / "lib" / "pkgconfig")}
    for command in (["cmake", "-S", ".", "-B", "out"], ["cmake", "--build", "out"]):
        subprocess.run(
            command, cwd=tmp_path, check=True, env=environment, stdout=subprocess.DEVNULL)
    check_output(tmp_path / "out" / "example", installed, target)


def check_output(program: Path, installed: Path, target: str) -> None:
    """Runs the example against the stand-in."""
    done = subprocess.run(
        [str(program), target], capture_output=True, text=True, check=False,
        env={**os.environ, "LD_LIBRARY_PATH": str(installed / "lib")})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 Ann\n2 Bob\n"


def test_uninstall_takes_everything_away(
    installed: Path, tmp_path: Path, library_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(installed, copy, symlinks=True)
    make("uninstall", copy, library_path.parent)
    assert [path for path in copy.rglob("*") if not path.is_dir()] == []

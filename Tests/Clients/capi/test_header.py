"""Include/tern.h: up to date, clean under strict compilers, complete."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from binding import HEADER, ROOT, declarations, function_names
from cffi import FFI

FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
# What another Arrow library's header defines, in the customary way, before ours is read.
FOREIGN_ARROW = """
#include <stdint.h>
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema { int foreign; };
struct ArrowArray { int foreign; };
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream { int foreign; };
#include "tern.h"
#include "tern.h"
"""


def test_the_header_is_up_to_date() -> None:
    generator = ROOT / "Tests" / "Generators" / "header.py"
    done = subprocess.run(
        [sys.executable, str(generator), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("language", ["c99", "c11", "c++17"])
def test_strict_compilers_accept_it(compiler: str, language: str) -> None:
    assert shutil.which(compiler), f"{compiler} is not installed: see Tests/Setup"
    kind = "c++" if language.startswith("c++") else "c"
    for source in ('#include "tern.h"\n', FOREIGN_ARROW):
        done = subprocess.run(
            [compiler, f"-std={language}", *FLAGS, f"-I{HEADER.parent}", "-x", kind, "-"],
            input=source, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_it_needs_no_other_header() -> None:
    included = re.findall(r"^#include (\S+)", HEADER.read_text(), re.M)
    assert included == ["<stddef.h>", "<stdint.h>"]


def test_a_binding_generator_reads_it() -> None:
    ffi = FFI()
    ffi.cdef(declarations())
    assert ffi.typeof("tern_connection *").kind == "pointer"
    assert len(set(function_names())) == len(function_names()) > 80


def test_the_program_at_its_top_compiles() -> None:
    comment = HEADER.read_text().split("*/")[0]
    lines = [line[3:] for line in comment.splitlines() if line.startswith(" *     ")]
    program = "\n".join(lines).replace("<tern.h>", '"tern.h"')
    assert "int main(void)" in program
    done = subprocess.run(
        ["gcc", "-std=c11", *FLAGS, f"-I{HEADER.parent}", "-x", "c", "-"],
        input=program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_function_says_which_thread_may_call_it() -> None:
    text = HEADER.read_text()
    silent = []
    for comment, name in re.findall(r"/\*\*((?:(?!\*/).)*)\*/\nTERN_API [^;(]*?(\w+)\(", text, re.S):
        words = " ".join(line.strip(" *") for line in comment.splitlines())
        if not re.search(r"[Aa]ny thread|One thread at a time|One call at a time|As tern_|as tern_",
                         words) and "tern_result *" not in name:
            silent.append(name)
    # Questions about a result share the rule that the first of them states.
    shared = {n for n in silent if n.startswith(("tern_column_", "tern_result_"))}
    assert set(silent) - shared - {"tern_value_is_null"} == set()


def test_it_is_plain_ascii_without_long_lines() -> None:
    text = HEADER.read_text()
    assert text.isascii()
    assert max(len(line) for line in text.splitlines()) <= 100

"""The budgets of the code, as tests: sizes, documentation, imports, fences."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
from pathlib import Path

import pytest

from swift_source import Source, read

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "Sources"

FILE_LINES_MAX = 500
FILE_LINES_MEDIAN_MAX = 150
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_MEDIAN_MAX = 10
FUNCTION_LINES_P90_MAX = 30
LINE_COLUMNS_MAX = 100
COMMENT_SHARE = (0.15, 0.30)

PROTOCOLS = {"TernExasol", "TernSnowflake", "TernAvatica", "TernMaxScale"}
# Which modules of ours each may import: arrows point down only.
BELOW: dict[str, set[str]] = {
    "TernCore": {"CTern"},
    "TernNet": {"TernCore", "CTern", "COpenSSL", "CZlib"},
    "TernColumns": {"TernCore", "CTern"},
    "TernDriver": {"TernCore", "TernColumns", "TernNet"},
    **{name: {"TernCore", "TernColumns", "TernNet", "TernDriver"} for name in PROTOCOLS},
    "TernCommand": {"TernCore", "TernColumns", "TernDriver"},
    "TernCLI": {"Tern", "TernCommand", "TernDriver", "TernColumns", "TernNet", "TernCore", "CTern"},
    "Tern": {"TernCore", "TernColumns", "TernNet", "TernDriver", *PROTOCOLS},
}
SHELL_IMPORTS = {"Tern", "TernDriver", "TernColumns", "TernCore", "TernNet", "CTern", "CODBC"}
FENCED = {"TernCore", "TernDriver", "Tern", *PROTOCOLS}
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public\s+|internal\s+|private\s+|package\s+)?import\s+"
    r"(?:struct\s+|class\s+|func\s+|enum\s+)?(\w+)"
)
FORBIDDEN_IMPORTS = {
    "Foundation", "FoundationEssentials", "Dispatch", "_Concurrency", "FoundationNetworking"
}
TRAPS = re.compile(
    r"\b(?:fatalError|preconditionFailure|precondition)\b|\btry!|\bas!"
)
FORCED = re.compile(r"[\w)\]>]!(?![=\w])")
# `sql.h` gives no nullability: its parameters are implicitly unwrapped, which forces nothing.
HEADER_PARAMETER = re.compile(r": [A-Z][\w<>?]*!(?=[,)\s]|$)")


def shipped_files() -> list[Path]:
    """Swift files that end in a library or the command, generated tables left out."""
    files = [p for p in SOURCES.rglob("*.swift") if "Generated" not in p.parts]
    assert files, "no sources found: the test looks in the wrong place"
    return sorted(files)


SHIPPED: list[Source] = [read(path) for path in shipped_files()]


def module(source: Source) -> str:
    """The SwiftPM target that a file belongs to."""
    return source.path.relative_to(SOURCES).parts[0]


def place(source: Source, line: int) -> str:
    """A place as editors understand it."""
    return f"{source.path.relative_to(ROOT)}:{line}"


def test_files_are_short() -> None:
    lengths = [len(source.lines) for source in SHIPPED]
    over = [f"{s.path.relative_to(ROOT)}: {len(s.lines)}" for s in SHIPPED
            if len(s.lines) > FILE_LINES_MAX]
    assert over == []
    assert statistics.median(lengths) < FILE_LINES_MEDIAN_MAX


def test_functions_are_short() -> None:
    functions = [f for source in SHIPPED for f in source.functions]
    over = [f"{f.file.relative_to(ROOT)}:{f.line}: {f.length}" for f in functions
            if f.length > FUNCTION_LINES_MAX]
    assert over == []
    lengths = sorted(f.length for f in functions)
    assert statistics.median(lengths) < FUNCTION_LINES_MEDIAN_MAX
    assert lengths[int(len(lengths) * 0.9)] < FUNCTION_LINES_P90_MAX


def test_lines_fit() -> None:
    over = [place(s, n) for s in SHIPPED for n, line in enumerate(s.lines, 1)
            if len(line) > LINE_COLUMNS_MAX]
    assert over == []


def test_comments_have_their_share() -> None:
    comments = sum(s.comment_lines for s in SHIPPED)
    total = sum(1 for s in SHIPPED for line in s.lines if line.strip())
    assert COMMENT_SHARE[0] <= comments / total <= COMMENT_SHARE[1], f"{comments / total:.2f}"


def test_every_public_declaration_is_documented() -> None:
    missing = [place(s, n) for s in SHIPPED for n in s.undocumented]
    assert missing == []


def test_imports_point_down_only() -> None:
    ours = {p.name for p in SOURCES.iterdir()}
    wrong = []
    for source in SHIPPED:
        name = module(source)
        allowed = BELOW.get(name, SHELL_IMPORTS | {m for m in ours if m.startswith(name)})
        for number, line in enumerate(source.code, 1):
            match = IMPORT.match(line)
            if match and match.group(1) in ours - allowed - {name}:
                wrong.append(f"{place(source, number)} imports {match.group(1)}")
    assert wrong == []


def test_no_foundation_dispatch_or_concurrency() -> None:
    wrong = [place(s, n) for s in SHIPPED for n, line in enumerate(s.code, 1)
             if (m := IMPORT.match(line)) and m.group(1) in FORBIDDEN_IMPORTS]
    assert wrong == []


def test_no_concurrency_keywords() -> None:
    words = re.compile(r"\b(?:async|await|actor|Task)\b(?!\s*:)")
    wrong = [place(s, n) for s in SHIPPED for n, line in enumerate(s.code, 1)
             if re.search(r"\bawait\b|\bfunc\b.*\basync\b|^\s*(?:public )?actor\b|\bTask\s*\{", line)]
    assert words and wrong == []


@pytest.mark.parametrize("name", sorted(FENCED))
def test_fenced_modules_hold_no_unsafe_code(name: str) -> None:
    pattern = re.compile(r"\bunsafe\b|\bUnsafe\w+|@unsafe\b|@safe\b|\bunowned\(unsafe\)")
    wrong = [place(s, n) for s in SHIPPED if module(s) == name
             for n, line in enumerate(s.code, 1) if pattern.search(line)]
    assert wrong == []


def test_every_lock_is_seen_by_the_thread_sanitizer() -> None:
    wrong = [place(s, n) for s in SHIPPED if s.path.name != "Lock.swift"
             for n, line in enumerate(s.code, 1) if re.search(r"\bMutex\b", line)]
    assert wrong == []


def test_nothing_traps() -> None:
    wrong = [place(s, n) for s in SHIPPED for n, line in enumerate(s.code, 1)
             if TRAPS.search(line) or FORCED.search(HEADER_PARAMETER.sub("", line))]
    assert wrong == []


def test_errors_are_typed() -> None:
    pattern = re.compile(r"\bthrows\b(?!\()|\bany Error\b|\brethrows\b")
    wrong = [place(s, n) for s in SHIPPED for n, line in enumerate(s.code, 1)
             if pattern.search(line)]
    assert wrong == []


def test_no_words_that_should_not_ship() -> None:
    pattern = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
    wrong = [place(s, n) for s in SHIPPED for n, line in enumerate(s.lines, 1)
             if pattern.search(line)]
    assert wrong == []


def test_the_formatter_has_nothing_to_say() -> None:
    """`swift format` with the rules of .swift-format; names that C gives us are left to C."""
    swift = shutil.which("swift")
    assert swift, "no Swift toolchain on the path"
    # The ODBC shell sets its tables in columns.
    folders = [p for p in SOURCES.iterdir() if p.name.startswith("Tern") and "ODBC" not in p.name]
    done = subprocess.run(
        [swift, "format", "lint", "--strict", "-r", *map(str, folders)], cwd=ROOT,
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_way_in_tells_the_same_version() -> None:
    """The command, the library, its header and the ODBC driver."""
    said = {
        name: re.findall(pattern, (ROOT / path).read_text())
        for name, path, pattern in (
            ("number", "Sources/TernCore/TernVersion.swift", r"number: Int32 = ([\d_]+)"),
            ("text", "Sources/TernCore/TernVersion.swift", r'text = "([\d.]+)"'),
            ("C", "Sources/TernC/Calls/Version.swift", r'staticText\("([\d.]+)"\)'),
            ("header", "Tests/Generators/header_preamble.txt", r"TERN_VERSION_NUMBER (\d+)"),
            ("ODBC", "Sources/TernODBC/Connection/InfoItem.swift", r'driverVersion = "([\d.]+)"'),
        )}
    numbers = {
        name: int(values[0].replace("_", "")) if name in ("number", "header")
        else sum(int(part) * 1000 ** (2 - i) for i, part in enumerate(values[0].split(".")))
        for name, values in said.items()}
    assert len(set(numbers.values())) == 1, numbers

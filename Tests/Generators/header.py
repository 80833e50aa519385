"""Writes Include/tern.h from the C types in CTern and the exported functions of TernC.

    python3 Tests/Generators/header.py [--check]

The compiler's own header hides such functions from C and carries hundreds of lines that only Swift
needs, so the declarations and their doc comments are taken from the sources. Types go through one
closed table: a signature that it does not know is an error, never a guess.
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT / "Sources" / "TernC" / "Calls"
TYPES = ROOT / "Sources" / "CTern" / "include" / "tern_types.h"
ARROW = ROOT / "Sources" / "CTern" / "include" / "tern_arrow.h"
PREAMBLE = Path(__file__).with_name("header_preamble.txt")
HEADER = ROOT / "Include" / "tern.h"
COLUMNS = 96

# The order of a program: what is opened first stands first.
SECTIONS = [
    ("Version", "Version"),
    ("Targets: where to connect, before connecting", "Targets"),
    ("Connections", "Connections"),
    ("Running statements", "Queries"),
    ("Prepared statements", "Statements"),
    ("Parameters", "Bindings"),
    ("Rows in bulk: Arrow structures both ways", "Arrow"),
    ("Results and their columns", "Results"),
    ("Row by row", "Values"),
    ("Parts of a result, read elsewhere", "Partitions"),
    ("Errors", "Errors"),
    ("Log", "Logging"),
]

SCALARS = {
    "Int32": "int32_t", "Int64": "int64_t", "UInt64": "uint64_t", "UInt8": "uint8_t",
    "Double": "double", "CChar": "char", "ArrowSchema": "struct ArrowSchema",
    "ArrowArray": "struct ArrowArray", "ArrowArrayStream": "struct ArrowArrayStream",
    "tern_log_callback?": "tern_log_callback",
    **{name: name for name in (
        "tern_target", "tern_connection", "tern_statement", "tern_result", "tern_partitions",
        "tern_error")},
}
ALIASES = {
    "ErrorOut": "UnsafeMutablePointer<UnsafeMutablePointer<tern_error>?>?",
    "LengthOut": "UnsafeMutablePointer<Int64>?",
    "TextOut": "UnsafeMutablePointer<UnsafePointer<CChar>?>?",
    "TextIn": "UnsafePointer<CChar>?",
    "UnsafeMutableRawPointer?": "void",
}

EXPORT = re.compile(
    r'(?P<doc>(?:^///.*\n)+)@_cdecl\("(?P<symbol>\w+)"\)\n'
    r"public func (?P<name>\w+)\((?P<parameters>[^{]*?)\)(?:\s*->\s*(?P<result>[^{]+?))?\s*\{",
    re.M,
)


@dataclass
class Function:
    """One exported function."""

    name: str
    doc: list[str]
    parameters: list[tuple[str, str]]
    result: str


def c_type(swift: str) -> str:
    """The C spelling of a Swift type."""
    swift = ALIASES.get(swift, swift)
    if swift == "void":
        return "void *"
    if swift in SCALARS:
        return SCALARS[swift]
    for prefix, qualifier in (("UnsafeMutablePointer<", ""), ("UnsafePointer<", "const ")):
        if swift.startswith(prefix) and swift.endswith(">?"):
            inner = c_type(swift[len(prefix):-2])
            if inner.endswith("*"):
                return f"{inner}*" if not qualifier else f"{inner}const *"
            return f"{qualifier}{inner} *"
    raise SystemExit(f"header.py: no C type is known for {swift}")


def functions(path: Path) -> list[Function]:
    """The exported functions of a file, in its order."""
    text = path.read_text()
    found = []
    for match in EXPORT.finditer(text):
        if match["symbol"] != match["name"]:
            raise SystemExit(f"header.py: {match['symbol']} and {match['name']} differ")
        parameters = []
        for part in filter(None, (p.strip() for p in match["parameters"].split(","))):
            name, _, kind = part.removeprefix("_ ").partition(":")
            parameters.append((c_type(kind.strip()), name.strip()))
        result = c_type(match["result"].strip()) if match["result"] else "void"
        doc = [line.removeprefix("///").strip() for line in match["doc"].splitlines()]
        found.append(Function(match["name"], doc, parameters, result))
    if len(found) != text.count("@_cdecl("):
        raise SystemExit(f"header.py: an export of {path.name} has no doc comment or odd layout")
    return found


def comment(doc: list[str]) -> str:
    """A block comment with the paragraphs of `doc`, filled again."""
    paragraphs = "\n".join(doc).split("\n\n")
    filled = []
    for paragraph in paragraphs:
        text = paragraph.replace("\n", " ").replace("`", "'")
        filled.append("\n".join(
            textwrap.wrap(text, COLUMNS - 3, break_long_words=False, break_on_hyphens=False)))
    lines = "\n\n".join(filled).splitlines()
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def spaced(kind: str, name: str) -> str:
    """A declarator: the star stands at the name."""
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def prototype(function: Function) -> str:
    """The declaration, broken where it is long."""
    start = f"TERN_API {spaced(function.result, function.name)}("
    parts = [spaced(kind, name) for kind, name in function.parameters] or ["void"]
    line = start + ", ".join(parts) + ");"
    if len(line) <= COLUMNS:
        return line + "\n"
    body = textwrap.fill(
        ", ".join(p.replace(" ", "\0") for p in parts), COLUMNS - 2, initial_indent="    ",
        subsequent_indent="    ", break_long_words=False).replace("\0", " ")
    return f"{start}\n{body});\n"


def title(text: str) -> str:
    """A section's heading."""
    return f"/* ---- {text} {'-' * max(4, COLUMNS - 13 - len(text))} */\n"


def between(path: Path, start: str, end: str) -> str:
    """The part of a file between two marks."""
    text = path.read_text()
    return text[text.index(start) + len(start):text.index(end)].strip() + "\n"


def header() -> str:
    """The whole header."""
    parts = [PREAMBLE.read_text().rstrip() + "\n"]
    parts.append(between(TYPES, "// tern.h begins\n", "// tern.h ends"))
    arrow = ARROW.read_text()
    start, end = arrow.index("#ifndef ARROW_C_DATA_INTERFACE"), arrow.rindex("#endif")
    parts.append(
        title("The Arrow C data and C stream interfaces")
        + "\n/* Specified at https://arrow.apache.org/docs/format/CDataInterface.html */\n\n"
        + arrow[start:end].strip() + "\n")
    known = {name for _, name in SECTIONS}
    extra = sorted(p.name for p in CALLS.glob("*.swift") if p.stem not in known)
    if extra:
        raise SystemExit(f"header.py: no section is known for {', '.join(extra)}")
    for heading, name in SECTIONS:
        path = CALLS / f"{name}.swift"
        if not path.exists():
            continue
        parts.append(title(heading))
        parts += [comment(f.doc) + prototype(f) for f in functions(path)]
    parts.append("#ifdef __cplusplus\n}\n#endif\n\n#endif /* TERN_H */\n")
    return "\n".join(parts)


def main() -> int:
    """Writes the header, or tells whether it is up to date."""
    text = header()
    if "--check" in sys.argv[1:]:
        if not HEADER.exists() or HEADER.read_text() != text:
            print("Include/tern.h is stale: run make header", file=sys.stderr)
            return 1
        return 0
    HEADER.parent.mkdir(exist_ok=True)
    HEADER.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

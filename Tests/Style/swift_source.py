"""A small reader of Swift source: enough to count lines, functions and comments.

It blanks out string literals and comments first, so that braces inside them do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FUNCTION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:public|internal|private|fileprivate|static|final|mutating|consuming|borrowing|"
    r"nonisolated|override|class|convenience|required|package|unsafe|indirect)\s+)*"
    r"(?:func\s+[^\s(<]+|init[?!]?|deinit|subscript)\b"
)
PUBLIC = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*public\s+(?!import\b)(?!private\(set\)\s*$)"
)
PUBLIC_EXTENSION = re.compile(r"^\s*public\s+extension\b")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


@dataclass
class Function:
    """A function body: where it starts and how many lines it spans, signature included."""

    file: Path
    line: int
    length: int


@dataclass
class Source:
    """What the style test wants to know of one file."""

    path: Path
    lines: list[str]
    code: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    undocumented: list[int] = field(default_factory=list)
    comment_lines: int = 0


def blank_literals(text: str) -> str:
    """The text with comments and string literals replaced by blanks; line count unchanged."""
    text = re.sub(r'"""(?:\\.|[^\\])*?"""', _blank, text, flags=re.S)
    result: list[str] = []
    index = 0
    depth = 0
    while index < len(text):
        if depth == 0 and (match := re.compile(r'#+"').match(text, index)):
            end = text.find('"' + "#" * (len(match.group()) - 1), match.end())
            end = len(text) if end < 0 else end + len(match.group())
            result.append(_blank_text(text[index:end]))
            index = end
        elif depth == 0 and (match := STRING.match(text, index)):
            result.append(_blank_text(match.group()))
            index = match.end()
        elif text.startswith("/*", index):
            depth += 1
            result.append("  ")
            index += 2
        elif depth and text.startswith("*/", index):
            depth -= 1
            result.append("  ")
            index += 2
        elif depth == 0 and text.startswith("//", index):
            end = text.find("\n", index)
            end = len(text) if end < 0 else end
            result.append(" " * (end - index))
            index = end
        else:
            character = text[index]
            result.append(character if depth == 0 or character == "\n" else " ")
            index += 1
    return "".join(result)


def read(path: Path) -> Source:
    """Reads and measures one file."""
    text = path.read_text()
    source = Source(path, text.splitlines())
    source.code = blank_literals(text).splitlines()
    source.comment_lines = sum(1 for line in source.lines if line.lstrip().startswith("//"))
    source.functions = _functions(source)
    source.undocumented = _undocumented(source)
    return source


def _blank(match: re.Match[str]) -> str:
    return _blank_text(match.group())


def _blank_text(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _functions(source: Source) -> list[Function]:
    found = []
    for number, line in enumerate(source.code):
        if FUNCTION.match(line):
            length = _body_length(source.code, number)
            if length:
                found.append(Function(source.path, number + 1, length))
    return found


def _body_length(code: list[str], start: int) -> int:
    """Lines from the signature to the closing brace; 0 for a requirement without a body."""
    depth = 0
    parentheses = 0
    for number in range(start, len(code)):
        for character in code[number]:
            if character in "([":
                parentheses += 1
            elif character in ")]":
                parentheses -= 1
            elif character == "{" and (depth or parentheses == 0):
                depth += 1
            elif character == "}":
                depth -= 1
                if depth == 0:
                    return number - start + 1
                if depth < 0:
                    return 0
        if depth == 0 and parentheses == 0 and number > start:
            following = code[number + 1].strip() if number + 1 < len(code) else ""
            if not following.startswith(("{", "where", ")", "->", "throws")):
                return 0
        if depth == 0 and parentheses == 0 and number == start and "{" not in code[number]:
            following = code[number + 1].strip() if number + 1 < len(code) else ""
            if not following.startswith(("{", "where", "->", "throws")):
                return 0
    return 0


def _undocumented(source: Source) -> list[int]:
    missing = []
    for number, line in enumerate(source.code):
        if not PUBLIC.match(line) or PUBLIC_EXTENSION.match(line):
            continue
        above = number - 1
        while above >= 0 and source.lines[above].strip().startswith("@"):
            above -= 1
        if above < 0 or not source.lines[above].strip().startswith("///"):
            missing.append(number + 1)
    return missing

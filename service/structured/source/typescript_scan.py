"""TypeScript as a row of signs, each with its place and the comments around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from service.structured.source.errors import SourceError

__all__ = ["Sign", "fail", "signs", "text_of"]

_SIGNS = re.compile(
    r"""
    (?P<blank>[^\S\n]+)
    | (?P<line>\n)
    | (?P<comment>/\*(?:[^*]|\*(?!/))*\*/ | //[^\n]*)
    | (?P<open>/\*)
    | (?P<text>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | `(?:[^`\\]|\\[\s\S])*`)
    | (?P<number>\d[\w.]*)
    | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
    | (?P<sign>=>|\.\.\.|[{}()\[\]<>|&;:,?=.*+\-@!/\#%^~])
    """,
    re.VERBOSE,
)

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}

Kind = Literal["text", "number", "name", "sign", "end"]


@dataclass(frozen=True, slots=True)
class Sign:
    """One word or sign.

    Attributes:
        kind: What it is.
        text: As it is written.
        line: Its line, from 1.
        column: Its first character in the line, from 1.
        before: The comments right before it, on lines of their own or in its line.
        begins_line: Whether it is the first in its line.
    """

    kind: Kind
    text: str
    line: int
    column: int
    before: str = ""
    begins_line: bool = False


def fail(sign: Sign, problem: str) -> NoReturn:
    """Raise `SourceError` at a sign."""
    raise SourceError(problem, sign.line, sign.column)


def signs(text: str) -> tuple[list[Sign], dict[int, str]]:
    """Return the signs of a source, an end last, and the comment at the end of each line that has one.

    Raises:
        SourceError: A character or an unfinished text cannot be read.
    """
    return _Scan(text).all()


def text_of(sign: Sign) -> str:
    """Return what a quoted text means."""
    return _ESCAPE.sub(_unescaped, sign.text[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _ESCAPED.get(code, code)


class _Scan:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Sign] = []
        self._behind: dict[int, str] = {}
        self._before = ""
        self._line = 1
        self._start = 0
        self._is_fresh = True

    def all(self) -> tuple[list[Sign], dict[int, str]]:
        at = 0
        while at < len(self._text):
            match = _SIGNS.match(self._text, at)
            if match is None or match.lastgroup == "open":
                place = Sign("end", "", self._line, at - self._start + 1)
                fail(place, f"`{self._text[at]}` is not understood here. Is a quote or a comment unfinished?")
            self._take(match)
            at = match.end()
        self._found.append(Sign("end", "", self._line, at - self._start + 1))
        return self._found, self._behind

    def _take(self, match: re.Match[str]) -> None:
        kind, text = match.lastgroup, match[0]
        if kind == "comment":
            self._comment(text)
        elif kind not in ("blank", "line"):
            place = match.start() - self._start + 1
            self._found.append(Sign(kind, text, self._line, place, self._before, self._is_fresh))  # type: ignore[arg-type]
            self._before, self._is_fresh = "", False
        if "\n" in text:
            self._line += text.count("\n")
            self._start = match.start() + text.rfind("\n") + 1
            self._is_fresh = True

    def _comment(self, text: str) -> None:
        """Keep a comment for the sign after it, or, at the end of a line, for what stands in that line."""
        is_behind = not self._is_fresh and text.startswith("//")
        if is_behind:
            self._behind[self._line] = text
        elif text.startswith("//") and self._before.startswith("//"):
            self._before += "\n" + text
        else:
            self._before = text

"""Read JSON out of an answer: strict JSON, alone or inside one fenced block; never a guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn

from service.structured.words import plural

__all__ = ["JsonText", "read_json"]

MAX_DIGITS = 4_300
"""The most digits of a whole number that Python converts by default."""

MAX_DEPTH = 200
"""The most lists and objects inside each other; what is deeper could not be drawn, stored or exported safely."""

_LINE_END = re.compile(r"\r\n|\r|\n")
# The info string of a backtick fence holds no backtick: ```json``` on one line is code in a sentence, no fence.
_FENCE_OPENS = re.compile(r"[ \t]*(?P<marks>`{3,}(?=[^`]*$)|~{3,})")
_SPACE = " \t\r\n"
_AROUND = re.compile(r"[\s\ufeff\u200b]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', re.DOTALL)

_TOO_DEEP = "the lists and objects inside each other are too deep"
_IN_WORDS = {
    "Expecting value": "a value is missing",
    "Expecting property name enclosed in double quotes": "a field name in double quotes is missing",
    "Illegal trailing comma before end of object": "the comma after the last field is one too many",
    "Illegal trailing comma before end of array": "the comma after the last item is one too many",
    "Expecting ':' delimiter": "a colon is missing after the field name",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Unterminated string starting at": "a text starts here and never ends",
    "Invalid control character at": "a text holds a line break or control character; JSON writes it as \\n or \\u00…",
    "Invalid \\escape": "JSON does not know this character after a backslash",
    "Invalid \\uXXXX escape": "four hexadecimal digits are missing after \\u",
    "Extra data": "the JSON ends before here, and more text follows",
}


@dataclass(frozen=True)
class JsonText:
    """A JSON value that was read; `source` is its text, without a fence or white space around it."""

    value: Any
    is_fenced: bool
    source: str


class _NumberError(ValueError):
    """A number that is no JSON, or that cannot be kept as it is written."""

    def __init__(self, literal: str, complaint: str) -> None:
        super().__init__(complaint)
        self.literal = literal


@dataclass(frozen=True)
class _Block:
    """The inside of a fenced block, as positions in the text."""

    start: int
    end: int


def read_json(text: str) -> JsonText:
    """Read a text that is JSON, or that holds exactly one fenced block whose inside is JSON.

    White space and a byte order mark around it are fine. NaN and Infinity are no JSON; of equal keys the last wins.
    A fence that is still open at the end was cut off, so its inside is not read. Lists and objects go 200 levels deep.

    Raises:
        ValueError: It is not JSON; the message is a sentence with line and column, both from 1.
    """
    try:
        return _read(text, 0, len(text), is_fenced=False)
    except ValueError as error:
        complaint = error
    blocks, open_at = _blocks(text)
    if open_at is not None:
        _refuse(text, open_at, "the fenced block that starts here has no end")
    if len(blocks) > 1:
        _refuse(text, blocks[1].start, f"there are {plural(len(blocks), 'fenced block')}, and only one can be read")
    if blocks:
        return _read(text, blocks[0].start, blocks[0].end, is_fenced=True)
    raise complaint


def _read(text: str, start: int, end: int, *, is_fenced: bool) -> JsonText:
    start = _around(text, start, end)
    source = text[start:end].rstrip().rstrip("\ufeff\u200b").rstrip()
    if not source:
        _refuse(text, start, "there is no JSON, and nothing else either")
    try:
        value = json.loads(source, parse_float=_float, parse_int=_int, parse_constant=_constant)
    except json.JSONDecodeError as error:
        _refuse(text, start + error.pos, _in_words(source, error))
    except _NumberError as error:
        _refuse(text, start + _find_token(source, error.literal), str(error))
    except RecursionError:
        _refuse(text, start, _TOO_DEEP)
    if _is_too_deep(source, value):
        _refuse(text, start, _TOO_DEEP)
    return JsonText(value, is_fenced, source)


def _is_too_deep(source: str, value: Any) -> bool:
    if source.count("[") + source.count("{") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for item in level for inner in _inside(item)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _around(text: str, start: int, end: int) -> int:
    match = _AROUND.match(text, start, end)
    return match.end() if match else start


def _in_words(source: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(source.rstrip(_SPACE)):
        return "the JSON stops here, before its end"
    if error.pos == 0 and error.msg == "Expecting value":
        return "this is not the beginning of JSON"
    if source[error.pos] in "]}" and source[: error.pos].rstrip(_SPACE).endswith(","):
        return "the comma before this bracket is one too many"
    if source[error.pos] == "'":
        return "JSON takes double quotes, not single ones"
    return _IN_WORDS.get(error.msg, error.msg)


def _refuse(text: str, position: int, complaint: str) -> NoReturn:
    before = text[:position]
    ends = [match.end() for match in _LINE_END.finditer(before)]
    column = position - (ends[-1] if ends else 0) + 1
    raise ValueError(f"Line {len(ends) + 1}, column {column}: {complaint}.") from None


def _constant(literal: str) -> NoReturn:
    raise _NumberError(literal, f"{literal} is not a JSON number")


def _int(literal: str) -> int:
    if len(literal) > MAX_DIGITS:
        raise _NumberError(literal, f"the number has more than {MAX_DIGITS:,} digits")
    return int(literal)


def _float(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise _NumberError(literal, "the number is too large")
    return value


def _find_token(source: str, literal: str) -> int:
    """Return where a number stands that was refused; all before it is good JSON, so texts can be stepped over."""
    return next((match.start() for match in _TOKEN.finditer(source) if match.group() == literal), 0)


def _blocks(text: str) -> tuple[list[_Block], int | None]:
    """Return the fenced blocks in order, and where one starts that has no end.

    A line inside a JSON text cannot start with a fence: JSON has no line breaks inside its texts.
    """
    blocks: list[_Block] = []
    marks, inside = "", 0
    start = 0
    while start < len(text):
        line_end = _LINE_END.search(text, start)
        stop, following = (line_end.start(), line_end.end()) if line_end else (len(text), len(text))
        line = text[start:stop]
        if marks and _closes(line, marks):
            blocks.append(_Block(inside, start))
            marks = ""
        elif not marks and (opened := _FENCE_OPENS.match(line)):
            marks, inside = opened["marks"], following
        start = following
    return blocks, inside if marks else None


def _closes(line: str, marks: str) -> bool:
    bare = line.strip(" \t")
    return len(bare) >= len(marks) and not bare.strip(marks[0])

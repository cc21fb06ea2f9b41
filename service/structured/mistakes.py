"""The mistakes of writing that are known in JSON, each with a name; every other difference is a guess."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

__all__ = ["Token", "UnnamedError", "in_words", "name_differences", "tokens_of"]

Kind = Literal["mark", "text", "single", "curly", "word", "comment", "open"]

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<curly>[“”](?:[^“”\\]|\\.)*[“”])
      | (?P<single>'(?:[^'\\]|\\.)*')
      | (?P<mark>[{}\[\],:])
      | (?P<open>/\*|["“”'])
      | (?P<word>[^\s{}\[\],:"“”]+)""",
    re.DOTALL | re.VERBOSE,
)
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NO_VALUES = frozenset(("NaN", "Infinity", "-Infinity", "undefined"))
"""Words that mean something else than a text."""

_LITERALS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "NULL": "null"}
_MOST_WORDS = 20

_NAMES = {
    "fence": ("removed the code fence", "removed the code fence"),
    "around": ("removed the text around the JSON", "removed the text around the JSON"),
    "bracket": ("removed a closing bracket too many", "removed {} closing brackets too many"),
    "comment": ("removed a comment", "removed {} comments"),
    "trailing": ("removed a trailing comma", "removed {} trailing commas"),
    "extra": ("removed a comma too many", "removed {} commas too many"),
    "missing": ("added a missing comma", "added {} missing commas"),
    "quoted": ("put quotes around a name or text", "put quotes around {} names or texts"),
    "single": ("changed single quotes to double quotes", "changed single quotes to double quotes, {} times"),
    "curly": ("changed curly quotes to straight ones", "changed curly quotes to straight ones, {} times"),
    "break": ("wrote a line break inside a text as \\n", "wrote line breaks inside {} texts as \\n"),
    "literal": ("wrote True, False or None as JSON does", "wrote True, False or None as JSON does, {} times"),
    "number": ("wrote a number as JSON does", "wrote {} numbers as JSON does"),
}
"""What can be changed, once and several times."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of JSON as it was written, and where it stands."""

    kind: Kind
    raw: str
    start: int
    end: int


class UnnamedError(Exception):
    """Something is different in a way that has no name here."""


def in_words(changes: Counter[str]) -> tuple[str, ...]:
    """Return what was changed in plain words, in the order in which it was found."""
    return tuple(_NAMES[name][count > 1].format(f"{count:,}") for name, count in changes.items())


def tokens_of(text: str, start: int = 0) -> Iterator[Token]:
    """Give the pieces of a text from a place on; what is no piece of anything is stepped over."""
    for found in _TOKEN.finditer(text, start):
        kind: Any = found.lastgroup
        yield Token(kind, found[0], found.start(), found.end())


def name_differences(source: str, given: Sequence[Token], value: Any, changes: Counter[str]) -> None:
    """Name every difference between what was written and a value.

    Args:
        source: What was written.
        given: Its pieces.
        value: What it is taken for.
        changes: Counts the differences by their names.

    Raises:
        UnnamedError: There is one that has no name.
    """
    changes.update("comment" for token in given if token.kind == "comment")
    given = [token for token in given if token.kind != "comment"]
    place = 0
    for wanted in tokens_of(json.dumps(value, ensure_ascii=False)):
        while place < len(given) and given[place].raw == "," and wanted.raw != ",":
            changes["trailing" if wanted.raw in "]}" else "extra"] += 1
            place += 1
        if place == len(given):
            raise UnnamedError
        if wanted.raw == "," and given[place].raw != ",":
            changes["missing"] += 1
            continue
        place += _taken(source, given, place, wanted, changes)
    if place != len(given):
        raise UnnamedError


def _taken(source: str, given: Sequence[Token], place: int, wanted: Token, changes: Counter[str]) -> int:
    """Return how many tokens mean the one that is wanted, and note how they are written otherwise."""
    token = given[place]
    if token.raw == wanted.raw:
        return 1
    if wanted.kind == "text":
        return _as_text(source, given, place, json.loads(wanted.raw), changes)
    if wanted.kind != "word" or token.kind != "word":
        raise UnnamedError
    if _LITERALS.get(token.raw) == wanted.raw:
        changes["literal"] += 1
    elif not _same_number(token.raw, wanted.raw):
        raise UnnamedError
    elif not _JSON_NUMBER.fullmatch(token.raw):
        changes["number"] += 1
    return 1


def _same_number(written: str, wanted: str) -> bool:
    try:
        return Decimal(written) == Decimal(wanted) or float(written) == float(wanted)
    except (InvalidOperation, ValueError):
        return False


def _as_text(source: str, given: Sequence[Token], place: int, wanted: str, changes: Counter[str]) -> int:
    token = given[place]
    if token.kind == "word":
        return _as_words(source, given, place, wanted, changes)
    if token.kind not in ("text", "single", "curly") or _unquoted(token) != wanted:
        raise UnnamedError
    if token.kind != "text":
        changes[token.kind] += 1
    elif re.search(r"[\x00-\x1f]", token.raw):
        changes["break"] += 1
    return 1


def _as_words(source: str, given: Sequence[Token], place: int, wanted: str, changes: Counter[str]) -> int:
    for count, last in enumerate(given[place : place + _MOST_WORDS], 1):
        if last.kind != "word" or last.raw in _NO_VALUES:
            break
        if source[given[place].start - given[0].start : last.end - given[0].start] == wanted:
            changes["quoted"] += 1
            return count
    raise UnnamedError


def _unquoted(token: Token) -> Any:
    """Return the text that a token with quotes of some kind means."""
    inside = token.raw[1:-1]
    if token.kind == "single":
        inside = inside.replace("\\'", "'")
    if token.kind != "text":
        inside = re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', inside, flags=re.DOTALL)
    return json.loads(f'"{inside}"', strict=False)

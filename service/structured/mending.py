"""JSON with mistakes of writing, and what has to be changed in it: only what can be named is mended.

A library proposes the value; here the proposal is compared with what was written, token by token. Where a difference
is not one of the mistakes that are known here, there is no mending: a guess would be an answer that nobody gave.
Closing what is open is not among them, so what was cut off stays cut off.
"""

from __future__ import annotations

import json
import marshal
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.structured.isolated import limit_resources, run_isolated, tell
from service.structured.mistakes import Token, UnnamedError, in_words, name_differences, tokens_of

__all__ = ["MAX_CHARS", "Mended", "main", "mend"]

MAX_CHARS = 100_000
"""The longest text that is looked at."""

_QUICK_CHARS = 4_000
"""What the library reads in a quarter of a second, whatever it is; with more of the worst kind it takes minutes."""

_FENCE = re.compile(r"`{3,}|~{3,}")
_ONLY_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})[\w-]*\s*")
_CLOSES = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Mended:
    """JSON that was mended: its text, its value, and what was changed, in plain words."""

    text: str
    value: Any
    changes: tuple[str, ...]


@lru_cache(maxsize=32)
def mend(text: str) -> Mended | None:
    """Return the one JSON value in a text without its mistakes; `None` where there is none, or it is cut off.

    Args:
        text: An answer of at most `MAX_CHARS` characters; a longer one is not looked at.
    """
    if len(text) > MAX_CHARS:
        return None
    changes: Counter[str] = Counter()
    try:
        tokens = _only_value(text, changes)
        source = text[tokens[0].start : tokens[-1].end]
        value, is_sound = _read(source)
        written = source if is_sound else json.dumps(value, ensure_ascii=False, indent=2)
        if not is_sound:
            name_differences(source, tokens, value, changes)
    except (UnnamedError, ValueError, RecursionError):
        return None
    return Mended(written, value, in_words(changes)) if changes else None


def _only_value(text: str, changes: Counter[str]) -> list[Token]:
    """Return the tokens of the one list or object in a text; what stands around it is noted and left out."""
    start = min((place for mark in _CLOSES if (place := text.find(mark)) >= 0), default=-1)
    if start < 0:
        raise UnnamedError
    tokens = list(_balanced(text, start))
    before, after = text[:start], text[tokens[-1].end :]
    stray = re.match(r"[\s\]}]*", after)
    rest = after[stray.end() :] if stray else after
    if stray and (count := len(re.findall(r"[\]}]", stray[0]))):
        changes["bracket"] += count
    if re.search(r'[{}\[\]"]', rest) or len(_FENCE.findall(before)) != len(_FENCE.findall(rest)):
        # More values, or an end that is missing.
        raise UnnamedError
    if before.strip() or rest.strip():
        is_fence = _ONLY_FENCE.fullmatch(before) and _ONLY_FENCE.fullmatch(rest)
        changes["fence" if is_fence else "around"] += 1
    return tokens


def _balanced(text: str, start: int) -> Iterator[Token]:
    """Give the tokens from an opening bracket to the one that closes it."""
    open_marks: list[str] = []
    for token in tokens_of(text, start):
        yield token
        if token.kind == "open":
            break
        if token.kind == "mark" and token.raw in _CLOSES:
            open_marks.append(_CLOSES[token.raw])
        elif token.kind == "mark" and token.raw in "]}":
            if token.raw != open_marks.pop():
                break
            if not open_marks:
                return
    raise UnnamedError


def _read(source: str) -> tuple[Any, bool]:
    """Return the value of a source, and whether it is JSON as it stands."""
    try:
        return json.loads(source, parse_constant=_no_constant), True
    except ValueError:
        return _proposed(source) if len(source) <= _QUICK_CHARS else _proposed_in_time(source), False


def _proposed(source: str) -> Any:
    # On first use: most answers need no mending.
    from json_repair import repair_json

    return repair_json(source, return_objects=True, skip_json_loads=True)


def _proposed_in_time(source: str) -> Any:
    told = run_isolated(__name__, marshal.dumps(source))
    if not told:
        raise UnnamedError
    return told[0]["value"]


def main() -> None:
    """Propose a value for the text on standard input, and tell it on standard output."""
    limit_resources()
    # Written by the parent process above, by nobody else.
    tell(value=_proposed(marshal.load(sys.stdin.buffer)))  # noqa: S302


def _no_constant(literal: str) -> Any:
    raise ValueError(literal)

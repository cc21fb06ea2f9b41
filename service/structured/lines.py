"""JSON line by line, and on which lines each thing in it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.structured.words import Step, clean, place

__all__ = ["Excerpt", "excerpt_at", "excerpt_of"]

Path = tuple[Step, ...]

_AROUND = 2
_MOST = 12
_LONGEST_LINE = 300
_MAX_LEVELS = 200


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a document that is written with an indent of two.

    Attributes:
        first: The number of the first line, from 1.
        lines: The lines.
        marked: The numbers of the lines that it is about.
    """

    first: int
    lines: tuple[str, ...]
    marked: range


def excerpt_of(document: Any, path: Path) -> Excerpt | None:
    """Return the lines of what stands at a path, with two before and behind; of its holder where nothing stands there.

    What is longer than a dozen lines is cut behind them. `None` for a document of more than 200 levels.
    """
    try:
        spans = {at: (begin, end) for at, begin, end in _walk(document, (), 0)}
        lines = clean(json.dumps(document, indent=2, ensure_ascii=False)).split("\n")
    except (RecursionError, ValueError):
        return None
    while path not in spans:
        path = path[:-1]
    return _cut(lines, *spans[path])


def excerpt_at(document: Any, where: str) -> Excerpt | None:
    """Return the same for a place as people write it: `items[2].price`."""
    try:
        paths = {place(path): path for path, _, _ in _walk(document, (), 0)}
    except RecursionError:
        return None
    while where not in paths and where:
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return excerpt_of(document, paths.get(where, ()))


def _cut(lines: list[str], begin: int, end: int) -> Excerpt:
    first, last = max(0, begin - _AROUND), min(len(lines) - 1, begin + _MOST, end + _AROUND)
    shown = (line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in lines[first : last + 1])
    return Excerpt(first + 1, tuple(shown), range(begin + 1, min(end, last) + 2))


def _walk(value: Any, path: Path, line: int) -> Iterator[tuple[Path, int, int]]:
    """Yield each place with its first and last line, what is inside first."""
    if len(path) > _MAX_LEVELS:
        raise RecursionError
    at = line
    if isinstance(value, dict | list) and value:
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            for inner in _walk(item, (*path, step), at + 1):
                yield inner
            # The last that is yielded is the item itself.
            at = inner[2]
        at += 1
    yield path, line, at

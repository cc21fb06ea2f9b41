"""The allowed values of a choice as people type them: `open, paid, "sent, not paid"`, or `1, 2, 3`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["choices_in", "choices_text"]

_PART = re.compile(r'\s*("(?:[^"\\]|\\.)*"\s*(?=,|$)|[^,]*)(?:,|$)', re.DOTALL)
_INTEGER = re.compile(r"[-+]?\d{1,400}")
_NUMBER = re.compile(r"[-+]?\d{1,400}(\.\d{1,400})?([eE][-+]?\d{1,3})?")


def choices_in(text: str, known: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Return the values that a text lists, with commas between; those in double quotes are texts.

    The others are numbers where all of them are, true and false where all are, else texts; a mixture that was there
    before, `known`, is not made one of texts.
    """
    parts = [part for part in (found[1].strip() for found in _PART.finditer(text)) if part]
    quoted = [_unquoted(part) for part in parts]
    plain = [part for part, value in zip(parts, quoted, strict=True) if value is None]
    read = _reader(plain, known)
    return tuple(read(part) if value is None else value for part, value in zip(parts, quoted, strict=True))


def choices_text(values: Sequence[Any]) -> str:
    """Write values so that `choices_in` reads the same; quotes stand where they are needed."""
    plain = ", ".join(map(_plain, values))
    return plain if _same(choices_in(plain), values) else ", ".join(_quoted(value) for value in values)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    return len(left) == len(right) and all(type(a) is type(b) and a == b for a, b in zip(left, right, strict=True))


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unquoted(part: str) -> str | None:
    if not part.startswith('"'):
        return None
    try:
        value = json.loads(part, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _reader(parts: Sequence[str], known: Sequence[Any]) -> Callable[[str], Any]:
    if all(_INTEGER.fullmatch(part) for part in parts):
        return int
    if all(_NUMBER.fullmatch(part) for part in parts):
        return lambda part: int(part) if _INTEGER.fullmatch(part) else float(part)
    if all(part in ("true", "false") for part in parts):
        return lambda part: part == "true"
    before = {_plain(value): value for value in known}
    return lambda part: before.get(part, part)

"""JSON as people type it: what it says so far, or what is wrong and where."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from pages.parts.json_words import in_words
from service import InvalidSchemaError
from service.structured import validate

__all__ = ["DECODER", "JsonObject", "fault", "marked_line", "read_json", "read_object", "read_schema"]

_SHOWN_CHARS = 22


@dataclass(frozen=True)
class JsonObject:
    """A typed text, read: `value` when it is an object, else `problem`; neither when it is blank.

    `line` and `column` count from 1 and are `None` where the problem has no place.
    """

    value: dict[str, Any] | None = None
    problem: str | None = None
    line: int | None = None
    column: int | None = None


class _NotStrictError(ValueError):
    """Something that Python reads and JSON does not allow."""


def read_object(text: str) -> JsonObject:
    """Read a JSON object; what is wrong is said with line and column."""
    return read_json(text, _as_object)


def _as_object(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        return JsonObject(problem=f"It must be an object, in braces {{ }}, and not {_kind(value)}.")
    return JsonObject(value)


def read_json(text: str, take: Callable[[Any], JsonObject]) -> JsonObject:
    """Read JSON of any kind and return what `take` makes of it; what is wrong is said with line and column."""
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return JsonObject()
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return fault(error)
    return take(value)


def fault(error: ValueError | RecursionError) -> JsonObject:
    """Say what `DECODER` tripped over, in words."""
    if isinstance(error, json.JSONDecodeError):
        return _at(error.lineno, error.colno, in_words(error))
    if isinstance(error, _NotStrictError):
        return JsonObject(problem=str(error))
    if isinstance(error, RecursionError):
        return JsonObject(problem="It is nested too deeply to be read.")
    return JsonObject(problem="It holds a number with too many digits.")


@lru_cache(maxsize=64)
def read_schema(text: str) -> JsonObject:
    """Read a JSON Schema; one that is JSON but no valid schema is refused in the validator's words."""
    read = read_object(text)
    if read.value is None:
        return read
    try:
        validate(None, read.value)
    except InvalidSchemaError as error:
        return JsonObject(problem=error.message)
    return read


def marked_line(text: str, line: int, column: int) -> str:
    """Return a line with a mark under a column, both counted from 1; of a long line, the part around it."""
    lines = text.removeprefix("\ufeff").split("\n")
    shown = lines[line - 1].replace("\t", " ") if line <= len(lines) else ""
    start = max(0, column - 1 - _SHOWN_CHARS // 2) if len(shown) > _SHOWN_CHARS else 0
    gutter = f"{line} | "
    return f"{gutter}{shown[start : start + _SHOWN_CHARS]}\n{' ' * (len(gutter) + column - 1 - start)}^"


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in pairs:
        if name in out:
            raise _NotStrictError(f'The name "{name}" stands twice in the same object; keep one of them.')
        out[name] = value
    return out


def _refuse_constant(name: str) -> NoReturn:
    raise _NotStrictError(f"{name} is no JSON number.")


DECODER = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
"""Reads JSON as JSON: nothing that Python alone would take."""


def _at(line: int, column: int, what: str) -> JsonObject:
    return JsonObject(problem=f"Line {line}, column {column}: {what}", line=line, column=column)


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return {list: "a list", str: "a text"}.get(type(value), "a number")

"""What all values of a request are made of: frozen models, JSON of their own, texts that can be sent."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

__all__ = ["MAX_SCHEMA_CHARS", "NAME", "Frozen", "Json", "Text", "check_schema_size", "copied"]

MAX_SCHEMA_CHARS = 50_000
"""The largest JSON Schema accepted, in characters of its compact JSON."""

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What a function and a schema may be called."""


def _own_json(value: Any) -> Any:
    """Return a deep copy of a JSON value, so that the caller's may change; tuples become lists."""
    try:
        return _copy(value)
    except RecursionError:
        raise ValueError("must not be nested so deeply") from None


def _copy(value: Any) -> Any:
    if isinstance(value, str):
        return _whole_characters(value)
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: _copy(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    what = str(value) if isinstance(value, float) else f"a {type(value).__name__}"
    raise ValueError(f"must be plain JSON (texts, finite numbers, lists, objects with text keys), got {what}")


def _whole_characters(text: str) -> str:
    """Refuse half a surrogate pair: it has no UTF-8 and cannot be sent."""
    if not text.isascii() and _HALF_CHARACTER.search(text):
        raise ValueError("must not hold half a character (a lone surrogate)")
    return text


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
Json = Annotated[dict[str, Any], AfterValidator(_own_json)]
Text = Annotated[str, AfterValidator(_whole_characters)]


class Frozen(BaseModel):
    """A value that does not change once it is made, and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def copied(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a JSON object of one's own."""
    return None if value is None else dict(value)


def check_schema_size(schema: Any, what: str) -> None:
    """Refuse a schema that is too large, or no JSON; `what` says in the error which one it is."""
    try:
        size = len(json.dumps(schema, ensure_ascii=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} must be plain JSON: {error}") from error
    if size > MAX_SCHEMA_CHARS:
        raise ValueError(f"{what} must have at most {MAX_SCHEMA_CHARS:,} characters, got {size:,}")

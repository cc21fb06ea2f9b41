"""What the editor's views take and give: schemas as plain JSON, and sources, both of a bounded size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.compiled import compiled, schema_text
from service.structured.words import spelled

__all__ = ["MAX_SOURCE_CHARS", "bounded_source", "plain_schema"]

MAX_SOURCE_CHARS = 200_000
"""The longest notation, Pydantic or TypeScript source that is read, in characters."""


def plain_schema(schema: Mapping[str, Any] | bool) -> Any:
    """Return a copy of a schema as plain JSON, without asking whether it is a valid one.

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """
    return json.loads(compiled(schema_text(schema)).text)


def bounded_source(text: str, what: str) -> str:
    r"""Return a source with `\n` for every line break.

    Args:
        text: What a person typed or pasted.
        what: What it is, as a sentence begins: "The notation".

    Raises:
        InvalidSchemaError: It is no text, or has more than 200,000 characters.
    """
    if not isinstance(text, str):
        raise InvalidSchemaError(f"{what} must be a text, got {spelled(text)}.")
    if len(text) > MAX_SOURCE_CHARS:
        raise InvalidSchemaError(
            f"{what} has {len(text):,} characters, and at most {MAX_SOURCE_CHARS:,} are accepted.",
            hint="Paste only what describes the answer.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")

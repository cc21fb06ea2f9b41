"""The text of a saved schema, and its name: what may be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from service.errors import InvalidSchemaError
from service.structured.validate import validate

__all__ = ["LONGEST_NAME", "NOTHING_READ", "checked_schema", "read_schema_text"]

LONGEST_NAME = 80
LONGEST_TEXT = 200_000
"""Characters with all blanks; without them a schema has at most 50,000."""

NOTHING_READ: Final = object()


def checked_schema(text: str) -> Mapping[str, Any]:
    """Return the schema of a text that may be kept.

    Raises:
        InvalidSchemaError: It is no JSON Schema, or has more than 50,000 characters or 64 levels.
    """
    if len(text) > LONGEST_TEXT:
        raise InvalidSchemaError(
            f"A schema has at most {LONGEST_TEXT:,} characters with its blanks, got {len(text):,}."
        )
    schema = read_schema_text(text)
    if schema is NOTHING_READ:
        raise InvalidSchemaError("What is to be saved is no JSON.")
    if not isinstance(schema, dict):
        raise InvalidSchemaError("A schema is a JSON object, in braces.")
    validate(None, schema)
    return schema


def read_schema_text(text: str) -> Any:
    """Return what a text says, or `NOTHING_READ` where it is no JSON."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return NOTHING_READ

"""A schema in two views, in one line and as JSON: the JSON is what counts, and each view follows the other."""

from __future__ import annotations

from typing import Any, Literal, cast

from pages.parts.json_text import read_schema
from pages.parts.response_format_choice import FormatKeys, pretty
from pages.parts.state import input_value, put_input
from service.structured import NotationError, Template, schema_from_notation, schema_to_notation

__all__ = [
    "VIEWS",
    "View",
    "begin_with_template",
    "has_before",
    "put_schema",
    "schema_of",
    "sync_notation",
    "take_notation",
    "undo",
]

View = Literal["line", "json"]
VIEWS: dict[View, str] = {"line": "One line", "json": "JSON"}
WIDTH = 40
"""The panel is narrow: a notation that is longer gets a line for each field."""


def put_schema(keys: FormatKeys, schema: Any) -> None:
    """Put a schema in the place of the one that is there, which can be taken back; to be called from a callback."""
    put_input(keys.before, input_value(keys.schema))
    put_input(keys.schema, pretty(schema))


def begin_with_template(keys: FormatKeys, template: Template) -> None:
    """Begin with a template, in the view for people; to be called from a callback."""
    put_schema(keys, template.schema)
    put_input(keys.name, template.name)
    put_input(keys.view, "line")


def has_before(keys: FormatKeys) -> bool:
    """Whether there is a schema to go back to."""
    before = input_value(keys.before)
    return isinstance(before, str) and before != input_value(keys.schema)


def undo(keys: FormatKeys) -> None:
    """Go back to the schema before the last change that a button made; pressed again, forth."""
    now, before = input_value(keys.schema), input_value(keys.before)
    put_input(keys.schema, before)
    put_input(keys.before, now)


def sync_notation(keys: FormatKeys) -> str | None:
    """Let the line say what the JSON says, unless it is where the JSON came from; to be called before it is drawn.

    Returns:
        What is wrong with the JSON, which then has no line.
    """
    text = str(input_value(keys.schema) or "")
    if input_value(keys.notation_of) == text:
        return None
    read = read_schema(text)
    if read.problem is not None:
        return read.problem
    put_input(keys.notation, schema_to_notation(read.value, width=WIDTH) if read.value is not None else "")
    put_input(keys.notation_of, text)
    return None


def take_notation(keys: FormatKeys) -> None:
    """Let the JSON say what the line says, if it can be read; to be called from a callback."""
    text = cast(str, input_value(keys.notation))
    if (schema := schema_of(text)[0]) is not None or not text.strip():
        put_input(keys.schema, "" if schema is None else pretty(schema))
        put_input(keys.notation_of, input_value(keys.schema))


def schema_of(text: str) -> tuple[Any, str | None]:
    """Return the schema of a notation, or `None` and what is wrong with it; neither where it is blank."""
    if not text.strip():
        return None, None
    try:
        return schema_from_notation(text), None
    except NotationError as error:
        return None, error.message

"""A schema as a table, in one line and as JSON: the JSON is what counts, and each view follows the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from pages.parts.json_text import read_schema
from pages.parts.response_format_choice import FormatKeys, pretty, text_of
from pages.parts.schema_draft import TableDraft, draft_of
from pages.parts.schema_steps import new_stamp, note_step, put_schema
from pages.parts.state import input_value, put_input
from service import InvalidSchemaError
from service.structured import NotationError, schema_from_notation, schema_to_notation

__all__ = [
    "VIEWS",
    "View",
    "put_schema",
    "schema_of",
    "sync_notation",
    "sync_table",
    "take_notation",
    "take_table",
]

View = Literal["table", "line", "json"]
VIEWS: dict[View, str] = {"table": "Table", "line": "One line", "json": "JSON"}
WIDTH = 40
"""The panel is narrow: a notation that is longer gets a line for each field."""


def sync_notation(keys: FormatKeys) -> str | None:
    """Let the line say what the JSON says, unless it is where the JSON came from; to be called before it is drawn.

    Returns:
        What is wrong with the JSON, which then has no line.
    """
    text = text_of(keys)
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
        put_schema(keys, schema)
        put_input(keys.notation_of, input_value(keys.schema))


def schema_of(text: str) -> tuple[Any, str | None]:
    """Return the schema of a notation, or `None` and what is wrong with it; neither where it is blank."""
    if not text.strip():
        return None, None
    try:
        return schema_from_notation(text), None
    except NotationError as error:
        return None, error.message


def sync_table(keys: FormatKeys) -> TableDraft | str:
    """Return the table of what the JSON says, as it was left if that is where the JSON came from.

    Returns:
        Where there is no table: what is wrong with the JSON.
    """
    text = text_of(keys)
    known = input_value(keys.table)
    if isinstance(known, TableDraft) and known.of == text:
        return known
    read = read_schema(text)
    if read.problem is not None:
        return read.problem
    try:
        draft = draft_of(text, read.value, new_stamp())
    except InvalidSchemaError as error:
        return error.message
    put_input(keys.table, draft)
    return draft


def take_table(keys: FormatKeys, edit: Mapping[str, Any]) -> None:
    """Let the JSON say what the table says, if no row is wrong; to be called from a callback.

    An edit of a table that has been replaced in the meantime is dropped.
    """
    known = sync_table(keys)
    if isinstance(known, str) or edit.get("origin") != known.origin:
        return
    draft, schema = known.edited(edit)
    if (draft.rows, draft.root) != (known.rows, known.root):
        note_step(keys)
    if not draft.errors:
        put_input(keys.schema, "" if schema is None else pretty(schema))
        draft = replace(draft, of=text_of(keys))
    put_input(keys.table, draft)

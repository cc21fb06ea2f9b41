"""Changes of a schema that can be taken back, and made again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any, cast

from pages.parts.response_format_choice import FormatKeys, pretty, text_of
from pages.parts.schema_draft import TableDraft
from pages.parts.sent_name import suggest_name
from pages.parts.state import input_value, put_input

__all__ = [
    "begin_with",
    "can_redo",
    "can_undo",
    "new_stamp",
    "note_step",
    "note_typed",
    "note_typed_from",
    "put_schema",
    "redo",
    "undo",
]

MOST_STEPS = 50
"""How many changes can be taken back."""


@dataclass(frozen=True)
class _Step:
    """What Undo brings back: the JSON, the table with what was half-typed there, and the name."""

    text: str
    table: TableDraft | None
    name: str


def put_schema(keys: FormatKeys, schema: Any) -> None:
    """Put a schema in the place of the one that is there, which can be taken back; to be called from a callback."""
    note_step(keys)
    put_input(keys.schema, "" if schema is None else pretty(schema))


def begin_with(keys: FormatKeys, schema: Any, name: str | None = None) -> None:
    """Begin with another schema, under a name of its own or none; to be called before the inputs are drawn."""
    put_schema(keys, schema)
    suggest_name(keys, name)


def can_undo(keys: FormatKeys) -> bool:
    """Whether there is a change to take back."""
    return bool(_steps(keys.before))


def can_redo(keys: FormatKeys) -> bool:
    """Whether there is a change that was taken back."""
    return bool(_steps(keys.after))


def undo(keys: FormatKeys) -> None:
    """Take the last change back; to be called from a callback."""
    _go(keys, keys.before, keys.after)


def redo(keys: FormatKeys) -> None:
    """Make the change again that was taken back last; to be called from a callback."""
    _go(keys, keys.after, keys.before)


def note_step(keys: FormatKeys, *, text: str | None = None) -> None:
    """Remember what is about to change; what was taken back before is then gone for good.

    Args:
        keys: Of the inputs.
        text: The JSON before the change, where it has been changed already.
    """
    now = _now(keys)
    put_input(keys.before, (*_steps(keys.before), now if text is None else replace(now, text=text))[-MOST_STEPS:])
    put_input(keys.after, ())


def note_typed_from(keys: FormatKeys) -> None:
    """Remember the JSON that an editor is about to show: a callback sees only what was made of it."""
    put_input(keys.typed_from, text_of(keys))


def note_typed(keys: FormatKeys) -> None:
    """Remember what stood where JSON was typed by hand; to be called from the editor's callback."""
    note_step(keys, text=str(input_value(keys.typed_from) or ""))


def _go(keys: FormatKeys, there: str, back: str) -> None:
    steps = _steps(there)
    if not steps:
        return
    put_input(back, (*_steps(back), _now(keys))[-MOST_STEPS:])
    put_input(there, steps[:-1])
    put_input(keys.schema, steps[-1].text)
    suggest_name(keys, steps[-1].name)
    table = steps[-1].table
    put_input(keys.table, None if table is None else replace(table, stamp=new_stamp()))


def _now(keys: FormatKeys) -> _Step:
    table = cast(TableDraft | None, input_value(keys.table))
    return _Step(text_of(keys), table, str(input_value(keys.name) or ""))


def _steps(key: str) -> tuple[_Step, ...]:
    return cast(tuple[_Step, ...], input_value(key) or ())


def new_stamp() -> str:
    """Return a name that no state of a table has yet."""
    return secrets.token_hex(4)

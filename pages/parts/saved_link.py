"""Which version of which saved schema the editor shows, or what it began as."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.json_text import read_schema
from pages.parts.response_format_choice import FormatKeys, text_of
from pages.parts.schema_steps import note_step
from pages.parts.sent_name import name_to_send
from pages.parts.state import input_value, library, owner, put_input
from service.store import SavedSchema, SchemaVersion, answer_fields

__all__ = ["SavedState", "link_to_version", "open_version", "saved_state"]


@dataclass(frozen=True)
class SavedState:
    """A saved schema, the number of the version, and whether the text has been changed since."""

    schema: SavedSchema
    number: int
    is_changed: bool


def saved_state(keys: FormatKeys) -> SavedState | None:
    """Say what the editor shows; `None` where that is no saved schema, and has not begun as one.

    What says the same as a version is that version, however it came there. What Undo brought back from before a
    version was opened has nothing to do with it, nor has what shares no field with it.
    """
    text, (ident, number) = text_of(keys), _link(keys)
    found = library().schemas.version_of(owner(), text, first=ident)
    if found is not None:
        _note(keys, found[0].id, found[1])
        return SavedState(*found, is_changed=False)
    if ident is None or not text.strip() or text == input_value(_before(keys)):
        return None
    known = library().schemas.get(owner(), ident)
    began = library().schemas.versions(owner(), ident, limit=1, before=number + 1)
    if known is None or not began or _is_another(began[0].text, text):
        return None
    return SavedState(known, number, is_changed=True)


def open_version(keys: FormatKeys, version: SchemaVersion, name: str) -> None:
    """Put a version into the editor as it was written, which can be taken back; to be called from a callback."""
    before = text_of(keys)
    note_step(keys)
    put_input(keys.schema, version.text)
    put_input(keys.name, name_to_send(name))
    link_to_version(keys, version, before)


def link_to_version(keys: FormatKeys, version: SchemaVersion, before: str | None = None) -> None:
    """Note that the editor shows this version, and what it showed before."""
    _note(keys, version.schema_id, version.number)
    put_input(_before(keys), before)


def _note(keys: FormatKeys, ident: str, number: int) -> None:
    put_input(keys.saved, f"{ident}/{number}")


def _link(keys: FormatKeys) -> tuple[str | None, int]:
    ident, _, number = str(input_value(keys.saved) or "").partition("/")
    return (ident, int(number)) if ident and number.isdecimal() else (None, 0)


def _before(keys: FormatKeys) -> str:
    return f"{keys.saved}.before"


def _is_another(began: str, text: str) -> bool:
    """Whether a schema has taken the place of another, rather than come of it; half-typed text may still do."""
    before, now = (read_schema(schema).value for schema in (began, text))
    names = [{field.name for field in answer_fields([schema])} for schema in (before, now) if schema is not None]
    return len(names) == 2 and all(names) and names[0].isdisjoint(names[1])

"""Saved schemas as the store hands them out: values that cannot be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.store.answer_items import AnswerList
from service.store.answers import AnswerField

__all__ = ["NEVER", "AnswerTable", "AnsweredSchema", "SavedSchema", "SchemaUse", "SchemaVersion"]


@dataclass(frozen=True)
class SchemaUse:
    """How often a schema was asked for.

    Attributes:
        runs: The runs that are kept.
        answers: Those that came to an answer with anything in it; a failed, stopped or empty one is none.
        last_at: When the newest of them began.
    """

    runs: int = 0
    answers: int = 0
    last_at: datetime | None = None


NEVER = SchemaUse()


@dataclass(frozen=True)
class SavedSchema:
    """A schema by its name.

    Attributes:
        version: The number of its newest version; how many there are.
        updated_at: When that one was saved.
        use: The runs that were asked by any of its versions.
    """

    id: str
    name: str
    version: int
    created_at: datetime
    updated_at: datetime
    use: SchemaUse = NEVER


@dataclass(frozen=True)
class SchemaVersion:
    """One version of a saved schema.

    Attributes:
        number: From 1, in the order of saving.
        text: The JSON as it was written, blanks and order included.
        note: What was said about the change, or nothing.
        schema_hash: What its content is known by; see `schema_hash`.
        use: The runs that were asked by it.
    """

    schema_id: str
    number: int
    created_at: datetime
    note: str
    text: str
    schema_hash: str
    use: SchemaUse = NEVER


@dataclass(frozen=True)
class AnsweredSchema:
    """A schema whose answers can be looked at: a saved one with all its versions, or one that runs were asked by.

    Attributes:
        key: The id of the saved schema, or what the content of the other is known by.
        name: What it was saved as, or its title, or its first fields.
    """

    key: str
    name: str
    is_saved: bool
    use: SchemaUse = NEVER


@dataclass(frozen=True)
class AnswerTable:
    """How the answers of a schema are found and laid out.

    Attributes:
        hashes: What the contents of its versions are known by, the newest first.
        fields: The columns: the fields of the newest version, then what only older ones have; none where answers
            are no objects.
        lists: The lists of objects among them, whose items may be rows.
    """

    schema: AnsweredSchema
    hashes: tuple[str, ...]
    fields: tuple[AnswerField, ...]
    lists: tuple[AnswerList, ...] = ()

    def list_of(self, key: str) -> AnswerList | None:
        """Return the list that is chosen by this key; `None` where there is none."""
        return next((found for found in self.lists if found.key == key), None)

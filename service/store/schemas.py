"""Saved schemas: by name, in versions, with the runs that were asked by them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from service.errors import InvalidRequestError
from service.store import codec
from service.store.answer_items import answer_lists
from service.store.answers import answer_fields, label_of
from service.store.attempt import attempt
from service.store.conversation import new_id
from service.store.database import Database
from service.store.schema_hash import asked_schema, schema_hash
from service.store.schema_rows import (
    add_schema,
    add_version,
    change_schema,
    find_holding,
    find_schema,
    find_schemas,
    find_unsaved,
    find_versions,
    free_name,
    name_columns,
)
from service.store.schema_text import LONGEST_NAME, checked_schema, read_schema_text
from service.store.schema_values import AnsweredSchema, AnswerTable, SavedSchema, SchemaUse, SchemaVersion
from service.store.writer import Writer

__all__ = ["LONGEST_NAME", "Schemas"]

NOTHING = "Nothing was changed."
T = TypeVar("T")


class Schemas:
    """An owner's saved schemas; somebody else's id is as unknown as one that never was.

    Every method raises `StorageError` where the database cannot be read, or does not take a change.
    """

    def __init__(self, database: Database, writer: Writer, now: Callable[[], datetime], keys: Sequence[str]) -> None:
        self._database, self._writer, self._now, self._keys = database, writer, now, keys

    def save(self, owner: str, name: str, text: str, *, note: str = "") -> SchemaVersion:
        """Save a schema as the newest version of that name; the text of the newest makes no other.

        Args:
            owner: Whose.
            name: Up to 80 characters; case does not count.
            text: A JSON Schema as it was written, kept as it is.
            note: What has changed, in a few words.

        Raises:
            InvalidRequestError: The name is blank or too long.
            InvalidSchemaError: The text is no JSON Schema, or has more than 50,000 characters or 64 levels.
        """
        name = self._checked_name(name)
        known_by = schema_hash(codec.mask(checked_schema(text), self._keys))
        kept, said = codec.mask(text, self._keys), codec.mask(" ".join(note.split()), self._keys)

        def store(connection: Connection) -> SchemaVersion:
            now = self._now()
            found = find_schema(connection, owner, name=name) or add_schema(connection, new_id(), owner, name, now)
            newest = find_versions(connection, owner, found.id, limit=1)
            if newest and newest[0].text.strip() == kept.strip():
                return newest[0]
            made = SchemaVersion(found.id, found.version + 1, now, said, kept, known_by)
            add_version(connection, owner, made)
            return made

        return self._attempt(store)

    def recent(
        self, owner: str, *, query: str = "", limit: int = 30, before: SavedSchema | None = None
    ) -> list[SavedSchema]:
        """Return saved schemas, the one that was saved last first.

        Args:
            owner: Whose.
            query: Words of the name; the last may be a beginning.
            limit: How many at most.
            before: The last one of the page before.
        """
        with self._database.read() as connection:
            return find_schemas(connection, owner, query=query, limit=limit, before=before)

    def get(self, owner: str, schema_id: str) -> SavedSchema | None:
        """Return a saved schema; `None` when this owner has none of that id."""
        with self._database.read() as connection:
            return find_schema(connection, owner, ident=schema_id)

    def named(self, owner: str, name: str) -> SavedSchema | None:
        """Return the saved schema of that name; case does not count."""
        with self._database.read() as connection:
            return find_schema(connection, owner, name=" ".join(name.split()))

    def version_of(self, owner: str, text: str, *, first: str | None = None) -> tuple[SavedSchema, int] | None:
        """Return the saved schema of which a text says what a version says, and that version's number.

        Args:
            owner: Whose.
            text: A schema, or half of one.
            first: The id of the one that is looked for first, where several say the same.
        """
        schema = read_schema_text(text)
        if not isinstance(schema, dict):
            return None
        known_by = schema_hash(codec.mask(schema, self._keys))
        with self._database.read() as connection:
            found = find_holding(connection, owner, known_by, first=first)
            saved = None if found is None else find_schema(connection, owner, ident=found[0])
        return None if found is None or saved is None else (saved, found[1])

    def versions(
        self, owner: str, schema_id: str, *, limit: int = 50, before: int | None = None
    ) -> list[SchemaVersion]:
        """Return versions of a saved schema, newest first; `before` is the number of the last one above."""
        with self._database.read() as connection:
            return find_versions(connection, owner, schema_id, limit=limit, before=before)

    def rename(self, owner: str, schema_id: str, name: str) -> SavedSchema | None:
        """Give a saved schema another name; `None` when this owner has none of that id.

        Raises:
            InvalidRequestError: The name is blank or too long, or another schema has it.
        """
        name = self._checked_name(name)

        def store(connection: Connection) -> SavedSchema | None:
            other = find_schema(connection, owner, name=name)
            if other is not None and other.id != schema_id:
                raise InvalidRequestError(
                    f'There is another saved schema called "{other.name}".', hint="Choose another."
                )
            change_schema(connection, owner, schema_id, name_columns(name))
            return find_schema(connection, owner, ident=schema_id)

        return self._attempt(store)

    def delete(self, owner: str, schema_id: str) -> bool:
        """Delete a saved schema, for 30 days not for good; its answers stay. False when there is none of that id."""

        def store(connection: Connection) -> bool:
            is_there = find_schema(connection, owner, ident=schema_id) is not None
            return is_there and change_schema(connection, owner, schema_id, {"deleted_at": self._now()})

        return self._attempt(store)

    def restore(self, owner: str, schema_id: str) -> SavedSchema | None:
        """Take a deletion back, under another name where that was taken since; `None` when there is none."""

        def store(connection: Connection) -> SavedSchema | None:
            gone = find_schema(connection, owner, ident=schema_id, is_deleted=True)
            if gone is None:
                return None
            columns = {"deleted_at": None, **name_columns(free_name(connection, owner, gone.name))}
            change_schema(connection, owner, schema_id, columns)
            return find_schema(connection, owner, ident=schema_id)

        return self._attempt(store)

    def answered(self, owner: str, *, limit: int = 50) -> list[AnsweredSchema]:
        """Return schemas that have answers: the saved ones, then others that runs were asked by; so many of each."""
        with self._database.read() as connection:
            saved = find_schemas(connection, owner, query="", limit=limit, before=None)
            others = find_unsaved(connection, owner, limit=limit)
        used = [AnsweredSchema(found.id, found.name, True, found.use) for found in saved if found.use.runs]
        return [*used, *(_unsaved(*found) for found in others)]

    def answers_of(self, owner: str, key: str) -> AnswerTable | None:
        """Return how the answers of a schema are found, by its `key`; `None` when this owner has no such schema."""
        with self._database.read() as connection:
            saved = find_schema(connection, owner, ident=key)
            if saved is not None:
                return _table_of(saved, find_versions(connection, owner, saved.id))
            found = find_unsaved(connection, owner, limit=1, known_by=key)
        return _table_of_unsaved(*found[0]) if found else None

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        return attempt(self._writer, work, nothing=NOTHING)

    def _checked_name(self, name: str) -> str:
        name = codec.mask(" ".join(name.split()), self._keys)
        if not name:
            raise InvalidRequestError("A saved schema needs a name.", hint="Say what it describes, such as Invoice.")
        if len(name) > LONGEST_NAME:
            raise InvalidRequestError(
                f"The name of a saved schema has at most {LONGEST_NAME} characters, got {len(name):,}.",
                hint="Choose a shorter one.",
            )
        return name


def _table_of(saved: SavedSchema, versions: Sequence[SchemaVersion]) -> AnswerTable:
    contents = {version.schema_hash: version.text for version in versions}
    schemas = [json.loads(text.removeprefix("\ufeff")) for text in contents.values()]
    known = AnsweredSchema(saved.id, saved.name, True, saved.use)
    return AnswerTable(known, tuple(contents), answer_fields(schemas), answer_lists(schemas))


def _table_of_unsaved(known_by: str, request: Mapping[str, Any], use: SchemaUse) -> AnswerTable:
    schemas = [_schema_in(request)]
    known = _unsaved(known_by, request, use)
    return AnswerTable(known, (known_by,), answer_fields(schemas), answer_lists(schemas))


def _unsaved(known_by: str, request: Mapping[str, Any], use: SchemaUse) -> AnsweredSchema:
    return AnsweredSchema(known_by, label_of(_schema_in(request)), False, use)


def _schema_in(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return asked_schema(request.get("response_format")) or {}

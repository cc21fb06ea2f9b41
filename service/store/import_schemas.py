"""Bringing saved schemas back from an export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from service.store import codec
from service.store.export_format import SchemaLine
from service.store.schema_hash import schema_hash
from service.store.schema_rows import (
    add_schema,
    add_version,
    change_schema,
    find_schema,
    find_versions,
    free_name,
    name_columns,
)
from service.store.schema_text import LONGEST_NAME, read_schema_text
from service.store.schema_values import SchemaVersion

__all__ = ["ImportedSchemas"]


class ImportedSchemas:
    """The saved schemas of an import.

    Args:
        connection: In the transaction.
        owner: Whose they are from now on.
        keys: What must not be stored, beside what looks like a key.

    Attributes:
        added: How many are new.
        renamed: The names under which those are kept whose own was taken.
    """

    def __init__(self, connection: Connection, owner: str, keys: Sequence[str]) -> None:
        self._connection, self._owner, self._keys = connection, owner, keys
        self.added = 0
        self.renamed: list[str] = []

    def store(self, line: SchemaLine, own_id: str) -> Literal["added", "restored", "known"]:
        """Store a schema that is not there yet, under another name where its own is another schema's.

        It is there already where one has its id, or its name and the very same versions; a deleted one comes back.

        Args:
            line: What the file says.
            own_id: The id that it gets.
        """
        if any(find_schema(self._connection, self._owner, ident=ident) for ident in (line.id, own_id)):
            return "known"
        for ident in (line.id, own_id):
            gone = find_schema(self._connection, self._owner, ident=ident, is_deleted=True)
            if gone is not None:
                columns = {"deleted_at": None, **name_columns(self._name(gone.name))}
                change_schema(self._connection, self._owner, gone.id, columns)
                return "restored"
        return self._add(line, own_id)

    def _add(self, line: SchemaLine, own_id: str) -> Literal["added", "known"]:
        versions = [self._version(line, own_id, number) for number in range(1, len(line.versions) + 1)]
        name = codec.mask(" ".join(line.name.split()), self._keys)[:LONGEST_NAME]
        other = find_schema(self._connection, self._owner, name=name)
        if other is not None:
            there = find_versions(self._connection, self._owner, other.id)[::-1]
            if [one.text for one in there] == [one.text for one in versions]:
                return "known"
        add_schema(self._connection, own_id, self._owner, self._name(name), line.created_at)
        for version in versions:
            add_version(self._connection, self._owner, version)
        self.added += 1
        return "added"

    def _name(self, name: str) -> str:
        free = free_name(self._connection, self._owner, name)
        if free != name:
            self.renamed.append(free)
        return free

    def _version(self, line: SchemaLine, own_id: str, number: int) -> SchemaVersion:
        told = line.versions[number - 1]
        text = codec.mask(told.text, self._keys)
        known_by = schema_hash(codec.mask(read_schema_text(told.text), self._keys))
        note = codec.mask(" ".join(told.note.split()), self._keys)
        return SchemaVersion(own_id, number, told.created_at, note, text, known_by)

"""Files that messages and answers hold: each is kept once for its owner, and named where it was.

In a stored message a data URL is replaced by what it is known by, so that a picture is not stored again with every run
that it was sent with. Only what can be written again as it was is replaced.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.attachments import media_type_of
from service.store.tables import FileRow, MessageRow, PromptRow, RunRow, table_of
from service.types import ContentPart, Message

__all__ = [
    "NAMED",
    "Reference",
    "StoredFile",
    "files_of",
    "find_file",
    "load_files",
    "names_files",
    "reference_of",
    "remove_unused_files",
    "store_files",
    "with_files",
    "without_files",
]

NAMED = "$file"
"""The field of a reference that names the file."""

Found = dict[str, bytes]
"""Files by what they are known by."""

_PLACES = {"image_url": "url", "video_url": "url", "input_video": "url", "file": "file_data", "input_audio": "data"}
_DATA_URL = re.compile(r"data:[^,]*;base64,")
_NAMED_IN_TEXT = re.compile(rf'"{re.escape(NAMED)}":"([0-9a-f]{{64}})"')
_AT_ONCE = 50
_TABLE = table_of(FileRow)
_INSERT = {
    "sqlite": sqlite.insert(_TABLE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_TABLE).on_conflict_do_nothing(),
}
"""Another process may be storing the same."""


@dataclass(frozen=True)
class StoredFile:
    """A file: its type, which is told by its content alone, and its bytes."""

    media_type: str
    data: bytes


@dataclass(frozen=True)
class Reference:
    """What stands in the place of a file.

    Attributes:
        key: What the file is known by: the SHA-256 of its bytes.
        media_type: Its type, which is told by its content alone.
        size: How many bytes it has.
        head: What stood before the base64.
    """

    key: str
    media_type: str
    size: int
    head: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {NAMED: self.key, "media_type": self.media_type, "size": self.size, "head": self.head}


def reference_of(value: Any) -> Reference | None:
    """Return the reference that stands in a stored message; `None` for anything else."""
    if not isinstance(value, Mapping) or value.keys() != {NAMED, "media_type", "size", "head"}:
        return None
    key, media_type, size, head = value[NAMED], value["media_type"], value["size"], value["head"]
    is_sound = isinstance(key, str) and isinstance(media_type, str) and isinstance(size, int) and isinstance(head, str)
    return Reference(key, media_type, size, head) if is_sound else None


def without_files(encoded: Mapping[str, Any]) -> tuple[dict[str, Any], Found]:
    """Return a message, or a result, with references for its files; and these."""
    found: Found = {}

    def take(value: Any) -> Any:
        taken = _taken(value)
        if taken is None:
            return value
        reference, data = taken
        found[reference.key] = data
        return reference.to_json()

    return _changed(encoded, take), found


def files_of(message: Message) -> Found:
    """Return the files that a message holds, by what they are known by."""
    parts = [part.model_dump() for part in message.content or () if isinstance(part, ContentPart)]
    return without_files({"content": parts, "images": message.images or (), "audio": message.audio})[1]


def names_files(message: Message) -> bool:
    """Whether a message holds references in the place of files."""
    parts = [part.payload for part in message.content or () if isinstance(part, ContentPart)]
    return bool(_references({"content": parts, "images": message.images or (), "audio": message.audio}))


def with_files(encoded: Mapping[str, Any], load: Callable[[Collection[str]], Mapping[str, bytes]]) -> dict[str, Any]:
    """Return a message, or a result, as it was; a file that is no more is empty.

    Args:
        encoded: With references.
        load: Returns files by what they are known by; not called where nothing is named.
    """
    named = {reference.key for reference in _references(encoded)}
    files = load(named) if named else {}

    def give(value: Any) -> Any:
        reference = reference_of(value)
        if reference is None:
            return value
        return reference.head + base64.b64encode(files.get(reference.key, b"")).decode()

    return _changed(encoded, give) if named else dict(encoded)


def store_files(connection: Connection, owner: str, files: Mapping[str, bytes], at: datetime) -> None:
    """Store what is new of an owner's files, and note that the others are in use."""
    for key, data in files.items():
        is_it = (FileRow.owner == owner) & (FileRow.id == key)
        if connection.execute(update(FileRow).where(is_it).values(used_at=at)).rowcount:
            continue
        values = {"owner": owner, "id": key, "media_type": media_type_of(data) or "", "used_at": at, "data": data}
        connection.execute(_INSERT[connection.dialect.name], values)


def load_files(connection: Connection, owner: str, keys: Collection[str]) -> Found:
    """Return an owner's files."""
    wanted, found = list(keys), Found()
    for at in range(0, len(wanted), _AT_ONCE):
        some = FileRow.id.in_(wanted[at : at + _AT_ONCE])
        rows = connection.execute(select(FileRow.id, FileRow.data).where(FileRow.owner == owner, some))
        found |= {key: bytes(data) for key, data in rows.all()}
    return found


def find_file(connection: Connection, owner: str, key: str) -> StoredFile | None:
    """Return a file; `None` where this owner has none of that name."""
    wanted = select(FileRow.media_type, FileRow.data).where(FileRow.owner == owner, FileRow.id == key)
    found = connection.execute(wanted).one_or_none()
    return None if found is None else StoredFile(found.media_type, bytes(found.data))


def remove_unused_files(connection: Connection, unused_since: datetime) -> None:
    """Remove the files that nothing names any more; one that was used since then may be about to be named."""
    old = connection.execute(select(FileRow.owner, FileRow.id).where(FileRow.used_at < unused_since)).all()
    if not old:
        return
    named = set(_named(connection))
    for owner, key in old:
        if (owner, key) not in named:
            is_it = (FileRow.owner == owner) & (FileRow.id == key) & (FileRow.used_at < unused_since)
            connection.execute(delete(FileRow).where(is_it))


def _named(connection: Connection) -> Iterator[tuple[str, str]]:
    for row, column in ((MessageRow, MessageRow.content), (PromptRow, PromptRow.message), (RunRow, RunRow.result)):
        written = cast(column, Text)
        holders = select(row.owner, written).where(written.like(f'%"{NAMED}"%'))
        for owner, text in connection.execute(holders):
            yield from ((owner, key) for key in _NAMED_IN_TEXT.findall(text))


def _taken(value: Any) -> tuple[Reference, bytes] | None:
    if not isinstance(value, str) or not value:
        return None
    head = _DATA_URL.match(value)
    begin = head.end() if head is not None else 0
    try:
        data = base64.b64decode(value[begin:], validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data or base64.b64encode(data).decode() != value[begin:]:
        return None
    return Reference(sha256(data).hexdigest(), media_type_of(data) or "", len(data), value[:begin]), data


def _references(encoded: Mapping[str, Any]) -> Iterable[Reference]:
    found: list[Reference] = []

    def note(value: Any) -> Any:
        if (reference := reference_of(value)) is not None:
            found.append(reference)
        return value

    _changed(encoded, note)
    return found


def _changed(encoded: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    changed = dict(encoded)
    for name in ("content", "images"):
        if isinstance(parts := changed.get(name), Sequence) and not isinstance(parts, str):
            changed[name] = [_changed_part(part, change) for part in parts]
    if isinstance(audio := changed.get("audio"), Mapping) and "data" in audio:
        changed["audio"] = {**audio, "data": change(audio["data"])}
    return changed


def _changed_part(part: Any, change: Callable[[Any], Any]) -> Any:
    if not isinstance(part, Mapping):
        return part
    if isinstance(payload := part.get("payload"), Mapping):
        return {**part, "payload": _changed_part(payload, change)}
    changed = dict(part)
    for name, field in _PLACES.items():
        if isinstance(inner := part.get(name), Mapping) and field in inner:
            changed[name] = {**inner, field: change(inner[field])}
    return changed

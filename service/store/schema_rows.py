"""Saved schemas to rows and back, and which runs were asked by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, insert, select, tuple_, update

from service.store.conversation_rows import title_pattern
from service.store.folding import search_words, words_of
from service.store.run_queries import is_kept
from service.store.schema_text import LONGEST_NAME
from service.store.schema_values import NEVER, SavedSchema, SchemaUse, SchemaVersion
from service.store.tables import RunRow, SavedSchemaRow, SchemaVersionRow

__all__ = [
    "add_schema",
    "add_version",
    "change_schema",
    "find_holding",
    "find_schema",
    "find_schemas",
    "find_unsaved",
    "find_versions",
    "free_name",
    "name_columns",
]

_SCHEMA, _VERSION = SavedSchemaRow, SchemaVersionRow
_ANSWERED = case((and_(RunRow.state == "completed", RunRow.verdict != "empty"), RunRow.seq))
"""Counts the runs that came to an answer; one whose schema was asked for has a verdict then."""


def name_columns(name: str) -> dict[str, str]:
    """Return the columns of a name; in what it is compared by, case does not count."""
    words = " ".join(words_of(name))
    return {"name": name, "name_key": name.casefold(), "name_words": f" {words} "}


def add_schema(connection: Connection, ident: str, owner: str, name: str, now: datetime) -> SavedSchema:
    """Store a saved schema that has no version yet."""
    times = {"created_at": now, "updated_at": now}
    connection.execute(insert(_SCHEMA).values(id=ident, owner=owner, version=0, **name_columns(name), **times))
    return SavedSchema(ident, name, 0, now, now)


def add_version(connection: Connection, owner: str, version: SchemaVersion) -> None:
    """Store a version, which is the newest from now on."""
    names = ("schema_id", "number", "created_at", "note", "schema_hash", "text")
    connection.execute(insert(_VERSION).values(owner=owner, **{name: getattr(version, name) for name in names}))
    changed = {"version": version.number, "updated_at": version.created_at}
    connection.execute(update(_SCHEMA).where(_SCHEMA.id == version.schema_id).values(changed))


def change_schema(connection: Connection, owner: str, ident: str, columns: Mapping[str, Any]) -> bool:
    """Change a saved schema; False where this owner has none of that id."""
    is_this = and_(_SCHEMA.id == ident, _SCHEMA.owner == owner)
    return connection.execute(update(_SCHEMA).where(is_this).values(dict(columns))).rowcount > 0


def find_schema(
    connection: Connection, owner: str, *, ident: str | None = None, name: str | None = None, is_deleted: bool = False
) -> SavedSchema | None:
    """Return the saved schema of that id or name."""
    is_this = _SCHEMA.id == ident if name is None else _SCHEMA.name_key == name.casefold()
    found = _read(connection, owner, _of(owner, is_deleted=is_deleted).where(is_this))
    return found[0] if found else None


def free_name(connection: Connection, owner: str, name: str) -> str:
    """Return the name, or where another saved schema has it the name with a number behind it."""
    tried, number = name, 1
    while find_schema(connection, owner, name=tried) is not None:
        number += 1
        tried = f"{name[: LONGEST_NAME - 6]} ({number})"
    return tried


def find_schemas(
    connection: Connection, owner: str, *, query: str, limit: int, before: SavedSchema | None
) -> list[SavedSchema]:
    """Return saved schemas whose names hold these words, the one that was saved last first."""
    named = [_SCHEMA.name_words.like(title_pattern(word)) for word in search_words(query)]
    wanted = _of(owner).where(*named)
    if before is not None:
        wanted = wanted.where(tuple_(_SCHEMA.updated_at, _SCHEMA.id) < tuple_(before.updated_at, before.id))
    return _read(connection, owner, wanted.order_by(_SCHEMA.updated_at.desc(), _SCHEMA.id.desc()).limit(limit))


def find_holding(connection: Connection, owner: str, known_by: str, *, first: str | None) -> tuple[str, int] | None:
    """Return the id of a saved schema that has a version of that content, and the number of its newest such."""
    wanted = select(_VERSION.schema_id, _VERSION.number).join(_SCHEMA, _SCHEMA.id == _VERSION.schema_id)
    wanted = wanted.where(_VERSION.owner == owner, _VERSION.schema_hash == known_by, _SCHEMA.deleted_at.is_(None))
    is_first = case((_SCHEMA.id == first, 1), else_=0)
    row = connection.execute(
        wanted.order_by(is_first.desc(), _SCHEMA.updated_at.desc(), _SCHEMA.id, _VERSION.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (row.schema_id, row.number)


def find_versions(
    connection: Connection, owner: str, schema_id: str, *, limit: int | None = None, before: int | None = None
) -> list[SchemaVersion]:
    """Return versions of a saved schema, newest first."""
    wanted = select(_VERSION.__table__).where(_VERSION.schema_id == schema_id, _VERSION.owner == owner)
    if before is not None:
        wanted = wanted.where(_VERSION.number < before)
    rows = connection.execute(wanted.order_by(_VERSION.number.desc()).limit(limit)).mappings().all()
    used = _uses(connection, owner, RunRow.schema_hash, RunRow.schema_hash.in_({row["schema_hash"] for row in rows}))
    names = ("schema_id", "number", "created_at", "note", "text", "schema_hash")
    return [SchemaVersion(**{n: row[n] for n in names}, use=used.get(row["schema_hash"], NEVER)) for row in rows]


def find_unsaved(
    connection: Connection, owner: str, *, limit: int, known_by: str | None = None
) -> list[tuple[str, Any, SchemaUse]]:
    """Return the schemas of an owner's runs that are not saved, the one that was used last first.

    With `known_by` only the one that is known by that, saved or not.

    Returns:
        What each is known by, the request of its newest run, and its use.
    """
    saved = select(_VERSION.schema_hash).join(_SCHEMA, _SCHEMA.id == _VERSION.schema_id)
    saved = saved.where(_VERSION.owner == owner, _SCHEMA.deleted_at.is_(None))
    is_wanted = RunRow.schema_hash.not_in(saved) if known_by is None else RunRow.schema_hash == known_by
    newest, last_at = func.max(RunRow.seq), func.max(RunRow.created_at)
    wanted = select(RunRow.schema_hash, newest, func.count(), func.count(_ANSWERED), last_at)
    wanted = wanted.where(*is_kept(owner), RunRow.schema_hash.is_not(None), is_wanted)
    latest_first = wanted.group_by(RunRow.schema_hash).order_by(last_at.desc(), newest.desc())
    rows = connection.execute(latest_first.limit(limit)).all()
    asked = select(RunRow.seq, RunRow.request).where(RunRow.seq.in_([row[1] for row in rows]))
    requests = {row.seq: row.request for row in connection.execute(asked).all()}
    return [(found or "", requests[seq], SchemaUse(runs, answers, at)) for found, seq, runs, answers, at in rows]


def _of(owner: str, *, is_deleted: bool = False) -> Select[Any]:
    is_there = _SCHEMA.deleted_at.is_not(None) if is_deleted else _SCHEMA.deleted_at.is_(None)
    return select(_SCHEMA.__table__).where(_SCHEMA.owner == owner, is_there)


def _read(connection: Connection, owner: str, wanted: Select[Any]) -> list[SavedSchema]:
    rows = connection.execute(wanted).mappings().all()
    of_these = _VERSION.schema_id.in_([row["id"] for row in rows])
    used = _uses(connection, owner, _VERSION.schema_id, of_these)
    names = ("id", "name", "version", "created_at", "updated_at")
    return [SavedSchema(**{name: row[name] for name in names}, use=used.get(row["id"], NEVER)) for row in rows]


def _uses(connection: Connection, owner: str, by: Any, chosen: ColumnElement[bool]) -> dict[str, SchemaUse]:
    """Return how often runs were asked by each; a run counts once, though several versions say the same."""
    has_version = and_(_VERSION.owner == RunRow.owner, _VERSION.schema_hash == RunRow.schema_hash)
    counted = (func.count(RunRow.seq.distinct()), func.count(_ANSWERED.distinct()), func.max(RunRow.created_at))
    wanted = select(by, *counted).join(_VERSION, has_version).where(*is_kept(owner), chosen).group_by(by)
    return {key: SchemaUse(runs, answers, at) for key, runs, answers, at in connection.execute(wanted).all()}

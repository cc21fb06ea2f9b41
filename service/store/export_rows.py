"""What an export reads: conversations with their messages and runs, runs by themselves, and what they had sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, or_, select

from service.runs import Run
from service.store.database import Database
from service.store.files import load_files, with_files
from service.store.run_rows import columns_of_end, columns_of_result
from service.store.schema_rows import find_schema, find_versions
from service.store.schema_values import SavedSchema, SchemaVersion
from service.store.tables import ConversationRow, MessageRow, PromptRow, RunRow, SavedSchemaRow

__all__ = ["Archive", "ConversationRows", "Prompts", "batches", "load_prompts"]

AT_ONCE = 500
"""How many ids a query names at most."""

RUNS_AT_ONCE = 100
"""How many runs are in memory at the same time, where there is no end to them."""

Row = Mapping[str, Any]
Load = Callable[[Collection[str]], Mapping[str, bytes]]
"""Reads files."""

Prompts = dict[str, tuple[str | None, Any]]
"""Messages as they were sent, by id: the id of the one before it, and the message."""


@dataclass(frozen=True)
class ConversationRows:
    """A conversation: its row, its messages and its runs in the order of their making, and what these had sent."""

    conversation: Row
    messages: Sequence[Row]
    runs: Sequence[Row]
    prompts: Prompts


@dataclass(frozen=True)
class Archive:
    """What an owner has stored, read piece by piece; no connection is held between two of them.

    Attributes:
        find_live: Returns a run of this process that goes on, by its id.
        keys: What must not be written, beside what looks like a key.
    """

    database: Database
    owner: str
    find_live: Callable[[str], Run | None]
    keys: Sequence[str]

    def conversation_ids(self) -> list[str]:
        """Return the conversations that hold anything, oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        row = ConversationRow
        holds_something = or_(row.leaf_id.is_not(None), row.draft != "", row.title.is_not(None))
        wanted = select(row.id).where(row.owner == self.owner, row.deleted_at.is_(None), holds_something)
        with self.database.read() as connection:
            return list(connection.scalars(wanted.order_by(row.created_at, row.id)))

    def conversation(self, ident: str) -> ConversationRows | None:
        """Return a conversation; `None` when this owner has none of that id.

        Raises:
            StorageError: It cannot be read.
        """
        row = ConversationRow
        wanted = select(row.__table__).where(row.id == ident, row.owner == self.owner, row.deleted_at.is_(None))
        with self.database.read() as connection:
            found = connection.execute(wanted).mappings().one_or_none()
            if found is None:
                return None
            load = partial(load_files, connection, self.owner)
            messages = [_with_content(row, load) for row in _messages(connection, ident)]
            runs = [self._as_it_stands(run, load) for run in _runs_of(connection, self.owner, ident, messages)]
            return ConversationRows(dict(found), messages, runs, load_prompts(connection, runs, load))

    def other_runs(self) -> Iterator[tuple[Row, Prompts]]:
        """Give the runs that no conversation shows, each with what it had sent, in the order of their start.

        Raises:
            StorageError: They cannot be read.
        """
        last = -1
        while True:
            with self.database.read() as connection:
                rows = _other_runs(connection, self.owner, last)
                load = partial(load_files, connection, self.owner)
                runs = [self._as_it_stands(run, load) for run in rows]
                prompts = load_prompts(connection, runs, load)
            if not runs:
                return
            yield from ((run, prompts) for run in runs)
            last = runs[-1]["seq"]

    def schema_ids(self) -> list[str]:
        """Return the saved schemas, the oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        row = SavedSchemaRow
        wanted = select(row.id).where(row.owner == self.owner, row.deleted_at.is_(None))
        with self.database.read() as connection:
            return list(connection.scalars(wanted.order_by(row.created_at, row.id)))

    def schema(self, ident: str) -> tuple[SavedSchema, list[SchemaVersion]] | None:
        """Return a saved schema and its versions, the first one first; `None` when it is gone.

        Raises:
            StorageError: It cannot be read.
        """
        with self.database.read() as connection:
            saved = find_schema(connection, self.owner, ident=ident)
            return None if saved is None else (saved, find_versions(connection, self.owner, ident)[::-1])

    def _as_it_stands(self, row: Row, load: Load) -> Row:
        """Return a row with its files, and with what has arrived since it was stored."""
        if row["result"] is not None:
            row = {**row, "result": with_files(row["result"], load)}
        live = self.find_live(row["id"]) if row["ended_at"] is None else None
        if live is None:
            return row
        if live.is_ended:
            return {**row, **columns_of_end(live, self.keys)}
        return {**row, **columns_of_result(live.outcome(is_partial=True), self.keys), "state": live.state}


def load_prompts(connection: Connection, runs: Iterable[Row], load: Load) -> Prompts:
    """Return everything that these runs had sent, with its files."""
    ends = {run["prompt_id"] for run in runs if run["prompt_id"] is not None}
    found: Prompts = {}
    for some in batches(_with_all_before(connection, ends)):
        wanted = select(PromptRow.id, PromptRow.parent_id, PromptRow.message).where(PromptRow.id.in_(some))
        rows = connection.execute(wanted).all()
        found |= {ident: (parent_id, with_files(message, load)) for ident, parent_id, message in rows}
    return found


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """Cut ids into lists that a query can name."""
    known = list(ids)
    return (known[at : at + AT_ONCE] for at in range(0, len(known), AT_ONCE))


def _with_all_before(connection: Connection, ends: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(ends):
        links = select(PromptRow.id, PromptRow.parent_id)
        chain = links.where(PromptRow.id.in_(some)).cte("chain", recursive=True)
        chain = chain.union(links.join(chain, PromptRow.id == chain.c.parent_id))
        found.update(connection.scalars(select(chain.c.id)))
    return found


def _with_content(row: Row, load: Load) -> Row:
    """Return the row of a message with its files."""
    content = row["content"]
    if isinstance(content, dict):
        return {**row, "content": with_files(content, load)}
    if isinstance(content, list):
        return {**row, **with_files({"content": content}, load)}
    return row


def _messages(connection: Connection, ident: str) -> list[Row]:
    wanted = select(MessageRow.__table__).where(MessageRow.conversation_id == ident)
    rows = connection.execute(wanted.order_by(MessageRow.number, MessageRow.id)).mappings()
    return [dict(row) for row in rows]


def _runs_of(connection: Connection, owner: str, ident: str, messages: Sequence[Row]) -> list[Row]:
    """Return a conversation's runs, and those it shows that began in another one."""
    shown = {message["run_id"] for message in messages if message["run_id"] is not None}
    own = select(RunRow.__table__).where(RunRow.owner == owner, RunRow.conversation_id == ident)
    found = [dict(row) for row in connection.execute(own).mappings()]
    for some in batches(shown - {row["id"] for row in found}):
        others = select(RunRow.__table__).where(RunRow.owner == owner, RunRow.id.in_(some))
        found += [dict(row) for row in connection.execute(others).mappings()]
    wanted = (row for row in found if row["id"] in shown or row["deleted_at"] is None)
    return sorted(wanted, key=lambda row: row["seq"])


def _other_runs(connection: Connection, owner: str, after: int) -> list[Row]:
    is_shown = select(MessageRow.id).where(MessageRow.run_id == RunRow.id).exists()
    wanted = select(RunRow.__table__).where(
        RunRow.owner == owner,
        RunRow.seq > after,
        RunRow.deleted_at.is_(None),
        RunRow.conversation_id.is_(None),
        ~is_shown,
    )
    rows = connection.execute(wanted.order_by(RunRow.seq).limit(RUNS_AT_ONCE)).mappings()
    return [dict(row) for row in rows]

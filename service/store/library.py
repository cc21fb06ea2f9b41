"""The library: every conversation and run, from memory where they are open, else from the database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from weakref import WeakValueDictionary

from sqlalchemy import Connection, update

from service.errors import StorageError
from service.redact import redact
from service.runs import Run
from service.store.backing import Backing
from service.store.conversation import OpenConversation, new_id
from service.store.conversation_rows import (
    ConversationState,
    insert_conversation,
    insert_messages,
    load_conversation,
    load_runs,
    recent_conversations,
)
from service.store.database import Database
from service.store.export_answers import answers_csv, answers_jsonl, items_csv
from service.store.export_csv import csv_rows
from service.store.export_json import export_lines
from service.store.export_markdown import conversation_markdown
from service.store.export_rows import Archive
from service.store.files import StoredFile, find_file
from service.store.import_rows import ImportSummary
from service.store.importing import import_file
from service.store.journal import Journal
from service.store.preferences import Preferences
from service.store.purge import purge
from service.store.receipt import Receipt
from service.store.run_queries import find_models, find_runs
from service.store.schemas import Schemas
from service.store.settings import database_url, locks_folder
from service.store.tables import RunRow
from service.store.tree import Node, Tree
from service.store.values import ConversationSummary, RunFilters, StoredRun
from service.store.waiting import WaitingFiles
from service.store.writer import Writer

__all__ = ["Library"]

KEPT_OPEN = 64
"""How many conversations stay in memory when nobody looks at them."""

EXPORT_PATIENCE = 5.0
"""Seconds an export waits for what is new to be stored."""

KEPT_DELETED = timedelta(days=30)


class Library:
    """Conversations and runs by owner; somebody else's id is as unknown as one that never was.

    Use it in one place for the whole process, from any thread but the event loop's, and `close` it at the end.

    Args:
        url: The database; `None` takes the settings' own place.
        environ: Settings by variable, as `service.config.read_environment` returns them.
        keys: What must not be stored, beside what looks like a key.
        now: Returns the time, with its zone.
        patience: Seconds a verb waits to be stored before it returns; it is stored later then.
        is_threaded: Whether the journal ticks by itself.

    Attributes:
        preferences: What owners chose last, beside any conversation.
        schemas: Schemas saved by name, and which runs were asked by them.
        waiting: Files that wait for a message, in memory.

    Raises:
        ConfigurationError: The database's address is wrong.
        StorageError: The database is a newer version's, or another application's. One that cannot be reached is no
            error: `problem` says so, and what is new is stored when it can be.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        keys: Sequence[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = 0.25,
        is_threaded: bool = True,
    ) -> None:
        settings = environ or {}
        self._database = Database(url or database_url(settings))
        self._writer = Writer(self._database, is_ready=self._try_to_prepare())
        locks = locks_folder(self._database.url, settings)
        self._journal = Journal(self._writer, locks, now=now, keys=keys, is_threaded=is_threaded)
        self._backing = Backing(self._database, self._writer, self._journal, now, keys, patience)
        self.preferences = Preferences(self._database, self._writer, now, keys)
        self.schemas = Schemas(self._database, self._writer, now, keys)
        self.waiting = WaitingFiles()
        self._lock = threading.Lock()
        self._unreadable: str | None = None
        self._known: WeakValueDictionary[str, OpenConversation] = WeakValueDictionary()
        self._recent: OrderedDict[str, OpenConversation] = OrderedDict()
        self._writer.submit(lambda connection: purge(connection, now() - KEPT_DELETED))

    def __repr__(self) -> str:
        return f"Library({self._database!r})"

    @property
    def problem(self) -> str | None:
        """What is wrong with the database, in plain sentences for the page; `None` while all is well."""
        return self._writer.problem or self._unreadable

    def check(self) -> str | None:
        """Ask the database, and return why it cannot be used now, in a sentence; `None` when it can."""
        try:
            is_current = self._database.is_current()
        except StorageError as error:
            return error.message
        return self._writer.trouble or (None if is_current else "The database is not up to date yet.")

    @property
    def pending(self) -> int:
        """How many changes wait to be stored."""
        return self._writer.pending

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything so far is stored; False when `timeout` seconds were not enough."""
        return self._writer.flush(timeout)

    def close(self, timeout: float = 2.0) -> bool:
        """Store what is left, within about `timeout` seconds; False when something is left. Stop the runs before."""
        self._journal.close()
        is_stored = self._writer.close(timeout)
        self._journal.release()
        self._database.close()
        return is_stored

    def create(self, owner: str, *, settings: Any = None) -> OpenConversation:
        """Begin a conversation."""
        now = self._backing.now()
        state = ConversationState(now, now, settings=redact(settings, *self._backing.keys))
        return self._open_new(owner, state)

    def get(self, owner: str, conversation_id: str) -> OpenConversation | None:
        """Return a conversation, with what other processes have changed; `None` when this owner has none of that id.

        Raises:
            StorageError: It is not open, and cannot be read.
        """
        known = self._known.get(conversation_id)
        if known is None:
            known = self._load(owner, conversation_id)
        elif known.owner == owner:
            known.refresh()
        if known is None or known.owner != owner or known.is_deleted:
            return None
        return self._remember(known)

    def recent(
        self, owner: str, *, query: str = "", limit: int = 30, before: ConversationSummary | None = None
    ) -> list[ConversationSummary]:
        """Return an owner's conversations in which something was said, newest first.

        While the database cannot be read these are the ones in memory; `problem` says so.

        Args:
            owner: Whose.
            query: Words of the title, or of a prompt and its answer; the last may be a beginning.
            limit: How many at most.
            before: The last one of the page before.
        """
        try:
            with self._database.read() as connection:
                found = recent_conversations(connection, owner, query=query, limit=limit, before=before)
            self._unreadable = None
        except StorageError as error:
            found, self._unreadable = [], f"{error.message} What is shown is what is in memory."
        if query or before is not None:
            return found
        mine = {summary.id: summary for summary in found} | self._unsettled(
            owner, everything=self._unreadable is not None
        )
        gone = {known.id for known in list(self._known.values()) if known.is_deleted}
        listed = [summary for ident, summary in mine.items() if ident not in gone]
        return sorted(listed, key=lambda summary: (summary.updated_at, summary.id), reverse=True)[:limit]

    def delete(self, owner: str, conversation_id: str) -> bool:
        """Delete a conversation, for 30 days not for good; False when this owner has none of that id.

        Raises:
            StorageError: It is not open, and cannot be read.
        """
        found = self.get(owner, conversation_id)
        if found is not None:
            found.set_deleted(self._backing.now())
        return found is not None

    def restore(self, owner: str, conversation_id: str) -> OpenConversation | None:
        """Take a deletion back; `None` when this owner has no such conversation any more.

        Raises:
            StorageError: It is not open, and cannot be read.
        """
        found = self._known.get(conversation_id) or self._load(owner, conversation_id)
        if found is None or found.owner != owner:
            return None
        if found.is_deleted:
            found.set_deleted(None)
        return self._remember(found)

    def duplicate(self, conversation: OpenConversation) -> OpenConversation:
        """Return a copy with all branches; both show the same runs, so that no cost is counted twice.

        Raises:
            StorageError: The messages cannot be read.
        """
        contents = conversation.contents()
        ids = {node.id: new_id() for node, _ in contents}
        copied = [
            (
                replace(
                    node, id=ids[node.id], parent_id=ids.get(node.parent_id or ""), repair=_renamed(node.repair, ids)
                ),
                message,
            )
            for node, message in contents
        ]
        leaf = conversation.leaf_id
        tree = Tree.of((node for node, _ in copied), ids[leaf] if leaf is not None else None)
        now = self._backing.now()
        title = f"{conversation.title} (copy)"
        state = ConversationState(
            now, now, title=title, headline=conversation.title, settings=conversation.settings, tree=tree
        )
        return self._open_new(conversation.owner, state, copied)

    def record(self, owner: str, run: Run, *, kind: str) -> None:
        """Store a run that has been started outside of any conversation, from now to its end; `kind` says what for."""
        self._backing.wait(self._journal.begin(run, owner=owner, kind=kind, conversation_id=None))

    def run(self, owner: str, run_id: str) -> Run | StoredRun | None:
        """Return a run, live or stored; `None` when this owner has none of that id.

        Raises:
            StorageError: It cannot be read.
        """
        live = self._journal.find(owner, run_id)
        if live is not None:
            return live
        with self._database.read() as connection:
            row = load_runs(connection, owner, [run_id]).get(run_id)
        return None if row is None or row["deleted_at"] is not None else self._backing.stored_run(row)

    def file(self, owner: str, key: str) -> StoredFile | None:
        """Return a file by the SHA-256 of its bytes; `None` when this owner has none of that.

        Raises:
            StorageError: It cannot be read.
        """
        with self._database.read() as connection:
            return find_file(connection, owner, key)

    def runs(
        self, owner: str, filters: RunFilters | None = None, *, before: int | None = None, limit: int = 50
    ) -> list[StoredRun]:
        """Return an owner's runs, newest first.

        Args:
            owner: Whose.
            filters: Which; all where there are none.
            before: The `seq` of the last one of the page before.
            limit: How many at most.

        Raises:
            StorageError: They cannot be read.
        """
        with self._database.read() as connection:
            rows = find_runs(connection, owner, filters or RunFilters(), before=before, limit=limit)
        return [self._backing.stored_run(row) for row in rows]

    def models_used(self, owner: str) -> list[str]:
        """Return the models that an owner has asked, by name.

        Raises:
            StorageError: They cannot be read.
        """
        with self._database.read() as connection:
            return find_models(connection, owner)

    def delete_run(self, owner: str, run_id: str) -> None:
        """Take a run out of searches and sums; a conversation that shows it still does."""
        self._mark_run(owner, run_id, self._backing.now())

    def restore_run(self, owner: str, run_id: str) -> None:
        """Take that back; for 30 days this can be done."""
        self._mark_run(owner, run_id, None)

    def export_json(self, owner: str, conversation_ids: Sequence[str] | None = None) -> Iterator[str]:
        """Give an export line by line (docs/export-format.md): these conversations, or all of everything.

        All are conversations, runs and saved schemas.

        Raises:
            StorageError: What is wanted cannot be read; without its last line, what was given is no export.
        """
        return export_lines(self._archive(owner), self._backing.now(), conversation_ids)

    def export_csv(self, owner: str, filters: RunFilters | None = None, *, bom: bool = True) -> Iterator[str]:
        """Give an owner's runs as the rows of a spreadsheet, newest first; see `export_csv.csv_rows`.

        Raises:
            StorageError: They cannot be read.
        """
        return csv_rows(self._archive(owner), filters or RunFilters(), bom=bom)

    def export_answers(
        self,
        owner: str,
        key: str,
        form: Literal["csv", "jsonl"],
        filters: RunFilters | None = None,
        *,
        items: str | None = None,
    ) -> Iterator[str] | None:
        """Give all answers of a schema as a file, newest first; `None` when this owner has no such schema or list.

        Args:
            owner: Whose.
            key: The `key` of an `AnsweredSchema`.
            form: A spreadsheet, or lines of JSON; see `export_answers`.
            filters: Which of them.
            items: The `key` of an `AnswerList`, whose items are the rows of the spreadsheet then.

        Raises:
            StorageError: They cannot be read.
        """
        table = self.schemas.answers_of(owner, key)
        chosen = None if table is None or items is None else table.list_of(items)
        if table is None or (items is not None and chosen is None):
            return None
        archive, wanted = self._archive(owner), filters or RunFilters()
        if chosen is not None:
            return items_csv(archive, table, chosen, wanted)
        return (answers_csv if form == "csv" else answers_jsonl)(archive, table, wanted)

    def export_markdown(self, conversation: OpenConversation) -> str:
        """Return the shown path of a conversation as Markdown, for handing over.

        Raises:
            StorageError: The messages cannot be read.
        """
        return conversation_markdown(conversation, self._backing.keys)

    def import_json(self, owner: str, source: bytes | str) -> ImportSummary:
        """Store what an export holds, all of it or nothing; what this owner has already is left as it is.

        Args:
            owner: Whose it is from now on.
            source: The file's bytes or text, 200 MB at most.

        Raises:
            ImportFileError: The file is broken; the message names the line and what is wrong.
            StorageError: The database could not take it.
        """
        summary = import_file(self._writer, owner, source, self._backing.keys)
        for known in list(self._known.values()):
            if known.owner == owner:
                known.refresh()
        return summary

    def _archive(self, owner: str) -> Archive:
        """Return what an owner has stored, once everything is.

        Raises:
            StorageError: The database does not take what is new.
        """
        if not self.flush(EXPORT_PATIENCE):
            raise StorageError(self.problem or "What is new could not be stored in time; try again.", retryable=True)
        return Archive(self._database, owner, partial(self._journal.find, owner), self._backing.keys)

    def _mark_run(self, owner: str, run_id: str, at: datetime | None) -> None:
        changed = update(RunRow).where(RunRow.id == run_id, RunRow.owner == owner).values(deleted_at=at)

        def store(connection: Connection) -> None:
            connection.execute(changed)

        self._backing.wait(self._writer.submit(store))

    def _try_to_prepare(self) -> bool:
        try:
            self._database.prepare()
        except StorageError as error:
            if not error.retryable:
                self._database.close()
                raise
            return False
        return True

    def _open_new(
        self, owner: str, state: ConversationState, messages: Sequence[tuple[Node, Any]] = ()
    ) -> OpenConversation:
        made = OpenConversation(self._backing, owner, new_id(), state)
        keys = self._backing.keys

        def store(connection: Connection) -> None:
            insert_conversation(connection, made.id, owner, state)
            insert_messages(connection, made.id, owner, messages, keys)

        with self._lock:
            self._known[made.id] = made
        self._backing.wait(self._writer.submit(store, group=made.id))
        return self._remember(made)

    def _load(self, owner: str, conversation_id: str) -> OpenConversation | None:
        with self._database.read() as connection:
            state = load_conversation(connection, owner, conversation_id)
        if state is None:
            return None
        with self._lock:
            made = OpenConversation(self._backing, owner, conversation_id, state)
            # Somebody else may have been faster; all share one.
            return self._known.setdefault(conversation_id, made)

    def _remember(self, conversation: OpenConversation) -> OpenConversation:
        with self._lock:
            self._recent[conversation.id] = conversation
            self._recent.move_to_end(conversation.id)
            for ident in list(self._recent)[:-KEPT_OPEN]:
                if self._writer.is_settled(ident):
                    del self._recent[ident]
        return conversation

    def _unsettled(self, owner: str, *, everything: bool) -> dict[str, ConversationSummary]:
        """Return what the database may not know of yet, or everything in memory."""
        known = [found for found in list(self._known.values()) if found.owner == owner and found.leaf_id is not None]
        return {
            found.id: found.summary
            for found in known
            if not found.is_deleted and (everything or not self._writer.is_settled(found.id))
        }


def _renamed(repair: Receipt | None, ids: Mapping[str, str]) -> Receipt | None:
    return None if repair is None else replace(repair, message_id=ids.get(repair.message_id or ""))

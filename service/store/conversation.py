"""A conversation that is open: its tree in memory, and the verbs that change it there and in the database."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from service.errors import InvalidRequestError, StorageError
from service.redact import redact
from service.runs import Run
from service.store import codec
from service.store.backing import Backing
from service.store.conversation_rows import (
    ConversationState,
    change_conversation,
    change_expected,
    insert_messages,
    load_contents,
    load_conversation,
    load_runs,
    title_words,
)
from service.store.expected import Expected, expected_problem
from service.store.files import without_files
from service.store.receipt import Receipt
from service.store.sending import answer_of, sendable
from service.store.tree import Node, Tree
from service.store.values import (
    UNTITLED,
    ConversationSummary,
    ShownPath,
    StoredMessage,
    StoredRun,
    headline_of,
)
from service.store.writer import Ticket, Verb
from service.types import ContentPart, Message

__all__ = ["LEAF", "Content", "OpenConversation", "new_id"]

Content = str | Sequence[ContentPart] | Message
"""What a message says: a text, content parts, or a whole message."""

LEAF = "leaf"
"""Stands for the end of the path that is shown."""

KEPT_RUNS = 200
"""How many stored runs an open conversation remembers."""


class OpenConversation:
    """A conversation; the same object for all who have it open in this process, safe from any thread.

    Get one from `Library`. Every verb takes effect in memory at once and is stored in one transaction; while the
    database is in trouble it is stored later. Nothing a verb does removes a message: an edited message and an answer
    that is asked for again become further versions.
    """

    def __init__(self, backing: Backing, owner: str, ident: str, state: ConversationState) -> None:
        self.owner = owner
        self.id = ident
        self._backing = backing
        self._state = state
        self._lock = threading.RLock()
        self._said: dict[str, Message] = {}
        self._runs: dict[str, StoredRun] = {}
        self._answers: dict[str, Message | None] = {}
        self._has_dropped = False

    def __repr__(self) -> str:
        return f"OpenConversation(id={self.id!r}, title={self.title!r})"

    @property
    def title(self) -> str:
        """What the user called it, else the beginning of what was said first."""
        return self._state.title or self._state.headline or UNTITLED

    @property
    def created_at(self) -> datetime:
        """When it was begun (UTC)."""
        return self._state.created_at

    @property
    def updated_at(self) -> datetime:
        """When something was last said in it (UTC)."""
        return self._state.updated_at

    @property
    def settings(self) -> Any:
        """The run settings that were kept with it, a JSON value; `None` where there are none."""
        return self._state.settings

    @property
    def draft(self) -> str:
        """What was typed and not sent."""
        return self._state.draft

    @property
    def is_deleted(self) -> bool:
        """Whether it is deleted, and may be restored."""
        return self._state.deleted_at is not None

    @property
    def leaf_id(self) -> str | None:
        """The last message of the path that is shown; `None` while nothing was said."""
        return self._state.tree.leaf_id

    @property
    def tree(self) -> Tree:
        """Who follows whom, as it is now."""
        return self._state.tree

    @property
    def summary(self) -> ConversationSummary:
        """The conversation as a list shows it."""
        return ConversationSummary(self.id, self.title, self.created_at, self.updated_at)

    @property
    def live_runs(self) -> list[Run]:
        """The runs of the shown path that go on in this process."""
        found = (self._live(node) for node in self._state.tree.path())
        return [run for run in found if run is not None and not run.is_ended]

    def path(self, leaf_id: str | None = None, *, limit: int | None = None) -> ShownPath:
        """Return the messages from the top to a leaf, or the last `limit` of them; only those are read.

        Raises:
            KeyError: There is no such message.
            StorageError: They cannot be read.
        """
        nodes = self._state.tree.path(leaf_id)
        shown = nodes[-limit:] if limit is not None else nodes
        return ShownPath(tuple(self._messages(shown)), above=len(nodes) - len(shown))

    def versions(self, message_id: str) -> list[StoredMessage]:
        """Return a message and its other versions, oldest first.

        Raises:
            KeyError: There is no such message.
            StorageError: They cannot be read.
        """
        return self._messages(self._state.tree.versions(message_id))

    def message(self, message_id: str) -> StoredMessage:
        """Return one message.

        Raises:
            KeyError: There is no such message.
            StorageError: It cannot be read.
        """
        return self._messages([self._state.tree.nodes[message_id]])[0]

    def messages_to_send(self, message_id: str, *, with_files: bool = True) -> list[Message]:
        """Return what was said and answered down to a message, ready to be sent; unanswered turns are left out.

        Without their files, which are read from the database, messages can be counted but not be sent.

        Raises:
            KeyError: There is no such message.
            StorageError: They cannot be read.
        """
        nodes = self._state.tree.path(message_id)
        said, answers = self._contents(nodes), self._answers_of(nodes)
        known = (node for node in nodes if node.id in said or node.run_id in answers)
        messages = sendable((node.role, said.get(node.id) or answers.get(node.run_id or "")) for node in known)
        return self._backing.with_files(self.owner, messages) if with_files else messages

    def say(self, content: Content, *, parent: str | None = LEAF) -> StoredMessage:
        """Add what the user says, or the result of a tool, below a message; at the end of the path unless told.

        Args:
            content: What is said; a whole `Message` keeps its role.
            parent: The message it follows; `None` begins anew at the top.

        Raises:
            KeyError: There is no such message.
        """
        message = content if isinstance(content, Message) else Message.user(_own(content))
        with self._lock:
            ticket, node = self._add(message, self.leaf_id if parent == LEAF else parent)
        self._backing.wait(ticket)
        self._let_go_of_files(ticket, node)
        return self.message(node.id)

    def edit(self, message_id: str, content: Content) -> StoredMessage:
        """Add another version of a message, which is shown from now on, with nothing below it yet.

        Raises:
            KeyError: There is no such message.
        """
        with self._lock:
            old = self._state.tree.nodes[message_id]
            message = content if isinstance(content, Message) else self._instead(old, _own(content))
            ticket, node = self._add(message, old.parent_id)
        self._backing.wait(ticket)
        self._let_go_of_files(ticket, node)
        return self.message(node.id)

    def add_results(
        self, answer_id: str, results: Sequence[Message], *, unless_there: bool = False
    ) -> StoredMessage | None:
        """Add what the tools returned that an answer has called, one below the other, in one transaction.

        Results that are given a second time are another version.

        Args:
            answer_id: The answer with the calls.
            results: A tool message for each call, in their order.
            unless_there: Leave it where something follows the answer already, as when two pages see the same calls.

        Returns:
            The last of them; `None` where nothing was added.

        Raises:
            KeyError: There is no such message.
        """
        with self._lock:
            _ = self._state.tree.nodes[answer_id]
            if not results or (unless_there and self._state.tree.children(answer_id)):
                return None
            stores, last = [], answer_id
            for message in results:
                node = self._new_node(message.role, last, None)
                self._said[node.id] = message
                stores.append(self._adding(node, message))
                last = node.id
            ticket = self._backing.writer.submit(partial(_in_turn, stores), group=self.id, on_drop=self._drop)
        self._backing.wait(ticket)
        return self.message(last)

    def answer(self, message_id: str, run: Run, *, kind: str = "chat", repair: Receipt | None = None) -> StoredMessage:
        """Add a run that has been started as an answer to a message; a second one is another version.

        `repair` says how it mends another version, where it does.

        Raises:
            KeyError: There is no such message.
        """
        with self._lock:
            _ = self._state.tree.nodes[message_id]
            node = self._new_node("assistant", message_id, run.id, repair)
            store = self._adding(node, None)
            ticket = self._backing.journal.begin(
                run, owner=self.owner, kind=kind, conversation_id=self.id, also=store, on_drop=self._drop
            )
        self._backing.wait(ticket)
        return self.message(node.id)

    def expect(self, message_id: str, expected: Expected | None) -> None:
        """Say what answers to a message should be, those there are and those to come; with `None`, anything.

        Raises:
            InvalidRequestError: It is too large, or no JSON.
            KeyError: There is no such message.
        """
        kept = None if expected is None else Expected(codec.mask(expected.value, self._backing.keys))
        if kept is not None and (problem := expected_problem(kept.value)) is not None:
            raise InvalidRequestError(problem)

        def store(connection: Connection) -> None:
            change_expected(connection, message_id, kept)
            change_conversation(connection, self.id, {})

        with self._lock:
            tree = self._state.tree.expect(message_id, kept)
            self._state = replace(self._state, tree=tree, revision=self._state.revision + 1)
            ticket = self._backing.writer.submit(store, group=self.id, on_drop=self._drop)
        self._backing.wait(ticket)

    def choose(self, message_id: str) -> None:
        """Show the path that leads through a message to the newest one below it.

        Raises:
            KeyError: There is no such message.
        """
        with self._lock:
            tree = self._state.tree.choose(message_id)
            ticket = self._change({"leaf_id": tree.leaf_id}, tree=tree)
        self._backing.wait(ticket)

    def rename(self, title: str | None) -> None:
        """Give it a title; without one it is called after what was said first."""
        words = " ".join((title or "").split())[:200] or None
        named = codec.mask(words, self._backing.keys)
        with self._lock:
            columns = {"title": named, "title_words": title_words(named, self._state.headline)}
            ticket = self._change(columns, title=named)
        self._backing.wait(ticket)

    def keep_settings(self, settings: Any) -> None:
        """Keep run settings, a JSON value, with the conversation."""
        kept = redact(settings, *self._backing.keys)
        with self._lock:
            if kept == self._state.settings:
                return
            ticket = self._change({"settings": kept}, newest="settings", settings=kept)
        self._backing.wait(ticket)

    def keep_draft(self, text: str) -> None:
        """Keep what was typed and not sent."""
        kept = codec.mask(text, self._backing.keys)
        with self._lock:
            if kept == self._state.draft:
                return
            ticket = self._change({"draft": kept}, newest="draft", draft=kept)
        self._backing.wait(ticket)

    def set_deleted(self, at: datetime | None) -> None:
        """Delete it, or with `None` take that back."""
        with self._lock:
            ticket = self._change({"deleted_at": at}, deleted_at=at)
        self._backing.wait(ticket)

    def refresh(self) -> None:
        """Take over what another process has changed; does nothing while something of ours is not stored."""
        with self._lock:
            if self._has_dropped or not self._backing.writer.is_settled(self.id):
                return
            try:
                with self._backing.database.read() as connection:
                    revision = self._state.revision
                    found = load_conversation(connection, self.owner, self.id, unless_revision=revision)
            except StorageError:
                return
            if found is not None:
                self._state = found

    def contents(self) -> list[tuple[Node, Message | None]]:
        """Return every message with what it says, each behind the one it follows; answers are in their runs.

        Raises:
            StorageError: They cannot be read.
        """
        nodes = sorted(self._state.tree.nodes.values(), key=lambda node: node.number)
        said = self._contents(nodes)
        return [(node, said.get(node.id)) for node in nodes]

    def _add(self, message: Message, parent_id: str | None) -> tuple[Ticket, Node]:
        if parent_id is not None:
            _ = self._state.tree.nodes[parent_id]
        node = self._new_node(message.role, parent_id, None)
        self._said[node.id] = message
        store = self._adding(node, message)
        return self._backing.writer.submit(store, group=self.id, on_drop=self._drop), node

    def _instead(self, old: Node, content: str | tuple[ContentPart, ...]) -> Message:
        """Return another version of a message; the result of a tool still says which call it belongs to."""
        if old.role != "tool":
            return Message(role=old.role, content=content)
        return self._contents([old])[old.id].model_copy(update={"content": content})

    def _let_go_of_files(self, ticket: Ticket, node: Node) -> None:
        """Hold references in the place of files from now on, once the database has them."""
        if ticket.wait(0) and not ticket.is_dropped:
            named, files = without_files(codec.encode_message(self._said[node.id]))
            if files:
                self._said[node.id] = codec.decode_message(named)

    def _new_node(self, role: Any, parent_id: str | None, run_id: str | None, repair: Receipt | None = None) -> Node:
        return Node(new_id(), parent_id, self._state.tree.next_number, role, self._backing.now(), run_id, repair)

    def _adding(self, node: Node, message: Message | None) -> Verb:
        """Add a message to the tree in memory, and return what adds it in the database."""
        state = self._state
        headline = state.headline
        if not headline and message is not None and message.role == "user":
            headline = codec.mask(headline_of(message.content), self._backing.keys)
        columns = {"leaf_id": node.id, "updated_at": node.created_at}
        if headline != state.headline:
            columns |= {"headline": headline, "title_words": title_words(state.title, headline)}
        tree = state.tree.add(node)
        self._state = replace(
            state, tree=tree, headline=headline, updated_at=node.created_at, revision=state.revision + 1
        )

        def store(connection: Connection) -> None:
            insert_messages(connection, self.id, self.owner, [(node, message)], self._backing.keys)
            change_conversation(connection, self.id, columns)

        return store

    def _change(self, columns: Mapping[str, Any], *, newest: str | None = None, **fields: Any) -> Ticket:
        self._state = replace(self._state, revision=self._state.revision + 1, **fields)
        name = None if newest is None else f"{newest} of {self.id}"
        store = partial(change_conversation, ident=self.id, columns=columns)
        return self._backing.writer.submit(store, group=self.id, newest=name, on_drop=self._drop)

    def _drop(self) -> None:
        """Note that something can never be stored: the database now knows less than we do, and must not win."""
        self._has_dropped = True

    def _live(self, node: Node) -> Run | None:
        return self._backing.journal.find(self.owner, node.run_id) if node.run_id is not None else None

    def _messages(self, nodes: Sequence[Node]) -> list[StoredMessage]:
        said, runs, tree = self._contents(nodes), self._runs_of(nodes), self._state.tree
        return [
            StoredMessage(
                id=node.id,
                role=node.role,
                created_at=node.created_at,
                message=said.get(node.id),
                run=runs.get(node.run_id or ""),
                version_ids=tuple(other.id for other in tree.versions(node.id)),
                repair=node.repair,
                expected=tree.expected_of(node.id),
            )
            for node in nodes
        ]

    def _contents(self, nodes: Sequence[Node]) -> dict[str, Message]:
        unknown = [node for node in nodes if node.run_id is None and node.id not in self._said]
        if unknown:
            with self._backing.database.read() as connection:
                self._said.update(load_contents(connection, unknown))
        return {node.id: self._said[node.id] for node in nodes if node.id in self._said}

    def _runs_of(self, nodes: Sequence[Node]) -> dict[str, Run | StoredRun]:
        found: dict[str, Run | StoredRun] = {}
        for node in nodes:
            known = self._live(node) or self._runs.get(node.run_id or "")
            if known is not None and node.run_id is not None:
                found[node.run_id] = known
        missing = [node.run_id for node in nodes if node.run_id is not None and node.run_id not in found]
        return {**found, **self._load_runs(missing)} if missing else found

    def _answers_of(self, nodes: Sequence[Node]) -> dict[str, Message | None]:
        """Return what runs have answered, by their ids, as it is sent; what cannot change any more is remembered."""
        fresh = self._runs_of([node for node in nodes if node.run_id is not None and node.run_id not in self._answers])
        answers = {run_id: answer_of(run) for run_id, run in fresh.items()}
        # Pictures are too large to be held twice.
        self._answers |= {
            run_id: answer
            for run_id, answer in answers.items()
            if fresh[run_id].is_ended and (answer is None or answer.images is None)
        }
        return self._answers | answers

    def _load_runs(self, run_ids: Sequence[str]) -> dict[str, StoredRun]:
        with self._backing.database.read() as connection:
            rows = load_runs(connection, self.owner, run_ids)
        loaded = {run_id: self._backing.stored_run(row) for run_id, row in rows.items()}
        kept = self._runs | {run_id: run for run_id, run in loaded.items() if run.is_ended}
        self._runs = dict(list(kept.items())[-KEPT_RUNS:])
        return loaded


def _in_turn(stores: Sequence[Verb], connection: Connection) -> None:
    for store in stores:
        store(connection)


def new_id() -> str:
    """Return an id that nobody can guess."""
    return secrets.token_hex(12)


def _own(content: str | Sequence[ContentPart]) -> str | tuple[ContentPart, ...]:
    return content if isinstance(content, str) else tuple(content)

"""Conversations and messages to rows and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, and_, bindparam, insert, or_, select, tuple_, update

from service.store import codec
from service.store.expected import Expected
from service.store.files import store_files, without_files
from service.store.folding import PREFIX, search_words, words_of
from service.store.receipt import Receipt
from service.store.search import matching
from service.store.tables import ConversationRow, MessageRow, RunRow, table_of
from service.store.tree import Node, Tree
from service.store.values import ConversationSummary
from service.types import Message, Role

__all__ = [
    "ConversationState",
    "change_conversation",
    "change_expected",
    "insert_conversation",
    "insert_messages",
    "load_contents",
    "load_conversation",
    "load_runs",
    "recent_conversations",
    "title_pattern",
    "title_words",
]

AT_ONCE = 500
"""How many ids a query names at most."""

_CONVERSATIONS = table_of(ConversationRow)
# Made once: to make a statement takes longer than to execute it.
_INSERT_MESSAGE = insert(table_of(MessageRow))
_CHANGE = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("conversation_id"))
    .values(revision=_CONVERSATIONS.c.revision + 1)
)


@dataclass(frozen=True)
class ConversationState:
    """Everything about a conversation but what its messages say.

    `title` is what the user called it, `headline` the beginning of what was said first.
    """

    created_at: datetime
    updated_at: datetime
    title: str | None = None
    headline: str = ""
    settings: Any = None
    draft: str = ""
    deleted_at: datetime | None = None
    revision: int = 0
    tree: Tree = field(default_factory=Tree)


def title_words(title: str | None, headline: str) -> str:
    """Return the words by which a conversation is found, each between blanks."""
    words = " ".join(words_of(f"{title or ''} {headline}"))
    return f" {words} "


def title_pattern(word: str) -> str:
    """Return the LIKE pattern of the titles in which a searched word stands."""
    return f"% {word.removesuffix(PREFIX)}%" if word.endswith(PREFIX) else f"% {word} %"


def insert_conversation(connection: Connection, ident: str, owner: str, state: ConversationState) -> None:
    """Store a new conversation, without its messages."""
    connection.execute(
        insert(ConversationRow).values(
            id=ident,
            owner=owner,
            title=state.title,
            headline=state.headline,
            title_words=title_words(state.title, state.headline),
            created_at=state.created_at,
            updated_at=state.updated_at,
            deleted_at=state.deleted_at,
            revision=state.revision,
            leaf_id=state.tree.leaf_id,
            settings=state.settings,
            draft=state.draft,
        )
    )


def insert_messages(
    connection: Connection, ident: str, owner: str, messages: Iterable[tuple[Node, Message | None]], keys: Sequence[str]
) -> None:
    """Store messages of a conversation, in an order in which each stands behind what it follows."""
    rows = [
        {
            "id": node.id,
            "owner": owner,
            "conversation_id": ident,
            "parent_id": node.parent_id,
            "number": node.number,
            "role": node.role,
            "run_id": node.run_id,
            "created_at": node.created_at,
            "content": None if message is None else codec.mask(_keep_files(connection, owner, node, message), keys),
            "repair": None if node.repair is None else node.repair.to_json(),
            "expected": None if node.expected is None else node.expected.to_json(),
        }
        for node, message in messages
    ]
    if rows:
        connection.execute(_INSERT_MESSAGE, rows)


def change_conversation(connection: Connection, ident: str, columns: Mapping[str, Any]) -> None:
    """Store what has changed, and that something has."""
    connection.execute(_CHANGE, {"conversation_id": ident, **columns})


def change_expected(connection: Connection, message_id: str, expected: Expected | None) -> None:
    """Store what answers to a message should be."""
    told = None if expected is None else expected.to_json()
    connection.execute(update(MessageRow).where(MessageRow.id == message_id).values(expected=told))


def load_conversation(
    connection: Connection, owner: str, ident: str, *, unless_revision: int | None = None
) -> ConversationState | None:
    """Return a conversation with its tree; `None` where this owner has none, or where it is at that revision."""
    mine = select(ConversationRow.__table__).where(ConversationRow.id == ident, ConversationRow.owner == owner)
    row = connection.execute(mine).one_or_none()
    if row is None or row.revision == unless_revision:
        return None
    columns = (
        MessageRow.id,
        MessageRow.parent_id,
        MessageRow.number,
        MessageRow.role,
        MessageRow.created_at,
        MessageRow.run_id,
        MessageRow.repair,
        MessageRow.expected,
    )
    found = connection.execute(select(*columns).where(MessageRow.conversation_id == ident)).all()
    nodes = [
        Node(
            message_id,
            parent_id,
            number,
            cast(Role, role),
            created_at,
            run_id,
            Receipt.from_json(repair),
            Expected.from_json(expected),
        )
        for message_id, parent_id, number, role, created_at, run_id, repair, expected in found
    ]
    names = ("created_at", "updated_at", "title", "headline", "settings", "draft", "deleted_at", "revision")
    return ConversationState(**{name: getattr(row, name) for name in names}, tree=Tree.of(nodes, row.leaf_id))


def load_contents(connection: Connection, nodes: Sequence[Node]) -> dict[str, Message]:
    """Return what messages say, by id; answers that are in a run are left out."""
    roles = {node.id: node.role for node in nodes}
    found: dict[str, Message] = {}
    for some in _some(list(roles)):
        wanted = select(MessageRow.id, MessageRow.content).where(MessageRow.id.in_(some))
        for ident, content in connection.execute(wanted).all():
            if content is not None:
                found[ident] = _decode_content(roles[ident], content)
    return found


def load_runs(connection: Connection, owner: str, run_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of an owner's runs, by id."""
    found: dict[str, Mapping[str, Any]] = {}
    for some in _some(run_ids):
        wanted = select(RunRow.__table__).where(RunRow.id.in_(some), RunRow.owner == owner)
        found |= {row["id"]: dict(row) for row in connection.execute(wanted).mappings()}
    return found


def recent_conversations(
    connection: Connection, owner: str, *, query: str, limit: int, before: ConversationSummary | None
) -> list[ConversationSummary]:
    """Return an owner's conversations, newest first, with these words in their title or in one of their turns."""
    row = ConversationRow
    columns = (row.id, row.title, row.headline, row.created_at, row.updated_at)
    wanted: Select[*tuple[Any, ...]] = select(*columns).where(
        row.owner == owner, row.deleted_at.is_(None), row.leaf_id.is_not(None)
    )
    if (found := matching(connection.dialect.name, owner, query)) is not None:
        hits = select(MessageRow.conversation_id).join(RunRow, RunRow.id == MessageRow.run_id)
        hits = hits.where(RunRow.seq.in_(found))
        in_title = [row.title_words.like(title_pattern(word)) for word in search_words(query)]
        wanted = wanted.where(or_(and_(*in_title), row.id.in_(hits)))
    if before is not None:
        wanted = wanted.where(tuple_(row.updated_at, row.id) < tuple_(before.updated_at, before.id))
    rows = connection.execute(wanted.order_by(row.updated_at.desc(), row.id.desc()).limit(limit)).all()
    return [
        ConversationSummary(ident, title or headline, created_at, updated_at)
        for ident, title, headline, created_at, updated_at in rows
    ]


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _keep_files(connection: Connection, owner: str, node: Node, message: Message) -> Any:
    """Store the files of a message, and return what it says, which names them."""
    named, files = without_files(codec.encode_message(message))
    store_files(connection, owner, files, node.created_at)
    return _content_of(named)


def _content_of(encoded: Mapping[str, Any]) -> Any:
    """Return what a message says: a text or parts; the whole message where it has more than that."""
    return encoded["content"] if encoded.keys() <= {"role", "content"} and encoded["content"] is not None else encoded


def _decode_content(role: str, content: Any) -> Message:
    return codec.decode_message(content if isinstance(content, dict) else {"role": role, "content": content})

"""Messages as they were sent: a chain in which each names the one before it, so that equal beginnings are kept once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from service.store.columns import dump_json
from service.store.files import files_of, store_files
from service.store.tables import PromptRow, table_of
from service.types import Message

__all__ = ["Chain", "chain_of", "link", "load_prompt", "store_links", "store_prompt"]

Encode = Callable[[Message], Any]

_AT_ONCE = 100
_SHORT = 4
"""So few are stored without a look at what is there."""

_INSERT = {
    "sqlite": sqlite.insert(table_of(PromptRow)).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(table_of(PromptRow)).on_conflict_do_nothing(),
}
"""Another process may be storing the same."""


@dataclass(frozen=True)
class Chain:
    """Messages in the order in which they were sent, and the ids under which each is stored behind the one before."""

    messages: tuple[Message, ...] = ()
    ids: tuple[str, ...] = ()


def chain_of(owner: str, messages: Sequence[Message], encode: Encode, before: Chain) -> Chain:
    """Return messages with their ids.

    Args:
        owner: Whose they are.
        messages: What is sent.
        encode: Returns a message as JSON.
        before: What was sent before; where it begins alike, which nearly all of a conversation does, its ids are taken.
    """
    pairs = zip(messages, before.messages, strict=False)
    alike = next((place for place, (one, other) in enumerate(pairs) if one is not other and one != other), None)
    ids = list(before.ids[: min(len(messages), len(before.messages)) if alike is None else alike])
    for message in messages[len(ids) :]:
        ids.append(link(owner, ids[-1] if ids else None, encode(message))["id"])
    return Chain(tuple(messages), tuple(ids))


def store_prompt(connection: Connection, owner: str, chain: Chain, encode: Encode, at: datetime) -> str | None:
    """Store what is new of these messages and return the id of the last one; `None` where there are none.

    `at` is the time, from which on the files that go along are known to be in use.
    """
    begin = _count_stored(connection, chain.ids)
    for message in chain.messages[begin:]:
        store_files(connection, owner, files_of(message), at)
    parents = (None, *chain.ids)
    messages = enumerate(chain.messages[begin:], begin)
    store_links(connection, [link(owner, parents[place], encode(message)) for place, message in messages])
    return chain.ids[-1] if chain.ids else None


def link(owner: str, parent_id: str | None, message: Any) -> dict[str, Any]:
    """Return a message as a row; equal ones behind equal ones have the same id."""
    told = "\n".join((owner, parent_id or "", dump_json(message)))
    ident = blake2b(told.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    return {"id": ident, "owner": owner, "parent_id": parent_id, "message": message}


def store_links(connection: Connection, links: Sequence[dict[str, Any]]) -> None:
    """Store what is new of these rows, each of which stands behind its parent."""
    if links:
        connection.execute(_INSERT[connection.dialect.name], list(links))


def load_prompt(connection: Connection, prompt_id: str | None) -> list[Any]:
    """Return the messages that end with this one, in order."""
    first = select(PromptRow.parent_id, PromptRow.message, literal(0).label("depth"))
    chain = first.where(PromptRow.id == prompt_id).cte("chain", recursive=True)
    before = select(PromptRow.parent_id, PromptRow.message, chain.c.depth + 1)
    chain = chain.union_all(before.where(PromptRow.id == chain.c.parent_id))
    return list(connection.scalars(select(chain.c.message).order_by(chain.c.depth.desc())))


def _count_stored(connection: Connection, ids: Sequence[str]) -> int:
    """Return how many are stored: all down to the last one that is there."""
    end = len(ids) if len(ids) > _SHORT else 0
    while end > 0:
        begin = max(0, end - _AT_ONCE)
        there = set(connection.scalars(select(PromptRow.id).where(PromptRow.id.in_(ids[begin:end]))))
        if there:
            return 1 + max(place for place in range(begin, end) if ids[place] in there)
        end = begin
    return 0

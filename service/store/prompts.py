"""Messages as they were sent: a chain in which each names the one before it, so that equal beginnings are kept once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from service.store.columns import dump_json
from service.store.tables import PromptRow, table_of

__all__ = ["link", "load_prompt", "store_links", "store_prompt"]

_AT_ONCE = 100
_SHORT = 4
"""So few are stored without a look at what is there."""

_INSERT = {
    "sqlite": sqlite.insert(table_of(PromptRow)).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(table_of(PromptRow)).on_conflict_do_nothing(),
}
"""Another process may be storing the same."""


def store_prompt(connection: Connection, owner: str, messages: Sequence[Any]) -> str | None:
    """Store what is new of these messages and return the id of the last one; `None` where there are none."""
    chain = _chain(owner, messages)
    missing = _missing(connection, chain)
    if missing:
        connection.execute(_INSERT[connection.dialect.name], missing)
    return chain[-1]["id"] if chain else None


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


def _chain(owner: str, messages: Sequence[Any]) -> list[dict[str, Any]]:
    chain: list[dict[str, Any]] = []
    parent: str | None = None
    for message in messages:
        chain.append(link(owner, parent, message))
        parent = chain[-1]["id"]
    return chain


def _missing(connection: Connection, chain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all behind the last message that is there; what is before it is there, too."""
    end = len(chain) if len(chain) > _SHORT else 0
    while end > 0:
        begin = max(0, end - _AT_ONCE)
        wanted = [link["id"] for link in chain[begin:end]]
        there = set(connection.scalars(select(PromptRow.id).where(PromptRow.id.in_(wanted))))
        if there:
            last = max(position for position in range(begin, end) if chain[position]["id"] in there)
            return chain[last + 1 :]
        end = begin
    return chain

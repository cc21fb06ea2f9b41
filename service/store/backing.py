"""What stands behind every open conversation: where to read, who writes, what time it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.store import codec
from service.store.database import Database
from service.store.journal import Journal
from service.store.run_rows import load_messages
from service.store.values import StoredRun
from service.store.writer import Ticket, Writer
from service.types import Message

__all__ = ["Backing"]


@dataclass(frozen=True)
class Backing:
    """What stands behind every open conversation.

    Attributes:
        now: Returns the time, with its zone.
        keys: What must not be stored, beside what looks like a key.
        patience: Seconds a verb waits to be stored before it returns; it is stored later then.
    """

    database: Database
    writer: Writer
    journal: Journal
    now: Callable[[], datetime]
    keys: tuple[str, ...] = ()
    patience: float = 0.25

    def wait(self, ticket: Ticket) -> None:
        """Wait a moment for a verb to be stored; not at all while the database is in trouble."""
        if self.writer.problem is None:
            ticket.wait(self.patience)

    def stored_run(self, columns: Mapping[str, Any]) -> StoredRun:
        """Return the run of a row."""
        return StoredRun(columns, lambda: self._messages_of(columns["id"]))

    def _messages_of(self, run_id: str) -> list[Message]:
        with self.database.read() as connection:
            encoded = load_messages(connection, run_id)
        return [codec.decode_message(message) for message in encoded]

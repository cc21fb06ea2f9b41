"""What stands behind every open conversation: where to read, who writes, what time it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from service.store import codec
from service.store.database import Database
from service.store.files import load_files, names_files, with_files
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
    keys: Sequence[str] = ()
    patience: float = 0.25

    def wait(self, ticket: Ticket) -> None:
        """Wait a moment for a verb to be stored; not at all while the database is in trouble."""
        if self.writer.problem is None:
            ticket.wait(self.patience)

    def stored_run(self, columns: Mapping[str, Any]) -> StoredRun:
        """Return the run of a row."""
        return StoredRun(columns, lambda: self._messages_of(columns["id"], columns["owner"]))

    def with_files(self, owner: str, messages: Sequence[Message]) -> list[Message]:
        """Return messages with the files that they name.

        Raises:
            StorageError: They cannot be read.
        """
        return [self._with_files(owner, message) if names_files(message) else message for message in messages]

    def _with_files(self, owner: str, message: Message) -> Message:
        return codec.decode_message(with_files(codec.encode_message(message), partial(self._load_files, owner)))

    def _messages_of(self, run_id: str, owner: str) -> list[Message]:
        with self.database.read() as connection:
            encoded = load_messages(connection, run_id)
        load = partial(self._load_files, owner)
        return [codec.decode_message(with_files(message, load)) for message in encoded]

    def _load_files(self, owner: str, keys: Collection[str]) -> Mapping[str, bytes]:
        with self.database.read() as connection:
            return load_files(connection, owner, keys)

"""What an owner chose last, beside any conversation, as the run settings of a new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from service.errors import StorageError
from service.redact import redact
from service.store.database import Database
from service.store.tables import PreferenceRow
from service.store.writer import Writer

__all__ = ["Preferences"]

PATIENCE = 0.25
"""Seconds a change waits to be stored before the page goes on; it is stored later then."""


class Preferences:
    """Small JSON values by owner and name, read when a session begins and kept when they change."""

    def __init__(self, database: Database, writer: Writer, now: Callable[[], datetime], keys: Sequence[str]) -> None:
        self._database, self._writer, self._now, self._keys = database, writer, now, keys
        self._known: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, owner: str, name: str) -> Any:
        """Return a value; `None` where there is none. While the database cannot be read, it is what was known last."""
        wanted = select(PreferenceRow.value).where(PreferenceRow.owner == owner, PreferenceRow.name == name)
        try:
            with self._database.read() as connection:
                value = connection.scalar(wanted)
        except StorageError:
            with self._lock:
                return self._known.get((owner, name))
        with self._lock:
            self._known[owner, name] = value
        return value

    def keep(self, owner: str, name: str, value: Any) -> None:
        """Keep a value; nothing happens when it is what was kept or read last."""
        kept = redact(value, *self._keys)
        with self._lock:
            if (owner, name) in self._known and self._known[owner, name] == kept:
                return
            self._known[owner, name] = kept

        def store(connection: Connection) -> None:
            row = PreferenceRow
            connection.execute(delete(row).where(row.owner == owner, row.name == name))
            connection.execute(insert(row).values(owner=owner, name=name, updated_at=self._now(), value=kept))

        ticket = self._writer.submit(store, newest=("preference", owner, name))
        if self._writer.problem is None:
            ticket.wait(PATIENCE)

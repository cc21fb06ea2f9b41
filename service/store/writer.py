"""The one thread that writes: verbs in order, each a transaction, none lost while the database cannot take it."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from service.errors import StorageError
from service.store.database import Database
from service.store.faults import can_pass, sentence_of

__all__ = ["Ticket", "Verb", "Writer"]

log = logging.getLogger(__name__)

Verb = Callable[[Connection], None]
"""What is to be done in a transaction of its own; it may be called again when the transaction failed."""

_KEPT = "What is new is kept in memory and stored as soon as that is possible."
_DROPPED = "Something could not be stored; the log says why."


@dataclass(eq=False)
class Ticket:
    """A verb that waits, or has waited, for its turn."""

    verb: Verb
    group: str
    newest: Hashable | None
    on_drop: Callable[[], None] | None = None
    is_dropped: bool = False
    _done: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is stored or dropped; False when that did not happen within `timeout` seconds."""
        return self._done.wait(timeout)


class Writer:
    """Takes verbs from any thread and never makes them wait.

    What the database refuses for the moment stays at the head and is tried again; what can never succeed is logged
    and dropped.

    Args:
        database: Where to write; it is prepared first, as often as that takes.
        is_ready: Whether it has been prepared already.
        shortest, longest: Seconds between two tries; each failure doubles the wait.
    """

    def __init__(
        self, database: Database, *, is_ready: bool = False, shortest: float = 0.05, longest: float = 5.0
    ) -> None:
        self._database = database
        self._shortest, self._longest = shortest, longest
        self._queue: deque[Ticket] = deque()
        self._groups: Counter[str] = Counter()
        self._newest: dict[Hashable, Ticket] = {}
        self._changed = threading.Condition()
        self._problem: str | None = None
        self._has_dropped = False
        self._is_ready = is_ready
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str | None:
        """What is wrong, in plain sentences for the page; `None` while all is well."""
        if self._problem is not None:
            return f"{self._problem} {_KEPT}"
        return _DROPPED if self._has_dropped else None

    @property
    def trouble(self) -> str | None:
        """Why the database does not take what waits, in a sentence; `None` while it does."""
        return self._problem

    @property
    def pending(self) -> int:
        """How many verbs wait."""
        return len(self._queue)

    def is_settled(self, group: str) -> bool:
        """Whether nothing of a group waits: the database knows all that this process does."""
        with self._changed:
            return self._groups[group] == 0

    def submit(
        self,
        verb: Verb,
        *,
        group: str = "",
        newest: Hashable | None = None,
        on_drop: Callable[[], None] | None = None,
    ) -> Ticket:
        """Put a verb into the queue and return at once.

        Args:
            verb: What to do, in a transaction of its own.
            group: What it belongs to, for `is_settled`.
            newest: With a name, it takes the place of an older one of that name that still waits.
            on_drop: Called when it can never succeed.
        """
        with self._changed:
            waiting = self._newest.get(newest) if newest is not None else None
            if waiting is not None:
                waiting.verb = verb
                return waiting
            ticket = Ticket(verb, group, newest, on_drop)
            self._queue.append(ticket)
            self._groups[group] += 1
            if newest is not None:
                self._newest[newest] = ticket
            self._changed.notify_all()
            return ticket

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was submitted so far is stored; False when `timeout` seconds were not enough."""
        with self._changed:
            last = self._queue[-1] if self._queue else None
        return last is None or last.wait(timeout)

    def close(self, timeout: float = 2.0) -> bool:
        """Store what is left, for at most `timeout` seconds, and end the thread; False when something is left."""
        is_flushed = self.flush(timeout)
        self._is_closing.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(timeout)
        return is_flushed

    def _run(self) -> None:
        delay = self._shortest
        while not self._is_closing.is_set():
            ticket = self._head()
            if ticket is None:
                continue
            if self._try(ticket):
                delay = self._shortest
            else:
                self._put_back(ticket)
                self._is_closing.wait(delay)
                delay = min(2 * delay, self._longest)

    def _head(self) -> Ticket | None:
        """Return what is next, without taking it away; from now on no newer one takes its place."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or not self._is_ready or self._is_closing.is_set())
            if self._is_closing.is_set():
                return None
            if not self._is_ready:
                return _PREPARE
            ticket = self._queue[0]
            if ticket.newest is not None:
                self._newest.pop(ticket.newest, None)
            return ticket

    def _put_back(self, ticket: Ticket) -> None:
        """Let a newer one take its place again while it waits."""
        with self._changed:
            if ticket.newest is not None:
                self._newest.setdefault(ticket.newest, ticket)

    def _try(self, ticket: Ticket) -> bool:
        """Do a verb; False when it has to be tried again."""
        try:
            if ticket is _PREPARE:
                self._database.prepare()
                self._is_ready = True
            else:
                with self._database.write() as connection:
                    ticket.verb(connection)
        except StorageError as error:
            # Also a database that is not for us: the start says so and ends, unless it came in later.
            self._problem = error.message
            return False
        except Exception as error:
            if can_pass(error):
                self._problem = sentence_of(error)
                return False
            log.exception("a change could not be stored and is left out")
            self._has_dropped = ticket.is_dropped = True
            if ticket.on_drop is not None:
                ticket.on_drop()
        self._problem = None
        if ticket is not _PREPARE:
            self._finish(ticket)
        return True

    def _finish(self, ticket: Ticket) -> None:
        with self._changed:
            self._queue.popleft()
            self._groups[ticket.group] -= 1
            if not self._groups[ticket.group]:
                del self._groups[ticket.group]
        ticket._done.set()


_PREPARE = Ticket(lambda connection: None, "", None)
"""Stands at the head until the database is ready."""

"""The journal: runs are stored as they start, as they stream and as they end, and as interrupted when they died."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from service.runs import Run
from service.store.locks import ProcessLock, is_held
from service.store.prompts import Chain
from service.store.run_rows import checkpoint_run, end_run, insert_run, interrupt_runs
from service.store.tables import ProcessRow, RunRow
from service.store.writer import Ticket, Verb, Writer

__all__ = ["Journal"]

CHECKPOINT_SECONDS = 1.0
HEARTBEAT = timedelta(seconds=5)
SILENCE = timedelta(seconds=30)
"""After this long without a sign of life a process counts as dead, where nothing better is known."""

LOOK_AGAIN_SECONDS = 10.0
KEPT_CHAINS = 16


@dataclass
class _Watched:
    run: Run
    owner: str
    group: str
    length: int = 0
    end: Ticket | None = None


class Journal:
    """Watches the runs of this process, and looks after those that a dead one has left.

    Args:
        writer: What writes.
        locks: The folder in which each process holds a lock on a file of its own.
        now: Returns the time, with its zone.
        keys: What must not be stored, beside what looks like a key.
        is_threaded: Whether it ticks by itself; without, `tick` and `look_for_dead` are called by hand.
    """

    def __init__(
        self,
        writer: Writer,
        locks: Path,
        *,
        now: Callable[[], datetime],
        keys: Sequence[str] = (),
        is_threaded: bool = True,
    ) -> None:
        self.process_id = secrets.token_hex(16)
        self._writer, self._locks, self._now, self._keys = writer, locks, now, keys
        self._watched: dict[str, _Watched] = {}
        self._sent: dict[str, Chain] = {}
        self._guard = threading.Lock()
        self._heartbeat_at = now()
        self._has_suspects = False
        self._lock = ProcessLock(self._lock_of(self.process_id))
        self._writer.submit(self._enter)
        self.look_for_dead()
        self._wake, self._is_closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-journal", daemon=True)
        if is_threaded:
            self._thread.start()

    def begin(
        self,
        run: Run,
        *,
        owner: str,
        kind: str,
        conversation_id: str | None,
        also: Verb | None = None,
        on_drop: Callable[[], None] | None = None,
    ) -> Ticket:
        """Store a run that has just been started, with `also` in the same transaction, and watch it from now on."""
        now, group = self._now(), conversation_id or ""
        start = partial(
            insert_run,
            run=run,
            owner=owner,
            kind=kind,
            conversation_id=conversation_id,
            process_id=self.process_id,
            now=now,
            secrets=self._keys,
        )

        def store(connection: Connection) -> None:
            self._note_sent(group, start(connection, before=self._sent.get(group, Chain())))
            if also is not None:
                also(connection)

        with self._guard:
            self._watched[run.id] = _Watched(run, owner, group)
        ticket = self._writer.submit(store, group=group, on_drop=on_drop)
        run.when_ended(self._end)
        self._wake.set()
        return ticket

    def find(self, owner: str, run_id: str) -> Run | None:
        """Return a run of this process that goes on, or whose end is not stored yet."""
        with self._guard:
            found = self._watched.get(run_id)
        return found.run if found is not None and found.owner == owner else None

    def tick(self) -> None:
        """Store what is new of the live runs, give a sign of life, and let go of what is stored to its end."""
        with self._guard:
            watched = list(self._watched.values())
        for one in watched:
            if one.end is not None:
                self._let_go(one)
            elif not one.run.is_ended:
                self._checkpoint(one)
        if any(one.end is None for one in watched) and self._now() - self._heartbeat_at >= HEARTBEAT:
            self._heartbeat_at = self._now()
            self._writer.submit(self._beat, newest="heartbeat")

    def look_for_dead(self) -> None:
        """Mark the runs of dead processes as interrupted."""
        self._writer.submit(self._mark, newest="dead")

    def close(self) -> None:
        """Sign off; to be called when no run goes on any more. The lock is let go by `release`."""
        self._is_closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(2.0)
        with self._guard:
            is_idle = all(one.end is not None for one in self._watched.values())
        if is_idle:
            self._writer.submit(lambda connection: _remove(connection, self.process_id))

    def release(self) -> None:
        """Let go of the lock, when nothing more is going to be written."""
        self._lock.release()

    def _lock_of(self, process_id: str) -> Path:
        return self._locks / f"{process_id}.lock"

    def _run(self) -> None:
        while not self._is_closing.is_set():
            if self._watched:
                self._is_closing.wait(CHECKPOINT_SECONDS)
                self.tick()
            else:
                self._wake.wait(LOOK_AGAIN_SECONDS if self._has_suspects else None)
                self._wake.clear()
            if self._has_suspects:
                self.look_for_dead()

    def _end(self, run: Run) -> None:
        with self._guard:
            one = self._watched[run.id]
        # Takes the place of a checkpoint that still waits.
        one.end = self._writer.submit(
            lambda connection: end_run(connection, run, self._keys), group=one.group, newest=("run", run.id)
        )

    def _note_sent(self, group: str, sent: Chain) -> None:
        """Remember what was sent last in a few conversations; called by the writer's thread alone."""
        if group:
            self._sent.pop(group, None)
            self._sent[group] = sent
        if len(self._sent) > KEPT_CHAINS:
            del self._sent[next(iter(self._sent))]

    def _let_go(self, one: _Watched) -> None:
        if one.end is not None and one.end.wait(0) and not one.end.is_dropped:
            with self._guard:
                self._watched.pop(one.run.id, None)

    def _checkpoint(self, one: _Watched) -> None:
        run, now = one.run, self._now()
        length = len(run.text) + len(run.reasoning)
        if length == one.length:
            return
        one.length = length
        self._writer.submit(
            lambda connection: checkpoint_run(connection, run, now, self._keys), group=one.group, newest=("run", run.id)
        )

    def _enter(self, connection: Connection) -> None:
        # Before anybody can see the row: a process without its lock would be taken for dead.
        self._lock.take()
        now = self._now()
        connection.execute(insert(ProcessRow).values(id=self.process_id, started_at=now, heartbeat_at=now))

    def _beat(self, connection: Connection) -> None:
        changed = update(ProcessRow).where(ProcessRow.id == self.process_id).values(heartbeat_at=self._now())
        if connection.execute(changed).rowcount == 0:
            self._enter(connection)

    def _mark(self, connection: Connection) -> None:
        now, suspects = self._now(), False
        others = select(ProcessRow.id, ProcessRow.heartbeat_at).where(ProcessRow.id != self.process_id)
        for process_id, heartbeat_at in connection.execute(others).all():
            lock = self._lock_of(process_id)
            match is_held(lock):
                case True:
                    continue
                case "unknown" if now - _last_sign(connection, process_id, heartbeat_at) < SILENCE:
                    suspects = True
                    continue
            interrupt_runs(connection, RunRow.process_id == process_id)
            _remove(connection, process_id)
            lock.unlink(missing_ok=True)
        is_nobodys = RunRow.process_id.not_in(select(ProcessRow.id)) & (RunRow.updated_at < now - SILENCE)
        interrupt_runs(connection, is_nobodys)
        self._has_suspects = suspects


def _last_sign(connection: Connection, process_id: str, heartbeat_at: datetime) -> datetime:
    """Return when a process last wrote something; a run that starts or streams is a sign of life, too."""
    written = select(func.max(RunRow.updated_at)).where(RunRow.process_id == process_id, RunRow.ended_at.is_(None))
    found: datetime | None = connection.scalar(written)
    return heartbeat_at if found is None else max(found, heartbeat_at)


def _remove(connection: Connection, process_id: str) -> None:
    connection.execute(delete(ProcessRow).where(ProcessRow.id == process_id))

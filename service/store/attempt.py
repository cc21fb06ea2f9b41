"""A verb whose outcome somebody waits for: tried once, and never done behind their back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.errors import StorageError
from service.store.faults import storage_error
from service.store.writer import Writer

__all__ = ["attempt"]

_TICK = 0.1
_UNCERTAIN = "The database has not answered for a long time. Look later whether this was stored."

T = TypeVar("T")


def attempt(writer: Writer, work: Callable[[Connection], T], *, nothing: str, patience: float = 30.0) -> T:
    """Do something in a transaction of its own, and return what came of it.

    Args:
        writer: Whose turn it is.
        work: Raises what is wrong; then nothing was stored.
        nothing: Says that nothing has happened, such as "Nothing was imported."
        patience: Seconds after which nobody waits any more.

    Raises:
        StorageError: The database could not take it; nothing was stored.
    """
    trial = _Attempt(work, nothing)
    ticket = writer.submit(trial)
    for _ in range(int(patience / _TICK)):
        if ticket.wait(_TICK):
            return trial.result()
        trouble = writer.trouble
        if trouble is not None and trial.take():
            raise StorageError(f"{trouble} {nothing}", retryable=True)
    raise StorageError(trial.refused if trial.take() else _UNCERTAIN, retryable=True)


class _Attempt(Generic[T]):
    def __init__(self, work: Callable[[Connection], T], nothing: str) -> None:
        self._work, self._nothing = work, nothing
        self._guard = threading.Lock()
        self._is_taken = False
        self._done: list[T] = []
        self.refused = f"The database did not take this. {nothing}"
        self._error: Exception = StorageError(self.refused)

    def __call__(self, connection: Connection) -> None:
        """Do the work, or nothing when nobody waits any more or it was tried before."""
        if not self.take():
            if self._done:
                self._done.clear()
                self._error = StorageError(self.refused, retryable=True)
            return
        try:
            # The writer would try again, and it would tell everybody of what only this has met.
            with connection.begin_nested():
                self._done.append(self._work(connection))
        except Exception as error:
            self._done.clear()
            self._error = error

    def take(self) -> bool:
        """Claim the only try, be it for leaving it; False when somebody has."""
        with self._guard:
            is_mine, self._is_taken = not self._is_taken, True
            return is_mine

    def result(self) -> T:
        if self._done:
            return self._done[0]
        error = self._error
        if isinstance(error, SQLAlchemyError):
            found = storage_error(error)
            message = f"{found.message} {self._nothing}"
            raise StorageError(message, provider_message=found.provider_message, retryable=found.retryable) from error
        raise error

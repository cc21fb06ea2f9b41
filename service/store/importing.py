"""An import from a file's bytes to its end in the database: checked first, then stored as a whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from service.errors import StorageError
from service.store.faults import storage_error
from service.store.import_file import ImportFile
from service.store.import_rows import Importing, ImportSummary
from service.store.writer import Ticket, Writer

__all__ = ["import_file"]

LONGEST = 600.0
"""Seconds after which nobody waits for an import any more."""

_TICK = 0.1
_NOTHING = "Nothing was imported."
_REFUSED = f"The database did not take the import. {_NOTHING}"
_UNCERTAIN = "The database has not answered for a long time. Look later whether the import is there."


def import_file(writer: Writer, owner: str, source: bytes | str, keys: Sequence[str]) -> ImportSummary:
    """Store the conversations and runs of an export for an owner.

    Raises:
        ImportFileError: The file is broken; nothing was stored.
        StorageError: The database could not take it; nothing was stored.
    """
    file = ImportFile(source)
    file.check()
    attempt = _Attempt(lambda connection: Importing(connection, owner, keys).store(file.lines()))
    return attempt.wait(writer.submit(attempt), writer)


class _Attempt:
    """A verb that is tried once: whoever waits hears of its failure, and nothing is stored later behind their back."""

    def __init__(self, work: Callable[[Connection], ImportSummary]) -> None:
        self._work = work
        self._guard = threading.Lock()
        self._is_taken = False
        self._outcome: ImportSummary | Exception = StorageError(_REFUSED)

    def __call__(self, connection: Connection) -> None:
        """Do the work, or nothing when nobody waits any more or it was tried before."""
        if not self._take():
            if isinstance(self._outcome, ImportSummary):
                self._outcome = StorageError(_REFUSED, retryable=True)
            return
        try:
            # The writer would try again, and it would tell everybody of what only this import has met.
            with connection.begin_nested():
                self._outcome = self._work(connection)
        except Exception as error:
            self._outcome = error

    def wait(self, ticket: Ticket, writer: Writer) -> ImportSummary:
        """Return what was imported.

        Raises:
            StorageError: The database is in trouble.
        """
        for _ in range(int(LONGEST / _TICK)):
            if ticket.wait(_TICK):
                return self._result()
            trouble = writer.trouble
            if trouble is not None and self._take():
                raise StorageError(f"{trouble} {_NOTHING}", retryable=True)
        raise StorageError(_REFUSED if self._take() else _UNCERTAIN, retryable=True)

    def _take(self) -> bool:
        """Claim the only try, be it for leaving it; False when somebody has."""
        with self._guard:
            is_mine, self._is_taken = not self._is_taken, True
            return is_mine

    def _result(self) -> ImportSummary:
        outcome = self._outcome
        if isinstance(outcome, SQLAlchemyError):
            found = storage_error(outcome)
            message = f"{found.message} {_NOTHING}"
            raise StorageError(message, provider_message=found.provider_message, retryable=found.retryable) from outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
